#include "models/ltx2/transformer.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>

#include "engine/nn/linear.h"
#include "engine/nn/timestep_embedding.h"
#include "models/ltx2/transformer_block.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr double kOutputNormEps = 1e-6;

/// What belongs to one stream outside the blocks.
struct StreamEnds {
  StreamEnds(const TransformerConfig& config, const ParameterScope& scope, bool audio);
  Linear proj_in, proj_out;
  AdaLayerNormSingle time_embed, cross_scale_shift, cross_gate;
  std::optional<AdaLayerNormSingle> prompt_adaln;
  std::optional<TextProjection> caption_projection;
  at::Tensor scale_shift_table;
};

StreamEnds::StreamEnds(const TransformerConfig& config, const ParameterScope& scope, bool audio)
    : proj_in(scope.child(audio ? "audio_proj_in" : "proj_in"), audio ? config.audio_in_channels : config.in_channels,
              audio ? config.audio_width() : config.width()),
      proj_out(scope.child(audio ? "audio_proj_out" : "proj_out"), audio ? config.audio_width() : config.width(),
               audio ? config.audio_out_channels : config.out_channels),
      time_embed(scope.child(audio ? "audio_time_embed" : "time_embed"), audio ? config.audio_width() : config.width(),
                 audio ? config.audio_num_modulations() : config.num_modulations()),
      cross_scale_shift(scope.child(audio ? "av_cross_attn_audio_scale_shift" : "av_cross_attn_video_scale_shift"),
                        audio ? config.audio_width() : config.width(), 4),
      cross_gate(scope.child(audio ? "av_cross_attn_audio_v2a_gate" : "av_cross_attn_video_a2v_gate"),
                 audio ? config.audio_width() : config.width(), 1) {
  const std::int64_t width = audio ? config.audio_width() : config.width();
  if (config.prompt_modulation() && config.use_prompt_adaln_single)
    prompt_adaln.emplace(scope.child(audio ? "audio_prompt_adaln" : "prompt_adaln"), width, 2);
  if (config.use_prompt_embeddings) {
    caption_projection.emplace(scope.child(audio ? "audio_caption_projection" : "caption_projection"), config.caption_channels, width);
  }
  scale_shift_table = scope.tensor(audio ? "audio_scale_shift_table" : "scale_shift_table", {2, width},
                                   Init::normal(1.0 / std::sqrt(static_cast<double>(width))));
}

/// LayerNorm, shift and scale by the embedded timestep, projection to latents.
at::Tensor output_layer(const StreamEnds& ends, const at::Tensor& x, const at::Tensor& embedded_timestep) {
  const at::Tensor values = ends.scale_shift_table.unsqueeze(0).unsqueeze(0) + embedded_timestep.unsqueeze(2);  // [B,T',2,D]
  return ends.proj_out.forward(layer_norm(x, kOutputNormEps) * (1 + values.select(2, 1)) + values.select(2, 0));
}

}  // namespace

struct Transformer::Parts {
  Parts(const TransformerConfig& c, const ParameterScope& scope) : config(c), video(c, scope, false), audio(c, scope, true) {
    if (c.use_keyframes_abs_pos_embedding)
      keyframes_abs_pos_embedding = scope.tensor("keyframes_abs_pos_embedding", {1, c.width()}, Init::zeros());
    blocks.reserve(static_cast<std::size_t>(c.num_layers));
    for (std::int64_t i = 0; i < c.num_layers; ++i) blocks.emplace_back(c, scope.child("transformer_blocks", i));
  }

  TransformerConfig config;
  StreamEnds video, audio;
  at::Tensor keyframes_abs_pos_embedding;
  std::vector<TransformerBlock> blocks;
};

Transformer::Transformer(const TransformerConfig& config, const ParameterScope& scope) : parts_(std::make_unique<Parts>(config, scope)) {}
Transformer::~Transformer() = default;
Transformer::Transformer(Transformer&&) noexcept = default;
Transformer& Transformer::operator=(Transformer&&) noexcept = default;

const TransformerConfig& Transformer::config() const { return parts_->config; }
bool Transformer::text_follows_sigma() const { return parts_->video.prompt_adaln || parts_->audio.prompt_adaln; }
at::ScalarType Transformer::dtype() const { return parts_->video.proj_in.weight().scalar_type(); }
at::Device Transformer::device() const { return parts_->video.proj_in.weight().device(); }

namespace {

at::Tensor by_batch(const at::Tensor& x, std::int64_t batch) { return x.view({batch, -1, x.size(-1)}); }

/// Everything of one stream that the blocks need; returns the embedded timestep for the output layer.
at::Tensor prepare_stream(const StreamEnds& ends, const TransformerConfig& config, const at::Tensor& timesteps, const at::Tensor& sigma,
                          const at::Tensor& cross_timesteps, const at::Tensor& prompt_embeds, const at::Tensor& prompt_mask,
                          std::int64_t batch, StreamCondition& condition) {
  const double gate_factor = config.cross_attn_timestep_scale_multiplier / config.timestep_scale_multiplier;
  const Modulation modulation = ends.time_embed.forward(timesteps);
  condition.temb = by_batch(modulation.parameters, batch);
  condition.cross_temb = by_batch(ends.cross_scale_shift.forward(cross_timesteps).parameters, batch);
  condition.cross_gate_temb = by_batch(ends.cross_gate.forward(cross_timesteps * gate_factor).parameters, batch);
  if (ends.prompt_adaln) condition.prompt_temb = by_batch(ends.prompt_adaln->forward(sigma).parameters, batch);
  condition.prompt_embeds_BSD = ends.caption_projection ? ends.caption_projection->forward(prompt_embeds) : prompt_embeds;
  condition.prompt_mask = additive_mask(prompt_mask, ends.proj_in.weight().scalar_type());
  return by_batch(modulation.embedded, batch);
}

}  // namespace

TransformerOutput Transformer::forward(const TransformerInput& input, const TransformerProbe& probe) const {
  const Parts& p = *parts_;
  const std::int64_t batch = input.video_BTC.size(0);
  const auto report = [&](const std::string& name, const at::Tensor& value) {
    if (probe) probe(name, value);
  };

  Streams x{p.video.proj_in.forward(input.video_BTC), p.audio.proj_in.forward(input.audio_BLC)};
  if (p.keyframes_abs_pos_embedding.defined() && input.video_keyframes_mask_BT1.defined()) {
    x.video_BTD = x.video_BTD + (input.video_keyframes_mask_BT1 > 0).to(x.video_BTD.scalar_type()) * p.keyframes_abs_pos_embedding;
  }

  BlockCondition condition;
  condition.rope = input.rope;
  condition.isolate_modalities = input.isolate_modalities;
  const at::Tensor& video_cross = input.use_cross_timestep ? input.audio_sigma_B : input.video_timesteps;
  const at::Tensor& audio_cross = input.use_cross_timestep ? input.video_sigma_B : input.audio_timesteps;
  const at::Tensor video_embedded = prepare_stream(p.video, p.config, input.video_timesteps, input.video_sigma_B, video_cross,
                                                   input.video_prompt_embeds_BSD, input.video_prompt_mask_BS, batch, condition.video);
  const at::Tensor audio_embedded = prepare_stream(p.audio, p.config, input.audio_timesteps, input.audio_sigma_B, audio_cross,
                                                   input.audio_prompt_embeds_BSD, input.audio_prompt_mask_BS, batch, condition.audio);
  if (input.video_self_attention_mask_BTT.defined()) {
    condition.video.self_mask = ((1 - input.video_self_attention_mask_BTT.to(x.video_BTD.scalar_type())) * -10000.0).unsqueeze(1);
  }
  report("time_embed.video.modulation", condition.video.temb.flatten(0, 1));
  report("time_embed.video.embedded", video_embedded.flatten(0, 1));
  report("time_embed.audio.modulation", condition.audio.temb.flatten(0, 1));
  report("time_embed.audio.embedded", audio_embedded.flatten(0, 1));

  const bool mixed_stg = input.stg_keep_B.defined();
  TextMemory* const memory = text_follows_sigma() ? nullptr : input.text_memory;
  if (memory != nullptr) {
    memory->video.resize(p.blocks.size());
    memory->audio.resize(p.blocks.size());
  }
  for (std::size_t i = 0; i < p.blocks.size(); ++i) {
    const bool perturb = p.config.perturbed_attn && std::find(input.stg_blocks.begin(), input.stg_blocks.end(),
                                                              static_cast<std::int64_t>(i)) != input.stg_blocks.end();
    condition.values_only = perturb && !mixed_stg;
    condition.keep_attention_B = perturb && mixed_stg ? input.stg_keep_B : at::Tensor();
    if (memory != nullptr) {
      condition.video.text = &memory->video[i];
      condition.audio.text = &memory->audio[i];
    }
    x = p.blocks[i].forward(x, condition);
    if (probe) {
      report("block" + std::to_string(i) + ".video", x.video_BTD);
      report("block" + std::to_string(i) + ".audio", x.audio_BLD);
    }
  }
  return {output_layer(p.video, x.video_BTD, video_embedded), output_layer(p.audio, x.audio_BLD, audio_embedded)};
}

}  // namespace fantascope::models::ltx2
