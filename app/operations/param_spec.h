#pragma once
/// What an operation takes, said once: command-line flags, JSON schemas and forms are all made from these rows, so that no front end
/// can drift. A value arrives as text (command line) or JSON (everything else) and leaves checked, as JSON of the row's own type.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

enum class ParamType {
  kText,
  kInteger,  // JSON integer
  kNumber,   // JSON number
  kSize,     // "192x128"
  kRate,     // "24" or "24000/1001"; JSON numbers are taken too
  kSwitch,   // JSON boolean; a flag without value on the command line
  kPath,     // of a file or folder
  kChoice,   // one word of `choices`
};

struct ParamSpec {
  const char* name = "";  ///< JSON key; the flag is the same word with dashes
  ParamType type = ParamType::kText;
  const char* help = "";
  const char* value_name = "";  ///< in the help: --size WxH
  bool positional = false, required = false;
  std::int64_t min = 0, max = 0;          ///< kInteger
  double min_number = 0, max_number = 0;  ///< kNumber
  std::size_t bytes_max = 4096;           ///< kText, kPath
  const char* choices = "";               ///< kChoice, separated by '|'
  bool repeated = false;                  ///< the last positional one: any number of words, a JSON array of them
};

struct OperationSpec {
  const char* name = "";  ///< as typed: "library list"
  const char* summary = "";
  std::vector<ParamSpec> params;
};

/// A value typed as text. Errors name the field, what was found and what is allowed.
Result<nlohmann::json> parse_param(const ParamSpec& spec, const std::string& text);
Result<nlohmann::json> check_param(const ParamSpec& spec, const nlohmann::json& value);
/// Every field known and good, every required one there. Absent fields stay absent.
Result<nlohmann::json> check_arguments(const OperationSpec& spec, const nlohmann::json& arguments);

std::string flag_name(const ParamSpec& spec);     ///< "--last-image"
std::string allowed_text(const ParamSpec& spec);  ///< "a whole number from 1 to 64"
/// JSON schema of the arguments.
nlohmann::json arguments_schema(const OperationSpec& spec);

struct PixelSize {
  int width = 0, height = 0;
  std::string to_string() const { return std::to_string(width) + "x" + std::to_string(height); }
  bool operator==(const PixelSize&) const = default;
};
/// 1…16384 a side.
Result<PixelSize> parse_size(const std::string& text);

}  // namespace fantascope
