#pragma once
/// What a user can set once for all runs: one typed struct and one table that names its fields. settings.json in the home holds only
/// the fields that differ from the defaults here.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <variant>

#include "engine/base/result.h"

namespace fantascope {

struct Settings {
  std::string default_model = "previz";
  std::string device = "cpu";            ///< "cpu", "cuda", "cuda:N"
  std::string dtype = "auto";            ///< "bf16", "fp32", or "auto": whichever is fast where the clip is made
  double checkpoint_interval_s = 60.0;   ///< a step that ends earlier after the last checkpoint writes none
  std::int64_t free_space_min_mb = 512;  ///< kept free beyond what a job needs
  bool prompt_in_credentials = false;    ///< the prompt is private unless this is set
};

/// One row of the table: the JSON key is the field's name.
struct SettingField {
  const char* name;
  const char* help;
  std::variant<std::string Settings::*, double Settings::*, std::int64_t Settings::*, bool Settings::*> member;
  double min = 0, max = 0;   ///< of numbers
  const char* allowed = "";  ///< of text: the words, separated by '|'; empty for any
};
std::span<const SettingField> setting_fields();

/// Unknown fields, wrong types and values out of range are refused by name.
Result<Settings> settings_from_json(const nlohmann::json& json, const std::string& subject);
nlohmann::json settings_to_json(const Settings& settings);
/// Defaults if the file is not there.
Result<Settings> read_settings(const std::string& path);
Result<void> write_settings(const std::string& path, const Settings& settings);

}  // namespace fantascope
