#include "engine/nn/norms.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/rms_norm.h>

#include "engine/ops/modulation.h"

namespace fantascope {

at::Tensor rms_norm(const at::Tensor& x, double eps) { return ops::rms_norm_modulate(x, {}, {}, eps); }

at::Tensor layer_norm(const at::Tensor& x, double eps) { return at::layer_norm(x, {x.size(-1)}, {}, {}, eps); }

RmsNorm::RmsNorm(const ParameterScope& scope, std::int64_t dim, double eps, Affine affine) : eps_(eps) {
  if (affine == Affine::kYes) weight_ = scope.tensor("weight", {dim}, Init::ones());
}

at::Tensor RmsNorm::forward(const at::Tensor& x) const {
  const at::Tensor normed = rms_norm(x, eps_);
  return weight_.defined() ? normed * weight_ : normed;
}

at::Tensor RmsNorm::forward_modulated(const at::Tensor& x_BTD, const at::Tensor& scale, const at::Tensor& shift) const {
  if (!weight_.defined()) return ops::rms_norm_modulate(x_BTD, scale, shift, eps_);
  return forward(x_BTD) * (1 + scale) + shift;
}

FusedRmsNorm::FusedRmsNorm(const ParameterScope& scope, std::int64_t dim, double eps)
    : weight_(scope.tensor("weight", {dim}, Init::ones())), dim_(dim), eps_(eps) {}

at::Tensor FusedRmsNorm::forward(const at::Tensor& x) const { return at::rms_norm(x, {dim_}, weight_, eps_); }

}  // namespace fantascope
