// A tokenizer.json, and a text for it after the first zero byte. Ids given must be ids of the vocabulary.
#include <cstdint>
#include <string_view>

#include "engine/text/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fantascope;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto zero = input.find('\0');
  const auto tokenizer = Tokenizer::parse(input.substr(0, zero), "input");
  if (!tokenizer) {
    FANTASCOPE_CHECK(!tokenizer.error().message.empty());
    return 0;
  }
  const std::string_view fallback = "A red ball\n\nbounces  <bos> \xE2\x96\x81 \xF0\x9F\xA6\x8A";
  const auto ids = tokenizer->encode(zero == std::string_view::npos ? fallback : input.substr(zero + 1), SpecialTokens::kAdd, 4096);
  if (!ids) return 0;
  FANTASCOPE_CHECK(ids->size() <= 4096);
  for (const auto id : *ids) FANTASCOPE_CHECK(id >= 0 && id < tokenizer->vocabulary_size());
  return 0;
}
