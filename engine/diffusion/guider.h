#pragma once
/// Mixes the predictions of one step into the velocity that the sampler follows. All terms are differences of denoised latents
/// (x0 = x - sigma * velocity), so that several can be added:
///   x0_g = x0 + (guidance - 1)(x0 - x0_negative) + stg (x0 - x0_stg) + (modality - 1)(x0 - x0_isolated)
/// With rescale r > 0: x0_g * (std(x0) / std(x0_g)) mixed in by r (arXiv 2305.08891, section 3.4), std unbiased over all but the batch.
/// Stateless. Tensors are float32 tokens [B,T,C].
#include <ATen/core/Tensor.h>

namespace fantascope {

/// Of one modality. Neutral values switch a term off.
struct GuidanceScales {
  double guidance_scale = 1.0;
  double stg_scale = 0.0;
  double modality_scale = 1.0;
  double rescale = 0.0;
};

/// Values of 0 for sound mean "as the picture": what `audio_x or x` gives in the reference.
GuidanceScales audio_or_video(const GuidanceScales& audio, const GuidanceScales& video);

/// Which extra predictions a step needs: a term is computed for both modalities as soon as one of them wants it.
struct GuidancePasses {
  bool negative = false, stg = false, isolated = false;
};
GuidancePasses guidance_passes(const GuidanceScales& video, const GuidanceScales& audio);

/// Velocities of the passes that were run; the others undefined.
struct GuidancePredictions {
  at::Tensor conditional, negative, stg, isolated;
};

/// The guided velocity.
at::Tensor guide(const at::Tensor& latents, float sigma, const GuidancePredictions& velocities, const GuidanceScales& scales);

}  // namespace fantascope
