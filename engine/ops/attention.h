#pragma once
/// Attention on the CPU, for training and inference. Deterministic; differentiable once. See modulation.h for dtypes and fallbacks.
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace fantascope::ops {

/// RMS norm of x_BTD [B,T,N*E] over the full width, times weight [N*E], split into heads: contiguous [B,N,T,E]. cos and sin: undefined,
/// or float32 [B or 1, N, T, E/2] of a split rotary embedding (element i of a head turns with element i + E/2), which get no gradient.
at::Tensor norm_rope_heads(const at::Tensor& x_BTD, const at::Tensor& weight_D, const at::Tensor& cos, const at::Tensor& sin,
                           std::int64_t num_heads, double eps);

/// softmax(q k^T / sqrt(E) + mask) v for q_BNTE, k and v [B,N,S,E] of any strides; mask undefined or broadcastable to [B,N,T,S].
/// The result is [B,N,T,E] with the memory of [B,T,N,E], so that joining the heads is a view.
at::Tensor attention(const at::Tensor& q_BNTE, const at::Tensor& k_BNSE, const at::Tensor& v_BNSE, const at::Tensor& mask = {});

}  // namespace fantascope::ops
