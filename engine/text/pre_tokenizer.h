#pragma once
/// Cuts normalized text into the pieces that the model sees one by one: the pre_tokenizer of a tokenizer.json. Supported: Sequence, Split
/// by a plain string, Metaspace, WhitespaceSplit. Others (regular expressions, ByteLevel) are refused when the file is read.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

class PreTokenizer {
 public:
  /// `json` is the "pre_tokenizer" value; null gives one that cuts nothing.
  static Result<PreTokenizer> parse(const nlohmann::json& json, const std::string& subject);
  /// `at_start`: the text stands at the very start of what the user gave (Metaspace may then prepend). No piece is empty.
  std::vector<std::string> apply(std::string text, bool at_start) const;

 private:
  enum class Behavior { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };
  enum class PrependScheme { kAlways, kNever, kFirst };
  struct Step {
    enum class Kind { kSplit, kMetaspace, kWhitespaceSplit } kind = Kind::kSplit;
    std::string pattern;  // Metaspace: the replacement
    Behavior behavior = Behavior::kRemoved;
    bool invert = false;
    PrependScheme prepend = PrependScheme::kAlways;
    bool split = true;
  };
  static Result<void> append(const nlohmann::json& json, const std::string& subject, int depth, std::vector<Step>& steps);
  static void split(std::string_view text, std::string_view pattern, Behavior behavior, bool invert, std::vector<std::string>& pieces);
  std::vector<Step> steps_;
};

}  // namespace fantascope
