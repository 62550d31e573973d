#include "engine/nn/linear.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>

#include <cmath>

#include "engine/ops/packed_linear.h"

namespace fantascope {

Linear::Linear(const ParameterScope& scope, std::int64_t in_features, std::int64_t out_features, Bias bias) {
  const double half_width = 1.0 / std::sqrt(static_cast<double>(in_features));
  weight_ = scope.tensor("weight", {out_features, in_features}, Init::uniform(half_width));
  if (bias == Bias::kYes) bias_ = scope.tensor("bias", {out_features}, Init::uniform(half_width));
  if (scope.is_constant()) packed_ = ops::pack_linear_weight(weight_);
}

Linear::Linear(const ParameterScope& scope, std::int64_t in_features, std::int64_t out_features, Bias bias, Init weight_init)
    : weight_(scope.tensor("weight", {out_features, in_features}, weight_init)) {
  if (bias == Bias::kYes) bias_ = scope.tensor("bias", {out_features}, Init::zeros());
  if (scope.is_constant()) packed_ = ops::pack_linear_weight(weight_);
}

at::Tensor Linear::forward(const at::Tensor& x) const {
  if (packed_.defined() && !at::GradMode::is_enabled() && x.scalar_type() == at::kBFloat16 && x.numel() > 0)
    return ops::packed_linear(x, packed_, bias_);
  return bias_.defined() ? at::linear(x, weight_, bias_) : at::linear(x, weight_);
}

}  // namespace fantascope
