#pragma once
/// Tensor work on the CPU in pieces that do not need each other, such as the passes of one sampling step.
#include <cstddef>
#include <functional>
#include <vector>

namespace fantascope {

/// Whether `count` pieces do better at once, with one thread each, than together on all threads of LibTorch's pool: where there are fewer
/// than two threads a piece. An operation on a small tensor costs less than waking a second thread for a part of it.
bool better_side_by_side(std::size_t count);

/// Runs every piece, as many at once as the pool has threads, one thread each, and returns when all have ended. A piece sees the caller's
/// inference mode, grad mode and default types, and must touch nothing that another one changes. The first exception of a piece is thrown
/// again here.
void run_side_by_side(const std::vector<std::function<void()>>& pieces);

}  // namespace fantascope
