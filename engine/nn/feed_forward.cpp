#include "engine/nn/feed_forward.h"

#include <ATen/ops/gelu.h>

#include "engine/ops/activation.h"

namespace fantascope {

FeedForward::FeedForward(const ParameterScope& scope, std::int64_t dim, Gelu gelu, Bias bias, std::int64_t multiplier)
    : gelu_(gelu), in_(scope.child("net.0.proj"), dim, dim * multiplier, bias), out_(scope.child("net.2"), dim * multiplier, dim, bias) {}

at::Tensor FeedForward::forward(const at::Tensor& x) const {
  const at::Tensor hidden = in_.forward(x);
  return out_.forward(gelu_ == Gelu::kTanh ? ops::gelu_tanh(hidden) : at::gelu(hidden));
}

TextProjection::TextProjection(const ParameterScope& scope, std::int64_t in_features, std::int64_t hidden_size)
    : in_(scope.child("linear_1"), in_features, hidden_size), out_(scope.child("linear_2"), hidden_size, hidden_size) {}

at::Tensor TextProjection::forward(const at::Tensor& x) const { return out_.forward(ops::gelu_tanh(in_.forward(x))); }

}  // namespace fantascope
