#include "engine/runtime/tensors/side_by_side.h"

#include <ATen/Parallel.h>
#include <ATen/ThreadLocalState.h>

#include <cstdint>

#ifndef _OPENMP
#error "at::parallel_for runs on one thread in a file that is compiled without -fopenmp"
#endif

namespace fantascope {

bool better_side_by_side(std::size_t count) { return static_cast<std::size_t>(at::get_num_threads()) < 2 * count; }

void run_side_by_side(const std::vector<std::function<void()>>& pieces) {
  const at::ThreadLocalState callers;  // the pool's threads have their own
  at::parallel_for(0, static_cast<std::int64_t>(pieces.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    const at::ThreadLocalStateGuard guard(callers);
    for (std::int64_t i = begin; i < end; ++i) pieces[static_cast<std::size_t>(i)]();
  });
}

}  // namespace fantascope
