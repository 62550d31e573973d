#include "engine/runtime/number_format.h"

#include "engine/ops/matrix_units.h"
#include "engine/runtime/host_memory.h"

namespace fantascope {

const char* name(DType dtype) { return dtype == DType::kFloat32 ? "fp32" : "bf16"; }

DType dtype_named(const std::string& text) { return text == name(DType::kFloat32) ? DType::kFloat32 : DType::kBFloat16; }

DType fast_dtype(const std::string& device, bool bf16_matrix_units, std::uint64_t weights_bytes, std::uint64_t memory_bytes) {
  const bool wide_ones_fit = 2 * weights_bytes <= memory_bytes / 2;  // files hold two bytes a weight, or four that fit all the more
  return device == "cpu" && !bf16_matrix_units && wide_ones_fit ? DType::kFloat32 : DType::kBFloat16;
}

DType fast_dtype(const std::string& device, std::uint64_t weights_bytes) {
  return fast_dtype(device, has_bf16_matrix_units(), weights_bytes, total_memory());
}

}  // namespace fantascope
