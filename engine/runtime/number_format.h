#pragma once
/// Which number format a model's weights have in memory, and which one this machine is fast in. Thread-safe.
#include <cstdint>
#include <string>

#include "engine/runtime/generation.h"

namespace fantascope {

/// "fp32" and "bf16", as flags, settings and recipes spell them.
const char* name(DType dtype);
/// The one of this name; bfloat16 for any other.
DType dtype_named(const std::string& name);

/// What the processor multiplies bfloat16 with: nothing of its own, dot products (AVX-512-BF16), or matrix units (AMX).
enum class Bf16Units { kNone, kDotProducts, kMatrices };

/// Of this processor, as LibTorch uses it: ATEN_CPU_CAPABILITY=avx2 in the environment makes it one without any.
Bf16Units bf16_units();

/// What "auto" stands for: bfloat16, but float32 on a processor that has nothing for bfloat16, where LibTorch needs ten to thirty times as
/// long for it, as long as the weights take no more than half of the machine's memory then. `weights_bytes` as they lie in their files.
DType fast_dtype(const std::string& device, Bf16Units units, std::uint64_t weights_bytes, std::uint64_t memory_bytes);
/// On this machine.
DType fast_dtype(const std::string& device, std::uint64_t weights_bytes);

}  // namespace fantascope
