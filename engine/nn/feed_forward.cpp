#include "engine/nn/feed_forward.h"

#include <ATen/ops/gelu.h>

namespace fantascope {

FeedForward::FeedForward(const ParameterScope& scope, std::int64_t dim, Gelu gelu, Bias bias, std::int64_t multiplier)
    : gelu_(gelu), in_(scope.child("net.0.proj"), dim, dim * multiplier, bias), out_(scope.child("net.2"), dim * multiplier, dim, bias) {}

at::Tensor FeedForward::forward(const at::Tensor& x) const {
  return out_.forward(at::gelu(in_.forward(x), gelu_ == Gelu::kTanh ? "tanh" : "none"));
}

TextProjection::TextProjection(const ParameterScope& scope, std::int64_t in_features, std::int64_t hidden_size)
    : in_(scope.child("linear_1"), in_features, hidden_size), out_(scope.child("linear_2"), hidden_size, hidden_size) {}

at::Tensor TextProjection::forward(const at::Tensor& x) const { return out_.forward(at::gelu(in_.forward(x), "tanh")); }

}  // namespace fantascope
