#pragma once
/// Which number format matrix products are fastest in.
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

namespace fantascope::training {

/// bfloat16 on a GPU and on processors with matrix units for it, float32 elsewhere (engine/runtime/number_format.h). Thread-safe.
at::ScalarType compute_type(c10::Device device);

}  // namespace fantascope::training
