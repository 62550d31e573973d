#pragma once
/// Norms, gates and activations row by row. Included by the files of one instruction set only.
#include <cmath>

#include "engine/ops/internal/kernel_table.h"
#include "engine/ops/internal/vector_math.h"

namespace {

using namespace fantascope::ops::internal;

template <class T>
inline const T* vector_of(const RowVectors& v, std::int64_t r) {
  return v.data == nullptr ? nullptr : row<T>(v.data, (r / v.rows_per_vector) * v.stride);
}

template <class T>
inline float inverse_rms(const T* x, std::int64_t dim, float eps) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < dim; ++i) sum += widen(x[i]) * widen(x[i]);
  return 1.0f / __builtin_sqrtf(sum / static_cast<float>(dim) + eps);
}

template <class T>
void norm_modulate(const NormModulate& a, std::int64_t first, std::int64_t last) {
  for (std::int64_t r = first; r < last; ++r) {
    const T* x = row<T>(a.x, r * a.dim);
    T* y = row<T>(a.y, r * a.dim);
    const T* scale = vector_of<T>(a.scale, r);
    const T* shift = vector_of<T>(a.shift, r);
    const float inverse = inverse_rms(x, a.dim, a.eps);
    if (scale != nullptr && shift != nullptr) {
#pragma omp simd
      for (std::int64_t i = 0; i < a.dim; ++i) narrow(widen(x[i]) * inverse * (1.0f + widen(scale[i])) + widen(shift[i]), y[i]);
    } else if (scale != nullptr) {
#pragma omp simd
      for (std::int64_t i = 0; i < a.dim; ++i) narrow(widen(x[i]) * inverse * (1.0f + widen(scale[i])), y[i]);
    } else if (shift != nullptr) {
#pragma omp simd
      for (std::int64_t i = 0; i < a.dim; ++i) narrow(widen(x[i]) * inverse + widen(shift[i]), y[i]);
    } else {
#pragma omp simd
      for (std::int64_t i = 0; i < a.dim; ++i) narrow(widen(x[i]) * inverse, y[i]);
    }
  }
}

/// Adds the sums of one row to the sums of its group, and writes them out after the group's last row.
template <class T>
inline void flush_sum(float* sum, void* out, const RowVectors& v, std::int64_t r, std::int64_t dim) {
  if (out == nullptr || (r + 1) % v.rows_per_vector != 0) return;
  T* target = row<T>(out, (r / v.rows_per_vector) * dim);
#pragma omp simd
  for (std::int64_t i = 0; i < dim; ++i) {
    narrow(sum[i], target[i]);
    sum[i] = 0;
  }
}

template <class T>
void norm_modulate_backward(const NormModulate& a, std::int64_t first, std::int64_t last, float* scratch) {
  float* dscale = scratch;
  float* dshift = scratch + a.dim;
  std::memset(scratch, 0, sizeof(float) * 2 * static_cast<std::size_t>(a.dim));
  for (std::int64_t r = first; r < last; ++r) {
    const T* x = row<T>(a.x, r * a.dim);
    const T* dy = row<T>(a.dy, r * a.dim);
    T* dx = row<T>(a.dx, r * a.dim);
    const T* scale = vector_of<T>(a.scale, r);
    const T* add = a.dx_add == nullptr ? nullptr : row<T>(a.dx_add, r * a.dim);
    const float inverse = inverse_rms(x, a.dim, a.eps);
    float dot = 0;
    if (scale != nullptr) {
#pragma omp simd reduction(+ : dot)
      for (std::int64_t i = 0; i < a.dim; ++i) {
        const float product = widen(dy[i]) * widen(x[i]) * inverse;
        dot += product * (1.0f + widen(scale[i]));
        dscale[i] += product;
        dshift[i] += widen(dy[i]);
      }
    } else {
#pragma omp simd reduction(+ : dot)
      for (std::int64_t i = 0; i < a.dim; ++i) {
        dot += widen(dy[i]) * widen(x[i]) * inverse;
        dshift[i] += widen(dy[i]);
      }
    }
    const float projection = inverse * dot / static_cast<float>(a.dim);
    for (std::int64_t i = 0; i < a.dim; ++i) {
      const float g = scale == nullptr ? widen(dy[i]) : widen(dy[i]) * (1.0f + widen(scale[i]));
      const float past = add == nullptr ? 0.0f : widen(add[i]);
      narrow(past + inverse * (g - widen(x[i]) * projection), dx[i]);
    }
    flush_sum<T>(dscale, a.dscale, a.scale, r, a.dim);
    flush_sum<T>(dshift, a.dshift, a.shift, r, a.dim);
  }
}

template <class T>
void gated_add(const GatedAdd& a, std::int64_t first, std::int64_t last) {
  for (std::int64_t r = first; r < last; ++r) {
    const T* x = row<T>(a.x, r * a.dim);
    const T* y = row<T>(a.y, r * a.dim);
    const T* gate = vector_of<T>(a.gate, r);
    T* out = row<T>(a.out, r * a.dim);
#pragma omp simd
    for (std::int64_t i = 0; i < a.dim; ++i) narrow(widen(x[i]) + widen(y[i]) * widen(gate[i]), out[i]);
  }
}

template <class T>
void gated_add_backward(const GatedAdd& a, std::int64_t first, std::int64_t last, float* scratch) {
  std::memset(scratch, 0, sizeof(float) * static_cast<std::size_t>(a.dim));
  for (std::int64_t r = first; r < last; ++r) {
    const T* y = row<T>(a.y, r * a.dim);
    const T* dout = row<T>(a.dout, r * a.dim);
    const T* gate = vector_of<T>(a.gate, r);
    T* dy = row<T>(a.dy, r * a.dim);
#pragma omp simd
    for (std::int64_t i = 0; i < a.dim; ++i) {
      narrow(widen(dout[i]) * widen(gate[i]), dy[i]);
      scratch[i] += widen(dout[i]) * widen(y[i]);
    }
    flush_sum<T>(scratch, a.dgate, a.gate, r, a.dim);
  }
}

template <class T>
void norm_heads(const NormHeads& a, std::int64_t first, std::int64_t last, float* scratch) {
  const std::int64_t dim = a.heads * a.head_dim, half = a.head_dim / 2;
  const T* weight = row<T>(a.weight, 0);
  for (std::int64_t r = first; r < last; ++r) {
    const std::int64_t b = r / a.tokens, t = r % a.tokens;
    const T* x = row<T>(a.x, r * dim);
    const float inverse = inverse_rms(x, dim, a.eps);
#pragma omp simd
    for (std::int64_t i = 0; i < dim; ++i) scratch[i] = widen(x[i]) * inverse * widen(weight[i]);
    for (std::int64_t n = 0; n < a.heads; ++n) {
      const float* h = scratch + n * a.head_dim;
      T* y = row<T>(a.y, ((b * a.heads + n) * a.tokens + t) * a.head_dim);
      if (a.cos == nullptr) {
#pragma omp simd
        for (std::int64_t i = 0; i < a.head_dim; ++i) narrow(h[i], y[i]);
        continue;
      }
      const std::int64_t at = b * a.table_batch_stride + (n * a.tokens + t) * half;
      const float* cos = a.cos + at;
      const float* sin = a.sin + at;
#pragma omp simd
      for (std::int64_t i = 0; i < half; ++i) narrow(h[i] * cos[i] - h[i + half] * sin[i], y[i]);
#pragma omp simd
      for (std::int64_t i = 0; i < half; ++i) narrow(h[i + half] * cos[i] + h[i] * sin[i], y[i + half]);
    }
  }
}

template <class T>
void norm_heads_backward(const NormHeads& a, std::int64_t first, std::int64_t last, float* dweight, float* scratch) {
  const std::int64_t dim = a.heads * a.head_dim, half = a.head_dim / 2;
  const T* weight = row<T>(a.weight, 0);
  for (std::int64_t r = first; r < last; ++r) {
    const std::int64_t b = r / a.tokens, t = r % a.tokens;
    for (std::int64_t n = 0; n < a.heads; ++n) {
      float* g = scratch + n * a.head_dim;
      const T* dy = row<T>(a.dy, ((b * a.heads + n) * a.tokens + t) * a.head_dim);
      if (a.cos == nullptr) {
#pragma omp simd
        for (std::int64_t i = 0; i < a.head_dim; ++i) g[i] = widen(dy[i]);
        continue;
      }
      const std::int64_t at = b * a.table_batch_stride + (n * a.tokens + t) * half;
      const float* cos = a.cos + at;
      const float* sin = a.sin + at;
#pragma omp simd
      for (std::int64_t i = 0; i < half; ++i) {
        g[i] = widen(dy[i]) * cos[i] + widen(dy[i + half]) * sin[i];
        g[i + half] = widen(dy[i + half]) * cos[i] - widen(dy[i]) * sin[i];
      }
    }
    const T* x = row<T>(a.x, r * dim);
    T* dx = row<T>(a.dx, r * dim);
    const float inverse = inverse_rms(x, dim, a.eps);
    float dot = 0;
#pragma omp simd reduction(+ : dot)
    for (std::int64_t i = 0; i < dim; ++i) {
      const float product = scratch[i] * widen(x[i]) * inverse;
      dweight[i] += product;
      dot += product * widen(weight[i]);
    }
    const float projection = inverse * dot / static_cast<float>(dim);
#pragma omp simd
    for (std::int64_t i = 0; i < dim; ++i) narrow(inverse * (scratch[i] * widen(weight[i]) - widen(x[i]) * projection), dx[i]);
  }
}

constexpr float kGeluScale = 1.5957691216057308f;  // 2 * sqrt(2 / pi): 0.5 * (1 + tanh(u)) is the logistic function of 2u
constexpr float kGeluCubic = 0.044715f;
// The logistic function is 0 from here down. What is left of it there is far under a float's rounding, and gradients times it would be
// subnormal numbers, which the next matrix product is a hundred times as slow with.
constexpr float kGeluNothing = -40.0f;

template <class T>
void gelu_tanh(const void* x_data, void* y_data, std::int64_t count) {
  const T* x = static_cast<const T*>(x_data);
  T* y = static_cast<T*>(y_data);
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) {
    const float v = widen(x[i]);
    const float u = kGeluScale * (v + kGeluCubic * v * v * v);
    narrow(u < kGeluNothing ? 0.0f : v / (1.0f + fast_exp(-u)), y[i]);
  }
}

template <class T>
void gelu_tanh_backward(const void* x_data, const void* dy_data, void* dx_data, std::int64_t count) {
  const T* x = static_cast<const T*>(x_data);
  const T* dy = static_cast<const T*>(dy_data);
  T* dx = static_cast<T*>(dx_data);
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) {
    const float v = widen(x[i]);
    const float u = kGeluScale * (v + kGeluCubic * v * v * v);
    const float s = u < kGeluNothing ? 0.0f : 1.0f / (1.0f + fast_exp(-u));
    const float slope = kGeluScale * (1.0f + 3.0f * kGeluCubic * v * v);
    narrow(widen(dy[i]) * (s + v * s * (1.0f - s) * slope), dx[i]);
  }
}

}  // namespace
