#include "engine/runtime/host_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <mutex>

namespace fantascope {

void keep_freed_memory() {
  static std::once_flag once;
  std::call_once(once, [] {
    ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
    ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
  });
}

std::uint64_t total_memory() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace fantascope
