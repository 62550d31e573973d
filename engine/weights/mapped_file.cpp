#include "engine/weights/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>

namespace fantascope {
namespace {

/// Mapped ranges, readable from a signal handler: plain atomics, no locks.
struct Range {
  std::atomic<bool> taken{false};
  std::atomic<std::uintptr_t> begin{0}, end{0};
  std::atomic<bool> damaged{false};
};
constexpr std::size_t kMaxRanges = 1024;
std::array<Range, kMaxRanges> g_ranges;  // NOLINT: a signal handler can only see globals
struct sigaction g_previous;             // NOLINT
long g_page_bytes = 4096;                // NOLINT

void on_bus_error(int signal_number, siginfo_t* info, void* context) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  for (auto& range : g_ranges) {
    const auto begin = range.begin.load(std::memory_order_acquire);
    if (begin == 0 || address < begin || address >= range.end.load(std::memory_order_acquire)) continue;
    range.damaged.store(true, std::memory_order_release);
    const auto page = address & ~(static_cast<std::uintptr_t>(g_page_bytes) - 1);
    void* zeros = mmap(reinterpret_cast<void*>(page), static_cast<std::size_t>(g_page_bytes), PROT_READ,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (zeros != MAP_FAILED) return;  // the faulting read runs again and finds zeros
    break;
  }
  if ((g_previous.sa_flags & SA_SIGINFO) != 0 && g_previous.sa_sigaction != nullptr) {
    g_previous.sa_sigaction(signal_number, info, context);
    return;
  }
  if (g_previous.sa_handler != SIG_DFL && g_previous.sa_handler != SIG_IGN && g_previous.sa_handler != nullptr) {
    g_previous.sa_handler(signal_number);
    return;
  }
  ::signal(signal_number, SIG_DFL);
  ::raise(signal_number);  // delivered on return: ends the process as the signal should
}

void install_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    g_page_bytes = sysconf(_SC_PAGESIZE);
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &g_previous);
  });
}

/// A slot of the table for this range; -1 if all are taken.
int take_slot(const void* address, std::size_t size) {
  for (std::size_t i = 0; i < kMaxRanges; ++i) {
    bool expected = false;
    if (!g_ranges[i].taken.compare_exchange_strong(expected, true)) continue;
    g_ranges[i].damaged.store(false);
    g_ranges[i].end.store(reinterpret_cast<std::uintptr_t>(address) + size);
    g_ranges[i].begin.store(reinterpret_cast<std::uintptr_t>(address), std::memory_order_release);
    return static_cast<int>(i);
  }
  return -1;
}

Error system_error(const std::string& path, const char* what) {
  const int number = errno;
  const ErrorCode code = number == ENOENT || number == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo;
  return Error{code, path + ": " + what + ": " + std::strerror(number),
               path, "",
               "",   code == ErrorCode::kNotFound ? "Check the path." : "Check permissions and disk."};
}

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  std::shared_ptr<MappedFile> file(new MappedFile());
  file->path_ = path;
  file->descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // NONBLOCK: a pipe with that name must not hang us
  if (file->descriptor_ < 0) return system_error(path, "cannot be opened");
  struct stat status {};
  if (fstat(file->descriptor_, &status) != 0) return system_error(path, "cannot be examined");
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::kBadFile, path + ": not a regular file", path, "", "a regular file", ""};
  file->size_ = static_cast<std::size_t>(status.st_size);
  file->modified_s_ = status.st_mtim.tv_sec;
  file->modified_ns_ = status.st_mtim.tv_nsec;
  if (file->size_ == 0) return std::shared_ptr<const MappedFile>(std::move(file));
  install_handler();
  void* address = mmap(nullptr, file->size_, PROT_READ, MAP_PRIVATE, file->descriptor_, 0);
  if (address == MAP_FAILED) return system_error(path, "cannot be mapped");
  file->address_ = address;
  file->slot_ = take_slot(address, file->size_);
  if (file->slot_ < 0) {
    return Error{ErrorCode::kIo,   path + ": too many weight files are open", path, "", "at most " + std::to_string(kMaxRanges),
                 "Unload a model."};
  }
  return std::shared_ptr<const MappedFile>(std::move(file));
}

MappedFile::~MappedFile() {
  // The table first: a range that is in it is always mapped.
  if (slot_ >= 0) {
    auto& range = g_ranges[static_cast<std::size_t>(slot_)];
    range.begin.store(0, std::memory_order_release);
    range.end.store(0, std::memory_order_release);
    range.taken.store(false, std::memory_order_release);
  }
  if (address_ != nullptr) munmap(const_cast<void*>(address_), size_);
  if (descriptor_ >= 0) close(descriptor_);
}

Error MappedFile::changed() const {
  return Error{ErrorCode::kBadFile,
               path_ + ": file changed while reading",
               path_,
               "",
               "",
               "Leave model files alone while they are in use, and start again."};
}

Result<void> MappedFile::verify_unchanged() const {
  if (slot_ >= 0 && g_ranges[static_cast<std::size_t>(slot_)].damaged.load(std::memory_order_acquire)) return changed();
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) return system_error(path_, "cannot be examined");
  const bool same =
      static_cast<std::size_t>(status.st_size) == size_ && status.st_mtim.tv_sec == modified_s_ && status.st_mtim.tv_nsec == modified_ns_;
  if (!same) return changed();
  return {};
}

Result<void> MappedFile::copy_bytes(std::uint64_t offset, void* to, std::size_t count) const {
  auto* target = static_cast<char*>(to);
  while (count > 0) {
    const ssize_t got = pread(descriptor_, target, count, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path_, "cannot be read");
    if (got == 0) return changed();
    target += got;
    offset += static_cast<std::uint64_t>(got);
    count -= static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace fantascope
