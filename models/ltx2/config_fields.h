#pragma once
/// What this family's component configs need beyond engine/base/json_fields.h: lists that may not be empty, lists of words, lists of
/// lists, and one flag standing for a whole list.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/base/json_fields.h"

namespace fantascope::models::ltx2 {

class ConfigFields : public JsonFields {
 public:
  /// `object` is borrowed.
  ConfigFields(const nlohmann::json& object, std::string file) : JsonFields(object, std::move(file)), object_(&object) {}

  /// Lists of 1…max_count values, each min…max.
  std::vector<std::int64_t> list(const char* key, std::vector<std::int64_t> fallback, std::size_t max_count, std::int64_t min,
                                 std::int64_t max);
  std::vector<std::vector<std::int64_t>> lists(const char* key, std::vector<std::vector<std::int64_t>> fallback, std::size_t max_count,
                                               std::int64_t min, std::int64_t max);
  std::vector<std::string> words(const char* key, std::vector<std::string> fallback, std::size_t max_count,
                                 const std::vector<std::string>& allowed);
  /// A list, or one value that stands for `size` equal ones.
  std::vector<bool> flag_or_flags(const char* key, std::vector<bool> fallback, std::size_t size);
  /// refuse() unless `size` is `wanted`.
  void require_size(const char* key, std::size_t size, std::size_t wanted);

 private:
  const nlohmann::json* find(const char* key) const;
  const nlohmann::json* object_;
};

}  // namespace fantascope::models::ltx2
