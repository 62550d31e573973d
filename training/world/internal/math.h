#pragma once
/// Small mathematics of the world. Only IEEE-exact operations (+ - * / sqrt) are used, so results do not depend on the C library's version
/// or on what the processor offers; the build must not contract a*b+c (x86-64's baseline has no fused multiply-add).
#include <cmath>
#include <cstdint>

// Row loops are also compiled for AVX2 where the compiler can choose at run time. Without fused multiply-add (see CMakeLists.txt) both
// versions give the same bits. Sanitizers do not work with the resolvers.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FANTASCOPE_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define FANTASCOPE_WIDE
#endif
#define FANTASCOPE_INLINE inline __attribute__((always_inline))

namespace fantascope::world {

struct Vec3 {
  float x = 0, y = 0, z = 0;  ///< right, away from the camera, up; metres
};
FANTASCOPE_INLINE Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
FANTASCOPE_INLINE Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
FANTASCOPE_INLINE Vec3 operator*(Vec3 a, Vec3 b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
FANTASCOPE_INLINE Vec3 operator*(Vec3 a, float s) { return {a.x * s, a.y * s, a.z * s}; }
FANTASCOPE_INLINE float dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
FANTASCOPE_INLINE Vec3 normalised(Vec3 a) { return a * (1.0f / std::sqrt(dot(a, a))); }
FANTASCOPE_INLINE Vec3 mix(Vec3 a, Vec3 b, float t) { return a + (b - a) * t; }
FANTASCOPE_INLINE float clamp01(float x) { return x < 0.0f ? 0.0f : (x > 1.0f ? 1.0f : x); }
FANTASCOPE_INLINE float smooth01(float x) {
  x = clamp01(x);
  return x * x * (3.0f - 2.0f * x);
}

inline constexpr double kPi = 3.14159265358979323846;

/// sin(x) to about 1e-11 for |x| < 1e6.
inline double sine(double x) {
  const double turns = x / (2.0 * kPi);
  double r = x - 2.0 * kPi * std::floor(turns + 0.5);  // -pi..pi
  if (r > kPi / 2) r = kPi - r;
  if (r < -kPi / 2) r = -kPi - r;
  const double q = r * r;
  return r *
         (1 + q * (-1.0 / 6 + q * (1.0 / 120 + q * (-1.0 / 5040 + q * (1.0 / 362880 + q * (-1.0 / 39916800 + q * (1.0 / 6227020800.0)))))));
}
inline double cosine(double x) { return sine(x + kPi / 2); }
/// exp(x) to about 1e-12 relative, for -700 < x < 700.
inline double exponential(double x) {
  const double k = std::floor(x * 1.4426950408889634 + 0.5);
  const double r = x - k * 0.6931471805599453;
  double sum = 1, term = 1;
  for (int i = 1; i < 13; ++i) sum += term *= r / i;
  return std::ldexp(sum, static_cast<int>(k));
}

/// splitmix64: a good mixer of small integers, and a generator.
inline std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(mix64(seed)) {}
  std::uint64_t bits() {
    const std::uint64_t out = mix64(state_);
    state_ += 0x9e3779b97f4a7c15ull;
    return out;
  }
  /// 0 <= result < n.
  int below(int n) { return static_cast<int>((bits() >> 33) % static_cast<std::uint64_t>(n)); }
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  bool chance(double p) { return uniform() < p; }

 private:
  std::uint64_t state_;
};

}  // namespace fantascope::world
