#pragma once
/// Tensor work on the CPU in pieces that do not need each other, such as the passes of one sampling step.
#include <functional>
#include <vector>

namespace fantascope {

/// Runs every piece and returns when all have ended. Where there are fewer than two threads of LibTorch's pool for a piece, the pieces run
/// at once, one thread each: an operation on a small tensor costs less than waking a second thread for a part of it. Otherwise one after
/// the other, each on all threads. A piece sees the caller's inference mode, grad mode and default types, and must touch nothing that
/// another one changes. The first exception of a piece is thrown again here. Call from one thread at a time.
void run_side_by_side(const std::vector<std::function<void()>>& pieces);

}  // namespace fantascope
