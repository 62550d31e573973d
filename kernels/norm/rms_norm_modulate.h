#pragma once
/// out[r,:] = x[r,:] * rsqrt(mean(x[r,:]^2) + eps) * (1 + scale) + shift. Sums in fp32, rounded once, whatever the dtype.
#include "kernels/status.h"

namespace fantascope::kernels {

/// Vectors of width dim, one for every `rows_per_vector` rows, `stride` elements apart. Null data: none.
struct RowVectors {
  const void* data = nullptr;
  std::int64_t stride = 0, rows_per_vector = 1;
};

struct RmsNormModulateArgs {
  const void* x = nullptr;  ///< [rows, dim], row-major
  RowVectors scale, shift;
  void* out = nullptr;  ///< [rows, dim]; may be x
  std::int64_t rows = 0, dim = 0;
  float eps = 1e-6F;
  DType dtype = DType::kBFloat16;
};
[[nodiscard]] Status rms_norm_modulate(const RmsNormModulateArgs& args, void* stream);

}  // namespace fantascope::kernels
