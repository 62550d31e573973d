#include "engine/nn/norms.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/rsqrt.h>

namespace fantascope {

at::Tensor rms_norm(const at::Tensor& x, double eps) {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor mean_square = wide.pow(2).mean(-1, /*keepdim=*/true);
  return (wide * at::rsqrt(mean_square + eps)).to(x.scalar_type());
}

at::Tensor layer_norm(const at::Tensor& x, double eps) { return at::layer_norm(x, {x.size(-1)}, {}, {}, eps); }

RmsNorm::RmsNorm(const ParameterScope& scope, std::int64_t dim, double eps, Affine affine) : eps_(eps) {
  if (affine == Affine::kYes) weight_ = scope.tensor("weight", {dim}, Init::ones());
}

at::Tensor RmsNorm::forward(const at::Tensor& x) const {
  const at::Tensor normed = rms_norm(x, eps_);
  return weight_.defined() ? normed * weight_ : normed;
}

FusedRmsNorm::FusedRmsNorm(const ParameterScope& scope, std::int64_t dim, double eps)
    : weight_(scope.tensor("weight", {dim}, Init::ones())), dim_(dim), eps_(eps) {}

at::Tensor FusedRmsNorm::forward(const at::Tensor& x) const { return at::rms_norm(x, {dim_}, weight_, eps_); }

}  // namespace fantascope
