#pragma once
#include <cstdint>

namespace fantascope::evaluate {

/// splitmix64: repeatable on every machine, unlike the distributions of <random>.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 0x1234567ull) {}
  std::uint64_t bits() {
    std::uint64_t x = state_ += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
  }
  float uniform() { return static_cast<float>(bits() >> 40) * 0x1p-24f; }
  int below(int n) { return static_cast<int>((bits() >> 33) % static_cast<std::uint64_t>(n)); }

 private:
  std::uint64_t state_;
};

}  // namespace fantascope::evaluate
