#pragma once
/// What every kernel call answers, and the number formats they take. Kernels know raw pointers, sizes and a stream; no tensor library.
#include <cstdint>

namespace fantascope::kernels {

enum class Status {
  kOk,
  kUnavailable,  // a build without CUDA (kernels/unavailable)
  kUnsupported,  // said before any launch: sizes, alignment or a device that the kernel is not made for; take the reference
  kLaunchFailed,
};

enum class DType { kFloat32, kBFloat16 };

/// Whether this build has kernels and the process sees a device for them.
bool available();

}  // namespace fantascope::kernels
