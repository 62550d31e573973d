#pragma once
/// "cpu", "cuda", "cuda:1" to the device that tensors live on. Needs no CUDA to compile: a build or a machine without it says so.
#include <c10/core/Device.h>

#include <string>

#include "engine/base/result.h"

namespace fantascope {

/// kUnsupported where this build has no such backend or the machine no such device.
Result<c10::Device> find_device(const std::string& name);

}  // namespace fantascope
