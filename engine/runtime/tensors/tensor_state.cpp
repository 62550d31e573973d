#include "engine/runtime/tensors/tensor_state.h"

#include <c10/core/ScalarType.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "engine/base/sha256.h"
#include "engine/weights/safetensors_file.h"

namespace fantascope {
namespace {

constexpr int kMaxStep = 1000000;

Error io_error(const std::string& path, const std::string& what) {
  return {ErrorCode::kIo, what + ": " + std::strerror(errno), path, "", "", "Free some space or choose another folder."};
}

Error not_a_state(const std::string& path, const std::string& found) {
  return {ErrorCode::kBadFile,
          "This is not a stored state of a generation, or it is damaged",
          path,
          found,
          "a file written by this program",
          "Delete it; the job then starts this phase again."};
}

/// A rename survives a power cut only when the folder is on disk too.
Result<void> sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return io_error(folder.string(), "The folder cannot be opened");
  const int failed = ::fsync(fd);
  ::close(fd);
  if (failed != 0) return io_error(folder.string(), "The folder cannot be written to disk");
  return {};
}

}  // namespace

TensorState::TensorState(std::string kind, int step, std::map<std::string, at::Tensor> tensors, std::string space)
    : kind_(std::move(kind)), step_(step), space_(std::move(space)), tensors_(std::move(tensors)) {
  for (auto& [name, tensor] : tensors_) tensor = tensor.to(at::kCPU).contiguous();
}

at::Tensor TensorState::get(const std::string& name) const {
  const auto it = tensors_.find(name);
  return it == tensors_.end() ? at::Tensor() : it->second;
}

std::string TensorState::sha256() const {
  Sha256Stream hash;
  for (const auto& [name, tensor] : tensors_) {
    std::string header = name + '\0' + c10::toString(tensor.scalar_type());
    for (const std::int64_t size : tensor.sizes()) header += ' ' + std::to_string(size);
    hash.update(header + '\n');
    hash.update(tensor.data_ptr(), tensor.nbytes());
  }
  return hash.hex();
}

Result<void> TensorState::save(const std::string& path) const {
  const std::filesystem::path target(path);
  const std::filesystem::path folder = target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  const std::string temporary = path + "." + std::to_string(::getpid()) + ".part";
  const std::vector<std::pair<std::string, at::Tensor>> tensors(tensors_.begin(), tensors_.end());
  std::map<std::string, std::string> metadata = {{"kind", kind_}, {"step", std::to_string(step_)}, {"sha256", sha256()}};
  if (!space_.empty()) metadata["space"] = space_;
  FANTASCOPE_TRY_VOID(write_safetensors(temporary, tensors, metadata, SyncToDisk::kYes));
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    Error error = io_error(path, "The state cannot be put in its place");
    ::unlink(temporary.c_str());
    return error;
  }
  return sync_folder(folder);
}

Result<std::shared_ptr<TensorState>> TensorState::load(const std::string& path) {
  FANTASCOPE_TRY(const auto file, SafetensorsFile::open(path));
  const auto& metadata = file->metadata();
  for (const char* key : {"kind", "step", "sha256"}) {
    if (!metadata.contains(key)) return not_a_state(path, std::string("no ") + key);
  }
  const std::string& step_text = metadata.at("step");
  int step = -1;
  const auto parsed = std::from_chars(step_text.data(), step_text.data() + step_text.size(), step);
  if (parsed.ec != std::errc() || parsed.ptr != step_text.data() + step_text.size() || step < 0 || step > kMaxStep) {
    return not_a_state(path, "step " + step_text.substr(0, 40));
  }
  std::map<std::string, at::Tensor> tensors;
  for (const TensorEntry& entry : file->entries()) {
    FANTASCOPE_TRY(at::Tensor tensor, file->read(entry.name));
    tensors.emplace(entry.name, std::move(tensor));
  }
  auto state =
      std::make_shared<TensorState>(metadata.at("kind"), step, std::move(tensors), metadata.contains("space") ? metadata.at("space") : "");
  if (state->sha256() != metadata.at("sha256")) return not_a_state(path, "bytes that do not have the recorded SHA-256");
  return state;
}

}  // namespace fantascope
