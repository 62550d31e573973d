#pragma once
/// Two linear layers with GELU between, hidden width 4x. Tensor names: net.0.proj, net.2.
#include <cstdint>

#include "engine/nn/linear.h"

namespace fantascope {

enum class Gelu { kExact, kTanh };

class FeedForward {
 public:
  FeedForward(const ParameterScope& scope, std::int64_t dim, Gelu gelu = Gelu::kTanh, Bias bias = Bias::kYes, std::int64_t multiplier = 4);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  Gelu gelu_;
  Linear in_, out_;
};

/// Linear, GELU-tanh, Linear from the width of the text to the width of the model. Tensor names: linear_1, linear_2.
class TextProjection {
 public:
  TextProjection(const ParameterScope& scope, std::int64_t in_features, std::int64_t hidden_size);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  Linear in_, out_;
};

}  // namespace fantascope
