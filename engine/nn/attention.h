#pragma once
/// Multi-head attention as the joint audio-video transformers use it: RMS norm of q and k over all heads together, optional rotary
/// embedding with separate tables for queries and keys, optional gate per head, optional skipping of the attention itself.
/// Tensor names: to_q, to_k, to_v, norm_q, norm_k, to_out.0, to_gate_logits.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "engine/nn/linear.h"
#include "engine/nn/norms.h"
#include "engine/nn/rope.h"

namespace fantascope {

/// softmax(q k^T / sqrt(E) + mask) v for q_BNTE, k and v [B,N,S,E]. mask: undefined or added to the logits, broadcastable to [B,N,T,S].
at::Tensor scaled_dot_product(const at::Tensor& q_BNTE, const at::Tensor& k_BNSE, const at::Tensor& v_BNSE, const at::Tensor& mask = {});

/// Additive mask [B,1,1,S] in `dtype` from a mask [B,S] of ones (attend) and zeros: (1 - mask) * -10000. Undefined stays undefined.
at::Tensor additive_mask(const at::Tensor& mask_BS, at::ScalarType dtype);

struct AttentionOptions {
  std::int64_t query_dim = 0;
  std::int64_t context_dim = 0;  ///< width of what keys and values are made of
  std::int64_t num_heads = 0, head_dim = 0;
  Bias bias = Bias::kYes, out_bias = Bias::kYes;
  bool gated = false;
  double norm_eps = 1e-6;
};

/// Keys and values of a context that stays the same over many calls.
struct KeysValues {
  at::Tensor k_BNSE;  ///< normed and rotated
  at::Tensor v_BSD;
  bool defined() const { return v_BSD.defined(); }
};

/// What a call may add; tensors left undefined are not used.
struct AttentionExtras {
  const RopeTable* query_rope = nullptr;
  const RopeTable* key_rope = nullptr;  ///< null: the queries' table
  at::Tensor mask;                      ///< additive, broadcastable to [B,N,T,S]
  bool values_only = false;             ///< the attention returns the value projection itself; gate and to_out still apply
  KeysValues* kept = nullptr;           ///< filled by the first call and used instead of the context by later ones
  at::Tensor keep_attention_B;          ///< per batch element: 1 attention, 0 values only, between: interpolated
};

class Attention {
 public:
  Attention(const ParameterScope& scope, const AttentionOptions& options);
  /// x_BTD [B,T,query_dim]; context_BSD [B,S,context_dim], undefined for self-attention. Returns [B,T,query_dim].
  at::Tensor forward(const at::Tensor& x_BTD, const at::Tensor& context_BSD = {}, const AttentionExtras& extras = {}) const;

 private:
  at::Tensor split_heads(const at::Tensor& x_BTD) const;                                                       // [B,N,T,E]
  at::Tensor norm_and_rotate(const at::Tensor& x_BTD, const FusedRmsNorm& norm, const RopeTable* rope) const;  // [B,N,T,E]

  std::int64_t num_heads_;
  FusedRmsNorm norm_q_, norm_k_;
  Linear to_q_, to_k_, to_v_, to_out_;
  std::optional<Linear> to_gate_logits_;
};

}  // namespace fantascope
