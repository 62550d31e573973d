#pragma once
/// What a request says of devices and number formats, as LibTorch has it. Needs no CUDA to compile: a build or a machine without it says
/// so.
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <string>

#include "engine/base/result.h"
#include "engine/runtime/generation.h"

namespace fantascope {

/// "cpu", "cuda", "cuda:1" to the device that tensors live on; kUnsupported where this build has no such backend or the machine no such
/// device.
Result<c10::Device> find_device(const std::string& name);

c10::ScalarType scalar_type(DType dtype);

}  // namespace fantascope
