#include "engine/text/normalizer.h"

#include <nlohmann/json.hpp>

#include "engine/base/json_fields.h"
#include "engine/text/unicode.h"

namespace fantascope {
namespace {

constexpr std::size_t kMaxTextBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxSteps = 64;
constexpr int kMaxNesting = 8;

Error unsupported(const std::string& subject, const std::string& what) {
  return Error{ErrorCode::kUnsupported,
               subject + ": normalizer: " + what + " is not supported",
               subject + ": normalizer",
               what,
               "Sequence, Replace with a String, Prepend, Lowercase, Strip",
               "This tokenizer needs a newer version."};
}

std::string replace_all(std::string_view text, std::string_view pattern, std::string_view content) {
  std::string result;
  std::size_t from = 0;
  for (std::size_t at = text.find(pattern); at != std::string_view::npos; at = text.find(pattern, from)) {
    result.append(text, from, at - from);
    result += content;
    from = at + pattern.size();
    if (result.size() > kMaxTextBytes) return result;
  }
  result.append(text, from);
  return result;
}

}  // namespace

Result<void> Normalizer::append(const nlohmann::json& json, const std::string& subject, int depth, std::vector<Step>& steps) {
  JsonFields fields(json, subject + ": normalizer");
  const std::string type = fields.word("type", {});
  FANTASCOPE_TRY_VOID(fields.finish());
  if (depth > kMaxNesting || steps.size() >= kMaxSteps) return unsupported(subject, "a Sequence that deep or long");
  if (type == "Sequence") {
    if (!json.contains("normalizers") || !json["normalizers"].is_array()) return unsupported(subject, "a Sequence without normalizers");
    for (const auto& part : json["normalizers"]) FANTASCOPE_TRY_VOID(append(part, subject, depth + 1, steps));
    return {};
  }
  Step step;
  if (type == "Replace") {
    step.kind = Step::Kind::kReplace;
    if (!json.contains("pattern") || !json["pattern"].is_object() || !json["pattern"].contains("String"))
      return unsupported(subject, "a Replace that is not of a String (regular expressions)");
    JsonFields pattern(json["pattern"], subject + ": normalizer: pattern");
    step.pattern = pattern.word("String", {});
    FANTASCOPE_TRY_VOID(pattern.finish());
    if (step.pattern.empty()) return unsupported(subject, "a Replace of an empty String");
    step.content = fields.word("content", {});
  } else if (type == "Prepend") {
    step.kind = Step::Kind::kPrepend;
    step.content = fields.word("prepend", {});
  } else if (type == "Lowercase") {
    step.kind = Step::Kind::kLowercase;
  } else if (type == "Strip") {
    step.kind = Step::Kind::kStrip;
    step.left = fields.flag("strip_left", {});
    step.right = fields.flag("strip_right", {});
  } else {
    return unsupported(subject, type);
  }
  FANTASCOPE_TRY_VOID(fields.finish());
  steps.push_back(std::move(step));
  return {};
}

Result<Normalizer> Normalizer::parse(const nlohmann::json& json, const std::string& subject) {
  Normalizer normalizer;
  if (!json.is_null()) FANTASCOPE_TRY_VOID(append(json, subject, 0, normalizer.steps_));
  return normalizer;
}

Result<Normalizer::Normalized> Normalizer::apply(std::string_view text) const {
  Normalized result{std::string(text), true};
  auto& current = result.text;
  for (const auto& step : steps_) {
    switch (step.kind) {
      case Step::Kind::kReplace:
        result.front_kept = result.front_kept && !(step.content.empty() && current.starts_with(step.pattern));
        current = replace_all(current, step.pattern, step.content);
        break;
      case Step::Kind::kPrepend:
        if (!current.empty()) current = step.content + current;
        break;
      case Step::Kind::kLowercase:
        current = to_lower(current);
        break;
      case Step::Kind::kStrip: {
        const auto kept = strip_unicode_space(current, step.left, step.right);
        result.front_kept = result.front_kept && kept.data() == current.data();
        current = std::string(kept);
        break;
      }
    }
    if (current.size() > kMaxTextBytes) {
      return Error{ErrorCode::kInvalidArgument, "text: grows over 64 MiB when the tokenizer normalizes it", "text", "", "",
                   "Shorten the text."};
    }
  }
  return result;
}

}  // namespace fantascope
