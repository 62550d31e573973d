#include "models/ltx2/audio_vae_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/ltx2/config_fields.h"

namespace fantascope::models::ltx2 {
namespace {

/// The reference class takes this factor for time and mel whatever the number of levels.
constexpr std::int64_t kDownsampleFactor = 4;
constexpr std::int64_t kNormGroups = 32;

}  // namespace

std::int64_t AudioVaeConfig::mel_frames(std::int64_t num_latents) const {
  return std::max<std::int64_t>(num_latents * kDownsampleFactor - (kDownsampleFactor - 1), 1);
}

double AudioVaeConfig::latents_per_second() const {
  return static_cast<double>(sample_rate) / static_cast<double>(mel_hop_length) / static_cast<double>(kDownsampleFactor);
}

Result<AudioVaeConfig> AudioVaeConfig::from_json(const nlohmann::json& json, const std::string& file) {
  ConfigFields fields(json, file);
  AudioVaeConfig c;
  c.base_channels = fields.integer("base_channels", c.base_channels, 1, 4096);
  c.in_channels = fields.integer("in_channels", c.in_channels, 1, 16);
  c.output_channels = fields.integer("output_channels", c.output_channels, 1, 16);
  c.latent_channels = fields.integer("latent_channels", c.latent_channels, 1, 1024);
  c.ch_mult = fields.list("ch_mult", c.ch_mult, 8, 1, 64);
  c.num_res_blocks = fields.integer("num_res_blocks", c.num_res_blocks, 0, 64);
  c.attn_resolutions = fields.integers("attn_resolutions", c.attn_resolutions, 16, 1, 65536);
  c.resolution = fields.integer("resolution", c.resolution, 1, 65536);
  c.norm_type = fields.word("norm_type", c.norm_type, {"pixel", "group"});
  c.causality_axis = fields.word("causality_axis", c.causality_axis, {"none", "width", "height", "width-compatibility"});
  c.mid_block_add_attention = fields.flag("mid_block_add_attention", c.mid_block_add_attention);
  c.double_z = fields.flag("double_z", c.double_z);
  c.sample_rate = fields.integer("sample_rate", c.sample_rate, 8000, 192000);
  c.mel_hop_length = fields.integer("mel_hop_length", c.mel_hop_length, 1, 8192);
  c.mel_bins = fields.integer("mel_bins", c.mel_bins, 4, 1024);
  FANTASCOPE_TRY_VOID(fields.finish());
  if (c.norm_type == "group") {
    if (c.causality_axis != "none") fields.refuse("norm_type", "must be pixel where causality_axis is not none", "group", "pixel");
    for (const auto multiple : c.ch_mult) {
      if (c.base_channels * multiple % kNormGroups != 0) {
        fields.refuse("base_channels", "times ch_mult must be a multiple of 32 where norm_type is group",
                      std::to_string(c.base_channels * multiple));
      }
    }
  }
  if (c.ch_mult.size() != 3)
    fields.refuse("ch_mult", "must have 3 levels (mel frames and bins are 4 to a latent)", std::to_string(c.ch_mult.size()), "3");
  if (c.mel_bins % kDownsampleFactor != 0) fields.refuse("mel_bins", "must be a multiple of 4", std::to_string(c.mel_bins));
  FANTASCOPE_TRY_VOID(fields.finish());
  if (c.base_channels != c.latent_channels * c.latent_mel_bins()) {
    // The reference keeps base_channels statistics and applies them to channels * bins of the packed latents.
    fields.refuse("base_channels", "must be latent_channels * mel_bins / 4", std::to_string(c.base_channels),
                  std::to_string(c.latent_channels * c.latent_mel_bins()));
  }
  FANTASCOPE_TRY_VOID(fields.finish());
  return c;
}

}  // namespace fantascope::models::ltx2
