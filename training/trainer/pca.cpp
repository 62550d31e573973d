#include "training/trainer/pca.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/zeros.h>

#include <tuple>

namespace fantascope::training {

PcaAccumulator::PcaAccumulator(std::int64_t dim) : sum_(at::zeros({dim}, at::kDouble)), moment_(at::zeros({dim, dim}, at::kDouble)) {}

void PcaAccumulator::add(const at::Tensor& rows, const at::Tensor& weights) {
  // Products in float, sums in double: one call holds few enough rows that float is exact enough.
  if (weights.defined()) {
    const at::Tensor weighted = rows * weights.unsqueeze(1);
    sum_.add_(weighted.sum(0, false, at::kDouble));
    moment_.add_(at::matmul(weighted.t(), rows).to(at::kDouble));
    weight_ += weights.sum(at::kDouble).item<double>();
  } else {
    sum_.add_(rows.sum(0, false, at::kDouble));
    moment_.add_(at::matmul(rows.t(), rows).to(at::kDouble));
    weight_ += static_cast<double>(rows.size(0));
  }
}

PcaBasis PcaAccumulator::fit(std::int64_t num_components) const {
  const at::Tensor mean = sum_ / weight_;
  const at::Tensor covariance = moment_ / weight_ - at::outer(mean, mean);
  auto [values, vectors] = at::linalg_eigh(covariance);  // rising order
  const std::int64_t dim = covariance.size(0);
  const at::Tensor top_values = values.slice(0, dim - num_components, dim).flip(0).clamp_min(0);
  const at::Tensor top_vectors = vectors.slice(1, dim - num_components, dim).flip(1);
  return {mean.to(at::kFloat), top_vectors.to(at::kFloat).contiguous(), top_values.sqrt().to(at::kFloat),
          (top_values.sum() / values.clamp_min(0).sum()).item<double>()};
}

at::Tensor project(const PcaBasis& basis, const at::Tensor& rows) { return at::matmul(rows - basis.mean_D, basis.basis_DK); }

at::Tensor reconstruct(const PcaBasis& basis, const at::Tensor& coefficients) {
  return at::matmul(coefficients, basis.basis_DK.t()) + basis.mean_D;
}

}  // namespace fantascope::training
