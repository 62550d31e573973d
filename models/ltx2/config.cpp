#include "models/ltx2/config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/json_fields.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr std::int64_t kMaxWidth = 65536;
constexpr std::int64_t kMaxHeads = 1024;
constexpr std::int64_t kMaxLayers = 1024;
constexpr std::int64_t kMaxPosition = 1 << 24;

/// Rules between fields: what every single value allows and the network cannot be built from.
void refuse_contradictions(const TransformerConfig& c, JsonFields& fields) {
  if (c.width() > kMaxWidth || c.audio_width() > kMaxWidth) {
    fields.refuse("num_attention_heads", "times attention_head_dim: value outside 1…65536",
                  std::to_string(std::max(c.width(), c.audio_width())), "1…65536");
  }
  // Rotary pairs lie within heads: an odd head, or a table that cannot be dealt to the heads, has no rotation.
  const bool split = c.rope_type == RopeType::kSplit;
  const auto rotatable = [&](std::int64_t dim, std::int64_t heads) { return dim % 2 == 0 && (!split || dim % (2 * heads) == 0); };
  if (!rotatable(c.width(), c.num_heads) || !rotatable(c.audio_width(), c.audio_num_heads)) {
    fields.refuse("attention_head_dim", "must be even for rotary embedding",
                  std::to_string(c.head_dim) + " and " + std::to_string(c.audio_head_dim), "even numbers");
  }
  if (!rotatable(c.audio_cross_attention_dim, c.num_heads)) {
    fields.refuse("audio_cross_attention_dim", "must be a multiple of twice num_attention_heads",
                  std::to_string(c.audio_cross_attention_dim), "a multiple of " + std::to_string(2 * c.num_heads));
  }
  if (c.audio_cross_attention_dim != c.audio_width()) {
    fields.refuse("audio_cross_attention_dim", "must be the width of the audio stream", std::to_string(c.audio_cross_attention_dim),
                  std::to_string(c.audio_width()));
  }
  // Keys and values of the text are as wide as cross_attention_dim says; the captions projected here come out as wide as the stream.
  // The modulation of the text is that wide too.
  if ((c.use_prompt_embeddings || c.prompt_modulation()) && c.cross_attention_dim != c.width()) {
    fields.refuse("cross_attention_dim", "must be the width of the video stream", std::to_string(c.cross_attention_dim),
                  std::to_string(c.width()));
  }
}

}  // namespace

Result<TransformerConfig> TransformerConfig::from_json(const nlohmann::json& json, const std::string& subject) {
  JsonFields fields(json, subject);
  TransformerConfig c;
  c.in_channels = fields.integer("in_channels", 128, 1, kMaxWidth);
  c.out_channels = fields.integer("out_channels", json.contains("out_channels") ? c.in_channels : 128, 1, kMaxWidth);
  c.num_heads = fields.integer("num_attention_heads", 32, 1, kMaxHeads);
  c.head_dim = fields.integer("attention_head_dim", 128, 1, 1024);
  c.cross_attention_dim = fields.integer("cross_attention_dim", 4096, 1, kMaxWidth);
  const auto factors = fields.integers("vae_scale_factors", std::vector<std::int64_t>{8, 32, 32}, 3, 1, 1024);
  if (factors.size() == 3) std::copy(factors.begin(), factors.end(), c.vae_scale_factors.begin());
  if (factors.size() != 3)
    fields.refuse("vae_scale_factors", "must be three numbers: time, height, width", std::to_string(factors.size()), "3");
  c.max_time_s = fields.integer("pos_embed_max_pos", 20, 1, kMaxPosition);
  c.base_height = fields.integer("base_height", 2048, 1, kMaxPosition);
  c.base_width = fields.integer("base_width", 2048, 1, kMaxPosition);
  c.gated_attn = fields.flag("gated_attn", false);
  c.cross_attn_mod = fields.flag("cross_attn_mod", false);

  c.audio_in_channels = fields.integer("audio_in_channels", 128, 1, kMaxWidth);
  c.audio_out_channels =
      fields.integer("audio_out_channels", json.contains("audio_out_channels") ? c.audio_in_channels : 128, 1, kMaxWidth);
  c.audio_num_heads = fields.integer("audio_num_attention_heads", 32, 1, kMaxHeads);
  c.audio_head_dim = fields.integer("audio_attention_head_dim", 64, 1, 1024);
  c.audio_cross_attention_dim = fields.integer("audio_cross_attention_dim", 2048, 1, kMaxWidth);
  c.audio_scale_factor = fields.integer("audio_scale_factor", 4, 1, 1024);
  c.audio_max_time_s = fields.integer("audio_pos_embed_max_pos", 20, 1, kMaxPosition);
  c.audio_sampling_rate = fields.integer("audio_sampling_rate", 16000, 1, kMaxPosition);
  c.audio_hop_length = fields.integer("audio_hop_length", 160, 1, kMaxPosition);
  c.audio_gated_attn = fields.flag("audio_gated_attn", false);
  c.audio_cross_attn_mod = fields.flag("audio_cross_attn_mod", false);

  c.num_layers = fields.integer("num_layers", 48, 1, kMaxLayers);
  c.norm_affine = fields.flag("norm_elementwise_affine", false);
  c.norm_eps = fields.number("norm_eps", 1e-6, 0, 1);
  c.caption_channels = fields.integer("caption_channels", 3840, 1, kMaxWidth);
  c.attention_bias = fields.flag("attention_bias", true);
  c.attention_out_bias = fields.flag("attention_out_bias", true);
  c.rope_theta = fields.number("rope_theta", 10000.0, 1, 1e12);
  c.rope_double_precision = fields.flag("rope_double_precision", true);
  c.causal_offset = fields.integer("causal_offset", 1, 0, 1024);
  c.timestep_scale_multiplier = fields.number("timestep_scale_multiplier", 1000, 1e-6, 1e9);
  c.cross_attn_timestep_scale_multiplier = fields.number("cross_attn_timestep_scale_multiplier", 1000, 1e-6, 1e9);
  c.use_prompt_embeddings = fields.flag("use_prompt_embeddings", true);
  c.perturbed_attn = fields.flag("perturbed_attn", false);
  c.ff_bias = fields.flag("ff_bias", true);
  c.audio_ff_bias = fields.flag("audio_ff_bias", true);
  c.use_prompt_adaln_single = fields.flag("use_prompt_adaln_single", true);
  c.use_keyframes_abs_pos_embedding = fields.flag("use_keyframes_abs_pos_embedding", false);

  c.rope_type = fields.word("rope_type", "interleaved", {"split", "interleaved"}) == "split" ? RopeType::kSplit : RopeType::kInterleaved;
  c.gelu_tanh = fields.word("activation_fn", "gelu-approximate", {"gelu-approximate", "gelu"}) == "gelu-approximate";
  fields.word("qk_norm", "rms_norm_across_heads", {"rms_norm_across_heads"});
  for (const char* key : {"patch_size", "patch_size_t", "audio_patch_size", "audio_patch_size_t"}) fields.integer(key, 1, 1, 1);
  refuse_contradictions(c, fields);
  FANTASCOPE_TRY_VOID(fields.finish());
  return c;
}

nlohmann::json TransformerConfig::to_json() const {
  return {{"_class_name", "LTX2VideoTransformer3DModel"},
          {"in_channels", in_channels},
          {"out_channels", out_channels},
          {"patch_size", 1},
          {"patch_size_t", 1},
          {"num_attention_heads", num_heads},
          {"attention_head_dim", head_dim},
          {"cross_attention_dim", cross_attention_dim},
          {"vae_scale_factors", vae_scale_factors},
          {"pos_embed_max_pos", max_time_s},
          {"base_height", base_height},
          {"base_width", base_width},
          {"gated_attn", gated_attn},
          {"cross_attn_mod", cross_attn_mod},
          {"audio_in_channels", audio_in_channels},
          {"audio_out_channels", audio_out_channels},
          {"audio_patch_size", 1},
          {"audio_patch_size_t", 1},
          {"audio_num_attention_heads", audio_num_heads},
          {"audio_attention_head_dim", audio_head_dim},
          {"audio_cross_attention_dim", audio_cross_attention_dim},
          {"audio_scale_factor", audio_scale_factor},
          {"audio_pos_embed_max_pos", audio_max_time_s},
          {"audio_sampling_rate", audio_sampling_rate},
          {"audio_hop_length", audio_hop_length},
          {"audio_gated_attn", audio_gated_attn},
          {"audio_cross_attn_mod", audio_cross_attn_mod},
          {"num_layers", num_layers},
          {"activation_fn", gelu_tanh ? "gelu-approximate" : "gelu"},
          {"qk_norm", "rms_norm_across_heads"},
          {"norm_elementwise_affine", norm_affine},
          {"norm_eps", norm_eps},
          {"caption_channels", caption_channels},
          {"attention_bias", attention_bias},
          {"attention_out_bias", attention_out_bias},
          {"rope_theta", rope_theta},
          {"rope_double_precision", rope_double_precision},
          {"rope_type", rope_type == RopeType::kSplit ? "split" : "interleaved"},
          {"causal_offset", causal_offset},
          {"timestep_scale_multiplier", static_cast<std::int64_t>(timestep_scale_multiplier)},
          {"cross_attn_timestep_scale_multiplier", static_cast<std::int64_t>(cross_attn_timestep_scale_multiplier)},
          {"use_prompt_embeddings", use_prompt_embeddings},
          {"perturbed_attn", perturbed_attn},
          {"ff_bias", ff_bias},
          {"audio_ff_bias", audio_ff_bias},
          {"use_prompt_adaln_single", use_prompt_adaln_single},
          {"use_keyframes_abs_pos_embedding", use_keyframes_abs_pos_embedding}};
}

}  // namespace fantascope::models::ltx2
