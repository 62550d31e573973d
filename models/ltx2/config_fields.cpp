#include "models/ltx2/config_fields.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace fantascope::models::ltx2 {
namespace {

constexpr std::size_t kMaxFlags = 64;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

const nlohmann::json* ConfigFields::find(const char* key) const { return has(key) ? &(*object_)[key] : nullptr; }

std::vector<std::int64_t> ConfigFields::list(const char* key, std::vector<std::int64_t> fallback, std::size_t max_count, std::int64_t min,
                                             std::int64_t max) {
  auto values = integers(key, fallback, max_count, min, max);
  if (!values.empty()) return values;
  refuse(key, "must not be an empty list");
  return fallback;
}

std::vector<std::vector<std::int64_t>> ConfigFields::lists(const char* key, std::vector<std::vector<std::int64_t>> fallback,
                                                           std::size_t max_count, std::int64_t min, std::int64_t max) {
  const auto* value = find(key);
  if (!value) return fallback;
  bool good = value->is_array() && !value->empty() && value->size() <= max_count;
  std::vector<std::vector<std::int64_t>> result;
  for (std::size_t i = 0; good && i < value->size(); ++i) {
    const auto& row = (*value)[i];
    good = row.is_array() && !row.empty() && row.size() <= max_count;
    result.emplace_back();
    for (std::size_t k = 0; good && k < row.size(); ++k) {
      good = row[k].is_number_integer() && row[k] >= min && row[k] <= max;
      if (good) result.back().push_back(row[k].get<std::int64_t>());
    }
  }
  if (good) return result;
  refuse(key, "must be 1…" + std::to_string(max_count) + " lists of whole numbers " + std::to_string(min) + "…" + std::to_string(max));
  return fallback;
}

std::vector<std::string> ConfigFields::words(const char* key, std::vector<std::string> fallback, std::size_t max_count,
                                             const std::vector<std::string>& allowed) {
  const auto* value = find(key);
  if (!value) return fallback;
  std::vector<std::string> result;
  if (!value->is_array() || value->empty() || value->size() > max_count) {
    refuse(key, "must be a list of 1…" + std::to_string(max_count) + " words", {}, joined(allowed));
    return fallback;
  }
  for (const auto& item : *value) {
    if (!item.is_string() || std::find(allowed.begin(), allowed.end(), item.get_ref<const std::string&>()) == allowed.end()) {
      refuse(key, "holds something that this build does not know", item.is_string() ? item.get<std::string>().substr(0, 60) : "no text",
             joined(allowed));
      return fallback;
    }
    result.push_back(item.get<std::string>());
  }
  return result;
}

std::vector<bool> ConfigFields::flag_or_flags(const char* key, std::vector<bool> fallback, std::size_t size) {
  const auto* value = find(key);
  if (value && value->is_boolean()) return std::vector<bool>(size, value->get<bool>());
  return flags(key, fallback, kMaxFlags);
}

void ConfigFields::require_size(const char* key, std::size_t size, std::size_t wanted) {
  if (size != wanted)
    refuse(key, "has " + std::to_string(size) + " items, not " + std::to_string(wanted), std::to_string(size), std::to_string(wanted));
}

}  // namespace fantascope::models::ltx2
