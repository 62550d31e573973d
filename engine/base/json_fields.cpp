#include "engine/base/json_fields.h"

#include <algorithm>
#include <cmath>

namespace fantascope {
namespace {

constexpr std::size_t kMaxWordBytes = 1024;
constexpr std::size_t kMaxProblemsSpelledOut = 10;

std::string shown(const nlohmann::json& value) {
  if (value.is_structured()) return value.is_array() ? "a list" : "an object";
  std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 60) + "...";
  return text;
}

std::string range(std::int64_t min, std::int64_t max) { return std::to_string(min) + "…" + std::to_string(max); }

}  // namespace

JsonFields::JsonFields(const nlohmann::json& object, std::string subject) : object_(&object), subject_(std::move(subject)) {
  if (!object.is_object()) refuse("", "must be an object", shown(object));
}

const nlohmann::json* JsonFields::find(std::string_view key) const {
  if (!object_->is_object()) return nullptr;
  const auto place = object_->find(std::string(key));
  return place == object_->end() || place->is_null() ? nullptr : &*place;
}

bool JsonFields::has(std::string_view key) const { return find(key) != nullptr; }

const nlohmann::json* JsonFields::find_or_refuse(std::string_view key, bool optional) {
  const auto* value = find(key);
  if (value == nullptr && !optional) refuse(key, "is missing");
  return value;
}

std::optional<std::int64_t> JsonFields::checked_integer(std::string_view key, const nlohmann::json& value, std::int64_t min,
                                                        std::int64_t max) {
  if (!value.is_number()) {
    refuse(key, "must be a whole number", shown(value), range(min, max));
    return std::nullopt;
  }
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (number != std::floor(number)) {
      refuse(key, "must be a whole number", shown(value), range(min, max));
      return std::nullopt;
    }
    if (!(number >= static_cast<double>(min) && number <= static_cast<double>(max)) || std::abs(number) > 9e15) {
      refuse(key, "value outside " + range(min, max), shown(value));
      return std::nullopt;
    }
    return static_cast<std::int64_t>(number);
  }
  const bool too_big = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  if (too_big || value.get<std::int64_t>() < min || value.get<std::int64_t>() > max) {
    refuse(key, "value outside " + range(min, max), shown(value));
    return std::nullopt;
  }
  return value.get<std::int64_t>();
}

std::int64_t JsonFields::integer(std::string_view key, std::optional<std::int64_t> fallback, std::int64_t min, std::int64_t max) {
  const auto* value = find_or_refuse(key, fallback.has_value());
  const std::int64_t otherwise = fallback.value_or(min);
  return value == nullptr ? otherwise : checked_integer(key, *value, min, max).value_or(otherwise);
}

double JsonFields::number(std::string_view key, std::optional<double> fallback, double min, double max) {
  const auto* value = find_or_refuse(key, fallback.has_value());
  const double otherwise = fallback.value_or(min);
  if (value == nullptr) return otherwise;
  const std::string allowed = std::to_string(min) + "…" + std::to_string(max);
  if (!value->is_number()) {
    refuse(key, "must be a number", shown(*value), allowed);
    return otherwise;
  }
  const double number = value->get<double>();
  if (!(number >= min && number <= max)) {
    refuse(key, "value outside " + allowed, shown(*value));
    return otherwise;
  }
  return number;
}

bool JsonFields::flag(std::string_view key, std::optional<bool> fallback) {
  const auto* value = find_or_refuse(key, fallback.has_value());
  if (value == nullptr) return fallback.value_or(false);
  if (value->is_boolean()) return value->get<bool>();
  refuse(key, "must be true or false", shown(*value));
  return fallback.value_or(false);
}

std::string JsonFields::word(std::string_view key, std::optional<std::string> fallback, std::initializer_list<std::string_view> allowed) {
  const auto* value = find_or_refuse(key, fallback.has_value());
  if (value == nullptr) return fallback.value_or("");
  std::string choices;
  for (const auto choice : allowed) choices += (choices.empty() ? "" : ", ") + std::string(choice);
  if (!value->is_string() || value->get_ref<const std::string&>().size() > kMaxWordBytes) {
    refuse(key, "must be a text of at most 1024 bytes", shown(*value), choices);
    return fallback.value_or("");
  }
  const auto& text = value->get_ref<const std::string&>();
  if (allowed.size() != 0 && std::find(allowed.begin(), allowed.end(), text) == allowed.end()) {
    refuse(key, "is not one that this build knows", shown(*value), choices);
    return fallback.value_or("");
  }
  return text;
}

std::vector<std::int64_t> JsonFields::integers(std::string_view key, std::optional<std::vector<std::int64_t>> fallback,
                                               std::size_t max_count, std::int64_t min, std::int64_t max) {
  const auto* value = find_or_refuse(key, fallback.has_value());
  const auto otherwise = fallback.value_or(std::vector<std::int64_t>{});
  if (value == nullptr) return otherwise;
  if (!value->is_array() || value->size() > max_count) {
    refuse(key, "must be a list of at most " + std::to_string(max_count) + " whole numbers", shown(*value));
    return otherwise;
  }
  std::vector<std::int64_t> numbers;
  for (const auto& item : *value) {
    const auto number = checked_integer(key, item, min, max);
    if (!number) return otherwise;
    numbers.push_back(*number);
  }
  return numbers;
}

std::vector<bool> JsonFields::flags(std::string_view key, std::optional<std::vector<bool>> fallback, std::size_t max_count) {
  const auto* value = find_or_refuse(key, fallback.has_value());
  const auto otherwise = fallback.value_or(std::vector<bool>{});
  if (value == nullptr) return otherwise;
  if (!value->is_array() || value->size() > max_count) {
    refuse(key, "must be a list of at most " + std::to_string(max_count) + " true or false", shown(*value));
    return otherwise;
  }
  std::vector<bool> result;
  for (const auto& item : *value) {
    if (!item.is_boolean()) {
      refuse(key, "must hold only true and false", shown(item));
      return otherwise;
    }
    result.push_back(item.get<bool>());
  }
  return result;
}

void JsonFields::refuse(std::string_view key, const std::string& problem, const std::string& found, const std::string& allowed) {
  problems_.push_back({std::string(key), problem, found, allowed});
}

Result<void> JsonFields::finish() const {
  if (problems_.empty()) return {};
  std::string message = subject_ + ": ";
  for (std::size_t i = 0; i < std::min(problems_.size(), kMaxProblemsSpelledOut); ++i) {
    const auto& problem = problems_[i];
    message += (i == 0 ? "" : "; ") + (problem.key.empty() ? "" : problem.key + " ") + problem.text;
    if (problems_.size() > 1 && !problem.found.empty()) message += " (found " + problem.found + ")";
  }
  if (problems_.size() > kMaxProblemsSpelledOut) message += "; and " + std::to_string(problems_.size() - kMaxProblemsSpelledOut) + " more";
  const auto& first = problems_.front();
  return Error{ErrorCode::kBadFile, message,       subject_ + (first.key.empty() ? "" : ": " + first.key),
               first.found,         first.allowed, "Fetch the file again, or correct it."};
}

}  // namespace fantascope
