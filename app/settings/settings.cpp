#include "app/settings/settings.h"

#include <filesystem>
#include <sstream>

#include "app/files/atomic_file.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

constexpr SettingField kFields[] = {
    {"default_model", "model of generate when none is named", &Settings::default_model},
    {"device", "cpu, cuda or cuda:N", &Settings::device},
    {"dtype", "number format of the weights in memory; auto: what this machine is fast in", &Settings::dtype, 0, 0, "auto|bf16|fp32"},
    {"checkpoint_interval_s", "seconds between checkpoints of a running job", &Settings::checkpoint_interval_s, 0, 3600},
    {"free_space_min_mb", "MiB of disk kept free", &Settings::free_space_min_mb, 0, 1e9},
    {"prompt_in_credentials", "write the prompt into the clip's content credentials", &Settings::prompt_in_credentials},
};

Error refused(const std::string& subject, const SettingField& field, const nlohmann::json& value, const std::string& allowed) {
  return {ErrorCode::kInvalidArgument,
          "a setting has a value that is not allowed",
          subject + ": " + field.name,
          value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).substr(0, 60),
          allowed,
          "Correct it or remove the line"};
}

std::string range(const SettingField& field) {
  std::ostringstream text;
  text << "a number from " << field.min << " to " << field.max;
  return text.str();
}

bool is_listed(const std::string& word, const std::string& allowed) {
  return allowed.empty() || ("|" + allowed + "|").find("|" + word + "|") != std::string::npos;
}

Result<void> set_field(Settings& settings, const SettingField& field, const nlohmann::json& value, const std::string& subject) {
  if (const auto* text = std::get_if<std::string Settings::*>(&field.member)) {
    if (!value.is_string()) return refused(subject, field, value, "text");
    const auto word = value.get<std::string>();
    if (word.empty() || !is_listed(word, field.allowed))
      return refused(subject, field, value, *field.allowed != '\0' ? field.allowed : "text that is not empty");
    settings.** text = word;
  } else if (const auto* number = std::get_if<double Settings::*>(&field.member)) {
    if (!value.is_number() || value.get<double>() < field.min || value.get<double>() > field.max)
      return refused(subject, field, value, range(field));
    settings.** number = value.get<double>();
  } else if (const auto* whole = std::get_if<std::int64_t Settings::*>(&field.member)) {
    if (!value.is_number_integer() || value.get<double>() < field.min || value.get<double>() > field.max) {
      return refused(subject, field, value, "a whole number, " + range(field));
    }
    settings.** whole = value.get<std::int64_t>();
  } else {
    if (!value.is_boolean()) return refused(subject, field, value, "true or false");
    settings.*std::get<bool Settings::*>(field.member) = value.get<bool>();
  }
  return {};
}

nlohmann::json field_value(const Settings& settings, const SettingField& field) {
  return std::visit([&](const auto member) { return nlohmann::json(settings.*member); }, field.member);
}

}  // namespace

std::span<const SettingField> setting_fields() { return kFields; }

Result<Settings> settings_from_json(const nlohmann::json& json, const std::string& subject) {
  if (!json.is_object())
    return Error{ErrorCode::kInvalidArgument, "settings must be one JSON object", subject, json.type_name(), "object", ""};
  Settings settings;
  for (const auto& [key, value] : json.items()) {
    const SettingField* match = nullptr;
    std::string names;
    for (const SettingField& field : kFields) {
      if (key == field.name) match = &field;
      names += (names.empty() ? "" : ", ") + std::string(field.name);
    }
    if (match == nullptr)
      return Error{
          ErrorCode::kInvalidArgument, "there is no such setting", subject, "\"" + key.substr(0, 60) + "\"", names, "Remove the line"};
    FANTASCOPE_TRY_VOID(set_field(settings, *match, value, subject));
  }
  return settings;
}

nlohmann::json settings_to_json(const Settings& settings) {
  const Settings defaults;
  nlohmann::json json = nlohmann::json::object();
  for (const SettingField& field : kFields) {
    if (field_value(settings, field) != field_value(defaults, field)) json[field.name] = field_value(settings, field);
  }
  return json;
}

Result<Settings> read_settings(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return Settings{};
  FANTASCOPE_TRY(const nlohmann::json json, read_bounded_json(path, {.max_bytes = 1 << 20, .max_depth = 4}));
  return settings_from_json(json, path);
}

Result<void> write_settings(const std::string& path, const Settings& settings) {
  return write_file(path, settings_to_json(settings).dump(2) + "\n");
}

}  // namespace fantascope
