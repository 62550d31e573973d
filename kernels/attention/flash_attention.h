#pragma once
/// softmax(q k^T * scale + mask) v, forward, bfloat16 with fp32 sums, by the online softmax of FlashAttention-2 (arXiv 2307.08691) on
/// mma.sync m16n8k16. One kernel for sm_80 to sm_120; head sizes 32, 64 and 128.
#include "kernels/status.h"

namespace fantascope::kernels {

/// Strides in elements between batches, heads and rows; the last axis is contiguous.
struct Strides {
  std::int64_t batch = 0, head = 0, row = 0;
};

struct FlashAttentionArgs {
  const void* q = nullptr;  ///< [batch, heads, queries, head_dim], bf16; pointers and all strides 16-byte aligned
  const void* k = nullptr;  ///< [batch, heads, keys, head_dim]
  const void* v = nullptr;
  void* out = nullptr;          ///< [batch, heads, queries, head_dim]
  const float* mask = nullptr;  ///< added to the scaled logits, [batch, heads, queries, keys] by its strides (0: shared); null: none
  Strides q_strides, k_strides, v_strides, out_strides, mask_strides;
  std::int64_t batch = 0, heads = 0, queries = 0, keys = 0, head_dim = 0;
  float scale = 1.0F;
};
[[nodiscard]] Status flash_attention(const FlashAttentionArgs& args, void* stream);

}  // namespace fantascope::kernels
