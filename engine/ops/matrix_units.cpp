#include "engine/ops/matrix_units.h"

#include <ATen/Version.h>
#include <ATen/cpu/Utils.h>

namespace fantascope {

bool has_bf16_matrix_units() {
  static const bool has_them = [] {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto amx = capabilities.find("amx_bf16");
    return amx != capabilities.end() && amx->second.toBool() && at::get_cpu_capability() == "AVX512";
  }();
  return has_them;
}

}  // namespace fantascope
