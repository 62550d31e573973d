#pragma once
/// The raw content of a tokenizer.json: vocabulary and merges taken as a stream (a real one holds hundreds of thousands of both), the rest
/// as a tree. Limits: 256 MiB, nested 64 deep, 2,000,000 tokens and as many merges; nothing else of the file may be big.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

inline constexpr std::size_t kMaxTokenizerBytes = std::size_t{256} << 20;
inline constexpr int kMaxTokenizerDepth = 64;
inline constexpr std::size_t kMaxTokens = 2'000'000;

struct TokenizerFile {
  nlohmann::json rest;  ///< everything but model.vocab and model.merges
  std::vector<std::pair<std::string, std::int32_t>> vocab;
  std::vector<std::pair<std::string, std::string>> merges;
  bool vocab_is_list = false;  ///< [piece, score] pairs, as Unigram has them: not read

  static Result<TokenizerFile> parse(std::string_view text, const std::string& subject);
};

/// A token as it may be shown in a message: short, without control characters.
std::string shown_token(std::string_view token);

}  // namespace fantascope
