// A list of words, one a line, and a prompt after the first zero byte. Whatever list is accepted, every word of it is one token.
#include <cstdint>
#include <string_view>

#include "engine/text/tokenizer.h"
#include "engine/text/word_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fantascope;
  if (size > 4096) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto zero = input.find('\0');
  std::vector<std::string> words;
  const std::string_view list = input.substr(0, zero);
  for (std::size_t from = 0; from < list.size();) {
    const std::size_t end = std::min(list.find('\n', from), list.size());
    words.emplace_back(list.substr(from, end - from));
    from = end + 1;
  }
  const auto json = make_word_tokenizer(words);
  const auto known = WordList::create(words);
  FANTASCOPE_CHECK(json.has_value() == known.has_value());
  if (!json) return 0;
  const auto tokenizer = Tokenizer::parse(*json, "made");
  FANTASCOPE_CHECK(tokenizer.has_value());
  for (const auto& word : words) {
    const auto ids = tokenizer->encode(word, SpecialTokens::kNone);
    FANTASCOPE_CHECK(ids && ids->size() == 1 && tokenizer->token((*ids)[0]) == "\xE2\x96\x81" + word);
  }
  if (zero != std::string_view::npos) (void)known->unknown_words(input.substr(zero + 1));
  return 0;
}
