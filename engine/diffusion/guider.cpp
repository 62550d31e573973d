#include "engine/diffusion/guider.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/std.h>

#include <vector>

namespace fantascope {
namespace {

at::Tensor rescaled(const at::Tensor& guided, const at::Tensor& conditional, double amount) {
  std::vector<std::int64_t> dims;
  for (std::int64_t d = 1; d < guided.dim(); ++d) dims.push_back(d);
  const at::Tensor ratio = at::std(conditional, dims, /*unbiased=*/true, /*keepdim=*/true) / at::std(guided, dims, true, true);
  return guided * ratio * amount + guided * (1.0 - amount);
}

}  // namespace

GuidanceScales audio_or_video(const GuidanceScales& audio, const GuidanceScales& video) {
  const auto pick = [](double a, double v) { return a != 0.0 ? a : v; };
  return {pick(audio.guidance_scale, video.guidance_scale), pick(audio.stg_scale, video.stg_scale),
          pick(audio.modality_scale, video.modality_scale), pick(audio.rescale, video.rescale)};
}

GuidancePasses guidance_passes(const GuidanceScales& video, const GuidanceScales& audio) {
  return {video.guidance_scale > 1.0 || audio.guidance_scale > 1.0, video.stg_scale > 0.0 || audio.stg_scale > 0.0,
          video.modality_scale > 1.0 || audio.modality_scale > 1.0};
}

at::Tensor guide(const at::Tensor& latents, float sigma, const GuidancePredictions& velocities, const GuidanceScales& scales) {
  const auto denoised = [&](const at::Tensor& velocity) { return latents - velocity * sigma; };
  const at::Tensor conditional = denoised(velocities.conditional);
  at::Tensor guided = conditional;
  if (velocities.negative.defined()) guided = guided + (conditional - denoised(velocities.negative)) * (scales.guidance_scale - 1);
  if (velocities.stg.defined()) guided = guided + (conditional - denoised(velocities.stg)) * scales.stg_scale;
  if (velocities.isolated.defined()) guided = guided + (conditional - denoised(velocities.isolated)) * (scales.modality_scale - 1);
  if (scales.rescale > 0) guided = rescaled(guided, conditional, scales.rescale);
  return (latents - guided) / sigma;
}

}  // namespace fantascope
