#pragma once
/// What the fused operations share: which tensors they take, and how work is cut into fixed pieces.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/ops/internal/kernel_table.h"

#ifndef _OPENMP
#error "at::parallel_for runs on one thread in a file that is compiled without -fopenmp"
#endif

namespace fantascope::ops::internal {

/// On the CPU, strided, float32 or bfloat16, not empty.
inline bool is_fusable(const at::Tensor& x) {
  return x.device().is_cpu() && x.layout() == at::kStrided && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) &&
         x.numel() > 0;
}

/// Undefined, or of the same kind as x.
inline bool matches(const at::Tensor& other, const at::Tensor& x) {
  return !other.defined() || (is_fusable(other) && other.scalar_type() == x.scalar_type());
}

inline const KernelTable& kernels_for(const at::Tensor& x) {
  return kernel_table(x.scalar_type() == at::kBFloat16 ? Storage::kBfloat16 : Storage::kFloat32);
}

/// Autograd functions take an absent tensor as an empty optional only.
inline std::optional<at::Tensor> optional(const at::Tensor& x) { return x.defined() ? std::optional<at::Tensor>(x) : std::nullopt; }

/// Runs an autograd function; without gradients only its forward, with a null context, since the bookkeeping of a small operation costs
/// as much as the operation.
template <class Function, class... Args>
at::Tensor apply(const Args&... args) {
  return at::GradMode::is_enabled() ? Function::apply(args...) : Function::forward(nullptr, args...);
}

constexpr std::int64_t kPieceRows = 64;

/// work(piece, first, last) over `rows` cut into pieces of `piece_rows`; the cut does not depend on the number of threads.
template <class Work>
void for_pieces(std::int64_t rows, std::int64_t piece_rows, const Work& work) {
  at::parallel_for(0, (rows + piece_rows - 1) / piece_rows, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t piece = begin; piece < end; ++piece) work(piece, piece * piece_rows, std::min(rows, (piece + 1) * piece_rows));
  });
}

}  // namespace fantascope::ops::internal
