#pragma once
/// What this machine's processor multiplies fast. Thread-safe.

namespace fantascope {

/// Whether the processor has matrix units for bfloat16 (AMX) and LibTorch uses them. With them bfloat16 is four times as fast as float32;
/// with dot products alone (AVX-512-BF16) 0.5 to 0.6 times; without either LibTorch takes ten to thirty times as long
/// (docs/measurements.md, "Processors without matrix units"). ATEN_CPU_CAPABILITY=avx2 in the environment makes any processor one without.
bool has_bf16_matrix_units();

}  // namespace fantascope
