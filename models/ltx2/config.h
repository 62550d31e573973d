#pragma once
/// Config of this family's transformer as its folder holds it (config.json). Keys that are missing take the default of the published
/// class, which is not always the published value; numbers outside what any sane checkpoint holds are refused, since they size buffers.
#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <string>

#include "engine/base/result.h"
#include "engine/nn/rope_type.h"

namespace fantascope::models::ltx2 {

/// LTX2VideoTransformer3DModel. Widths are of tokens; a patch is one latent element.
struct TransformerConfig {
  std::int64_t in_channels = 128, out_channels = 128;
  std::int64_t num_heads = 32, head_dim = 128, cross_attention_dim = 4096;
  std::array<std::int64_t, 3> vae_scale_factors = {8, 32, 32};  ///< time, height, width
  std::int64_t max_time_s = 20, base_height = 2048, base_width = 2048;
  bool gated_attn = false, cross_attn_mod = false;

  std::int64_t audio_in_channels = 128, audio_out_channels = 128;
  std::int64_t audio_num_heads = 32, audio_head_dim = 64, audio_cross_attention_dim = 2048;
  std::int64_t audio_scale_factor = 4, audio_max_time_s = 20, audio_sampling_rate = 16000, audio_hop_length = 160;
  bool audio_gated_attn = false, audio_cross_attn_mod = false;

  std::int64_t num_layers = 48;
  bool gelu_tanh = true;
  bool norm_affine = false;
  double norm_eps = 1e-6;
  std::int64_t caption_channels = 3840;
  bool attention_bias = true, attention_out_bias = true;
  double rope_theta = 10000.0;
  bool rope_double_precision = true;
  RopeType rope_type = RopeType::kInterleaved;
  std::int64_t causal_offset = 1;
  double timestep_scale_multiplier = 1000, cross_attn_timestep_scale_multiplier = 1000;
  bool use_prompt_embeddings = true;  ///< the captions are projected here (2.0) and not in the connectors
  bool perturbed_attn = false;        ///< blocks can skip their self-attention
  bool ff_bias = true, audio_ff_bias = true;
  bool use_prompt_adaln_single = true;  ///< the modulation of the text follows sigma
  bool use_keyframes_abs_pos_embedding = false;

  std::int64_t width() const { return num_heads * head_dim; }
  std::int64_t audio_width() const { return audio_num_heads * audio_head_dim; }
  std::int64_t num_modulations() const { return cross_attn_mod ? 9 : 6; }
  std::int64_t audio_num_modulations() const { return audio_cross_attn_mod ? 9 : 6; }
  bool prompt_modulation() const { return cross_attn_mod || audio_cross_attn_mod; }

  /// `subject` names the file in errors.
  static Result<TransformerConfig> from_json(const nlohmann::json& json, const std::string& subject = "transformer/config.json");
  nlohmann::json to_json() const;  ///< the published keys, all of them
};

}  // namespace fantascope::models::ltx2
