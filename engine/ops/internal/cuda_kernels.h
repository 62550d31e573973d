#pragma once
/// Tensors on a CUDA device to the kernels of kernels/. Each answers with an undefined tensor where there is no kernel for the case (a
/// build without CUDA, a head size, a gradient that is wanted): the reference then does it.
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace fantascope::ops::internal {

at::Tensor cuda_rms_norm_modulate(const at::Tensor& x_BTD, const at::Tensor& scale, const at::Tensor& shift, double eps);
at::Tensor cuda_norm_rope_heads(const at::Tensor& x_BTD, const at::Tensor& weight_D, const at::Tensor& cos, const at::Tensor& sin,
                                std::int64_t num_heads, double eps);
at::Tensor cuda_attention(const at::Tensor& q_BNTE, const at::Tensor& k_BNSE, const at::Tensor& v_BNSE, const at::Tensor& mask);

}  // namespace fantascope::ops::internal
