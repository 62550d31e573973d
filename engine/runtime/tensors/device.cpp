#include "engine/runtime/tensors/device.h"

#include <ATen/Context.h>
#include <c10/core/DeviceType.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <charconv>

namespace fantascope {
namespace {

Error no_device(const std::string& message, const std::string& name, const std::string& allowed, const std::string& hint) {
  return {ErrorCode::kUnsupported, message, "device", name, allowed, hint};
}

}  // namespace

Result<c10::Device> find_device(const std::string& name) {
  if (name == "cpu") return c10::Device(c10::DeviceType::CPU);
  // A device of a library that was linked besides (c10's PrivateUse1); only tests bring one today.
  if (c10::is_privateuse1_backend_registered() && name == c10::get_privateuse1_backend())
    return c10::Device(c10::DeviceType::PrivateUse1, 0);
  int index = 0;
  const char *const begin = name.data(), *const end = begin + name.size();
  const bool numbered = name.starts_with("cuda:") && name.size() > 5;
  if (name != "cuda" && !(numbered && std::from_chars(begin + 5, end, index).ptr == end && index >= 0 && index < 128))
    return no_device("There is no such kind of device", name, "cpu, cuda or cuda:N", "");
  if (!c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA))
    return no_device("This build computes on the CPU only", name, "cpu", "Leave --device out, or build the preset cuda.");
  const int count = c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA)->deviceCount();
  if (index >= count)
    return no_device("This machine has no such CUDA device", name, count == 0 ? "cpu" : "cuda:0 to cuda:" + std::to_string(count - 1),
                     "Check that the driver is loaded (nvidia-smi).");
  // cuDNN would round float32 convolutions to 10 bits of mantissa by itself: float32 here is what the reference is held to.
  at::globalContext().setAllowTF32CuDNN(false);
  return c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(index));
}

c10::ScalarType scalar_type(DType dtype) { return dtype == DType::kFloat32 ? c10::ScalarType::Float : c10::ScalarType::BFloat16; }

}  // namespace fantascope
