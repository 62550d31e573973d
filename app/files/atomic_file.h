#pragma once
/// The one way this program writes a file (decision D7): private temporary file in the target folder, every return checked, fsync,
/// rename, fsync of the folder. A reader therefore sees the old content or the whole new content, also after a power cut; a failure
/// leaves nothing behind. A failed fsync is never retried: the kernel has already forgotten which pages were lost.
/// Errors name the folder; a full disk also says how many bytes were needed and how many are free.
/// One object is used by one thread at a time.
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace fantascope {

enum class Overwrite { kAllow, kRefuse };

struct AtomicFileOptions {
  mode_t mode = 0600;
  Overwrite overwrite = Overwrite::kAllow;
  std::uint64_t expected_bytes = 0;  ///< if known: checked against the free space before anything is written
};

class AtomicFile {
 public:
  /// The target's folder must exist. Nothing is visible under `path` before commit().
  static Result<AtomicFile> create(const std::string& path, const AtomicFileOptions& options = {});
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  ~AtomicFile();  ///< discards what was not committed

  const std::string& path() const { return path_; }
  /// Appends at the end of what was written so far.
  Result<void> write(std::span<const std::byte> bytes);
  Result<void> write(std::string_view text);
  /// Writes at an offset; for formats that go back and patch a length.
  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  std::uint64_t size() const { return size_; }
  /// Readable and writable, owned by this object; for libraries that take callbacks. Never close it.
  int fd() const { return fd_; }
  /// After this call the file is there under its name and survives a power cut, or an error says why not and nothing is left.
  Result<void> commit();
  void discard();

 private:
  AtomicFile() = default;
  Error failure(const char* action, int error_number, std::uint64_t bytes_needed) const;

  std::string path_, temp_path_, folder_;
  Overwrite overwrite_ = Overwrite::kAllow;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

/// Whole file in one call.
Result<void> write_file(const std::string& path, std::string_view content, const AtomicFileOptions& options = {});

}  // namespace fantascope
