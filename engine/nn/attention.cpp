#include "engine/nn/attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/lerp.h>
#include <ATen/ops/sigmoid.h>

#include "engine/ops/attention.h"

namespace fantascope {

at::Tensor scaled_dot_product(const at::Tensor& q_BNTE, const at::Tensor& k_BNSE, const at::Tensor& v_BNSE, const at::Tensor& mask) {
  return ops::attention(q_BNTE, k_BNSE, v_BNSE, mask);
}

at::Tensor additive_mask(const at::Tensor& mask_BS, at::ScalarType dtype) {
  if (!mask_BS.defined()) return {};
  return ((1 - mask_BS.to(dtype)) * -10000.0).unsqueeze(1).unsqueeze(1);
}

Attention::Attention(const ParameterScope& scope, const AttentionOptions& options)
    : num_heads_(options.num_heads),
      norm_q_(scope.child("norm_q"), options.num_heads * options.head_dim, options.norm_eps),
      norm_k_(scope.child("norm_k"), options.num_heads * options.head_dim, options.norm_eps),
      to_q_(scope.child("to_q"), options.query_dim, options.num_heads * options.head_dim, options.bias),
      to_k_(scope.child("to_k"), options.context_dim, options.num_heads * options.head_dim, options.bias),
      to_v_(scope.child("to_v"), options.context_dim, options.num_heads * options.head_dim, options.bias),
      to_out_(scope.child("to_out.0"), options.num_heads * options.head_dim, options.query_dim, options.out_bias) {
  if (options.gated)
    to_gate_logits_.emplace(scope.child("to_gate_logits"), options.query_dim, options.num_heads, Bias::kYes, Init::zeros());
}

at::Tensor Attention::split_heads(const at::Tensor& x_BTD) const { return x_BTD.unflatten(2, {num_heads_, -1}).transpose(1, 2); }

at::Tensor Attention::norm_and_rotate(const at::Tensor& x_BTD, const FusedRmsNorm& norm, const RopeTable* rope) const {
  const bool dealt_to_heads = rope != nullptr && rope->type == RopeType::kSplit && rope->cos.size(1) == num_heads_;
  if (rope != nullptr && !dealt_to_heads) return split_heads(apply_rope(norm.forward(x_BTD), *rope));
  const at::Tensor none;
  return ops::norm_rope_heads(x_BTD, norm.weight(), rope == nullptr ? none : rope->cos, rope == nullptr ? none : rope->sin, num_heads_,
                              norm.eps());
}

at::Tensor Attention::forward(const at::Tensor& x_BTD, const at::Tensor& context_BSD, const AttentionExtras& extras) const {
  const at::Tensor& context = context_BSD.defined() ? context_BSD : x_BTD;
  const bool known = extras.kept != nullptr && extras.kept->defined();
  const at::Tensor v_BSD = known ? extras.kept->v_BSD : to_v_.forward(context);
  at::Tensor out = v_BSD;
  if (!extras.values_only) {
    const RopeTable* key_rope = extras.key_rope != nullptr ? extras.key_rope : extras.query_rope;
    const at::Tensor q = norm_and_rotate(to_q_.forward(x_BTD), norm_q_, extras.query_rope);
    const at::Tensor k = known ? extras.kept->k_BNSE : norm_and_rotate(to_k_.forward(context), norm_k_, key_rope);
    if (extras.kept != nullptr) *extras.kept = {k, v_BSD};
    out = scaled_dot_product(q, k, split_heads(v_BSD), extras.mask).transpose(1, 2).flatten(2);
    if (extras.keep_attention_B.defined()) {
      out = at::lerp(v_BSD, out, extras.keep_attention_B.to(out.scalar_type()).view({-1, 1, 1}));
    }
  }
  if (to_gate_logits_) {
    // Twice the sigmoid, so that logits of zero leave the attention as it is.
    const at::Tensor gates = 2.0 * at::sigmoid(to_gate_logits_->forward(x_BTD));
    out = (out.unflatten(2, {num_heads_, -1}) * gates.unsqueeze(-1)).flatten(2);
  }
  return to_out_.forward(out);
}

}  // namespace fantascope
