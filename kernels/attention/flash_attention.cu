#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <limits>

#include "kernels/attention/flash_attention.h"

namespace fantascope::kernels {
namespace {

using Bf16 = __nv_bfloat16;

constexpr int kWarps = 4, kThreads = kWarps * 32;
constexpr int kQueryRows = kWarps * 16;  // of a block: 16 a warp
constexpr int kKeyRows = 64;             // of K and V held at once
constexpr float kLog2e = 1.44269504088896341F;

/// A pair of bf16 as the matrix units take them, the first in the low half.
__device__ unsigned pack(float first, float second) {
  const __nv_bfloat162 pair = __floats2bfloat162_rn(first, second);
  return *reinterpret_cast<const unsigned*>(&pair);
}

/// c[16x8] += a[16x16] b[16x8]. Lane l holds rows l/4 and l/4+8 of a and c, column l/4 of b; pairs of the summed axis at 2(l%4) and
/// 2(l%4)+8 (PTX ISA, mma.m16n8k16).
__device__ void multiply_add(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/// Two 8x8 tiles of a row-major matrix, transposed: what multiply_add takes as b where the summed axis runs down the rows.
__device__ void load_transposed(unsigned& b0, unsigned& b1, const Bf16* row) {
  const auto address = static_cast<unsigned>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];\n" : "=r"(b0), "=r"(b1) : "r"(address));
}

/// Rows first … first+kKeyRows of a matrix into shared memory, zero beyond its end.
template <int E>
__device__ void load_rows(Bf16 (*target)[E + 8], const Bf16* source, std::int64_t stride, std::int64_t first, std::int64_t rows) {
  constexpr int kChunks = E / 8;  // of 16 bytes
  for (int i = threadIdx.x; i < kKeyRows * kChunks; i += kThreads) {
    const int row = i / kChunks, chunk = i % kChunks;
    uint4 value = make_uint4(0, 0, 0, 0);
    if (first + row < rows) value = *reinterpret_cast<const uint4*>(source + (first + row) * stride + chunk * 8);
    *reinterpret_cast<uint4*>(&target[row][chunk * 8]) = value;
  }
}

template <int E>
__global__ void __launch_bounds__(kThreads) flash_attention_block(const FlashAttentionArgs args) {
  __shared__ __align__(16) Bf16 keys[kKeyRows][E + 8];  // the eight more keep rows in different banks
  __shared__ __align__(16) Bf16 values[kKeyRows][E + 8];
  const int lane = threadIdx.x % 32, group = lane / 4, in_group = lane % 4;
  const std::int64_t batch = blockIdx.y / args.heads, head = blockIdx.y % args.heads;
  const auto matrix = [&](const void* data, const Strides& s) { return static_cast<const Bf16*>(data) + batch * s.batch + head * s.head; };
  const Bf16 *const q = matrix(args.q, args.q_strides), *const k = matrix(args.k, args.k_strides),
                    *const v = matrix(args.v, args.v_strides);
  const float* const mask = args.mask == nullptr ? nullptr : args.mask + batch * args.mask_strides.batch + head * args.mask_strides.head;
  const std::int64_t rows[2] = {static_cast<std::int64_t>(blockIdx.x) * kQueryRows + (threadIdx.x / 32) * 16 + group,
                                static_cast<std::int64_t>(blockIdx.x) * kQueryRows + (threadIdx.x / 32) * 16 + group + 8};

  unsigned q_parts[E / 16][4];
  for (int part = 0; part < E / 16; ++part) {
    for (int i = 0; i < 4; ++i) {
      const std::int64_t row = rows[i % 2];
      const int column = part * 16 + in_group * 2 + (i / 2) * 8;
      q_parts[part][i] = row < args.queries ? *reinterpret_cast<const unsigned*>(q + row * args.q_strides.row + column) : 0U;
    }
  }
  float out[E / 8][4] = {};
  float top[2] = {-INFINITY, -INFINITY}, total[2] = {0, 0};

  for (std::int64_t first = 0; first < args.keys; first += kKeyRows) {
    __syncthreads();
    load_rows<E>(keys, k, args.k_strides.row, first, args.keys);
    load_rows<E>(values, v, args.v_strides.row, first, args.keys);
    __syncthreads();

    float scores[kKeyRows / 8][4] = {};
#pragma unroll
    for (int tile = 0; tile < kKeyRows / 8; ++tile) {
#pragma unroll
      for (int part = 0; part < E / 16; ++part) {
        const Bf16* const row = &keys[tile * 8 + group][part * 16 + in_group * 2];
        multiply_add(scores[tile], q_parts[part], *reinterpret_cast<const unsigned*>(row), *reinterpret_cast<const unsigned*>(row + 8));
      }
    }
    // Logits in powers of two, with the mask, and their row maxima.
    float high[2] = {top[0], top[1]};
#pragma unroll
    for (int tile = 0; tile < kKeyRows / 8; ++tile) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const std::int64_t key = first + tile * 8 + in_group * 2 + i % 2, row = rows[i / 2];
        float score = scores[tile][i] * args.scale;
        if (mask != nullptr && key < args.keys && row < args.queries) score += mask[row * args.mask_strides.row + key];
        scores[tile][i] = key < args.keys ? score * kLog2e : -INFINITY;
        high[i / 2] = fmaxf(high[i / 2], scores[tile][i]);
      }
    }
#pragma unroll
    for (int r = 0; r < 2; ++r) {
      high[r] = fmaxf(high[r], __shfl_xor_sync(0xFFFFFFFFU, high[r], 1));
      high[r] = fmaxf(high[r], __shfl_xor_sync(0xFFFFFFFFU, high[r], 2));
    }
    float shrink[2];
#pragma unroll
    for (int r = 0; r < 2; ++r) {
      const float base = high[r] == -INFINITY ? 0.0F : high[r];
      shrink[r] = exp2f(top[r] - base);
      top[r] = high[r];
      total[r] *= shrink[r];
    }
#pragma unroll
    for (int tile = 0; tile < E / 8; ++tile) {
#pragma unroll
      for (int i = 0; i < 4; ++i) out[tile][i] *= shrink[i / 2];
    }
#pragma unroll
    for (int tile = 0; tile < kKeyRows / 8; ++tile) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const float base = top[i / 2] == -INFINITY ? 0.0F : top[i / 2];
        scores[tile][i] = exp2f(scores[tile][i] - base);
        total[i / 2] += scores[tile][i];
      }
    }
    // A lane's scores of two neighbouring tiles are its share of the probabilities as the left factor.
#pragma unroll
    for (int part = 0; part < kKeyRows / 16; ++part) {
      const float(&left)[4] = scores[part * 2], (&right)[4] = scores[part * 2 + 1];
      const unsigned weights[4] = {pack(left[0], left[1]), pack(left[2], left[3]), pack(right[0], right[1]), pack(right[2], right[3])};
#pragma unroll
      for (int tile = 0; tile < E / 8; ++tile) {
        unsigned b0 = 0, b1 = 0;
        load_transposed(b0, b1, &values[part * 16 + lane % 16][tile * 8]);
        multiply_add(out[tile], weights, b0, b1);
      }
    }
  }

#pragma unroll
  for (int r = 0; r < 2; ++r) {
    total[r] += __shfl_xor_sync(0xFFFFFFFFU, total[r], 1);
    total[r] += __shfl_xor_sync(0xFFFFFFFFU, total[r], 2);
  }
  Bf16* const target = static_cast<Bf16*>(args.out) + batch * args.out_strides.batch + head * args.out_strides.head;
  for (int tile = 0; tile < E / 8; ++tile) {
    for (int r = 0; r < 2; ++r) {
      if (rows[r] >= args.queries) continue;
      const float inverse = total[r] > 0 ? 1.0F / total[r] : 0.0F;
      *reinterpret_cast<unsigned*>(target + rows[r] * args.out_strides.row + tile * 8 + in_group * 2) =
          pack(out[tile][r * 2] * inverse, out[tile][r * 2 + 1] * inverse);
    }
  }
}

bool aligned(const void* data, const Strides& s) {
  return reinterpret_cast<std::uintptr_t>(data) % 16 == 0 && s.batch % 8 == 0 && s.head % 8 == 0 && s.row % 8 == 0;
}

template <int E>
Status launch(const FlashAttentionArgs& args, void* stream) {
  const dim3 blocks(static_cast<unsigned>((args.queries + kQueryRows - 1) / kQueryRows), static_cast<unsigned>(args.batch * args.heads));
  flash_attention_block<E><<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(args);
  return cudaGetLastError() == cudaSuccess ? Status::kOk : Status::kLaunchFailed;
}

}  // namespace

Status flash_attention(const FlashAttentionArgs& args, void* stream) {
  constexpr std::int64_t kGridRows = 65535;
  if (args.batch < 1 || args.heads < 1 || args.queries < 1 || args.keys < 1 || args.batch * args.heads > kGridRows ||
      args.queries > std::numeric_limits<int>::max() || !aligned(args.q, args.q_strides) || !aligned(args.k, args.k_strides) ||
      !aligned(args.v, args.v_strides) || !aligned(args.out, args.out_strides)) {
    return Status::kUnsupported;
  }
  switch (args.head_dim) {
    case 32:
      return launch<32>(args, stream);
    case 64:
      return launch<64>(args, stream);
    case 128:
      return launch<128>(args, stream);
    default:
      return Status::kUnsupported;
  }
}

}  // namespace fantascope::kernels
