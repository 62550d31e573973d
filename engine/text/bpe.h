#pragma once
/// Byte-pair encoding with whole code points as the start and bytes as the fallback (Sennrich et al. 2016, arXiv 1508.07909; the details,
/// down to the order of equal merges, are those of the `tokenizers` package). Time n log n in the length of the text.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fantascope {

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using TokenIds = std::unordered_map<std::string, std::int32_t, StringHash, std::equal_to<>>;

struct BpeOptions {
  std::optional<std::int32_t> unk_id;
  bool fuse_unk = false;       ///< a run of unknown code points is one unk
  bool byte_fallback = false;  ///< an unknown code point becomes its bytes, <0x00>…<0xFF>, where the vocabulary has them all
  bool ignore_merges = false;  ///< a text that is a token is that token, whatever the merges say
  std::string continuing_subword_prefix, end_of_word_suffix;
};

struct BpeMerge {
  std::int32_t left, right, result;
};

class Bpe {
 public:
  /// Merges in order of rank; of equal pairs the last counts.
  Bpe(TokenIds ids, const std::vector<BpeMerge>& merges, BpeOptions options);
  /// Appends the ids of `text` (well-formed UTF-8, not empty). Code points that have no token, no bytes and no unk are left out.
  void encode(std::string_view text, std::vector<std::int32_t>& ids) const;
  const TokenIds& ids() const { return ids_; }

 private:
  struct Rule {
    std::int32_t rank, result;
  };
  std::vector<std::int32_t> initial_symbols(std::string_view text) const;
  const Rule* rule(std::int32_t left, std::int32_t right) const;

  TokenIds ids_;
  std::unordered_map<std::uint64_t, Rule> rules_;
  BpeOptions options_;
  std::vector<std::optional<std::int32_t>> byte_ids_;  // 256
};

}  // namespace fantascope
