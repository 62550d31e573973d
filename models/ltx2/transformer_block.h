#pragma once
/// One block of the transformer: self-attention, text, sound to picture and back, feed forward; video and audio side by side.
#include <ATen/core/Tensor.h>

#include <optional>

#include "engine/nn/attention.h"
#include "engine/nn/feed_forward.h"
#include "engine/nn/norms.h"
#include "engine/nn/parameter_scope.h"
#include "models/ltx2/config.h"
#include "models/ltx2/transformer_positions.h"

namespace fantascope::models::ltx2 {

/// One stream's share of what all blocks get. T' is 1 or the number of tokens; n counts modulation vectors.
struct StreamCondition {
  at::Tensor temb;             ///< [B,T',n*D]: shift, scale, gate of attention and of feed forward, and of the text query
  at::Tensor cross_temb;       ///< [B,T',4*D]: scale, shift as query of the other stream, scale, shift as its context
  at::Tensor cross_gate_temb;  ///< [B,T',D]
  at::Tensor prompt_temb;      ///< [B,1,2*D]: shift, scale of the text; undefined: the table alone
  at::Tensor prompt_embeds_BSD;
  at::Tensor prompt_mask;      ///< additive or undefined
  at::Tensor self_mask;        ///< additive or undefined
  KeysValues* text = nullptr;  ///< of this block, where the text is the same at every step; null: not kept
};

struct BlockCondition {
  StreamCondition video, audio;
  const RopeTables* rope = nullptr;
  bool isolate_modalities = false;
  bool values_only = false;     ///< self-attention of every batch element returns its values
  at::Tensor keep_attention_B;  ///< mixed batches; undefined: all as values_only says
};

struct Streams {
  at::Tensor video_BTD, audio_BLD;
};

class TransformerBlock {
 public:
  TransformerBlock(const TransformerConfig& config, const ParameterScope& scope);
  Streams forward(const Streams& in, const BlockCondition& condition) const;

 private:
  /// The layers that both streams have alike, with the names of one of them.
  struct Stream {
    Stream(const TransformerConfig& config, const ParameterScope& scope, bool audio);
    RmsNorm norm1, norm2, norm3, cross_norm;
    Attention attn1, attn2;
    Attention cross_attn;  ///< this stream asks, the other answers
    FeedForward ff;
    at::Tensor scale_shift_table, prompt_scale_shift_table, cross_scale_shift_table;
    bool text_query_modulated;
  };
  static at::Tensor self_attention(const Stream& s, const at::Tensor& x, const std::vector<at::Tensor>& mod, const StreamCondition& c,
                                   const BlockCondition& block, const RopeTable& rope);
  static at::Tensor text_attention(const Stream& s, const at::Tensor& x, const std::vector<at::Tensor>& mod, const StreamCondition& c);
  static at::Tensor feed_forward(const Stream& s, const at::Tensor& x, const std::vector<at::Tensor>& mod);
  Streams cross_modal(const Streams& in, const BlockCondition& condition) const;

  Stream video_, audio_;
};

}  // namespace fantascope::models::ltx2
