#pragma once
/// The same operations out of ATen's own, for any device and dtype: what the fused ones are tested against and fall back to.
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace fantascope::ops::reference {

at::Tensor rms_norm_modulate(const at::Tensor& x_BTD, const at::Tensor& scale, const at::Tensor& shift, double eps);
at::Tensor gated_add(const at::Tensor& x_BTD, const at::Tensor& y_BTD, const at::Tensor& gate);
at::Tensor gelu_tanh(const at::Tensor& x);
at::Tensor norm_rope_heads(const at::Tensor& x_BTD, const at::Tensor& weight_D, const at::Tensor& cos, const at::Tensor& sin,
                           std::int64_t num_heads, double eps);
at::Tensor attention(const at::Tensor& q_BNTE, const at::Tensor& k_BNSE, const at::Tensor& v_BNSE, const at::Tensor& mask = {});

}  // namespace fantascope::ops::reference
