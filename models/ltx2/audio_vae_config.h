#pragma once
/// Shape of the audio VAE and of the log-mel front end in front of it, read from audio_vae/config.json; missing keys take the defaults of
/// the reference class (diffusers AutoencoderKLLTX2Audio).
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace fantascope::models::ltx2 {

struct AudioVaeConfig {
  std::int64_t base_channels = 128, in_channels = 2, output_channels = 2, latent_channels = 8;
  std::vector<std::int64_t> ch_mult = {1, 2, 4};
  std::int64_t num_res_blocks = 2;
  std::vector<std::int64_t> attn_resolutions;  ///< levels with this nominal resolution have attention; usually none
  std::int64_t resolution = 256;
  std::string norm_type = "pixel";        ///< or "group"
  std::string causality_axis = "height";  ///< of [B,C,time,mel]: "height" is time. "none", "width", "width-compatibility"
  bool mid_block_add_attention = false, double_z = true;
  std::int64_t sample_rate = 16000, mel_hop_length = 160;
  std::int64_t mel_bins = 64;

  std::int64_t latent_mel_bins() const { return mel_bins >> (ch_mult.size() - 1); }
  /// Mel frames that come out of `num_latents` latents: 4 L - 3 where time is causal.
  std::int64_t mel_frames(std::int64_t num_latents) const;
  /// Latents a second: sample_rate / mel_hop_length / 4.
  double latents_per_second() const;

  static Result<AudioVaeConfig> from_json(const nlohmann::json& json, const std::string& file = "audio_vae/config.json");
};

}  // namespace fantascope::models::ltx2
