#pragma once
/// Attention of one (batch, head) tile: all keys at once, softmax in float32, products in pairs of bfloat16 where the machine has them
/// and in float32 elsewhere. Included by the files of one instruction set only.
#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

#include "engine/ops/internal/kernel_table.h"
#include "engine/ops/internal/vector_math.h"

namespace {

using namespace fantascope::ops::internal;

#if defined(__AVX512F__)
constexpr int kVectorBytes = 64, kRowsMax = 6, kVectorsMax = 4;
#elif defined(__AVX2__)
constexpr int kVectorBytes = 32, kRowsMax = 4, kVectorsMax = 2;
#else
constexpr int kVectorBytes = 16, kRowsMax = 4, kVectorsMax = 2;
#endif
constexpr int kLanes = kVectorBytes / 4;
typedef float Vector __attribute__((vector_size(kVectorBytes), aligned(4)));
typedef std::uint32_t Words __attribute__((vector_size(kVectorBytes), aligned(4)));

constexpr std::int64_t round_up(std::int64_t n, std::int64_t to) { return (n + to - 1) / to * to; }

/// What the products multiply. A unit is kStep consecutive values along the summed axis.
struct Singles {
  using Unit = float;
  static constexpr std::int64_t kStep = 1;
  static Vector load(const Unit* p) {
    Vector v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  static Vector multiply_add(Vector sum, Unit a, Vector b) { return sum + a * b; }
  static Unit unit(float first, float) { return first; }
};

#if defined(__AVX512BF16__)
struct Pairs {
  using Unit = std::uint32_t;
  static constexpr std::int64_t kStep = 2;
  static Vector load(const Unit* p) {
    Vector v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  static Vector multiply_add(Vector sum, Unit a, Vector b) {
    return (Vector)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32(static_cast<int>(a)), (__m512bh)b);
  }
  static Unit unit(float first, float second) { return narrow_bits(first) | static_cast<std::uint32_t>(narrow_bits(second)) << 16; }
};
#endif

/// rows x vectors of C = A B, summed over `depth` units. A is at [m * a_row + k * a_depth], B at [k * ldb + n].
template <class P, int kRows, int kVectors>
inline void product_block(std::int64_t depth, const typename P::Unit* a, std::int64_t a_row, std::int64_t a_depth,
                          const typename P::Unit* b, std::int64_t ldb, float* c, std::int64_t ldc) {
  Vector sum[kRows][kVectors];
  for (int m = 0; m < kRows; ++m)
    for (int n = 0; n < kVectors; ++n) sum[m][n] = Vector{};
  for (std::int64_t k = 0; k < depth; ++k) {
    Vector right[kVectors];
    for (int n = 0; n < kVectors; ++n) right[n] = P::load(b + k * ldb + n * kLanes);
    for (int m = 0; m < kRows; ++m) {
      const typename P::Unit left = a[m * a_row + k * a_depth];
      for (int n = 0; n < kVectors; ++n) sum[m][n] = P::multiply_add(sum[m][n], left, right[n]);
    }
  }
  for (int m = 0; m < kRows; ++m)
    for (int n = 0; n < kVectors; ++n) std::memcpy(c + m * ldc + n * kLanes, &sum[m][n], sizeof(Vector));
}

template <class P, int kVectors>
inline void product_columns(std::int64_t rows, std::int64_t depth, const typename P::Unit* a, std::int64_t a_row, std::int64_t a_depth,
                            const typename P::Unit* b, std::int64_t ldb, float* c, std::int64_t ldc) {
  std::int64_t m = 0;
  for (; m + kRowsMax <= rows; m += kRowsMax)
    product_block<P, kRowsMax, kVectors>(depth, a + m * a_row, a_row, a_depth, b, ldb, c + m * ldc, ldc);
  for (; m + 2 <= rows; m += 2) product_block<P, 2, kVectors>(depth, a + m * a_row, a_row, a_depth, b, ldb, c + m * ldc, ldc);
  for (; m < rows; ++m) product_block<P, 1, kVectors>(depth, a + m * a_row, a_row, a_depth, b, ldb, c + m * ldc, ldc);
}

/// C [rows, columns] = A B; columns a multiple of 16.
template <class P>
void product(std::int64_t rows, std::int64_t columns, std::int64_t depth, const typename P::Unit* a, std::int64_t a_row,
             std::int64_t a_depth, const typename P::Unit* b, std::int64_t ldb, float* c, std::int64_t ldc) {
  std::int64_t n = 0;
  for (; n + kVectorsMax * kLanes <= columns; n += kVectorsMax * kLanes)
    product_columns<P, kVectorsMax>(rows, depth, a, a_row, a_depth, b + n, ldb, c + n, ldc);
  if constexpr (kVectorsMax > 2) {
    for (; n + 2 * kLanes <= columns; n += 2 * kLanes) product_columns<P, 2>(rows, depth, a, a_row, a_depth, b + n, ldb, c + n, ldc);
  }
  for (; n < columns; n += kLanes) product_columns<P, 1>(rows, depth, a, a_row, a_depth, b + n, ldb, c + n, ldc);
}

/// dst[r][c/step]: rows as they are.
template <class P, class T>
void pack_rows(const T* src, std::int64_t stride, std::int64_t rows, std::int64_t columns, typename P::Unit* dst) {
  for (std::int64_t r = 0; r < rows; ++r) {
    if constexpr (sizeof(T) * P::kStep == sizeof(typename P::Unit)) {
      std::memcpy(dst + r * (columns / P::kStep), src + r * stride, sizeof(T) * static_cast<std::size_t>(columns));
    } else {
      for (std::int64_t c = 0; c < columns; ++c) dst[r * columns + c] = widen(src[r * stride + c]);
    }
  }
}

/// dst[c/step][r], r padded with zeros to `padded` rows: units taken along c.
template <class P, class T>
void pack_transposed(const T* src, std::int64_t stride, std::int64_t rows, std::int64_t padded, std::int64_t columns,
                     typename P::Unit* dst) {
  using Unit = typename P::Unit;
  for (std::int64_t r0 = 0; r0 < padded; r0 += 16) {
    for (std::int64_t c = 0; c < columns / P::kStep; ++c) {
      Unit* target = dst + c * padded + r0;
      for (std::int64_t r = 0; r < 16; ++r) {
        if (r0 + r >= rows) {
          target[r] = 0;
        } else if constexpr (sizeof(T) * P::kStep == sizeof(Unit)) {
          std::memcpy(target + r, src + (r0 + r) * stride + c * P::kStep, sizeof(Unit));
        } else {
          target[r] = widen(src[(r0 + r) * stride + c]);
        }
      }
    }
  }
}

/// dst[r/step][c]: units taken along r, a missing last row is zero.
template <class P, class T>
void pack_interleaved(const T* src, std::int64_t stride, std::int64_t rows, std::int64_t columns, typename P::Unit* dst) {
  if constexpr (P::kStep == 1) {
    pack_rows<P>(src, stride, rows, columns, dst);
  } else {
    for (std::int64_t r = 0; r < rows; r += 2) {
      const T* even = src + r * stride;
      const T* odd = r + 1 < rows ? even + stride : nullptr;
      typename P::Unit* target = dst + r / 2 * columns;
      if (odd != nullptr) {
        for (std::int64_t c = 0; c < columns; ++c) target[c] = even[c].bits | static_cast<std::uint32_t>(odd[c].bits) << 16;
      } else {
        for (std::int64_t c = 0; c < columns; ++c) target[c] = even[c].bits;
      }
    }
  }
}

/// The same two layouts from float32 rows [rows, columns].
template <class P>
void round_rows(const float* src, std::int64_t rows, std::int64_t columns, typename P::Unit* dst) {
  if constexpr (P::kStep == 1) {
    std::memcpy(dst, src, sizeof(float) * static_cast<std::size_t>(rows * columns));
  } else {
    auto* halves = reinterpret_cast<std::uint16_t*>(dst);
    for (std::int64_t i = 0; i < rows * columns; ++i) halves[i] = narrow_bits(src[i]);
  }
}

template <class P>
void round_interleaved(const float* src, std::int64_t rows, std::int64_t columns, typename P::Unit* dst) {
  if constexpr (P::kStep == 1) {
    std::memcpy(dst, src, sizeof(float) * static_cast<std::size_t>(rows * columns));
  } else {
    for (std::int64_t r = 0; r < rows; r += 2) {
      const float* even = src + r * columns;
      typename P::Unit* target = dst + r / 2 * columns;
      if (r + 1 < rows) {
        for (std::int64_t c = 0; c < columns; ++c) target[c] = P::unit(even[c], even[c + columns]);
      } else {
        for (std::int64_t c = 0; c < columns; ++c) target[c] = P::unit(even[c], 0.0f);
      }
    }
  }
}

template <class T>
void store_rows(const float* src, std::int64_t rows, std::int64_t columns, T* dst, std::int64_t stride) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* from = src + r * columns;
    T* to = dst + r * stride;
    for (std::int64_t c = 0; c < columns; ++c) narrow(from[c], to[c]);
  }
}

/// Probabilities, not yet divided by their sum, in place of one row of scores; padding becomes 0. Returns the sum and the maximum.
inline float softmax_row(float* scores, std::int64_t keys, std::int64_t padded, float scale, const float* mask, float& maximum) {
  constexpr float kLowest = -__builtin_inff();
  float top = kLowest;
  if (mask != nullptr) {
#pragma omp simd reduction(max : top)
    for (std::int64_t s = 0; s < keys; ++s) {
      scores[s] = scores[s] * scale + mask[s];
      top = scores[s] > top ? scores[s] : top;
    }
  } else {
#pragma omp simd reduction(max : top)
    for (std::int64_t s = 0; s < keys; ++s) {
      scores[s] *= scale;
      top = scores[s] > top ? scores[s] : top;
    }
  }
  maximum = top;
  const float offset = top == kLowest ? 0.0f : top;
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t s = 0; s < keys; ++s) {
    scores[s] = fast_exp(scores[s] - offset);
    sum += scores[s];
  }
  for (std::int64_t s = keys; s < padded; ++s) scores[s] = 0;
  return sum;
}

/// Hands out pieces of the scratch, each on a cache line.
struct Scratch {
  float* next;
  template <class Unit>
  Unit* take(std::int64_t count) {
    Unit* piece = reinterpret_cast<Unit*>(next);
    next += round_up(count, 16);
    return piece;
  }
};

template <class P, class T>
void attention(const AttentionArgs& a, std::int64_t tile, float* scratch) {
  using Unit = typename P::Unit;
  const std::int64_t b = tile / a.heads, n = tile % a.heads, dim = a.head_dim, padded = round_up(a.keys, 16);
  const T* q = row<T>(a.q, b * a.q_batch + n * a.q_head);
  T* out = row<T>(a.out, b * a.out_batch + n * a.out_head);
  Scratch space{scratch};
  Unit* keys = space.take<Unit>(padded * dim);
  Unit* values = space.take<Unit>(padded * dim);
  Unit* queries = space.take<Unit>(kQueryBlock * dim);
  Unit* rounded = space.take<Unit>(kQueryBlock * padded);
  float* scores = space.take<float>(kQueryBlock * padded);
  float* result = space.take<float>(kQueryBlock * dim);
  pack_transposed<P>(row<T>(a.k, b * a.k_batch + n * a.k_head), a.k_row, a.keys, padded, dim, keys);
  pack_interleaved<P>(row<T>(a.v, b * a.v_batch + n * a.v_head), a.v_row, a.keys, dim, values);
  for (std::int64_t t0 = 0; t0 < a.queries; t0 += kQueryBlock) {
    const std::int64_t rows = a.queries - t0 < kQueryBlock ? a.queries - t0 : kQueryBlock;
    pack_rows<P>(q + t0 * a.q_row, a.q_row, rows, dim, queries);
    product<P>(rows, padded, dim / P::kStep, queries, dim / P::kStep, 1, keys, padded, scores, padded);
    float inverse[kQueryBlock];
    for (std::int64_t t = 0; t < rows; ++t) {
      const float* mask = a.mask == nullptr ? nullptr : a.mask + b * a.mask_batch + n * a.mask_head + (t0 + t) * a.mask_row;
      float maximum = 0;
      const float sum = softmax_row(scores + t * padded, a.keys, padded, a.scale, mask, maximum);
      inverse[t] = sum > 0 ? 1.0f / sum : 0.0f;
      if (a.log_sum != nullptr) a.log_sum[tile * a.queries + t0 + t] = sum > 0 ? maximum + __builtin_logf(sum) : __builtin_inff();
    }
    const Unit* weights = rounded;
    if constexpr (P::kStep == 1) {
      weights = scores;
    } else {
      round_rows<P>(scores, rows, padded, rounded);
    }
    product<P>(rows, dim, (a.keys + P::kStep - 1) / P::kStep, weights, padded / P::kStep, 1, values, dim, result, dim);
    for (std::int64_t t = 0; t < rows; ++t) {
      for (std::int64_t e = 0; e < dim; ++e) result[t * dim + e] *= inverse[t];
    }
    store_rows(result, rows, dim, out + t0 * a.out_row, a.out_row);
  }
}

/// In place: scores -> probabilities p, dp -> gradient of the scores p * (dp - sum(p * dp)) * scale.
inline void softmax_row_backward(float* scores, float* dp, std::int64_t keys, std::int64_t padded, float scale, const float* mask,
                                 float log_sum) {
  float dot = 0;
  if (mask != nullptr) {
#pragma omp simd reduction(+ : dot)
    for (std::int64_t s = 0; s < keys; ++s) {
      scores[s] = fast_exp(scores[s] * scale + mask[s] - log_sum);
      dot += scores[s] * dp[s];
    }
  } else {
#pragma omp simd reduction(+ : dot)
    for (std::int64_t s = 0; s < keys; ++s) {
      scores[s] = fast_exp(scores[s] * scale - log_sum);
      dot += scores[s] * dp[s];
    }
  }
#pragma omp simd
  for (std::int64_t s = 0; s < keys; ++s) dp[s] = scores[s] * (dp[s] - dot) * scale;
  for (std::int64_t s = keys; s < padded; ++s) scores[s] = dp[s] = 0;
}

template <class P, class T>
void attention_backward(const AttentionArgs& a, std::int64_t tile, float* scratch) {
  using Unit = typename P::Unit;
  const std::int64_t b = tile / a.heads, n = tile % a.heads, dim = a.head_dim, s_padded = round_up(a.keys, 16), step = P::kStep;
  const std::int64_t t_units = (a.queries + step - 1) / step, s_units = (a.keys + step - 1) / step;
  const T* q = row<T>(a.q, b * a.q_batch + n * a.q_head);
  const T* k = row<T>(a.k, b * a.k_batch + n * a.k_head);
  const T* v = row<T>(a.v, b * a.v_batch + n * a.v_head);
  const T* dout = row<T>(a.dout, b * a.dout_batch + n * a.dout_head);
  Scratch space{scratch};
  Unit* packed = space.take<Unit>((a.queries > s_padded ? a.queries : s_padded) * dim);  // one operand at a time
  Unit* left = space.take<Unit>(a.queries * dim);
  float* scores = space.take<float>(a.queries * s_padded);
  float* dscores = space.take<float>(a.queries * s_padded);
  Unit* rounded = space.take<Unit>((a.queries + 1) * s_padded);
  float* result = space.take<float>((a.queries > a.keys ? a.queries : a.keys) * dim);

  pack_rows<P>(q, a.q_row, a.queries, dim, left);
  pack_transposed<P>(k, a.k_row, a.keys, s_padded, dim, packed);
  product<P>(a.queries, s_padded, dim / step, left, dim / step, 1, packed, s_padded, scores, s_padded);
  pack_rows<P>(dout, a.dout_row, a.queries, dim, left);
  pack_transposed<P>(v, a.v_row, a.keys, s_padded, dim, packed);
  product<P>(a.queries, s_padded, dim / step, left, dim / step, 1, packed, s_padded, dscores, s_padded);
  for (std::int64_t t = 0; t < a.queries; ++t) {
    const float* mask = a.mask == nullptr ? nullptr : a.mask + b * a.mask_batch + n * a.mask_head + t * a.mask_row;
    softmax_row_backward(scores + t * s_padded, dscores + t * s_padded, a.keys, s_padded, a.scale, mask, a.log_sum[tile * a.queries + t]);
  }
  round_interleaved<P>(scores, a.queries, s_padded, rounded);
  pack_interleaved<P>(dout, a.dout_row, a.queries, dim, packed);
  product<P>(a.keys, dim, t_units, rounded, 1, s_padded, packed, dim, result, dim);
  store_rows(result, a.keys, dim, row<T>(a.dv, b * a.dv_batch + n * a.dv_head), a.dv_row);

  round_interleaved<P>(dscores, a.queries, s_padded, rounded);
  pack_interleaved<P>(q, a.q_row, a.queries, dim, packed);
  product<P>(a.keys, dim, t_units, rounded, 1, s_padded, packed, dim, result, dim);
  store_rows(result, a.keys, dim, row<T>(a.dk, b * a.dk_batch + n * a.dk_head), a.dk_row);

  round_rows<P>(dscores, a.queries, s_padded, rounded);
  pack_interleaved<P>(k, a.k_row, a.keys, dim, packed);
  product<P>(a.queries, dim, s_units, rounded, s_padded / step, 1, packed, dim, result, dim);
  store_rows(result, a.queries, dim, row<T>(a.dq, b * a.dq_batch + n * a.dq_head), a.dq_row);
}

}  // namespace
