// The first bytes of a file as a safetensors header. What is accepted must keep the promises that views rely on.
#include <cstdint>
#include <string_view>

#include "engine/weights/format/safetensors_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fantascope;
  const auto header = parse_safetensors_header({reinterpret_cast<const char*>(data), size}, size, "input");
  if (!header) {
    FANTASCOPE_CHECK(!header.error().message.empty() && header.error().message.size() < 4096);
    return 0;
  }
  std::uint64_t covered = 0;
  for (const auto& entry : header->tensors) {
    std::uint64_t bytes = stored_type_bytes(entry.type);
    for (const auto dim : entry.shape) bytes *= static_cast<std::uint64_t>(dim);
    FANTASCOPE_CHECK(entry.begin == covered && entry.end == covered + bytes);
    covered = entry.end;
  }
  FANTASCOPE_CHECK(header->data_offset + covered == size);
  return 0;
}
