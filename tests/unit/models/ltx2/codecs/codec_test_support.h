#pragma once
/// What the tests of the family's autoencoders share: parity fixtures (skipped by name where they are not), fresh weights, comparison.
#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "engine/nn/parameter_scope.h"
#include "engine/weights/safetensors_file.h"
#include "models/ltx2/model_folder.h"

namespace fantascope::test {

/// Folder of a parity fixture beside the checkout; empty if it is not there.
std::string fixture_dir(const std::string& name);

/// A tensor of inputs.safetensors or expected.safetensors of a fixture, in its own memory; undefined if the file lacks it.
at::Tensor fixture_tensor(const std::string& fixture, const std::string& file, const std::string& name);

/// max|a-b| / max|b|, infinite where shapes differ or a value is not finite.
double error_ratio(const at::Tensor& ours, const at::Tensor& expected);

/// A part in a folder of its own, in fp32.
template <typename Part>
auto load_from_folder(const std::string& folder) -> decltype(Part::load(std::declval<models::ltx2::ModelPart>(), at::kFloat)) {
  FANTASCOPE_TRY(const auto part, models::ltx2::ModelPart::in_folder(folder));
  return Part::load(part, at::kFloat);
}

/// Deterministic values of a standard normal, fp32.
at::Tensor normal_tensor(at::IntArrayRef shape, std::uint64_t seed);

/// Fresh weights without gradients, each a function of its name and size: standard deviation 1 / sqrt(fan-in), biases 0.1.
/// `side_taps` scales what a convolution takes from its neighbours: a small value makes networks that hardly see a tile's border.
class RandomParameters : public ParameterSource {
 public:
  explicit RandomParameters(at::ScalarType dtype = at::kFloat, double side_taps = 1.0) : dtype_(dtype), side_taps_(side_taps) {}
  at::Tensor get(const std::string& name, at::IntArrayRef shape, Init init) override;
  at::Tensor get_optional(const std::string&, at::IntArrayRef) override { return {}; }
  Result<void> finish() const override { return {}; }

 private:
  at::ScalarType dtype_;
  double side_taps_;
};

/// The same, and a hold on each tensor.
class KeptParameters final : public RandomParameters {
 public:
  using RandomParameters::RandomParameters;
  at::Tensor get(const std::string& name, at::IntArrayRef shape, Init init) override {
    return tensors[name] = RandomParameters::get(name, shape, init);
  }
  std::map<std::string, at::Tensor> tensors;
};

}  // namespace fantascope::test

#define FANTASCOPE_FIXTURE_OR_SKIP(variable, name)                    \
  const std::string variable = ::fantascope::test::fixture_dir(name); \
  if (variable.empty()) GTEST_SKIP() << "parity fixture " << (name) << " is not here"
