#pragma once
/// Reads the fields of one JSON object (a config.json) with their allowed ranges. Problems are collected, so that a user sees all of them
/// at once; while there are any, the values given back are defaults. null counts as absent.
///
///   JsonFields fields(config, "text_encoder/config.json");
///   const auto num_layers = fields.integer("num_hidden_layers", {}, 1, 512);
///   FANTASCOPE_TRY_VOID(fields.finish());
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

class JsonFields {
 public:
  /// `object` is borrowed. `subject` is the file, and the path of the object in it if it is not the whole file.
  JsonFields(const nlohmann::json& object, std::string subject);

  bool has(std::string_view key) const;
  /// Without a default the field must be there.
  std::int64_t integer(std::string_view key, std::optional<std::int64_t> fallback, std::int64_t min, std::int64_t max);
  double number(std::string_view key, std::optional<double> fallback, double min, double max);
  bool flag(std::string_view key, std::optional<bool> fallback);
  /// `allowed` empty: any text of at most 1 KiB.
  std::string word(std::string_view key, std::optional<std::string> fallback, std::initializer_list<std::string_view> allowed = {});
  /// At most `max_count` values, each min…max.
  std::vector<std::int64_t> integers(std::string_view key, std::optional<std::vector<std::int64_t>> fallback, std::size_t max_count,
                                     std::int64_t min, std::int64_t max);
  std::vector<bool> flags(std::string_view key, std::optional<std::vector<bool>> fallback, std::size_t max_count);

  /// For rules between fields.
  void refuse(std::string_view key, const std::string& problem, const std::string& found = {}, const std::string& allowed = {});
  /// Success, or one kBadFile error that names every field refused (first ten spelled out).
  Result<void> finish() const;

 private:
  const nlohmann::json* find(std::string_view key) const;
  const nlohmann::json* find_or_refuse(std::string_view key, bool optional);
  std::optional<std::int64_t> checked_integer(std::string_view key, const nlohmann::json& value, std::int64_t min, std::int64_t max);

  const nlohmann::json* object_;
  std::string subject_;
  struct Problem {
    std::string key, text, found, allowed;
  };
  std::vector<Problem> problems_;
};

}  // namespace fantascope
