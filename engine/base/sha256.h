#pragma once
/// SHA-256 (FIPS 180-4), streaming: what recipes and checkpoints are identified by.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fantascope {

class Sha256Stream {
 public:
  void update(const void* data, std::size_t num_bytes);
  void update(std::string_view text) { update(text.data(), text.size()); }
  /// Lower-case hex of everything so far; the object is spent afterwards.
  std::string hex();

 private:
  void compress(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> pending_{};
  std::size_t num_pending_ = 0;
  std::uint64_t num_bytes_ = 0;
};

std::string sha256_hex(std::string_view data);

}  // namespace fantascope
