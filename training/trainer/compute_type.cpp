#include "training/trainer/compute_type.h"

#include "engine/ops/matrix_units.h"

namespace fantascope::training {

at::ScalarType compute_type(c10::Device device) { return !device.is_cpu() || has_bf16_matrix_units() ? at::kBFloat16 : at::kFloat; }

}  // namespace fantascope::training
