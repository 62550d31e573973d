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

/// Whether the processor has matrix units for bfloat16 (AMX) and LibTorch uses them. With them bfloat16 is four times as fast as float32;
/// with dot products alone (AVX-512-BF16) 0.6 times; without either LibTorch takes ten to thirty times as long (docs/measurements.md,
/// "Processors without matrix units"). ATEN_CPU_CAPABILITY=avx2 in the environment makes any processor one without.
bool has_bf16_matrix_units();

/// What "auto" stands for: bfloat16 on GPUs and with matrix units; elsewhere float32, as long as the weights then take no more than half of
/// the machine's memory. `weights_bytes` as they lie in their files.
DType fast_dtype(const std::string& device, bool bf16_matrix_units, std::uint64_t weights_bytes, std::uint64_t memory_bytes);
/// On this machine.
DType fast_dtype(const std::string& device, std::uint64_t weights_bytes);

}  // namespace fantascope
