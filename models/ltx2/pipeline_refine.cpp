#include "models/ltx2/pipeline_refine.h"

#include <ATen/TensorOperators.h>

#include "engine/diffusion/noise.h"
#include "engine/diffusion/patchify.h"
#include "models/ltx2/audio_vae.h"
#include "models/ltx2/video_vae.h"

namespace fantascope::models::ltx2 {

at::Tensor upsample_latents(const LatentUpsampler& upsampler, const at::Tensor& raw_BCFHW, const UpsampleOptions& options) {
  at::Tensor enlarged = upsampler.forward(raw_BCFHW);
  if (options.adain_factor > 0) enlarged = adain_filter(enlarged, raw_BCFHW, options.adain_factor);
  return options.tone_map_compression > 0 ? tone_map(enlarged, options.tone_map_compression) : enlarged;
}

LatentTokens draw_token_noise(const ModelSettings& settings, const ClipShape& shape, std::uint64_t seed, std::int64_t num_appended) {
  NoiseSource source(seed);
  LatentTokens noise;
  noise.video_BTC = source.draw({1, shape.num_video_tokens() + num_appended, settings.transformer.in_channels});
  noise.audio_BLC = source.draw({1, shape.audio_frames, settings.transformer.audio_in_channels});
  return noise;
}

LatentTokens noised_latents(const VideoVae& video_vae, const AudioVae& audio_vae, const at::Tensor& raw_video_BCFHW,
                            const at::Tensor& raw_audio_BCLM, double noise_scale, const LatentTokens& noise) {
  const auto mixed = [noise_scale](const at::Tensor& clean, const at::Tensor& grain) {
    return grain * noise_scale + clean * (1 - noise_scale);
  };
  return {mixed(patchify_video(video_vae.normalise(raw_video_BCFHW)), noise.video_BTC),
          mixed(patchify_audio(audio_vae.normalise(raw_audio_BCLM)), noise.audio_BLC)};
}

}  // namespace fantascope::models::ltx2
