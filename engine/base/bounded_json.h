#pragma once
/// JSON from files that may be damaged or hostile: size, nesting and duplicate keys are refused while reading, before anything big is
/// built. No exception leaves these functions and nothing recurses on the input.
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace fantascope {

struct JsonLimits {
  std::size_t max_bytes = std::size_t{16} << 20;
  int max_depth = 64;  ///< a top-level object counts as 1
  std::size_t max_values = 2'000'000;
};

/// Byte position of the first byte that does not belong to well-formed UTF-8 (no surrogates, no overlong forms), if there is one.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

/// The document, or kBadFile naming `subject` (the file) and the byte. Duplicate keys are refused: parsers differ about which one wins.
Result<nlohmann::json> parse_bounded_json(std::string_view text, const std::string& subject, const JsonLimits& limits = {});

/// Whole content of a regular file of at most `max_bytes`.
Result<std::string> read_bounded_file(const std::string& path, std::size_t max_bytes);

Result<nlohmann::json> read_bounded_json(const std::string& path, const JsonLimits& limits = {});

}  // namespace fantascope
