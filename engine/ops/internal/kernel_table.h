#pragma once
/// The CPU kernels behind engine/ops: raw pointers, sizes, no tensor library. One table per instruction set, chosen once by cpuid.
/// Every file that fills a table is compiled with flags of its own and includes nothing but this header, <cstdint> and <cstring>, so that
/// no inline function of another library is compiled for an instruction set the machine may lack.
///
/// Rows are contiguous unless a stride is given. Statistics and sums are float32. Work is divided by the caller in fixed pieces, each
/// piece is summed in a fixed order: results do not depend on timing or on the number of threads.
#include <cstdint>

namespace fantascope::ops::internal {

/// A vector [D] per group of rows: row r uses data + (r / rows_per_vector) * stride elements. data null: absent.
struct RowVectors {
  const void* data = nullptr;
  std::int64_t stride = 0;
  std::int64_t rows_per_vector = 1;
};

/// y = x / sqrt(mean(x^2) + eps) * (1 + scale) + shift on rows [D].
struct NormModulate {
  std::int64_t dim = 0;
  float eps = 0;
  const void* x = nullptr;
  RowVectors scale, shift;
  void* y = nullptr;             ///< forward
  const void* dy = nullptr;      ///< backward
  const void* dx_add = nullptr;  ///< backward, may be null: added to dx (the gradient that reaches x past the norm)
  void* dx = nullptr;
  void* dscale = nullptr;  ///< backward, may be null; contiguous, one row for each vector of `scale`
  void* dshift = nullptr;
};

/// out = x + y * gate on rows [D].
struct GatedAdd {
  std::int64_t dim = 0;
  const void* x = nullptr;
  const void* y = nullptr;
  RowVectors gate;
  void* out = nullptr;
  const void* dout = nullptr;
  void* dy = nullptr;
  void* dgate = nullptr;  ///< may be null
};

/// x [B*T, N*E] -> y [B,N,T,E]: RMS norm over the full width, times weight, then split rotary embedding when cos is not null.
struct NormHeads {
  std::int64_t tokens = 0, heads = 0, head_dim = 0;
  float eps = 0;
  const void* x = nullptr;
  const void* weight = nullptr;  ///< [N*E]
  const float* cos = nullptr;    ///< [B or 1, N, T, E/2]
  const float* sin = nullptr;
  std::int64_t table_batch_stride = 0;
  void* y = nullptr;
  const void* dy = nullptr;
  void* dx = nullptr;
};

/// softmax(q k^T * scale + mask) v per batch element and head. Strides in elements; the last axis of all but mask is contiguous.
struct AttentionArgs {
  std::int64_t heads = 0, queries = 0, keys = 0, head_dim = 0;  ///< head_dim a multiple of 16
  float scale = 1;
  const void *q = nullptr, *k = nullptr, *v = nullptr;
  std::int64_t q_batch = 0, q_head = 0, q_row = 0, k_batch = 0, k_head = 0, k_row = 0, v_batch = 0, v_head = 0, v_row = 0;
  const float* mask = nullptr;  ///< last axis contiguous; stride 0 where it is broadcast
  std::int64_t mask_batch = 0, mask_head = 0, mask_row = 0;
  void* out = nullptr;
  std::int64_t out_batch = 0, out_head = 0, out_row = 0;
  float* log_sum = nullptr;  ///< [B,N,T]; forward writes it (may be null), backward reads it
  const void* dout = nullptr;
  std::int64_t dout_batch = 0, dout_head = 0, dout_row = 0;
  void *dq = nullptr, *dk = nullptr, *dv = nullptr;
  std::int64_t dq_batch = 0, dq_head = 0, dq_row = 0, dk_batch = 0, dk_head = 0, dk_row = 0, dv_batch = 0, dv_head = 0, dv_row = 0;
};

struct KernelTable {
  /// Rows [first, last). Forward may cut anywhere; backward only between vectors of scale, shift and gate.
  void (*norm_modulate)(const NormModulate&, std::int64_t first, std::int64_t last);
  void (*norm_modulate_backward)(const NormModulate&, std::int64_t first, std::int64_t last, float* scratch);  ///< scratch 2*D
  void (*gated_add)(const GatedAdd&, std::int64_t first, std::int64_t last);
  void (*gated_add_backward)(const GatedAdd&, std::int64_t first, std::int64_t last, float* scratch);  ///< scratch D
  void (*norm_heads)(const NormHeads&, std::int64_t first, std::int64_t last, float* scratch);         ///< scratch D
  /// Adds to dweight [D]; scratch 2*D.
  void (*norm_heads_backward)(const NormHeads&, std::int64_t first, std::int64_t last, float* dweight, float* scratch);
  void (*gelu_tanh)(const void* x, void* y, std::int64_t count);
  void (*gelu_tanh_backward)(const void* x, const void* dy, void* dx, std::int64_t count);
  /// One (batch, head) tile; scratch of attention_scratch floats, or attention_backward_scratch, 64-byte aligned, not initialised.
  void (*attention)(const AttentionArgs&, std::int64_t tile, float* scratch);
  void (*attention_backward)(const AttentionArgs&, std::int64_t tile, float* scratch);
};

/// Rows of scores that attention holds at once; all of them would not stay in a core's cache.
constexpr std::int64_t kQueryBlock = 96;

/// Floats of scratch that one tile of attention needs.
inline std::int64_t attention_scratch(const AttentionArgs& a) {
  const std::int64_t s = (a.keys + 15) / 16 * 16;
  return 2 * kQueryBlock * s + 2 * (kQueryBlock + s) * a.head_dim + 1024;
}
/// The same for its gradients, which hold all scores of the tile.
inline std::int64_t attention_backward_scratch(const AttentionArgs& a) {
  const std::int64_t t = (a.queries + 15) / 16 * 16, s = (a.keys + 15) / 16 * 16;
  return 3 * (t + 1) * s + 3 * (t + s) * a.head_dim + 1024;
}

enum class Storage { kFloat32, kBfloat16 };

/// The table of this machine.
const KernelTable& kernel_table(Storage storage);

/// Tables by name, for tests: null when this machine lacks the instruction set.
/// kAvx512 multiplies bfloat16 values as float32, kAvx512Bf16 in pairs.
enum class InstructionSet { kPortable, kAvx2, kAvx512, kAvx512Bf16 };
const KernelTable* kernel_table_of(InstructionSet set, Storage storage);

/// Makes kernel_table() answer with another set (tests only; not thread-safe). False when this machine lacks it.
bool select_instruction_set(InstructionSet set);

}  // namespace fantascope::ops::internal
