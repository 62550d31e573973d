#include "training/trainer/compute_type.h"

#include <ATen/cpu/Utils.h>

namespace fantascope::training {

at::ScalarType compute_type(c10::Device device) {
  static const bool has_matrix_units = [] {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto amx = capabilities.find("amx_bf16");
    return amx != capabilities.end() && amx->second.toBool();
  }();
  return !device.is_cpu() || has_matrix_units ? at::kBFloat16 : at::kFloat;
}

}  // namespace fantascope::training
