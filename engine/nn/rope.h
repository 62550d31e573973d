#pragma once
/// Rotary position embedding over one or more axes of fractional positions (RoFormer, arXiv 2104.09864; fractions in [0,1]).
///
/// angle[t, k*A + a] = (2 * fraction[t,a] - 1) * freq[k],  freq[k] = theta^(k/(n-1)) * pi/2,  n = dim / (2*A), A axes.
/// Angles reach 15,708 rad in float32, so the order of operations is part of the format: frequencies in float64 (when
/// double_precision), rounded to float32 once, then float32 products in the order written here. Any other order moves cos and sin by 1e-3.
/// The dim/2 - n*A angles that are missing stand in front with cos 1 and sin 0.
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "engine/nn/rope_type.h"

namespace fantascope {

struct RopeOptions {
  RopeType type = RopeType::kSplit;
  std::int64_t dim = 0;        ///< full width, all heads
  std::int64_t num_heads = 1;  ///< heads the angles are dealt to (split only)
  double theta = 10000.0;
  bool double_precision = true;
};

/// Float32. Split: [B or 1, N, T, dim/2/N]. Interleaved: [B or 1, T, dim].
struct RopeTable {
  RopeType type = RopeType::kSplit;
  at::Tensor cos, sin;
  bool defined() const { return cos.defined(); }
};

/// fractions_BTA: float32, position / largest position, one column an axis.
RopeTable make_rope_table(const at::Tensor& fractions_BTA, const RopeOptions& options);

/// Rotates x_BTD [B,T,dim] in float32 and returns it in the dtype of x. The heads of a split table need not be those of the attention.
at::Tensor apply_rope(const at::Tensor& x_BTD, const RopeTable& table);

/// The same for x already split into the table's heads, [B,N,T,E]. Split tables only.
at::Tensor apply_split_rope(const at::Tensor& x_BNTE, const RopeTable& table);

}  // namespace fantascope
