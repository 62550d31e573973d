#include "app/operations/param_spec.h"

#include <charconv>
#include <cmath>
#include <sstream>

#include "engine/base/bounded_json.h"
#include "engine/base/rational.h"

namespace fantascope {
namespace {

constexpr int kSidePixelsMax = 16384;
constexpr std::size_t kRepeatsMax = 1000;

Error refused(const ParamSpec& spec, const std::string& found, const std::string& message = {}) {
  return {ErrorCode::kInvalidArgument,
          message.empty() ? std::string(spec.name) + " is not allowed" : message,
          spec.name,
          found.size() > 60 ? found.substr(0, 60) + "…" : found,
          allowed_text(spec),
          ""};
}

std::string shown(const nlohmann::json& value) { return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

bool is_choice(const ParamSpec& spec, const std::string& word) {
  return !word.empty() && word.find('|') == std::string::npos &&
         ("|" + std::string(spec.choices) + "|").find("|" + word + "|") != std::string::npos;
}

Result<nlohmann::json> check_text(const ParamSpec& spec, const std::string& text) {
  if (text.size() > spec.bytes_max) return refused(spec, std::to_string(text.size()) + " bytes", std::string(spec.name) + " is too long");
  if (const auto at = first_invalid_utf8(text))
    return refused(spec, "a byte that is not UTF-8 at " + std::to_string(*at), std::string(spec.name) + " is not UTF-8 text");
  if (const auto at = text.find('\0'); at != std::string::npos) {
    return refused(spec, "a NUL character at byte " + std::to_string(at), std::string(spec.name) + " holds a NUL character");
  }
  if (spec.type == ParamType::kPath && text.empty()) return refused(spec, "\"\"");
  return nlohmann::json(text);
}

}  // namespace

std::string flag_name(const ParamSpec& spec) {
  std::string flag = std::string("--") + spec.name;
  for (char& c : flag) c = c == '_' ? '-' : c;
  return flag;
}

std::string allowed_text(const ParamSpec& spec) {
  std::ostringstream text;
  if (spec.repeated) text << "1 to " << kRepeatsMax << " times ";
  switch (spec.type) {
    case ParamType::kText:
      text << "text of at most " << spec.bytes_max << " bytes";
      break;
    case ParamType::kInteger:
      text << "a whole number from " << spec.min << " to " << spec.max;
      break;
    case ParamType::kNumber:
      text << "a number from " << spec.min_number << " to " << spec.max_number;
      break;
    case ParamType::kSize:
      text << "WIDTHxHEIGHT in pixels, such as 192x128";
      break;
    case ParamType::kRate:
      text << "a number above 0 and at most 1000, or a fraction such as 24000/1001";
      break;
    case ParamType::kSwitch:
      text << "true or false";
      break;
    case ParamType::kPath:
      text << "a path";
      break;
    case ParamType::kChoice:
      text << spec.choices;
      break;
  }
  return text.str();
}

Result<PixelSize> parse_size(const std::string& text) {
  PixelSize size;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, size.width);
  const bool separated = first.ec == std::errc{} && first.ptr != end && (*first.ptr == 'x' || *first.ptr == 'X');
  const auto second = separated ? std::from_chars(first.ptr + 1, end, size.height) : first;
  if (!separated || second.ec != std::errc{} || second.ptr != end || size.width < 1 || size.height < 1 || size.width > kSidePixelsMax ||
      size.height > kSidePixelsMax) {
    return Error{ErrorCode::kInvalidArgument,
                 "size is not allowed",
                 "size",
                 "\"" + text.substr(0, 60) + "\"",
                 "WIDTHxHEIGHT in pixels, each 1 to " + std::to_string(kSidePixelsMax) + ", such as 192x128",
                 ""};
  }
  return size;
}

Result<nlohmann::json> parse_param(const ParamSpec& spec, const std::string& text) {
  const char* end = text.data() + text.size();
  switch (spec.type) {
    case ParamType::kInteger: {
      std::int64_t value = 0;
      const auto [stop, error] = std::from_chars(text.data(), end, value);
      if (error != std::errc{} || stop != end || text.empty()) return refused(spec, "\"" + text + "\"");
      return check_param(spec, value);
    }
    case ParamType::kNumber: {
      double value = 0;
      const auto [stop, error] = std::from_chars(text.data(), end, value);
      if (error != std::errc{} || stop != end || text.empty()) return refused(spec, "\"" + text + "\"");
      return check_param(spec, value);
    }
    case ParamType::kSwitch:
      if (text != "true" && text != "false") return refused(spec, "\"" + text + "\"");
      return nlohmann::json(text == "true");
    default:
      return check_param(spec, text);
  }
}

Result<nlohmann::json> check_param(const ParamSpec& spec, const nlohmann::json& value) {
  if (spec.repeated) {
    if (!value.is_array() || value.empty() || value.size() > kRepeatsMax)
      return refused(spec, value.is_array() ? std::to_string(value.size()) + " of them" : shown(value));
    ParamSpec one = spec;
    one.repeated = false;
    nlohmann::json checked = nlohmann::json::array();
    for (const nlohmann::json& item : value) {
      FANTASCOPE_TRY(nlohmann::json good, check_param(one, item));
      checked.push_back(std::move(good));
    }
    return checked;
  }
  const bool wants_text =
      spec.type == ParamType::kText || spec.type == ParamType::kPath || spec.type == ParamType::kSize || spec.type == ParamType::kChoice;
  if (wants_text && !value.is_string()) return refused(spec, shown(value));
  switch (spec.type) {
    case ParamType::kText:
    case ParamType::kPath:
      return check_text(spec, value.get_ref<const std::string&>());
    case ParamType::kInteger: {
      const bool too_big = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
      if (!value.is_number_integer() || too_big) return refused(spec, shown(value));
      const auto number = value.get<std::int64_t>();
      if (number < spec.min || number > spec.max) return refused(spec, shown(value));
      return nlohmann::json(number);
    }
    case ParamType::kNumber: {
      if (!value.is_number()) return refused(spec, shown(value));
      const auto number = value.get<double>();
      if (!std::isfinite(number) || number < spec.min_number || number > spec.max_number) return refused(spec, shown(value));
      return nlohmann::json(number);
    }
    case ParamType::kSize: {
      FANTASCOPE_TRY(const PixelSize size, parse_size(value.get<std::string>()));
      return nlohmann::json(size.to_string());
    }
    case ParamType::kRate: {
      if (!value.is_string() && !value.is_number()) return refused(spec, shown(value));
      auto rate = Rational::parse(value.is_string() ? value.get<std::string>() : shown(value));
      if (!rate) return refused(spec, shown(value));
      return nlohmann::json(rate->to_string());
    }
    case ParamType::kSwitch:
      if (!value.is_boolean()) return refused(spec, shown(value));
      return value;
    case ParamType::kChoice:
      if (!is_choice(spec, value.get<std::string>())) return refused(spec, shown(value));
      return value;
  }
  return refused(spec, shown(value));
}

Result<nlohmann::json> check_arguments(const OperationSpec& spec, const nlohmann::json& arguments) {
  if (!arguments.is_object())
    return Error{ErrorCode::kInvalidArgument, "arguments must be one JSON object", spec.name, arguments.type_name(), "object", ""};
  nlohmann::json checked = nlohmann::json::object();
  for (const auto& [key, value] : arguments.items()) {
    const ParamSpec* match = nullptr;
    std::string names;
    for (const ParamSpec& param : spec.params) {
      if (key == param.name) match = &param;
      names += (names.empty() ? "" : ", ") + std::string(param.name);
    }
    if (match == nullptr) return Error{ErrorCode::kInvalidArgument, "there is no such field", key.substr(0, 60), "", names, ""};
    FANTASCOPE_TRY(checked[key], check_param(*match, value));
  }
  for (const ParamSpec& param : spec.params) {
    if (param.required && !checked.contains(param.name)) {
      return Error{ErrorCode::kInvalidArgument, std::string(param.name) + " is missing", param.name, "nothing", allowed_text(param), ""};
    }
  }
  return checked;
}

nlohmann::json arguments_schema(const OperationSpec& spec) {
  nlohmann::json properties = nlohmann::json::object();
  nlohmann::json required = nlohmann::json::array();
  for (const ParamSpec& param : spec.params) {
    nlohmann::json entry = {{"description", param.help}};
    switch (param.type) {
      case ParamType::kInteger:
        entry.update({{"type", "integer"}, {"minimum", param.min}, {"maximum", param.max}});
        break;
      case ParamType::kNumber:
        entry.update({{"type", "number"}, {"minimum", param.min_number}, {"maximum", param.max_number}});
        break;
      case ParamType::kSwitch:
        entry["type"] = "boolean";
        break;
      case ParamType::kChoice: {
        entry["type"] = "string";
        std::istringstream words(param.choices);
        for (std::string word; std::getline(words, word, '|');) entry["enum"].push_back(word);
        break;
      }
      case ParamType::kRate:
        entry["type"] = nlohmann::json::array({"string", "number"});
        break;
      case ParamType::kSize:
        entry.update({{"type", "string"}, {"pattern", "^[0-9]+[xX][0-9]+$"}});
        break;
      default:
        entry.update({{"type", "string"}, {"maxLength", param.bytes_max}});
    }
    if (param.repeated) {
      const auto description = entry["description"];
      entry.erase("description");
      entry = {{"description", description}, {"type", "array"}, {"items", entry}, {"minItems", 1}, {"maxItems", kRepeatsMax}};
    }
    properties[param.name] = entry;
    if (param.required) required.push_back(param.name);
  }
  return {{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false}};
}

}  // namespace fantascope
