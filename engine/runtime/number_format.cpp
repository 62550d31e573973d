#include "engine/runtime/number_format.h"

#include <ATen/Version.h>
#include <ATen/cpu/Utils.h>

#include "engine/runtime/host_memory.h"

namespace fantascope {

const char* name(DType dtype) { return dtype == DType::kFloat32 ? "fp32" : "bf16"; }

DType dtype_named(const std::string& text) { return text == name(DType::kFloat32) ? DType::kFloat32 : DType::kBFloat16; }

Bf16Units bf16_units() {
  static const Bf16Units units = [] {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto has = [&](const char* what) {
      const auto found = capabilities.find(what);
      return found != capabilities.end() && found->second.toBool();
    };
    if (at::get_cpu_capability() != "AVX512") return Bf16Units::kNone;
    if (has("amx_bf16")) return Bf16Units::kMatrices;
    return has("avx512_bf16") ? Bf16Units::kDotProducts : Bf16Units::kNone;
  }();
  return units;
}

DType fast_dtype(const std::string& device, Bf16Units units, std::uint64_t weights_bytes, std::uint64_t memory_bytes) {
  const bool slow = device == "cpu" && units == Bf16Units::kNone;
  const bool wide_ones_fit = 2 * weights_bytes <= memory_bytes / 2;  // files hold two bytes a weight, or four that fit all the more
  return slow && wide_ones_fit ? DType::kFloat32 : DType::kBFloat16;
}

DType fast_dtype(const std::string& device, std::uint64_t weights_bytes) {
  return fast_dtype(device, bf16_units(), weights_bytes, total_memory());
}

}  // namespace fantascope
