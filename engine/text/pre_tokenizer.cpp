#include "engine/text/pre_tokenizer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/base/json_fields.h"
#include "engine/text/unicode.h"

namespace fantascope {
namespace {

constexpr std::size_t kMaxSteps = 16;
constexpr int kMaxNesting = 8;

Error unsupported(const std::string& subject, const std::string& what) {
  return Error{ErrorCode::kUnsupported,
               subject + ": pre_tokenizer: " + what + " is not supported",
               subject + ": pre_tokenizer",
               what,
               "Sequence, Split by a String, Metaspace, WhitespaceSplit",
               "This tokenizer needs a newer version."};
}

}  // namespace

Result<void> PreTokenizer::append(const nlohmann::json& json, const std::string& subject, int depth, std::vector<Step>& steps) {
  JsonFields fields(json, subject + ": pre_tokenizer");
  const std::string type = fields.word("type", {});
  FANTASCOPE_TRY_VOID(fields.finish());
  if (depth > kMaxNesting || steps.size() >= kMaxSteps) return unsupported(subject, "a Sequence that deep or long");
  if (type == "Sequence") {
    if (!json.contains("pretokenizers") || !json["pretokenizers"].is_array())
      return unsupported(subject, "a Sequence without pretokenizers");
    for (const auto& part : json["pretokenizers"]) FANTASCOPE_TRY_VOID(append(part, subject, depth + 1, steps));
    return {};
  }
  Step step;
  if (type == "Split") {
    if (!json.contains("pattern") || !json["pattern"].is_object() || !json["pattern"].contains("String"))
      return unsupported(subject, "a Split that is not by a String (regular expressions)");
    JsonFields pattern(json["pattern"], subject + ": pre_tokenizer: pattern");
    step.pattern = pattern.word("String", {});
    FANTASCOPE_TRY_VOID(pattern.finish());
    const std::string behavior = fields.word("behavior", {}, {"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"});
    step.behavior = behavior == "Removed"              ? Behavior::kRemoved
                    : behavior == "Isolated"           ? Behavior::kIsolated
                    : behavior == "MergedWithPrevious" ? Behavior::kMergedWithPrevious
                    : behavior == "MergedWithNext"     ? Behavior::kMergedWithNext
                                                       : Behavior::kContiguous;
    step.invert = fields.flag("invert", false);
  } else if (type == "Metaspace") {
    step.kind = Step::Kind::kMetaspace;
    step.pattern = fields.word("replacement", {});
    const bool legacy_prefix = fields.flag("add_prefix_space", true);
    const std::string scheme = fields.word("prepend_scheme", legacy_prefix ? "always" : "never", {"always", "never", "first"});
    step.prepend = scheme == "always" ? PrependScheme::kAlways : scheme == "first" ? PrependScheme::kFirst : PrependScheme::kNever;
    step.split = fields.flag("split", true);
    if (step.pattern.empty()) return unsupported(subject, "a Metaspace without replacement");
  } else if (type == "WhitespaceSplit") {
    step.kind = Step::Kind::kWhitespaceSplit;
  } else {
    return unsupported(subject, type);
  }
  FANTASCOPE_TRY_VOID(fields.finish());
  steps.push_back(std::move(step));
  return {};
}

Result<PreTokenizer> PreTokenizer::parse(const nlohmann::json& json, const std::string& subject) {
  PreTokenizer pre_tokenizer;
  if (!json.is_null()) FANTASCOPE_TRY_VOID(append(json, subject, 0, pre_tokenizer.steps_));
  return pre_tokenizer;
}

void PreTokenizer::split(std::string_view text, std::string_view pattern, Behavior behavior, bool invert,
                         std::vector<std::string>& pieces) {
  using Part = std::pair<std::string_view, bool>;  // and whether it is a match
  std::vector<Part> parts;
  std::size_t from = 0;
  for (std::size_t at = pattern.empty() ? std::string_view::npos : text.find(pattern); at != std::string_view::npos;
       at = text.find(pattern, from)) {
    if (at > from) parts.emplace_back(text.substr(from, at - from), invert);
    parts.emplace_back(text.substr(at, pattern.size()), !invert);
    from = at + pattern.size();
  }
  if (from < text.size()) parts.emplace_back(text.substr(from), invert);
  std::vector<std::string> found;
  const auto add = [&found](std::string_view piece) { found.emplace_back(piece); };
  bool previous_match = false;
  switch (behavior) {
    case Behavior::kRemoved:
      for (const auto& [part, is_match] : parts) {
        if (!is_match) add(part);
      }
      break;
    case Behavior::kIsolated:
      for (const auto& [part, is_match] : parts) add(part);
      break;
    case Behavior::kContiguous:
      for (const auto& [part, is_match] : parts) {
        if (is_match == previous_match && !found.empty()) {
          found.back() += part;
        } else {
          add(part);
        }
        previous_match = is_match;
      }
      break;
    case Behavior::kMergedWithPrevious:
      for (const auto& [part, is_match] : parts) {
        if (is_match && !previous_match && !found.empty()) {
          found.back() += part;
        } else {
          add(part);
        }
        previous_match = is_match;
      }
      break;
    case Behavior::kMergedWithNext:
      std::reverse(parts.begin(), parts.end());
      for (const auto& [part, is_match] : parts) {
        if (is_match && !previous_match && !found.empty()) {
          found.back().insert(0, part);
        } else {
          add(part);
        }
        previous_match = is_match;
      }
      std::reverse(found.begin(), found.end());
      break;
  }
  for (auto& piece : found) {
    if (!piece.empty()) pieces.push_back(std::move(piece));
  }
}

std::vector<std::string> PreTokenizer::apply(std::string text, bool at_start) const {
  std::vector<std::string> pieces;
  if (!text.empty()) pieces.push_back(std::move(text));
  for (const auto& step : steps_) {
    std::vector<std::string> next;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      std::string& piece = pieces[i];
      switch (step.kind) {
        case Step::Kind::kSplit:
          split(piece, step.pattern, step.behavior, step.invert, next);
          break;
        case Step::Kind::kMetaspace: {
          std::string marked;
          for (const char c : piece) {
            if (c == ' ') {
              marked += step.pattern;
            } else {
              marked += c;
            }
          }
          const bool wanted = step.prepend == PrependScheme::kAlways || (step.prepend == PrependScheme::kFirst && at_start && i == 0);
          if (wanted && !marked.starts_with(step.pattern)) marked.insert(0, step.pattern);
          if (step.split) {
            split(marked, step.pattern, Behavior::kMergedWithNext, false, next);
          } else {
            next.push_back(std::move(marked));
          }
          break;
        }
        case Step::Kind::kWhitespaceSplit: {
          std::string word;
          for (std::size_t at = 0; at < piece.size();) {
            const std::size_t length = utf8_length(piece[at]);
            if (is_unicode_space(utf8_code_point(piece, at))) {
              if (!word.empty()) next.push_back(std::exchange(word, {}));
            } else {
              word.append(piece, at, length);
            }
            at += length;
          }
          if (!word.empty()) next.push_back(std::move(word));
          break;
        }
      }
    }
    pieces = std::move(next);
  }
  return pieces;
}

}  // namespace fantascope
