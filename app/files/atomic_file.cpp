#include "app/files/atomic_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "app/files/file_system.h"

namespace fantascope {
namespace {

std::string random_suffix() {
  std::uint64_t value = 0;
  FANTASCOPE_CHECK(::getrandom(&value, sizeof value, 0) == sizeof value);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

/// rename() that refuses an existing target, also on file systems without RENAME_NOREPLACE: link() has the same guarantee.
int rename_without_overwrite(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  if (::link(from.c_str(), to.c_str()) != 0) return -1;
  return ::unlink(from.c_str());
}

}  // namespace

Error AtomicFile::failure(const char* action, int error_number, std::uint64_t bytes_needed) const {
  Error error = file_error(action, path_, error_number, bytes_needed);
  if (error_number != ENOENT) return error;
  error.message = "folder does not exist: " + folder_;
  error.subject = folder_;
  error.hint = "Create it, or choose another folder.";
  return error;
}

Result<AtomicFile> AtomicFile::create(const std::string& path, const AtomicFileOptions& options) {
  AtomicFile file;
  file.path_ = path;
  file.overwrite_ = options.overwrite;
  const std::filesystem::path target(path);
  file.folder_ = target.parent_path().empty() ? "." : target.parent_path().string();
  const std::string name = target.filename().string();
  if (name.empty() || name == "." || name == "..")
    return Error{ErrorCode::kInvalidArgument, "not a file name: " + path, path, {}, {}, "Give a path that ends in a file name."};
  std::error_code code;
  if (std::filesystem::is_directory(target, code)) return file.failure("write", EISDIR, 0);
  if (options.overwrite == Overwrite::kRefuse && std::filesystem::exists(std::filesystem::symlink_status(target, code)))
    return file.failure("write", EEXIST, 0);
  if (options.expected_bytes > 0) {
    const auto free = free_space(file.folder_);
    if (free && *free < options.expected_bytes) return file.failure("write", ENOSPC, options.expected_bytes);
  }
  // 200 bytes of the name keep the temporary name inside the usual limit of 255.
  file.temp_path_ = file.folder_ + "/." + name.substr(0, 200) + "." + random_suffix() + ".part";
  file.fd_ = ::open(file.temp_path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file.fd_ < 0) {
    const int error_number = errno;
    file.temp_path_.clear();
    return file.failure("write", error_number, options.expected_bytes);
  }
  if (options.mode != 0600 && ::fchmod(file.fd_, options.mode) != 0) return file.failure("set the rights of", errno, 0);
  return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept { *this = std::move(other); }

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this == &other) return *this;
  discard();
  path_ = std::move(other.path_);
  temp_path_ = std::exchange(other.temp_path_, {});
  folder_ = std::move(other.folder_);
  overwrite_ = other.overwrite_;
  fd_ = std::exchange(other.fd_, -1);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::discard() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  if (!temp_path_.empty()) ::unlink(temp_path_.c_str());
  temp_path_.clear();
}

Result<void> AtomicFile::write(std::span<const std::byte> bytes) { return write_at(size_, bytes); }
Result<void> AtomicFile::write(std::string_view text) { return write(std::as_bytes(std::span(text.data(), text.size()))); }

Result<void> AtomicFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  FANTASCOPE_CHECK(fd_ >= 0);
  const std::uint64_t end = offset + bytes.size();
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return failure("write", n == 0 ? ENOSPC : errno, end);
    offset += static_cast<std::uint64_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  if (end > size_) size_ = end;
  return {};
}

Result<void> AtomicFile::commit() {
  FANTASCOPE_CHECK(fd_ >= 0);
  if (struct stat info; ::fstat(fd_, &info) == 0)
    size_ = static_cast<std::uint64_t>(info.st_size);  // a library may have written through fd()
  // close() before rename: some network file systems report a failed write only here.
  int error_number = ::fsync(fd_) == 0 ? 0 : errno;
  if (::close(std::exchange(fd_, -1)) != 0 && error_number == 0) error_number = errno;
  const int folder_fd = error_number == 0 ? ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (error_number == 0 && folder_fd < 0) error_number = errno;
  if (error_number != 0) {
    discard();
    return failure("make durable", error_number, size_);
  }
  const int renamed =
      overwrite_ == Overwrite::kAllow ? ::rename(temp_path_.c_str(), path_.c_str()) : rename_without_overwrite(temp_path_, path_);
  if (renamed != 0) {
    error_number = errno;
    ::close(folder_fd);
    discard();
    return failure("publish", error_number, size_);
  }
  temp_path_.clear();
  error_number = ::fsync(folder_fd) == 0 ? 0 : errno;
  ::close(folder_fd);
  if (error_number == 0) return {};
  // The name may not survive a power cut, so the caller must not count on it. Where a file was replaced the old one is gone already;
  // where it was new it is taken away again.
  if (overwrite_ == Overwrite::kRefuse) ::unlink(path_.c_str());
  return failure("make durable", error_number, size_);
}

Result<void> write_file(const std::string& path, std::string_view content, const AtomicFileOptions& options) {
  AtomicFileOptions with_size = options;
  with_size.expected_bytes = content.size();
  FANTASCOPE_TRY(AtomicFile file, AtomicFile::create(path, with_size));
  FANTASCOPE_TRY_VOID(file.write(content));
  return file.commit();
}

}  // namespace fantascope
