// A tokenizer.model. Ids given must be ids of the vocabulary.
#include <cstdint>
#include <string_view>

#include "engine/text/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fantascope;
  const auto tokenizer = Tokenizer::parse_model({reinterpret_cast<const char*>(data), size}, "input");
  if (!tokenizer) {
    FANTASCOPE_CHECK(!tokenizer.error().message.empty());
    return 0;
  }
  const auto ids = tokenizer->encode("A red ball\n\nbounces al all <bos> \xE2\x96\x81 \xF0\x9F\xA6\x8A", SpecialTokens::kAdd, 4096);
  if (!ids) return 0;
  for (const auto id : *ids) FANTASCOPE_CHECK(id >= 0 && id < tokenizer->vocabulary_size());
  return 0;
}
