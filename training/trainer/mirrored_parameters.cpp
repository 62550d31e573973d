#include "training/trainer/mirrored_parameters.h"

#include <ATen/TensorOperators.h>

#include <algorithm>

namespace fantascope::training {

at::Tensor MirroredParameters::get(const std::string& name, at::IntArrayRef shape, Init /*init*/) {
  at::Tensor leaf = get_optional(name, shape);
  if (!leaf.defined()) missing_ += " " + name;
  return leaf;
}

at::Tensor MirroredParameters::get_optional(const std::string& name, at::IntArrayRef shape) {
  const auto& all = original_.all();
  const auto found = std::ranges::find(all, name, &Parameter::name);
  if (found == all.end() || found->leaf.sizes() != shape) return {};
  mirrors_.push_back({found->leaf, found->leaf.detach().requires_grad_(true)});
  return mirrors_.back().leaf;
}

Result<void> MirroredParameters::finish() const {
  if (missing_.empty()) return {};
  return Error{ErrorCode::kInternal, "the second copy of a network wants other parameters than the first:" + missing_, "", "", "", ""};
}

void MirroredParameters::hand_over_gradients() {
  for (auto& mirror : mirrors_) {
    const at::Tensor own = mirror.leaf.grad();
    if (!own.defined()) continue;
    at::Tensor& sum = mirror.original.mutable_grad();
    sum = sum.defined() ? sum + own : own;
    mirror.leaf.mutable_grad() = at::Tensor();
  }
}

}  // namespace fantascope::training
