#include "models/ltx2/pipeline_window_latents.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include <algorithm>
#include <vector>

#include "engine/diffusion/patchify.h"
#include "engine/runtime/tensors/tensor_state.h"

namespace fantascope::models::ltx2 {
namespace {

/// Latent frames before the anchor's own that are decoded with it: what the decoder sees of the past.
constexpr std::int64_t kAnchorPast = 2;

at::Tensor behind(const at::Tensor& clip, const at::Tensor& part) { return clip.defined() ? at::cat({clip, part}, 2) : part; }

/// The last video frame before the kept ones, as the first latent frame of a clip of its own.
at::Tensor anchor_latents(const PipelineParts& parts, const Window& window, const at::Tensor& clip_BCFHW) {
  const std::int64_t anchored = window.first_frame - window.kept_frames - 1;  // the latent frame whose last video frame it is
  const std::int64_t from = std::max<std::int64_t>(0, anchored - kAnchorPast), to = std::min(anchored + 2, window.first_frame);
  const at::Tensor raw = raw_video_latents(parts.video_vae, clip_BCFHW.narrow(2, from, to - from).to(parts.device), parts.dtype);
  const at::Tensor frames = parts.video_vae.decode(raw);
  const at::Tensor frame = frames.narrow(2, (anchored - from) * parts.video_vae.scale_factors().time, 1);
  return encode_image(parts.video_vae, frame.to(at::kFloat)).to(at::kCPU);
}

}  // namespace

DenoiseRecipe make_window_recipe(const ModelSettings& settings, const GenerationRequest& request, const ClipPlan& plan, std::size_t index) {
  const Window& window = plan.windows[index];
  DenoiseRecipe recipe = make_recipe(settings, settings.options, request);
  recipe.shape = window.shape;
  recipe.schedule =
      make_flow_match_schedule(settings.scheduler, request.num_inference_steps, request.sigmas, window.shape.num_video_tokens());
  const bool first_image = index == 0 && request.first_image.has_value();
  recipe.clean_mask_BT = given_frames_mask(window.shape, window.given_frames() + (first_image ? 1 : 0),
                                           index + 1 == plan.windows.size() && request.last_image.has_value());
  recipe.clean_audio_mask_BL = given_audio_mask(window.shape, window.kept_audio);
  return recipe;
}

WindowLatents begin_window(const PipelineParts& parts, const GenerationRequest& request, const ClipPlan& plan, std::size_t index,
                           const WindowLatents& clip) {
  const Window& window = plan.windows[index];
  const ClipNoise noise = draw_noise(parts.settings, window.shape, window_seed(request.seed, index));
  at::Tensor video = noise.video_BCFHW.narrow(2, window.given_frames(), window.new_frames);
  at::Tensor audio = noise.audio_BCLM.narrow(2, window.kept_audio, window.new_audio);
  if (remixes_parent(request)) {
    const auto& parent = dynamic_cast<const TensorState&>(*request.parent.latents);
    const float sigma = make_window_recipe(parts.settings, request, plan, index).schedule.sigmas[static_cast<std::size_t>(plan.first_step)];
    const auto mixed = [&](const at::Tensor& grain, const at::Tensor& clean) { return grain * sigma + clean * (1 - sigma); };
    video = mixed(video, parent.get("video").narrow(2, window.first_frame, window.new_frames));
    audio = mixed(audio, parent.get("audio").narrow(2, window.first_audio, window.new_audio));
  }
  if (index == 0 && request.first_image) {
    const at::Tensor image = image_tensor(*request.first_image).to(parts.device);
    video = with_first_frame(video, encode_image(parts.video_vae, image).to(at::kCPU));
  }
  if (index + 1 == plan.windows.size() && request.last_image) {
    const std::int64_t held = parts.settings.video_vae.scale_factors.time + 1;
    const at::Tensor image = image_tensor(*request.last_image).to(parts.device);
    video = with_last_frame(video, encode_held_image(parts.video_vae, image, held).to(at::kCPU));
  }
  // A remix begins with nothing of its parent before the first window; an extension with all of it.
  const bool fresh = index == 0 && !extends_parent(request);
  return {behind(fresh ? at::Tensor() : clip.video_BCFHW, video), behind(fresh ? at::Tensor() : clip.audio_BCLM, audio)};
}

LatentTokens window_tokens(const PipelineParts& parts, const Window& window, const WindowLatents& clip) {
  at::Tensor video = clip.video_BCFHW.narrow(2, window.first_frame - window.kept_frames, window.kept_frames + window.new_frames);
  const at::Tensor audio = clip.audio_BCLM.narrow(2, window.first_audio - window.kept_audio, window.kept_audio + window.new_audio);
  if (window.anchor_frames > 0) video = at::cat({anchor_latents(parts, window, clip.video_BCFHW), video}, 2);
  return {patchify_video(video).to(parts.device), patchify_audio(audio).to(parts.device)};
}

WindowLatents new_part(const PipelineParts& parts, const Window& window, const LatentTokens& tokens) {
  const ClipShape& shape = window.shape;
  const at::Tensor video = unpatchify_video(tokens.video_BTC, shape.frames, shape.height, shape.width);
  const at::Tensor audio = unpatchify_audio(tokens.audio_BLC, parts.settings.audio.num_bins);
  return {video.narrow(2, window.given_frames(), window.new_frames).to(at::kCPU),
          audio.narrow(2, window.kept_audio, window.new_audio).to(at::kCPU)};
}

}  // namespace fantascope::models::ltx2
