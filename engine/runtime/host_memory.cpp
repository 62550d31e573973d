#include "engine/runtime/host_memory.h"

#include <malloc.h>

#include <mutex>

namespace fantascope {

void keep_freed_memory() {
  static std::once_flag once;
  std::call_once(once, [] {
    ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
    ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
  });
}

}  // namespace fantascope
