#include "engine/base/bounded_json.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "engine/base/json_tree_builder.h"

namespace fantascope {

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  const auto byte = [&text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  std::size_t at = 0;
  while (at < text.size()) {
    const std::uint8_t lead = byte(at);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    std::size_t length = 0;
    std::uint8_t low = 0x80;
    std::uint8_t high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      length = 3;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return at;
    }
    if (at + length > text.size() || byte(at + 1) < low || byte(at + 1) > high) return at;
    for (std::size_t i = 2; i < length; ++i) {
      if ((byte(at + i) & 0xC0) != 0x80) return at;
    }
    at += length;
  }
  return std::nullopt;
}

Result<nlohmann::json> parse_bounded_json(std::string_view text, const std::string& subject, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error{ErrorCode::kBadFile,
                 subject + ": larger than a file of this kind may be",
                 subject,
                 std::to_string(text.size()) + " bytes",
                 "at most " + std::to_string(limits.max_bytes) + " bytes",
                 "Check that this is the right file."};
  }
  if (const auto bad = first_invalid_utf8(text)) {
    return Error{ErrorCode::kBadFile,    subject + ": not UTF-8 at byte " + std::to_string(*bad), subject, "", "UTF-8",
                 "Fetch the file again."};
  }
  JsonTreeBuilder builder(limits.max_depth, limits.max_values);
  if (!nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &builder)) {
    return Error{ErrorCode::kBadFile, subject + ": " + builder.problem(), subject, "", "", "Fetch the file again, or correct it."};
  }
  return builder.take();
}

Result<std::string> read_bounded_file(const std::string& path, std::size_t max_bytes) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (status.type() == std::filesystem::file_type::not_found) {
    return Error{ErrorCode::kNotFound, path + ": there is no such file", path, "", "", "Check the path, or fetch the model again."};
  }
  if (!std::filesystem::is_regular_file(status)) {
    return Error{ErrorCode::kBadFile, path + ": not a regular file", path, "", "a regular file", ""};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::kIo, path + ": cannot be opened: " + std::strerror(errno), path, "", "", "Check its permissions."};
  std::string text;
  std::vector<char> chunk(std::size_t{1} << 16);
  while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || file.gcount() > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > max_bytes) {
      return Error{ErrorCode::kBadFile,
                   path + ": larger than a file of this kind may be",
                   path,
                   "more than " + std::to_string(max_bytes) + " bytes",
                   "at most " + std::to_string(max_bytes) + " bytes",
                   "Check that this is the right file."};
    }
  }
  if (file.bad()) return Error{ErrorCode::kIo, path + ": cannot be read: " + std::strerror(errno), path, "", "", "Check the disk."};
  return text;
}

Result<nlohmann::json> read_bounded_json(const std::string& path, const JsonLimits& limits) {
  FANTASCOPE_TRY(const std::string text, read_bounded_file(path, limits.max_bytes));
  return parse_bounded_json(text, path, limits);
}

}  // namespace fantascope
