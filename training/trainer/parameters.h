#pragma once
/// Fresh parameters for training: fp32 masters that the optimiser moves, and leaves in the compute dtype that the networks hold and
/// autograd fills with gradients. publish() copies masters into leaves after each step, so a network never knows that it is trained.
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "engine/nn/parameter_scope.h"

namespace fantascope::training {

struct Parameter {
  std::string name;
  at::Tensor master;  ///< float32, no gradient
  at::Tensor leaf;    ///< compute dtype, requires_grad
};

using NamedTensors = std::map<std::string, at::Tensor>;

class TrainableParameters final : public ParameterSource {
 public:
  /// `start` holds values for tensors that exist already (by name); the others are drawn from `seed` and their name, so that the order of
  /// construction does not matter.
  /// Values are drawn on the CPU whatever the `device`, so that they are the same everywhere.
  TrainableParameters(at::ScalarType compute_dtype, std::uint64_t seed, NamedTensors start = {}, c10::Device device = at::kCPU);

  at::Tensor get(const std::string& name, at::IntArrayRef shape, Init init) override;
  at::Tensor get_optional(const std::string& name, at::IntArrayRef shape) override;
  Result<void> finish() const override;

  /// Forgets all parameters whose name does not begin with `prefix`: the network keeps them, but nobody trains or stores them.
  void keep_only(const std::string& prefix);
  std::vector<Parameter>& all() { return parameters_; }
  void publish();
  void zero_gradients();
  /// Masters by name, as references to the live tensors.
  NamedTensors masters() const;
  std::int64_t count() const;

 private:
  at::ScalarType compute_dtype_;
  std::uint64_t seed_;
  NamedTensors start_;
  c10::Device device_;
  std::vector<Parameter> parameters_;
  std::string problems_;
};

}  // namespace fantascope::training
