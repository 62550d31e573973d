#pragma once
/// Activations in one pass, forward and backward. CPU, float32 and bfloat16; anything else runs the reference.
#include <ATen/core/Tensor.h>

namespace fantascope::ops {

/// 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) (Hendrycks & Gimpel, arXiv 1606.08415). Any shape. Differentiable once.
at::Tensor gelu_tanh(const at::Tensor& x);

}  // namespace fantascope::ops
