#pragma once
/// Principal components of a stream of row vectors, from their weighted second moments.
#include <ATen/core/Tensor.h>

namespace fantascope::training {

/// Orthonormal basis_DK with the mean it is about: coefficients = (rows - mean) * basis, rows = coefficients * basis^T + mean.
struct PcaBasis {
  at::Tensor mean_D;
  at::Tensor basis_DK;
  at::Tensor stddev_K;       ///< of the coefficients, in falling order
  double kept_fraction = 0;  ///< of the (weighted) variance
};

class PcaAccumulator {
 public:
  explicit PcaAccumulator(std::int64_t dim);
  /// rows [n, dim] float; weights [n] float or undefined for all ones.
  void add(const at::Tensor& rows, const at::Tensor& weights);
  /// The `num_components` of largest variance. num_components <= dim.
  PcaBasis fit(std::int64_t num_components) const;

 private:
  at::Tensor sum_, moment_;
  double weight_ = 0;
};

at::Tensor project(const PcaBasis& basis, const at::Tensor& rows);
at::Tensor reconstruct(const PcaBasis& basis, const at::Tensor& coefficients);

}  // namespace fantascope::training
