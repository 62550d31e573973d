#include "engine/weights/safetensors_file.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "engine/base/bounded_json.h"

namespace fantascope {

at::ScalarType scalar_type(StoredType type) {
  switch (type) {
    case StoredType::kF64:
      return at::kDouble;
    case StoredType::kF32:
      return at::kFloat;
    case StoredType::kF16:
      return at::kHalf;
    case StoredType::kBF16:
      return at::kBFloat16;
    case StoredType::kI64:
      return at::kLong;
    case StoredType::kI32:
      return at::kInt;
    case StoredType::kI16:
      return at::kShort;
    case StoredType::kI8:
      return at::kChar;
    case StoredType::kU8:
      return at::kByte;
    case StoredType::kBool:
      return at::kBool;
    case StoredType::kF8E4M3:
      return at::kFloat8_e4m3fn;
    case StoredType::kF8E5M2:
      return at::kFloat8_e5m2;
  }
  FANTASCOPE_CHECK(false);
}

Result<std::shared_ptr<const SafetensorsFile>> SafetensorsFile::open(const std::string& path) {
  FANTASCOPE_TRY(auto mapped, MappedFile::open(path));
  const std::string_view bytes = mapped->bytes();
  // The header is copied out with read(2) first: parsing it from the mapping would be parsing something that may change meanwhile.
  char length_bytes[8] = {};
  std::string prefix;
  if (bytes.size() >= 8) {
    FANTASCOPE_TRY_VOID(mapped->copy_bytes(0, length_bytes, 8));
    std::uint64_t length = 0;
    for (int i = 7; i >= 0; --i) length = (length << 8) | static_cast<std::uint8_t>(length_bytes[i]);
    const bool sane = length <= kMaxSafetensorsHeaderBytes && length <= bytes.size() - 8;
    prefix.resize(8 + (sane ? static_cast<std::size_t>(length) : 0));
  } else {
    prefix.resize(bytes.size());
  }
  FANTASCOPE_TRY_VOID(mapped->copy_bytes(0, prefix.data(), prefix.size()));
  std::shared_ptr<SafetensorsFile> file(new SafetensorsFile());
  FANTASCOPE_TRY(file->header_, parse_safetensors_header(prefix, bytes.size(), path));
  file->file_ = std::move(mapped);
  for (std::size_t i = 0; i < file->header_.tensors.size(); ++i) file->index_.emplace(file->header_.tensors[i].name, i);
  return std::shared_ptr<const SafetensorsFile>(std::move(file));
}

const TensorEntry* SafetensorsFile::find(const std::string& name) const {
  const auto place = index_.find(name);
  return place == index_.end() ? nullptr : &header_.tensors[place->second];
}

Result<const TensorEntry*> SafetensorsFile::entry(const std::string& name) const {
  if (const auto* found = find(name)) return found;
  return Error{
      ErrorCode::kNotFound, path() + ": has no tensor \"" + name + "\"", path(), "", "", "Check that the file belongs to this model."};
}

Result<at::Tensor> SafetensorsFile::view(const std::string& name) const {
  FANTASCOPE_TRY(const TensorEntry* found, entry(name));
  const auto* data = file_->bytes().data() + header_.data_offset + found->begin;
  const bool aligned = reinterpret_cast<std::uintptr_t>(data) % stored_type_bytes(found->type) == 0;
  if (!aligned || found->type == StoredType::kBool || found->begin == found->end) return read(name);
  const auto options = at::TensorOptions().dtype(scalar_type(found->type));
  return at::from_blob(
      const_cast<char*>(data), found->shape, [keep = file_](void*) {}, options);
}

Result<at::Tensor> SafetensorsFile::read(const std::string& name) const {
  FANTASCOPE_TRY(const TensorEntry* found, entry(name));
  const auto bytes = static_cast<std::size_t>(found->end - found->begin);
  at::Tensor tensor;
  try {
    tensor = at::empty(found->shape, at::TensorOptions().dtype(scalar_type(found->type)));
  } catch (const std::exception&) {  // LibTorch's way to say that there is no memory
    return Error{
        ErrorCode::kOutOfMemory, path() + ": no memory for tensor \"" + name + "\"", path(), std::to_string(bytes) + " bytes needed", "",
        "Close other programs."};
  }
  FANTASCOPE_TRY_VOID(file_->copy_bytes(header_.data_offset + found->begin, tensor.data_ptr(), bytes));
  if (found->type == StoredType::kBool) {  // any other byte than 0 and 1 in a bool is undefined behaviour later
    auto* values = static_cast<std::uint8_t*>(tensor.data_ptr());
    std::transform(values, values + bytes, values, [](std::uint8_t value) { return static_cast<std::uint8_t>(value != 0); });
  }
  return tensor;
}

namespace {

std::optional<StoredType> stored_type(at::ScalarType type) {
  for (const auto stored :
       {StoredType::kF64, StoredType::kF32, StoredType::kF16, StoredType::kBF16, StoredType::kI64, StoredType::kI32, StoredType::kI16,
        StoredType::kI8, StoredType::kU8, StoredType::kBool, StoredType::kF8E4M3, StoredType::kF8E5M2}) {
    if (scalar_type(stored) == type) return stored;
  }
  return std::nullopt;
}

Result<void> write_all(int descriptor, const void* data, std::size_t count, const std::string& path) {
  const auto* bytes = static_cast<const char*>(data);
  while (count > 0) {
    const ssize_t written = ::write(descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const bool full = written == 0 || errno == ENOSPC || errno == EDQUOT;
      return Error{ErrorCode::kIo,
                   path + ": cannot be written: " + (full ? "the disk is full" : std::strerror(errno)),
                   path,
                   "",
                   "",
                   full ? "Make room and try again." : "Check permissions and disk."};
    }
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
  return {};
}

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

Result<std::string> make_header(const NamedTensors& tensors, const std::map<std::string, std::string>& metadata, const std::string& path) {
  const auto refuse = [&path](const std::string& problem) {
    return Error{ErrorCode::kInvalidArgument, path + ": " + problem, path, "", "", ""};
  };
  // Written by hand, since a JSON object would sort the names and the order of the data is the order that readers show.
  const auto text_of = [](const std::string& text) { return nlohmann::json(text).dump(); };
  std::string header = "{";
  std::set<std::string> names;
  if (!metadata.empty()) {
    for (const auto& [key, value] : metadata) {
      if (first_invalid_utf8(key) || first_invalid_utf8(value)) return refuse("metadata is not UTF-8");
    }
    header += "\"__metadata__\":" + nlohmann::json(metadata).dump() + ",";
  }
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    const auto type = stored_type(tensor.scalar_type());
    if (!type) return refuse("tensor \"" + name + "\" has a dtype that safetensors cannot hold");
    if (name == "__metadata__" || name.size() > kMaxSafetensorsNameBytes || first_invalid_utf8(name))
      return refuse("a tensor's name is not allowed");
    if (!names.insert(name).second) return refuse("two tensors are called \"" + name + "\"");
    const std::uint64_t end = offset + static_cast<std::uint64_t>(tensor.numel()) * stored_type_bytes(*type);
    header += text_of(name) + ":{\"dtype\":\"" + stored_type_name(*type) + "\",\"shape\":" + nlohmann::json(tensor.sizes().vec()).dump() +
              ",\"data_offsets\":[" + std::to_string(offset) + "," + std::to_string(end) + "]},";
    offset = end;
  }
  if (header.back() == ',') header.pop_back();
  header += "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  return header;
}

Result<void> write_content(int descriptor, const std::string& header, const NamedTensors& tensors, SyncToDisk sync,
                           const std::string& path) {
  std::uint8_t length[8];
  for (int i = 0; i < 8; ++i) length[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(header.size()) >> (8 * i));
  FANTASCOPE_TRY_VOID(write_all(descriptor, length, sizeof length, path));
  FANTASCOPE_TRY_VOID(write_all(descriptor, header.data(), header.size(), path));
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor plain = tensor.detach().cpu().contiguous();
    FANTASCOPE_TRY_VOID(write_all(descriptor, plain.const_data_ptr(), plain.nbytes(), path));
  }
  if (sync == SyncToDisk::kYes && fsync(descriptor) != 0) {
    return Error{ErrorCode::kIo, path + ": cannot be written to disk: " + std::strerror(errno), path, "", "", "Check the disk."};
  }
  return {};
}

}  // namespace

Result<void> write_safetensors(const std::string& path, const NamedTensors& tensors, const std::map<std::string, std::string>& metadata,
                               SyncToDisk sync) {
  NamedTensors ordered;
  for (const auto& item : tensors) {
    if (!item.second.defined())
      return Error{ErrorCode::kInvalidArgument, path + ": tensor \"" + item.first + "\" is undefined", path, "", "", ""};
    ordered.push_back(item);
  }
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.second.element_size() > b.second.element_size(); });
  FANTASCOPE_TRY(const std::string header, make_header(ordered, metadata, path));
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0)
    return Error{ErrorCode::kIo, path + ": cannot be created: " + std::strerror(errno), path, "", "", "Check the folder's permissions."};
  auto written = write_content(descriptor, header, ordered, sync, path);
  if (close(descriptor) != 0 && written)
    written = Error{ErrorCode::kIo, path + ": cannot be closed: " + std::strerror(errno), path, "", "", "Check the disk."};
  if (!written) unlink(path.c_str());
  return written;
}

}  // namespace fantascope
