#include "training/trainer/checkpoint.h"

#include <filesystem>
#include <system_error>

#include "engine/weights/safetensors_file.h"

namespace fantascope::training {

Result<void> save_checkpoint(const std::string& path, const NamedTensors& tensors) {
  const std::string temporary = path + ".part";
  NamedTensors on_cpu;
  for (const auto& [name, tensor] : tensors) on_cpu[name] = tensor.cpu();
  FANTASCOPE_TRY_VOID(write_safetensors(temporary, {on_cpu.begin(), on_cpu.end()}, {}, SyncToDisk::kYes));
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error) return Error{ErrorCode::kIo, "cannot rename the checkpoint into place: " + error.message(), path, "", "", ""};
  return {};
}

NamedTensors part_of(const NamedTensors& all, const std::string& prefix, const std::string& part) {
  NamedTensors found;
  for (const auto& [name, tensor] : all) {
    if (name.starts_with(prefix + part)) found[name.substr(prefix.size())] = tensor;
  }
  return found;
}

Result<NamedTensors> load_checkpoint(const std::string& path) {
  FANTASCOPE_TRY(const auto file, SafetensorsFile::open(path));
  NamedTensors tensors;
  for (const auto& entry : file->entries()) {
    FANTASCOPE_TRY(tensors[entry.name], file->read(entry.name));
  }
  return tensors;
}

}  // namespace fantascope::training
