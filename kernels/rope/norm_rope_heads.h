#pragma once
/// RMS norm of x over the full width times weight, split rotary embedding, split into heads: what queries and keys need, in one pass.
#include "kernels/status.h"

namespace fantascope::kernels {

struct NormRopeHeadsArgs {
  const void* x = nullptr;       ///< [batch, tokens, heads * head_dim]
  const void* weight = nullptr;  ///< [heads * head_dim]
  const float* cos = nullptr;    ///< [batch or 1, heads, tokens, head_dim / 2]; null: no rotation
  const float* sin = nullptr;
  std::int64_t table_batch_stride = 0;  ///< elements between batches of cos and sin; 0: shared
  void* out = nullptr;                  ///< [batch, heads, tokens, head_dim]
  std::int64_t batch = 0, tokens = 0, heads = 0, head_dim = 0;
  float eps = 1e-6F;
  DType dtype = DType::kBFloat16;
};
[[nodiscard]] Status norm_rope_heads(const NormRopeHeadsArgs& args, void* stream);

}  // namespace fantascope::kernels
