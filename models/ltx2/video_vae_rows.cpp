#include "models/ltx2/video_vae_rows.h"

#include <bit>
#include <cmath>

// One body, several instruction sets: the loader picks the best that the processor has.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FANTASCOPE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FANTASCOPE_CLONES
#endif
#define FANTASCOPE_INLINE __attribute__((always_inline)) inline

namespace fantascope::models::ltx2 {
namespace {

constexpr float kNormEps = 1e-8f;

FANTASCOPE_INLINE float widen(float value) { return value; }
FANTASCOPE_INLINE float widen(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

FANTASCOPE_INLINE void narrow(float value, float& to) { to = value; }
/// To nearest, ties to even; NaN becomes NaN or infinity, which the caller's check for finite frames finds.
FANTASCOPE_INLINE void narrow(float value, std::uint16_t& to) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  to = static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

/// e^x for |x| <= 87: 2^n by the exponent bits, the rest by its Taylor series. To about 1e-6 relative, and to 2e-7 with one more term.
template <bool kOneMore>
FANTASCOPE_INLINE float exp_of(float x) {
  constexpr float kLog2E = 1.44269504f, kLn2 = 0.693147181f, kRoundingMagic = 12582912.0f;
  const float n = (x * kLog2E + kRoundingMagic) - kRoundingMagic;
  const float r = x - n * kLn2;
  const float last = kOneMore ? 1.0f / 120 + r * (1.0f / 720) : 1.0f / 120;
  const float series = 1.0f + r * (1.0f + r * (0.5f + r * (1.0f / 6 + r * (1.0f / 24 + r * last))));
  return series * std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
}

template <typename T>
FANTASCOPE_INLINE void norm_silu(const T* x, T* out, std::int64_t num_pixels, std::int64_t num_channels) {
  for (std::int64_t p = 0; p < num_pixels; ++p, x += num_channels, out += num_channels) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t c = 0; c < num_channels; ++c) sum += widen(x[c]) * widen(x[c]);
    const float scale = 1.0f / std::sqrt(sum / static_cast<float>(num_channels) + kNormEps);
#pragma omp simd
    for (std::int64_t c = 0; c < num_channels; ++c) {
      const float v = widen(x[c]) * scale;
      // A value of more than sqrt(channels) cannot come out of the norm; the limits only keep the exponent bits in range.
      const float limited = v < -80.0f ? -80.0f : (v > 80.0f ? 80.0f : v);
      narrow(v / (1.0f + exp_of<sizeof(T) == sizeof(float)>(-limited)), out[c]);
    }
  }
}

template <typename T>
FANTASCOPE_INLINE void add(const T* a, const T* b, T* out, std::int64_t count) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) narrow(widen(a[i]) + widen(b[i]), out[i]);
}

}  // namespace

FANTASCOPE_CLONES void norm_silu_row(const std::uint16_t* x, std::uint16_t* out, std::int64_t num_pixels, std::int64_t num_channels) {
  norm_silu(x, out, num_pixels, num_channels);
}
FANTASCOPE_CLONES void norm_silu_row(const float* x, float* out, std::int64_t num_pixels, std::int64_t num_channels) {
  norm_silu(x, out, num_pixels, num_channels);
}

FANTASCOPE_CLONES void add_row(const std::uint16_t* a, const std::uint16_t* b, std::uint16_t* out, std::int64_t count) {
  add(a, b, out, count);
}
FANTASCOPE_CLONES void add_row(const float* a, const float* b, float* out, std::int64_t count) { add(a, b, out, count); }

}  // namespace fantascope::models::ltx2
