#pragma once
/// A tokenizer.json for a small closed vocabulary of whole words, of the kind that Gemma's is: BPE with byte fallback, <pad> 0, <eos> 1,
/// <bos> 2, <unk> 3, spaces as "▁", <bos> put in front. Every word of the list is one token ("▁word"); other words fall apart into
/// letters and bytes and keep their information. Letter case does not matter; punctuation stands as words of its own; a hyphen, a slash
/// and quotes are spaces.
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

/// The file's text. `words`: lower case without spaces (checked), at most 100,000; their order is the order of their ids after the
/// specials.
Result<std::string> make_word_tokenizer(const std::vector<std::string>& words);

/// Which words of a prompt a closed vocabulary lacks.
class WordList {
 public:
  static Result<WordList> create(std::vector<std::string> words);
  /// One word a line, as to_text() writes it. At most 4 MiB.
  static Result<WordList> open(const std::string& path);
  std::string to_text() const;

  const std::vector<std::string>& words() const { return words_; }  ///< as given
  bool contains(std::string_view word) const;                       ///< in lower case
  /// Every unknown word once, in lower case, in the order of the prompt. Cut and lower-cased exactly as the tokenizer does it; punctuation
  /// does not count as words.
  Result<std::vector<std::string>> unknown_words(std::string_view prompt) const;

 private:
  std::vector<std::string> words_;
  std::vector<std::string> sorted_;
};

}  // namespace fantascope
