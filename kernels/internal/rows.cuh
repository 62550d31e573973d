#pragma once
/// What kernels over rows share: widening and rounding, and the sum of a block.
#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include "kernels/status.h"

namespace fantascope::kernels::internal {

constexpr int kRowThreads = 256;

__device__ inline float widen(float x) { return x; }
__device__ inline float widen(__nv_bfloat16 x) { return __bfloat162float(x); }
__device__ inline void narrow(float x, float& out) { out = x; }
__device__ inline void narrow(float x, __nv_bfloat16& out) { out = __float2bfloat16_rn(x); }

/// The sum of `value` over a block of kRowThreads, the same in every thread. The order of adding does not depend on timing.
__device__ inline float block_sum(float value) {
  __shared__ float warps[kRowThreads / 32];
  for (int offset = 16; offset > 0; offset /= 2) value += __shfl_xor_sync(0xFFFFFFFFU, value, offset);
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
  __syncthreads();
  float sum = 0;
  for (int warp = 0; warp < kRowThreads / 32; ++warp) sum += warps[warp];
  return sum;
}

inline Status launched() { return cudaGetLastError() == cudaSuccess ? Status::kOk : Status::kLaunchFailed; }

}  // namespace fantascope::kernels::internal
