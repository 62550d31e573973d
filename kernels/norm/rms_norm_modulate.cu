#include <limits>

#include "kernels/internal/rows.cuh"
#include "kernels/norm/rms_norm_modulate.h"

namespace fantascope::kernels {
namespace {

using namespace internal;

template <typename T>
__device__ const T* vector_of(const RowVectors& vectors, std::int64_t row) {
  if (vectors.data == nullptr) return nullptr;
  return static_cast<const T*>(vectors.data) + (row / vectors.rows_per_vector) * vectors.stride;
}

template <typename T>
__global__ void rms_norm_modulate_rows(const RmsNormModulateArgs args) {
  const std::int64_t row = blockIdx.x;
  const T* const x = static_cast<const T*>(args.x) + row * args.dim;
  T* const out = static_cast<T*>(args.out) + row * args.dim;
  const T* const scale = vector_of<T>(args.scale, row);
  const T* const shift = vector_of<T>(args.shift, row);
  float sum = 0;
  for (std::int64_t i = threadIdx.x; i < args.dim; i += kRowThreads) sum += widen(x[i]) * widen(x[i]);
  const float inverse = rsqrtf(block_sum(sum) / static_cast<float>(args.dim) + args.eps);
  for (std::int64_t i = threadIdx.x; i < args.dim; i += kRowThreads) {
    const float factor = scale == nullptr ? 1.0F : 1.0F + widen(scale[i]);
    const float offset = shift == nullptr ? 0.0F : widen(shift[i]);
    narrow(widen(x[i]) * inverse * factor + offset, out[i]);
  }
}

}  // namespace

bool available() {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
}

Status rms_norm_modulate(const RmsNormModulateArgs& args, void* stream) {
  if (args.rows < 1 || args.dim < 1 || args.rows > std::numeric_limits<int>::max()) return Status::kUnsupported;
  const auto blocks = static_cast<unsigned>(args.rows);
  const auto queue = static_cast<cudaStream_t>(stream);
  if (args.dtype == DType::kBFloat16) {
    rms_norm_modulate_rows<__nv_bfloat16><<<blocks, kRowThreads, 0, queue>>>(args);
  } else {
    rms_norm_modulate_rows<float><<<blocks, kRowThreads, 0, queue>>>(args);
  }
  return launched();
}

}  // namespace fantascope::kernels
