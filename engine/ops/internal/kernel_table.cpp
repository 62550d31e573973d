#include "engine/ops/internal/kernel_table.h"

namespace fantascope::ops::internal {

const KernelTable& portable_kernels(Storage storage);
#if defined(FANTASCOPE_X86_KERNELS)
const KernelTable& avx2_kernels(Storage storage);
const KernelTable& avx512_kernels(Storage storage);
const KernelTable& avx512_bf16_kernels(Storage storage);
#endif

namespace {

bool machine_has(InstructionSet set) {
#if defined(FANTASCOPE_X86_KERNELS)
  switch (set) {
    case InstructionSet::kPortable:
      return true;
    case InstructionSet::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case InstructionSet::kAvx512:
    case InstructionSet::kAvx512Bf16:  // one file, built for all of it
      return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
  }
#endif
  return set == InstructionSet::kPortable;
}

/// Intel's (Emerald Rapids was measured) do half as much arithmetic a second in dot products of pairs as in products of float32. Others
/// were not measured.
bool pairs_are_fast() {
#if defined(FANTASCOPE_X86_KERNELS)
  return !__builtin_cpu_is("intel");
#else
  return false;
#endif
}

InstructionSet& selected() {
  static InstructionSet set = machine_has(InstructionSet::kAvx512)
                                  ? (pairs_are_fast() ? InstructionSet::kAvx512Bf16 : InstructionSet::kAvx512)
                              : machine_has(InstructionSet::kAvx2) ? InstructionSet::kAvx2
                                                                   : InstructionSet::kPortable;
  return set;
}

}  // namespace

const KernelTable* kernel_table_of(InstructionSet set, Storage storage) {
  if (!machine_has(set)) return nullptr;
#if defined(FANTASCOPE_X86_KERNELS)
  if (set == InstructionSet::kAvx2) return &avx2_kernels(storage);
  if (set == InstructionSet::kAvx512) return &avx512_kernels(storage);
  if (set == InstructionSet::kAvx512Bf16) return &avx512_bf16_kernels(storage);
#endif
  return &portable_kernels(storage);
}

const KernelTable& kernel_table(Storage storage) { return *kernel_table_of(selected(), storage); }

bool select_instruction_set(InstructionSet set) {
  if (!machine_has(set)) return false;
  selected() = set;
  return true;
}

}  // namespace fantascope::ops::internal
