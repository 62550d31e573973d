#pragma once
/// Text to token ids as a tokenizer.json says: added tokens, normalizer, pre-tokenizer, model, post-processor. The ids are those of the
/// `tokenizers` package (compared on random Unicode, see tests/unit/engine/text). Supported models: BPE and WordLevel. What is not
/// supported is refused by name when the file is read, never approximated; regular expressions are not run at all. Immutable after
/// creation; any thread.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

struct TokenizerFile;

enum class SpecialTokens { kAdd, kNone };

class Tokenizer {
 public:
  /// `path`: a tokenizer.json, a sentencepiece model (*.model), or the folder with one of them; of both, tokenizer.json.
  static Result<Tokenizer> open(const std::string& path);
  static Result<Tokenizer> parse(std::string_view json, const std::string& subject);
  /// The content of a tokenizer.model.
  static Result<Tokenizer> parse_model(std::string_view bytes, const std::string& subject);
  ~Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;

  /// At most max_tokens ids; a longer text loses its end, never its special tokens. Fails on text that is not UTF-8.
  Result<std::vector<std::int32_t>> encode(std::string_view text, SpecialTokens special = SpecialTokens::kAdd,
                                           std::size_t max_tokens = std::numeric_limits<std::size_t>::max()) const;

  std::int32_t vocabulary_size() const;  ///< ids are 0…size-1, added tokens among them
  std::optional<std::int32_t> id_of(std::string_view token) const;
  const std::string& token(std::int32_t id) const;  ///< id must be one of the vocabulary
  const std::string& subject() const;               ///< the file, for messages

 private:
  struct Impl;
  explicit Tokenizer(std::unique_ptr<Impl> impl);
  static Result<Tokenizer> make(TokenizerFile file, const std::string& subject);
  std::unique_ptr<Impl> impl_;
};

}  // namespace fantascope
