#include <limits>

#include "kernels/internal/rows.cuh"
#include "kernels/rope/norm_rope_heads.h"

namespace fantascope::kernels {
namespace {

using namespace internal;

template <typename T>
__global__ void norm_rope_heads_rows(const NormRopeHeadsArgs args) {
  const std::int64_t row = blockIdx.x, batch = row / args.tokens, token = row % args.tokens;
  const std::int64_t dim = args.heads * args.head_dim, half = args.head_dim / 2;
  const T* const x = static_cast<const T*>(args.x) + row * dim;
  const T* const weight = static_cast<const T*>(args.weight);
  float sum = 0;
  for (std::int64_t i = threadIdx.x; i < dim; i += kRowThreads) sum += widen(x[i]) * widen(x[i]);
  const float inverse = rsqrtf(block_sum(sum) / static_cast<float>(dim) + args.eps);
  // Element j of a head turns with element j + half.
  for (std::int64_t pair = threadIdx.x; pair < dim / 2; pair += kRowThreads) {
    const std::int64_t head = pair / half, j = pair % half, at = head * args.head_dim + j;
    const float first = widen(x[at]) * inverse * widen(weight[at]);
    const float second = widen(x[at + half]) * inverse * widen(weight[at + half]);
    float cosine = 1.0F, sine = 0.0F;
    if (args.cos != nullptr) {
      const std::int64_t place = batch * args.table_batch_stride + (head * args.tokens + token) * half + j;
      cosine = args.cos[place];
      sine = args.sin[place];
    }
    T* const out = static_cast<T*>(args.out) + ((batch * args.heads + head) * args.tokens + token) * args.head_dim + j;
    narrow(first * cosine - second * sine, out[0]);
    narrow(second * cosine + first * sine, out[half]);
  }
}

}  // namespace

Status norm_rope_heads(const NormRopeHeadsArgs& args, void* stream) {
  const std::int64_t rows = args.batch * args.tokens;
  if (rows < 1 || args.heads < 1 || args.head_dim < 2 || args.head_dim % 2 != 0 || rows > std::numeric_limits<int>::max())
    return Status::kUnsupported;
  const auto blocks = static_cast<unsigned>(rows);
  const auto queue = static_cast<cudaStream_t>(stream);
  if (args.dtype == DType::kBFloat16) {
    norm_rope_heads_rows<__nv_bfloat16><<<blocks, kRowThreads, 0, queue>>>(args);
  } else {
    norm_rope_heads_rows<float><<<blocks, kRowThreads, 0, queue>>>(args);
  }
  return launched();
}

}  // namespace fantascope::kernels
