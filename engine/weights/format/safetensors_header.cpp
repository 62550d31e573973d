#include "engine/weights/format/safetensors_header.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>

#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

struct TypeRow {
  StoredType type;
  const char* name;
  std::uint64_t bytes;
};
constexpr std::array kTypes = {
    TypeRow{StoredType::kF64, "F64", 8},   TypeRow{StoredType::kF32, "F32", 4},        TypeRow{StoredType::kF16, "F16", 2},
    TypeRow{StoredType::kBF16, "BF16", 2}, TypeRow{StoredType::kI64, "I64", 8},        TypeRow{StoredType::kI32, "I32", 4},
    TypeRow{StoredType::kI16, "I16", 2},   TypeRow{StoredType::kI8, "I8", 1},          TypeRow{StoredType::kU8, "U8", 1},
    TypeRow{StoredType::kBool, "BOOL", 1}, TypeRow{StoredType::kF8E4M3, "F8_E4M3", 1}, TypeRow{StoredType::kF8E5M2, "F8_E5M2", 1}};

const TypeRow& type_row(StoredType type) {
  return *std::find_if(kTypes.begin(), kTypes.end(), [type](const TypeRow& row) { return row.type == type; });
}

std::string type_names() {
  std::string names;
  for (const auto& row : kTypes) names += (names.empty() ? "" : ", ") + std::string(row.name);
  return names;
}

Error bad(const std::string& subject, const std::string& problem, std::string found = {}, std::string allowed = {}) {
  return Error{ErrorCode::kBadFile, subject + ": " + problem, subject,
               std::move(found),    std::move(allowed),       "The file is damaged, unfinished or not a safetensors file: fetch it again."};
}

/// Names come from the file: shown short, and without anything that a terminal would obey.
std::string shown(const std::string& name) {
  std::size_t length = std::min<std::size_t>(name.size(), 200);
  while (length < name.size() && length > 0 && (static_cast<std::uint8_t>(name[length]) & 0xC0) == 0x80) --length;
  std::string text = "\"";
  for (std::size_t i = 0; i < length; ++i) text += static_cast<std::uint8_t>(name[i]) < 0x20 || name[i] == 0x7F ? '?' : name[i];
  return text + (length < name.size() ? "...\"" : "\"");
}

/// Collects tensors from SAX events. Grammar: { "__metadata__": {text: text}, name: {"dtype": text, "shape": [n], "data_offsets": [n, n]}
/// }.
class HeaderReader {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  bool null() { return unexpected("null"); }
  bool boolean(bool) { return unexpected("true or false"); }
  bool binary(binary_t&) { return unexpected("binary"); }
  bool number_integer(number_integer_t value) { return is_number_place() ? not_whole(std::to_string(value)) : unexpected("a number"); }
  bool number_float(number_float_t, const string_t& text) {
    return is_number_place() ? not_whole(text.substr(0, 60)) : unexpected("a number");
  }
  bool number_unsigned(number_unsigned_t value) {
    if (place_ == Place::kShape) {
      if (value > static_cast<std::uint64_t>(INT64_MAX))
        return refuse("tensor " + shown(entry_.name) + ": shape overflows", std::to_string(value));
      if (entry_.shape.size() >= kMaxSafetensorsDims) {
        return refuse("tensor " + shown(entry_.name) + " has more than " + std::to_string(kMaxSafetensorsDims) + " dimensions");
      }
      entry_.shape.push_back(static_cast<std::int64_t>(value));
      return true;
    }
    if (place_ == Place::kOffsets) {
      if (offsets_.size() >= 2) return refuse("tensor " + shown(entry_.name) + ": data_offsets must hold two numbers");
      offsets_.push_back(value);
      return true;
    }
    return unexpected("a number");
  }
  bool string(string_t& value) {
    if (place_ == Place::kMetadata) {
      header.metadata[key_] = std::move(value);
      return true;
    }
    if (place_ != Place::kTensor || key_ != "dtype") return unexpected("a text");
    const auto row = std::find_if(kTypes.begin(), kTypes.end(), [&value](const TypeRow& type) { return value == type.name; });
    if (row == kTypes.end()) {
      return refuse("tensor " + shown(entry_.name) + ": unknown dtype " + shown(value.substr(0, 40)), value.substr(0, 40), type_names());
    }
    entry_.type = row->type;
    return true;
  }
  bool start_object(std::size_t) {
    if (!deeper()) return false;
    if (stray_ > 0) return unexpected("an object");
    if (place_ == Place::kStart) {
      place_ = Place::kTop;
      return true;
    }
    if (place_ != Place::kTop) return unexpected("an object");
    keys_.clear();
    if (key_ == "__metadata__") {
      place_ = Place::kMetadata;
      return true;
    }
    place_ = Place::kTensor;
    entry_ = TensorEntry{};
    entry_.name = key_;
    offsets_.clear();
    return true;
  }
  bool end_object() {
    --depth_;
    if (place_ == Place::kTop) return true;
    if (place_ == Place::kMetadata) {
      place_ = Place::kTop;
      return true;
    }
    place_ = Place::kTop;
    return end_tensor();
  }
  bool start_array(std::size_t) {
    if (!deeper()) return false;
    if (place_ == Place::kTensor && key_ == "shape") {
      place_ = Place::kShape;
      return true;
    }
    if (place_ == Place::kTensor && key_ == "data_offsets") {
      place_ = Place::kOffsets;
      return true;
    }
    // A list anywhere else is wrong. It is refused at its end, so that the depth limit speaks when that is what is wrong.
    ++stray_;
    return true;
  }
  bool end_array() {
    --depth_;
    if (stray_ > 0) return unexpected("a list");
    place_ = Place::kTensor;
    return true;
  }
  bool key(string_t& name) {
    const bool fresh = place_ == Place::kTop ? names_.insert(name).second : keys_.insert(name).second;
    if (!fresh) return refuse("duplicate key " + shown(name), "", "every key once");
    if (name.size() > kMaxSafetensorsNameBytes) {
      return refuse("a name is longer than " + std::to_string(kMaxSafetensorsNameBytes) + " bytes", std::to_string(name.size()) + " bytes");
    }
    if (place_ == Place::kTensor && name != "dtype" && name != "shape" && name != "data_offsets") {
      return refuse("tensor " + shown(entry_.name) + ": unknown field " + shown(name), "", "dtype, shape, data_offsets");
    }
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception& reason) {
    // A number that no double holds (error 406) is still only a number that is not whole.
    if (reason.id == 406 && is_number_place()) return not_whole(token.substr(0, 60));
    if (place_ == Place::kStart) return unexpected("no object");
    return refuse("header is not valid JSON at byte " + std::to_string(position));
  }

  SafetensorsHeader header;
  std::string problem, found, allowed;

 private:
  enum class Place { kStart, kTop, kMetadata, kTensor, kShape, kOffsets };

  bool is_number_place() const { return place_ == Place::kShape || place_ == Place::kOffsets; }
  bool refuse(std::string text, std::string found_text = {}, std::string allowed_text = {}) {
    problem = std::move(text);
    found = std::move(found_text);
    allowed = std::move(allowed_text);
    return false;
  }
  bool not_whole(const std::string& value) {
    const char* field = place_ == Place::kShape ? "shape" : "data_offsets";
    return refuse("tensor " + shown(entry_.name) + ": " + field + " holds what is not a whole number", value, "whole numbers from 0");
  }
  bool unexpected(const char* what) {
    if (place_ == Place::kStart) return refuse("header must be an object", what);
    return refuse("header: " + std::string(what) + " where it may not be, at " + shown(key_));
  }
  bool deeper() {
    if (++depth_ > kMaxSafetensorsDepth) return refuse("header is nested deeper than " + std::to_string(kMaxSafetensorsDepth));
    return true;
  }
  bool end_tensor() {
    if (header.tensors.size() >= kMaxSafetensorsTensors) {
      return refuse("more than " + std::to_string(kMaxSafetensorsTensors) + " tensors");
    }
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
      if (!keys_.contains(field)) return refuse("tensor " + shown(entry_.name) + ": " + field + " is missing");
    }
    if (offsets_.size() != 2) return refuse("tensor " + shown(entry_.name) + ": data_offsets must hold two numbers");
    entry_.begin = offsets_[0];
    entry_.end = offsets_[1];
    header.tensors.push_back(std::move(entry_));
    entry_ = TensorEntry{};
    return true;
  }

  Place place_ = Place::kStart;
  int depth_ = 0;
  int stray_ = 0;
  std::string key_;
  std::unordered_set<std::string> names_;
  std::set<std::string> keys_;
  TensorEntry entry_;
  std::vector<std::uint64_t> offsets_;
};

/// Regions inside the data, of the size that shape and type say, and covering it exactly.
Result<void> check_regions(SafetensorsHeader& header, std::uint64_t file_size, const std::string& subject) {
  const std::uint64_t data_bytes = file_size - header.data_offset;
  for (const auto& entry : header.tensors) {
    const std::string tensor = "tensor " + shown(entry.name);
    const std::string region = std::to_string(entry.begin) + "–" + std::to_string(entry.end);
    if (entry.begin > entry.end) return bad(subject, tensor + ": data_offsets begin after they end: " + region, region, "begin ≤ end");
    if (entry.end > data_bytes) {
      return bad(subject,
                 tensor + ": data_offsets " + region + " run past the end of the data (" + std::to_string(data_bytes) + " bytes; file " +
                     std::to_string(file_size) + " bytes)",
                 region, "at most " + std::to_string(data_bytes));
    }
    std::uint64_t bytes = stored_type_bytes(entry.type);
    bool overflow = false;
    for (const auto dim : entry.shape) overflow = overflow || __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(dim), &bytes);
    // A zero later in the shape must not hide an overflow before it.
    if (overflow || bytes > static_cast<std::uint64_t>(INT64_MAX)) return bad(subject, tensor + ": shape overflows");
    if (bytes != entry.end - entry.begin) {
      return bad(subject,
                 tensor + ": shape and dtype need " + std::to_string(bytes) + " bytes, data_offsets give " +
                     std::to_string(entry.end - entry.begin),
                 std::to_string(entry.end - entry.begin) + " bytes", std::to_string(bytes) + " bytes");
    }
  }
  std::stable_sort(header.tensors.begin(), header.tensors.end(),
                   [](const TensorEntry& a, const TensorEntry& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
  std::uint64_t covered = 0;
  for (std::size_t i = 0; i < header.tensors.size(); ++i) {
    const auto& entry = header.tensors[i];
    if (entry.begin < covered) return bad(subject, "regions overlap: " + shown(header.tensors[i - 1].name) + " and " + shown(entry.name));
    if (entry.begin > covered) {
      return bad(subject, "bytes " + std::to_string(covered) + "–" + std::to_string(entry.begin) + " belong to no tensor");
    }
    covered = entry.end;
  }
  if (covered != data_bytes)
    return bad(subject, "bytes " + std::to_string(covered) + "–" + std::to_string(data_bytes) + " belong to no tensor");
  return {};
}

}  // namespace

const char* stored_type_name(StoredType type) { return type_row(type).name; }
std::uint64_t stored_type_bytes(StoredType type) { return type_row(type).bytes; }

Result<void> refuse_program_code(std::string_view first_bytes, const std::string& subject) {
  const bool zip = first_bytes.starts_with(std::string_view("PK\x03\x04", 4)) || first_bytes.starts_with(std::string_view("PK\x05\x06", 4));
  // Protocol 2 to 5 start with 0x80 and the number. A safetensors header of 640 to 1408 bytes may start so too, but goes on with zeros.
  const bool pickle = first_bytes.size() >= 2 && first_bytes[0] == '\x80' && first_bytes[1] >= 2 && first_bytes[1] <= 5 &&
                      first_bytes.substr(2, 6) != std::string_view("\0\0\0\0\0\0", 6);
  if (zip || pickle) {
    return Error{ErrorCode::kUnsupported,
                 subject + ": holds program code (a Python pickle), which is never loaded",
                 subject,
                 zip ? "a zip archive" : "a pickle",
                 "safetensors",
                 "Convert to safetensors elsewhere, or fetch the model in that format."};
  }
  if (first_bytes.starts_with("GGUF")) {
    return Error{
        ErrorCode::kUnsupported,          subject + ": is a GGUF file, which is not supported here", subject, "GGUF", "safetensors",
        "Fetch the model as safetensors."};
  }
  return {};
}

Result<SafetensorsHeader> parse_safetensors_header(std::string_view prefix, std::uint64_t file_size, const std::string& subject) {
  if (file_size == 0) return bad(subject, "empty file");
  FANTASCOPE_TRY_VOID(refuse_program_code(prefix, subject));
  if (file_size < 8 || prefix.size() < 8) return bad(subject, "shorter than the 8-byte length", std::to_string(file_size) + " bytes");
  std::uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = (length << 8) | static_cast<std::uint8_t>(prefix[static_cast<std::size_t>(i)]);
  if (length > kMaxSafetensorsHeaderBytes) {
    return bad(subject, "header length over 100,000,000", std::to_string(length), "at most 100,000,000");
  }
  if (length > file_size - 8 || length > prefix.size() - 8) {
    return bad(subject, "header runs past the end of the file", std::to_string(length) + " bytes",
               "at most " + std::to_string(file_size - 8));
  }
  const std::string_view text = prefix.substr(8, static_cast<std::size_t>(length));
  if (const auto at = first_invalid_utf8(text)) return bad(subject, "header is not UTF-8 at byte " + std::to_string(*at));
  HeaderReader reader;
  // The format wants '{' first. Lists are let through to the reader, so that a bomb of them is told as what it is.
  if (text.empty() || (text[0] != '{' && text[0] != '['))
    return bad(subject, "header must be an object", shown(std::string(text.substr(0, 8))), "{");
  if (!nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &reader)) {
    return bad(subject, reader.problem, reader.found, reader.allowed);
  }
  reader.header.data_offset = 8 + length;
  FANTASCOPE_TRY_VOID(check_regions(reader.header, file_size, subject));
  return std::move(reader.header);
}

}  // namespace fantascope
