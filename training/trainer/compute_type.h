#pragma once
/// Which number format matrix products are fastest in.
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

namespace fantascope::training {

/// bfloat16 on a GPU and on processors with matrix units for it (AMX: about four times as fast as float32); float32 elsewhere, where
/// bfloat16 is slower (AVX-512 without AMX: 0.6 times as fast). Thread-safe.
at::ScalarType compute_type(c10::Device device);

}  // namespace fantascope::training
