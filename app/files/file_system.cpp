#include "app/files/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

namespace fantascope {
namespace {

std::string folder_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

/// close() that keeps quiet: only for descriptors that were read from, or after another error.
struct FdCloser {
  int fd;
  ~FdCloser() {
    if (fd >= 0) ::close(fd);
  }
};

Result<void> sync_path(const std::string& path, int extra_flags) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | extra_flags);
  if (fd < 0) return file_error("open", path, errno);
  const FdCloser closer{fd};
  if (::fsync(fd) != 0) return file_error("make durable", path, errno);
  return {};
}

}  // namespace

Error file_error(const std::string& action, const std::string& path, int error_number, std::uint64_t bytes_needed) {
  Error error;
  error.code = error_number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
  error.subject = path;
  error.message = "cannot " + action + " " + path + ": " + std::generic_category().message(error_number);
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: {
      const std::string folder = folder_of(path);
      const auto free = free_space(folder);
      error.subject = folder;
      error.message = error_number == EFBIG ? "the file would be larger than the system allows in folder " + folder
                                            : "the disk that holds folder " + folder + " is full";
      error.allowed = (bytes_needed ? std::to_string(bytes_needed) + " bytes needed" : std::string("more space needed"));
      error.found = (free ? std::to_string(*free) : std::string("unknown number of")) + " bytes free";
      error.hint = "Make space there, then try again: nothing was changed.";
      break;
    }
    case EACCES:
    case EPERM:
    case EROFS:
      error.hint = "Check the rights of the folder, or choose another one.";
      break;
    case EEXIST:
      error.hint = "Choose another name.";
      break;
    case EIO:
      error.hint = "The disk reports an error: check it before you go on. Nothing was published.";
      break;
    default:
      break;
  }
  return error;
}

bool is_disk_full(const Error& error) {
  if (error.code != ErrorCode::kIo) return false;
  const std::string text = error.message + "\n" + error.found;
  for (const std::string& sign : {std::string(" is full"), std::string("not enough free space"), std::generic_category().message(ENOSPC),
                                  std::generic_category().message(EDQUOT)}) {
    if (text.find(sign) != std::string::npos) return true;
  }
  return false;
}

Result<std::uint64_t> free_space(const std::string& path) {
  struct statvfs info;
  if (::statvfs(path.c_str(), &info) != 0) return file_error("ask for the free space of", path, errno);
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

Result<void> create_private_dir(const std::string& path) {
  std::error_code code;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) {
    std::filesystem::create_directories(parent, code);
    if (code) return file_error("create folder", parent.string(), code.value());
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return file_error("create folder", path, errno);
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return file_error("look at folder", path, errno);
  if (!S_ISDIR(info.st_mode)) return file_error("create folder", path, ENOTDIR);
  if ((info.st_mode & 077) != 0 && ::chmod(path.c_str(), 0700) != 0) return file_error("make private", path, errno);
  return {};
}

Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // O_NONBLOCK: a named pipe must not hang us
  if (fd < 0) return file_error("open", path, errno);
  const FdCloser closer{fd};
  struct stat info;
  if (::fstat(fd, &info) != 0) return file_error("look at", path, errno);
  if (!S_ISREG(info.st_mode)) return Error{ErrorCode::kBadFile, "not a regular file: " + path, path, {}, {}, "Give the path of a file."};
  const auto too_large = [&](std::uint64_t size) {
    return Error{ErrorCode::kBadFile,
                 "file is too large: " + path,
                 path,
                 std::to_string(size) + " bytes",
                 "at most " + std::to_string(max_bytes) + " bytes",
                 {}};
  };
  if (static_cast<std::uint64_t>(info.st_size) > max_bytes) return too_large(info.st_size);
  std::string content(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t have = 0;
  for (;;) {
    if (have == content.size()) content.resize(have + 4096);  // proves the end of the file, also if it grew meanwhile
    const ssize_t n = ::read(fd, content.data() + have, content.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error("read", path, errno);
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
    if (have > max_bytes) return too_large(have);
  }
  content.resize(have);
  return content;
}

Result<void> sync_dir(const std::string& path) { return sync_path(path, O_DIRECTORY); }

Result<void> publish_dir(const std::string& temp_path, const std::string& path) {
  std::error_code code;
  std::vector<std::string> folders{temp_path};
  for (std::filesystem::recursive_directory_iterator it(temp_path, code), end; !code && it != end; it.increment(code)) {
    const auto status = it->symlink_status(code);
    if (code) break;
    if (std::filesystem::is_directory(status)) {
      folders.push_back(it->path().string());
    } else if (std::filesystem::is_regular_file(status)) {
      FANTASCOPE_TRY_VOID(sync_path(it->path().string(), 0));
    }
  }
  if (code) return file_error("read folder", temp_path, code.value());
  for (auto it = folders.rbegin(); it != folders.rend(); ++it) FANTASCOPE_TRY_VOID(sync_dir(*it));
  // RENAME_NOREPLACE: a folder of that name, even an empty one, is another take's and must stay.
  if (::renameat2(AT_FDCWD, temp_path.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0)
    return file_error("publish folder", path, errno);
  return sync_dir(folder_of(path));
}

}  // namespace fantascope
