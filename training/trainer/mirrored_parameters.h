#pragma once
/// A second network's hold on parameters that another one owns: the same values in the same memory, gradients of its own. With it two
/// copies of a network work on two parts of a batch at the same time.
#include <string>
#include <vector>

#include "training/trainer/parameters.h"

namespace fantascope::training {

class MirroredParameters final : public ParameterSource {
 public:
  /// `original` has all its parameters already and outlives this.
  explicit MirroredParameters(TrainableParameters& original) : original_(original) {}

  at::Tensor get(const std::string& name, at::IntArrayRef shape, Init init) override;
  at::Tensor get_optional(const std::string& name, at::IntArrayRef shape) override;
  Result<void> finish() const override;

  /// Adds the gradients to the original's and clears them. Nobody else uses either network meanwhile.
  void hand_over_gradients();

 private:
  struct Mirror {
    at::Tensor original, leaf;
  };
  TrainableParameters& original_;
  std::vector<Mirror> mirrors_;
  std::string missing_;
};

}  // namespace fantascope::training
