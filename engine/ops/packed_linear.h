#pragma once
/// Linear layers on weights that are laid out once for the machine instead of at every call: for its matrix units, or without such units in
/// float32, which it multiplies faster than bfloat16. CPU, bfloat16, without gradients; the reference is at::linear, which the result
/// equals up to the order of summing.
#include <ATen/core/Tensor.h>

namespace fantascope::ops {

/// `weight` [out,in] laid out anew, or undefined where that does not help or cannot be: other dtypes and devices, weights so large that a
/// second copy of them would be felt.
at::Tensor pack_linear_weight(const at::Tensor& weight);
/// x W^T + b with a packed W. bias may be undefined. Call without gradients.
at::Tensor packed_linear(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias);

}  // namespace fantascope::ops
