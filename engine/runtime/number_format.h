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

/// What "auto" stands for: bfloat16 on GPUs and with matrix units; elsewhere float32, as long as the weights then take no more than half of
/// the machine's memory. `weights_bytes` as they lie in their files.
DType fast_dtype(const std::string& device, bool bf16_matrix_units, std::uint64_t weights_bytes, std::uint64_t memory_bytes);
/// On this machine.
DType fast_dtype(const std::string& device, std::uint64_t weights_bytes);

}  // namespace fantascope
