#pragma once
/// Parameters made for training: filled by each layer's Init, or taken from a checkpoint for the tensors that it holds (going on with a
/// model, or starting a part of it from another). Every tensor from get() is a leaf that requires a gradient.
///
/// Deterministic: a tensor's values depend on the seed and on its name only, not on the order in which layers are made.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/nn/parameter_scope.h"
#include "engine/weights/sharded_weights.h"

namespace fantascope {

class FreshParameters final : public ParameterSource {
 public:
  using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

  explicit FreshParameters(std::uint64_t seed, at::ScalarType dtype = at::kFloat, at::Device device = at::kCPU);
  /// As above; tensors that `start` holds under the same name and shape are copied from it (another shape is a problem told by finish()).
  FreshParameters(std::uint64_t seed, ShardedWeights start, at::ScalarType dtype = at::kFloat, at::Device device = at::kCPU);

  /// The same tensor again if the name was asked for before with the same shape.
  at::Tensor get(const std::string& name, at::IntArrayRef shape, Init init) override;
  /// From `start` only, as a buffer without gradient; undefined if it is not there.
  at::Tensor get_optional(const std::string& name, at::IntArrayRef shape) override;
  Result<void> finish() const override;

  const NamedTensors& parameters() const { return parameters_; }  ///< in the order of first asking
  const NamedTensors& buffers() const { return buffers_; }
  std::vector<std::string> left_over() const;  ///< tensors of `start` that no layer asked for

 private:
  at::Tensor from_start(const std::string& name, at::IntArrayRef shape);

  std::uint64_t seed_;
  std::optional<ShardedWeights> start_;
  at::ScalarType dtype_;
  at::Device device_;
  NamedTensors parameters_, buffers_;
  std::unordered_map<std::string, at::Tensor> by_name_;
  std::vector<std::string> problems_;
};

}  // namespace fantascope
