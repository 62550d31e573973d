#pragma once
/// Builds safetensors files byte by byte, right and wrong.
#include <cstdint>
#include <fstream>
#include <string>

namespace fantascope {

inline std::string length_bytes(std::uint64_t length) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(static_cast<std::uint8_t>(length >> (8 * i)));
  return bytes;
}
inline std::string planted(const std::string& header, std::size_t data_bytes) {
  return length_bytes(header.size()) + header + std::string(data_bytes, '\0');
}
inline void write_file(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

}  // namespace fantascope
