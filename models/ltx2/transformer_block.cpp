#include "models/ltx2/transformer_block.h"

#include <ATen/TensorOperators.h>

#include <cmath>
#include <string>

#include "engine/ops/modulation.h"

namespace fantascope::models::ltx2 {
namespace {

AttentionOptions attention_options(const TransformerConfig& config, std::int64_t query_dim, std::int64_t context_dim, bool audio_heads,
                                   bool gated) {
  AttentionOptions options;
  options.query_dim = query_dim;
  options.context_dim = context_dim;
  options.num_heads = audio_heads ? config.audio_num_heads : config.num_heads;
  options.head_dim = audio_heads ? config.audio_head_dim : config.head_dim;
  options.bias = config.attention_bias ? Bias::kYes : Bias::kNo;
  options.out_bias = config.attention_out_bias ? Bias::kYes : Bias::kNo;
  options.gated = gated;
  return options;
}

/// The modulation vectors of one table: table [n,D] + temb [B,T',n*D] -> n tensors [B,T',D].
std::vector<at::Tensor> modulation(const at::Tensor& table, const at::Tensor& temb) {
  return (table.unsqueeze(0).unsqueeze(0) + temb.unflatten(2, {table.size(0), -1})).unbind(2);
}

at::Tensor modulated(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift) { return x * (1 + scale) + shift; }

}  // namespace

// Layers of the two streams differ in the prefix of their names, and cross-modal ones are named for the direction.
TransformerBlock::Stream::Stream(const TransformerConfig& config, const ParameterScope& scope, bool audio)
    : norm1(scope.child(audio ? "audio_norm1" : "norm1"), audio ? config.audio_width() : config.width(), config.norm_eps,
            config.norm_affine ? Affine::kYes : Affine::kNo),
      norm2(scope.child(audio ? "audio_norm2" : "norm2"), audio ? config.audio_width() : config.width(), config.norm_eps,
            config.norm_affine ? Affine::kYes : Affine::kNo),
      norm3(scope.child(audio ? "audio_norm3" : "norm3"), audio ? config.audio_width() : config.width(), config.norm_eps,
            config.norm_affine ? Affine::kYes : Affine::kNo),
      cross_norm(scope.child(audio ? "video_to_audio_norm" : "audio_to_video_norm"), audio ? config.audio_width() : config.width(),
                 config.norm_eps, config.norm_affine ? Affine::kYes : Affine::kNo),
      attn1(scope.child(audio ? "audio_attn1" : "attn1"),
            attention_options(config, audio ? config.audio_width() : config.width(), audio ? config.audio_width() : config.width(), audio,
                              audio ? config.audio_gated_attn : config.gated_attn)),
      attn2(scope.child(audio ? "audio_attn2" : "attn2"),
            attention_options(config, audio ? config.audio_width() : config.width(),
                              audio ? config.audio_cross_attention_dim : config.cross_attention_dim, audio,
                              audio ? config.audio_gated_attn : config.gated_attn)),
      cross_attn(scope.child(audio ? "video_to_audio_attn" : "audio_to_video_attn"),
                 attention_options(config, audio ? config.audio_width() : config.width(), audio ? config.width() : config.audio_width(),
                                   /*audio_heads=*/true, audio ? config.audio_gated_attn : config.gated_attn)),
      ff(scope.child(audio ? "audio_ff" : "ff"), audio ? config.audio_width() : config.width(),
         config.gelu_tanh ? Gelu::kTanh : Gelu::kExact, (audio ? config.audio_ff_bias : config.ff_bias) ? Bias::kYes : Bias::kNo),
      text_query_modulated(audio ? config.audio_cross_attn_mod : config.cross_attn_mod) {
  const std::int64_t width = audio ? config.audio_width() : config.width();
  const std::string prefix = audio ? "audio_" : "";
  const Init table_init = Init::normal(1.0 / std::sqrt(static_cast<double>(width)));
  scale_shift_table =
      scope.tensor(prefix + "scale_shift_table", {audio ? config.audio_num_modulations() : config.num_modulations(), width}, table_init);
  if (config.prompt_modulation()) prompt_scale_shift_table = scope.tensor(prefix + "prompt_scale_shift_table", {2, width}, table_init);
  cross_scale_shift_table =
      scope.tensor(audio ? "audio_a2v_cross_attn_scale_shift_table" : "video_a2v_cross_attn_scale_shift_table", {5, width}, table_init);
}

TransformerBlock::TransformerBlock(const TransformerConfig& config, const ParameterScope& scope)
    : video_(config, scope, /*audio=*/false), audio_(config, scope, /*audio=*/true) {}

at::Tensor TransformerBlock::self_attention(const Stream& s, const at::Tensor& x, const std::vector<at::Tensor>& mod,
                                            const StreamCondition& c, const BlockCondition& block, const RopeTable& rope) {
  AttentionExtras extras;
  extras.query_rope = &rope;
  extras.mask = c.self_mask;
  extras.values_only = block.values_only;
  extras.keep_attention_B = block.keep_attention_B;
  const at::Tensor normed = s.norm1.forward_modulated(x, mod[1], mod[0]);
  return ops::gated_add(x, s.attn1.forward(normed, {}, extras), mod[2]);
}

at::Tensor TransformerBlock::text_attention(const Stream& s, const at::Tensor& x, const std::vector<at::Tensor>& mod,
                                            const StreamCondition& c) {
  AttentionExtras extras;
  extras.mask = c.prompt_mask;
  extras.kept = c.text;
  const at::Tensor query = s.text_query_modulated ? s.norm2.forward_modulated(x, mod[7], mod[6]) : s.norm2.forward(x);
  at::Tensor text = c.prompt_embeds_BSD;
  if (s.prompt_scale_shift_table.defined() && !(c.text != nullptr && c.text->defined())) {
    const std::vector<at::Tensor> prompt_mod = c.prompt_temb.defined() ? modulation(s.prompt_scale_shift_table, c.prompt_temb)
                                                                       : s.prompt_scale_shift_table.unsqueeze(0).unsqueeze(0).unbind(2);
    text = modulated(text, prompt_mod[1], prompt_mod[0]);
  }
  const at::Tensor answer = s.attn2.forward(query, text, extras);
  return s.text_query_modulated ? ops::gated_add(x, answer, mod[8]) : x + answer;
}

at::Tensor TransformerBlock::feed_forward(const Stream& s, const at::Tensor& x, const std::vector<at::Tensor>& mod) {
  return ops::gated_add(x, s.ff.forward(s.norm3.forward_modulated(x, mod[4], mod[3])), mod[5]);
}

// Both directions read the streams as they were before either is updated.
Streams TransformerBlock::cross_modal(const Streams& in, const BlockCondition& condition) const {
  const auto video_mod = modulation(video_.cross_scale_shift_table.narrow(0, 0, 4), condition.video.cross_temb);
  const auto audio_mod = modulation(audio_.cross_scale_shift_table.narrow(0, 0, 4), condition.audio.cross_temb);
  const at::Tensor to_video_gate = modulation(video_.cross_scale_shift_table.narrow(0, 4, 1), condition.video.cross_gate_temb)[0];
  const at::Tensor to_audio_gate = modulation(audio_.cross_scale_shift_table.narrow(0, 4, 1), condition.audio.cross_gate_temb)[0];

  AttentionExtras to_video, to_audio;
  to_video.query_rope = to_audio.key_rope = &condition.rope->cross_video;
  to_video.key_rope = to_audio.query_rope = &condition.rope->cross_audio;
  // Rows of both tables: scale and shift for sound to picture, scale and shift for picture to sound, gate.
  const at::Tensor heard =
      video_.cross_attn.forward(video_.cross_norm.forward_modulated(in.video_BTD, video_mod[0], video_mod[1]),
                                audio_.cross_norm.forward_modulated(in.audio_BLD, audio_mod[0], audio_mod[1]), to_video);
  const at::Tensor seen =
      audio_.cross_attn.forward(audio_.cross_norm.forward_modulated(in.audio_BLD, audio_mod[2], audio_mod[3]),
                                video_.cross_norm.forward_modulated(in.video_BTD, video_mod[2], video_mod[3]), to_audio);
  return {ops::gated_add(in.video_BTD, heard, to_video_gate), ops::gated_add(in.audio_BLD, seen, to_audio_gate)};
}

Streams TransformerBlock::forward(const Streams& in, const BlockCondition& condition) const {
  const auto video_mod = modulation(video_.scale_shift_table, condition.video.temb);
  const auto audio_mod = modulation(audio_.scale_shift_table, condition.audio.temb);
  Streams x;
  x.video_BTD = self_attention(video_, in.video_BTD, video_mod, condition.video, condition, condition.rope->video);
  x.audio_BLD = self_attention(audio_, in.audio_BLD, audio_mod, condition.audio, condition, condition.rope->audio);
  x.video_BTD = text_attention(video_, x.video_BTD, video_mod, condition.video);
  x.audio_BLD = text_attention(audio_, x.audio_BLD, audio_mod, condition.audio);
  if (!condition.isolate_modalities) x = cross_modal(x, condition);
  x.video_BTD = feed_forward(video_, x.video_BTD, video_mod);
  x.audio_BLD = feed_forward(audio_, x.audio_BLD, audio_mod);
  return x;
}

}  // namespace fantascope::models::ltx2
