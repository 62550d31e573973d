#include "engine/ops/reference.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/scaled_dot_product_attention.h>

namespace fantascope::ops::reference {

at::Tensor rms_norm_modulate(const at::Tensor& x_BTD, const at::Tensor& scale, const at::Tensor& shift, double eps) {
  const at::Tensor wide = x_BTD.to(at::kFloat);
  at::Tensor y = (wide * at::rsqrt(wide.pow(2).mean(-1, /*keepdim=*/true) + eps)).to(x_BTD.scalar_type());
  if (scale.defined()) y = y * (1 + scale);
  return shift.defined() ? y + shift : y;
}

at::Tensor gated_add(const at::Tensor& x_BTD, const at::Tensor& y_BTD, const at::Tensor& gate) { return x_BTD + y_BTD * gate; }

at::Tensor gelu_tanh(const at::Tensor& x) { return at::gelu(x, "tanh"); }

at::Tensor norm_rope_heads(const at::Tensor& x_BTD, const at::Tensor& weight_D, const at::Tensor& cos, const at::Tensor& sin,
                           std::int64_t num_heads, double eps) {
  const at::Tensor x_BNTE = at::rms_norm(x_BTD, {x_BTD.size(-1)}, weight_D, eps).unflatten(2, {num_heads, -1}).transpose(1, 2);
  if (!cos.defined()) return x_BNTE.contiguous();
  const at::Tensor wide = x_BNTE.to(at::kFloat);
  const std::int64_t half = wide.size(-1) / 2;
  const at::Tensor first = wide.narrow(-1, 0, half), second = wide.narrow(-1, half, half);
  const at::Tensor turned = at::cat({at::addcmul(first * cos, second, sin, /*value=*/-1), at::addcmul(second * cos, first, sin)}, -1);
  return turned.to(x_BTD.scalar_type());
}

at::Tensor attention(const at::Tensor& q_BNTE, const at::Tensor& k_BNSE, const at::Tensor& v_BNSE, const at::Tensor& mask) {
  if (!mask.defined()) return at::scaled_dot_product_attention(q_BNTE, k_BNSE, v_BNSE);
  return at::scaled_dot_product_attention(q_BNTE, k_BNSE, v_BNSE, mask);
}

}  // namespace fantascope::ops::reference
