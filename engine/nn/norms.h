#pragma once
/// Normalisations over the last axis. Statistics are taken in float32 whatever the dtype of x; the result has the dtype of x.
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "engine/nn/parameter_scope.h"

namespace fantascope {

/// x / sqrt(mean(x^2) + eps), no weight. Zhang & Sennrich 2019, arXiv 1910.07467.
at::Tensor rms_norm(const at::Tensor& x, double eps);

/// (x - mean) / sqrt(variance + eps), no weight and no bias.
at::Tensor layer_norm(const at::Tensor& x, double eps);

/// Whether a norm has a weight of its own.
enum class Affine { kNo, kYes };

/// RMS norm with an optional weight [dim]. The weight multiplies in the dtype of the weight, as diffusers' RMSNorm does.
class RmsNorm {
 public:
  RmsNorm(const ParameterScope& scope, std::int64_t dim, double eps, Affine affine = Affine::kYes);
  at::Tensor forward(const at::Tensor& x) const;
  /// forward(x) * (1 + scale) + shift for x_BTD [B,T,D] and vectors [B or 1, 1 or T, D], in one pass when there is no weight.
  at::Tensor forward_modulated(const at::Tensor& x_BTD, const at::Tensor& scale, const at::Tensor& shift) const;
  const at::Tensor& weight() const { return weight_; }

 private:
  at::Tensor weight_;
  double eps_;
};

/// RMS norm with weight [dim] in the rounding order of torch.nn.RMSNorm: product with the weight in float32, then one rounding.
class FusedRmsNorm {
 public:
  FusedRmsNorm(const ParameterScope& scope, std::int64_t dim, double eps);
  at::Tensor forward(const at::Tensor& x) const;
  const at::Tensor& weight() const { return weight_; }
  double eps() const { return eps_; }

 private:
  at::Tensor weight_;
  std::int64_t dim_;
  double eps_;
};

}  // namespace fantascope
