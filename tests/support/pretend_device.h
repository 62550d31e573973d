#pragma once
/// A device that is none: its tensors lie in ordinary memory under LibTorch's PrivateUse1 key, every operation is done by the CPU, and one
/// whose tensors lie on different devices is refused, as a GPU refuses it. So code for another device runs, with values, without one.
#include <c10/core/Device.h>

#include <string>

namespace fantascope::testing {

c10::Device pretend_device();
/// What the engine's options call it.
inline constexpr const char* pretend_device_name() { return "pretend"; }
/// The device that tests of other devices use: this one, or what FANTASCOPE_TEST_DEVICE says ("cuda" on a machine that has it).
std::string other_device_name();

}  // namespace fantascope::testing
