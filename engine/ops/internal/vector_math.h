#pragma once
/// Included by the files of one instruction set only; everything lives in an unnamed namespace there.
/// Plain loops that the compiler turns into vector instructions of that set.
#include <cstdint>
#include <cstring>

namespace {

struct Bf16 {
  std::uint16_t bits;
};

inline float widen(float x) { return x; }
inline float widen(Bf16 x) { return __builtin_bit_cast(float, static_cast<std::uint32_t>(x.bits) << 16); }

/// Round to nearest even; NaN stays NaN.
inline std::uint16_t narrow_bits(float x) {
  const std::uint32_t u = __builtin_bit_cast(std::uint32_t, x);
  const std::uint32_t rounded = (u + 0x7FFFu + ((u >> 16) & 1u)) >> 16;
  return static_cast<std::uint16_t>((u & 0x7FFFFFFFu) > 0x7F800000u ? 0x7FC0u : rounded);
}
inline void narrow(float x, float& out) { out = x; }
inline void narrow(float x, Bf16& out) { out.bits = narrow_bits(x); }

/// exp(x) to 2 units in the last place for x in [-87, 88]; 0 below, the largest finite power above.
inline float fast_exp(float x) {
  constexpr float kLog2e = 1.44269504088896341f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f, kMagic = 12582912.0f;
  const float clamped = x < -87.0f ? -87.0f : (x > 88.0f ? 88.0f : x);
  const float shifted = clamped * kLog2e + kMagic;  // the sum rounds to an integer in the low bits of the mantissa
  const float n = shifted - kMagic;
  const float r = (clamped - n * kLn2High) - n * kLn2Low;
  float p = 1.9875691500e-4f;  // Cephes expf
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float e = p * r * r + r + 1.0f;
  const std::uint32_t power = (__builtin_bit_cast(std::uint32_t, shifted) - __builtin_bit_cast(std::uint32_t, kMagic)) << 23;
  const float y = __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, e) + power);
  return x < -87.0f ? 0.0f : y;
}

template <class T>
inline T* row(void* base, std::int64_t offset) {
  return static_cast<T*>(base) + offset;
}
template <class T>
inline const T* row(const void* base, std::int64_t offset) {
  return static_cast<const T*>(base) + offset;
}

}  // namespace
