#pragma once
/// Text in, text out: the normalizer of a tokenizer.json. Supported: Sequence, Replace with a plain string, Prepend, Lowercase, Strip.
/// Others (regular expressions, Unicode forms, precompiled maps) are refused when the file is read.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

class Normalizer {
 public:
  /// `json` is the "normalizer" value; null gives one that changes nothing.
  static Result<Normalizer> parse(const nlohmann::json& json, const std::string& subject);
  struct Normalized {
    std::string text;
    bool front_kept = true;  ///< the first character of the text was not taken away
  };
  /// Fails only if the text would grow over 64 MiB.
  Result<Normalized> apply(std::string_view text) const;

 private:
  struct Step {
    enum class Kind { kReplace, kPrepend, kLowercase, kStrip } kind = Kind::kReplace;
    std::string pattern, content;
    bool left = true, right = true;
  };
  static Result<void> append(const nlohmann::json& json, const std::string& subject, int depth, std::vector<Step>& steps);
  std::vector<Step> steps_;
};

}  // namespace fantascope
