#pragma once
/// Two-stage generation: the raw latents of a small clip are enlarged by the latent upsampler and sampled again from part of the way down.
/// Follows LTX2LatentUpsamplePipeline and the `latents` and `noise_scale` arguments of LTX2Pipeline (diffusers).
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "models/ltx2/latent_upsampler.h"
#include "models/ltx2/pipeline_denoiser.h"
#include "models/ltx2/pipeline_settings.h"

namespace fantascope::models::ltx2 {

class AudioVae;
class VideoVae;

struct UpsampleOptions {
  double adain_factor = 0.0;          ///< above 0: channels take the mean and deviation of the small clip's
  double tone_map_compression = 0.0;  ///< 0…1
};

/// Raw latents [B,C,F,h,w] -> raw latents of the enlarged clip.
at::Tensor upsample_latents(const LatentUpsampler& upsampler, const at::Tensor& raw_BCFHW, const UpsampleOptions& options);

/// Noise drawn in the shape of the tokens: video first, with `num_appended` tokens behind the clip's own, then audio.
LatentTokens draw_token_noise(const ModelSettings& settings, const ClipShape& shape, std::uint64_t seed, std::int64_t num_appended = 0);

/// Raw latents of the first stage, normalised and mixed with noise: noise_scale * noise + (1 - noise_scale) * x. noise_scale is the first
/// sigma of the second stage's schedule.
LatentTokens noised_latents(const VideoVae& video_vae, const AudioVae& audio_vae, const at::Tensor& raw_video_BCFHW,
                            const at::Tensor& raw_audio_BCLM, double noise_scale, const LatentTokens& noise);

}  // namespace fantascope::models::ltx2
