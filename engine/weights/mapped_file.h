#pragma once
/// A file mapped read-only into memory. If the file is cut short by someone else while it is mapped, reading what is gone would end the
/// process (SIGBUS); here such a page reads as zeros and verify_unchanged() says so afterwards. That needs one process-wide SIGBUS
/// handler, installed with the first mapping; faults outside our mappings go on to the handler that was there before.
/// Any thread may read. The mapping lives as long as the object.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace fantascope {

class MappedFile {
 public:
  /// kNotFound, kIo or kBadFile (not a regular file). An empty file gives an empty mapping.
  static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {static_cast<const char*>(address_), size_}; }
  const std::string& path() const { return path_; }
  /// kBadFile "file changed while reading" if size or time of the file are not those at open(), or a page could not be read since.
  Result<void> verify_unchanged() const;
  /// Copies bytes with read(2): never a fault, whatever happens to the file.
  Result<void> copy_bytes(std::uint64_t offset, void* to, std::size_t count) const;

 private:
  MappedFile() = default;
  Error changed() const;

  std::string path_;
  const void* address_ = nullptr;
  std::size_t size_ = 0;
  int descriptor_ = -1;
  int slot_ = -1;  // in the table that the signal handler reads
  std::int64_t modified_s_ = 0, modified_ns_ = 0;
};

}  // namespace fantascope
