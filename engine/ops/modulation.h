#pragma once
/// Norm, modulation and gate of a transformer block in one pass each. CPU, float32 and bfloat16; anything else runs the reference.
/// Everything inside is float32 and is rounded once, so bfloat16 results are nearer to float32 than the reference's. Differentiable
/// once (no second derivatives). Same bits on every run, whatever the number of threads. Const inputs may be shared between threads.
#include <ATen/core/Tensor.h>

namespace fantascope::ops {

/// x / sqrt(mean(x^2) + eps) * (1 + scale) + shift. x_BTD [B,T,D]; scale, shift: undefined, or [B or 1, 1 or T, D].
at::Tensor rms_norm_modulate(const at::Tensor& x_BTD, const at::Tensor& scale, const at::Tensor& shift, double eps);

/// x + y * gate. x, y [B,T,D]; gate [B or 1, 1 or T, D].
at::Tensor gated_add(const at::Tensor& x_BTD, const at::Tensor& y_BTD, const at::Tensor& gate);

}  // namespace fantascope::ops
