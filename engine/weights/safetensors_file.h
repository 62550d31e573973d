#pragma once
/// A safetensors file as tensors. Opening maps the file and checks its header (format/safetensors_header.h has the limits); a view shares
/// the mapped bytes and holds the mapping alive, so that a model of many gigabytes is loaded without a copy.
/// Views are read-only by contract: writing to one ends the process. Any thread may take views.
#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/weights/format/safetensors_header.h"
#include "engine/weights/mapped_file.h"

namespace fantascope {

at::ScalarType scalar_type(StoredType type);

class SafetensorsFile {
 public:
  static Result<std::shared_ptr<const SafetensorsFile>> open(const std::string& path);

  const std::string& path() const { return file_->path(); }
  const std::vector<TensorEntry>& entries() const { return header_.tensors; }
  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  const TensorEntry* find(const std::string& name) const;  ///< null if there is none

  /// Zero-copy where the bytes are aligned for their type (BOOL: where all are 0 or 1, which is not looked at: it is always copied).
  Result<at::Tensor> view(const std::string& name) const;
  /// Own memory, read with read(2): safe whatever happens to the file meanwhile ("file changed while reading").
  Result<at::Tensor> read(const std::string& name) const;
  Result<void> verify_unchanged() const { return file_->verify_unchanged(); }

 private:
  SafetensorsFile() = default;
  Result<const TensorEntry*> entry(const std::string& name) const;

  std::shared_ptr<const MappedFile> file_;
  SafetensorsHeader header_;
  std::map<std::string, std::size_t> index_;
};

enum class SyncToDisk { kNo, kYes };

/// Writes tensors (any device, any strides) with `metadata` to `path`, replacing what is there. Data starts 8-byte aligned; wide types come
/// first, so that every tensor is aligned. Not atomic by itself: give a private path and rename. A file half-written on error is removed.
Result<void> write_safetensors(const std::string& path, const std::vector<std::pair<std::string, at::Tensor>>& tensors,
                               const std::map<std::string, std::string>& metadata = {}, SyncToDisk sync = SyncToDisk::kNo);

}  // namespace fantascope
