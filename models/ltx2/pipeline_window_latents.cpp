#include "models/ltx2/pipeline_window_latents.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <vector>

#include "engine/diffusion/patchify.h"
#include "engine/runtime/tensors/tensor_state.h"
#include "models/ltx2/pipeline_conditions.h"
#include "models/ltx2/pipeline_refine.h"

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

/// The picture as the latent frame that ends a clip, [1,C,1,h,w].
at::Tensor held_latents(const PipelineParts& parts, const RgbImage& picture) {
  const std::int64_t held = parts.settings.video_vae.scale_factors.time + 1;
  return encode_held_image(parts.video_vae, image_tensor(picture).to(parts.device), held).to(at::kCPU);
}

/// Normalised latents of an item, [1,C,f,h,w].
at::Tensor latents_of(const PipelineParts& parts, const PlacedFrames& item) {
  if (item.given.latents != nullptr) {
    return dynamic_cast<const TensorState&>(*item.given.latents).get("video").narrow(2, 0, item.num_latent_frames);
  }
  // In place, a single picture stands for as many video frames as its latent frame.
  if (!item.appended && item.latent_frame > 0) return held_latents(parts, item.given.pictures.front());
  std::vector<at::Tensor> pictures;
  for (const RgbImage& picture : item.given.pictures.first(static_cast<std::size_t>(item.num_frames)))
    pictures.push_back(image_tensor(picture));
  return encode_image(parts.video_vae, at::cat(pictures, 2).to(parts.device)).to(at::kCPU);
}

float first_sigma(const ModelSettings& settings, const GenerationRequest& request, const ClipPlan& plan, std::size_t index) {
  return make_window_recipe(settings, request, plan, index).schedule.sigmas[static_cast<std::size_t>(plan.first_step)];
}

/// The frames of a remixed clip that the window makes anew.
WindowLatents parents_part(const GenerationRequest& request, const Window& window) {
  const auto& parent = dynamic_cast<const TensorState&>(*request.parent.latents);
  return {parent.get("video").narrow(2, window.first_frame, window.new_frames),
          parent.get("audio").narrow(2, window.first_audio, window.new_audio),
          {},
          {}};
}

/// The new part of a window as LTX2ConditionPipeline begins: noise in the shape of the tokens, everything given mixed in by its strength.
WindowLatents begin_by_conditions(const PipelineParts& parts, const ModelSettings& settings, const GenerationRequest& request,
                                  const ClipPlan& plan, std::size_t index) {
  const Window& window = plan.windows[index];
  const std::vector<PlacedFrames> placed = place_frames(settings, request, plan, index);
  const LatentTokens noise =
      draw_token_noise(settings, window.shape, window_seed(request.seed, index), num_appended_tokens(placed, window.shape));
  at::Tensor base = at::zeros({1, window.shape.num_video_tokens(), noise.video_BTC.size(2)}, noise.video_BTC.options());
  at::Tensor audio = noise.audio_BLC;
  double noise_scale = request.sigmas.empty() ? 1.0 : request.sigmas.front();
  if (remixes_parent(request)) {
    noise_scale = first_sigma(settings, request, plan, index);
    const WindowLatents parent = parents_part(request, window);
    const std::int64_t area = window.shape.height * window.shape.width, new_tokens = window.new_frames * area;
    base.narrow(1, window.given_frames() * area, new_tokens).copy_(patchify_video(parent.video_BCFHW));
    at::Tensor mixed = audio.clone();
    const at::Tensor grain = audio.narrow(1, window.kept_audio, window.new_audio);
    mixed.narrow(1, window.kept_audio, window.new_audio).copy_(grain * noise_scale + patchify_audio(parent.audio_BCLM) * (1 - noise_scale));
    audio = mixed;
  }
  at::Tensor given;
  if (!placed.empty()) {
    std::vector<at::Tensor> tokens;
    for (const PlacedFrames& item : placed) tokens.push_back(patchify_video(latents_of(parts, item)));
    given = at::cat(tokens, 1);
  }
  const at::Tensor clean = placed.empty() ? base : with_given_tokens(placed, window.shape, base, given);
  const at::Tensor strength = strengths(placed, window.shape, {});
  WindowLatents begun = new_part(parts, window, {noised_by_strength(clean, noise.video_BTC, strength, noise_scale), audio});
  begun.given_BGC = given;
  return begun;
}

}  // namespace

DenoiseRecipe make_window_recipe(const ModelSettings& settings, const GenerationRequest& request, const ClipPlan& plan, std::size_t index,
                                 const at::Tensor& given_BGC) {
  const Window& window = plan.windows[index];
  DenoiseRecipe recipe = make_recipe(settings, settings.options, request);
  recipe.shape = window.shape;
  const bool by_conditions = given_by_conditions(settings, request);
  const std::vector<PlacedFrames> placed = by_conditions ? place_frames(settings, request, plan, index) : std::vector<PlacedFrames>();
  recipe.schedule = make_flow_match_schedule(settings.scheduler, request.num_inference_steps, request.sigmas,
                                             window.shape.num_video_tokens() + num_appended_tokens(placed, window.shape));
  const bool first_image = !by_conditions && index == 0 && request.first_image.has_value();
  const bool last_image = !by_conditions && index + 1 == plan.windows.size() && request.last_image.has_value();
  recipe.clean_mask_BT =
      given_frames_mask(window.shape, window.given_frames() + (first_image ? 1 : 0), window.after_frames + (last_image ? 1 : 0));
  recipe.clean_audio_mask_BL = given_audio_mask(window.shape, window.kept_audio, window.after_audio);
  if (placed.empty() || !given_BGC.defined()) return recipe;
  recipe.clean_mask_BT = strengths(placed, window.shape, recipe.clean_mask_BT);
  const at::Tensor nothing = at::zeros({1, window.shape.num_video_tokens(), given_BGC.size(2)}, given_BGC.options());
  recipe.clean_BTC = with_given_tokens(placed, window.shape, nothing, given_BGC);
  recipe.appended_coords = appended_coords(settings.transformer, window.shape, placed);
  return recipe;
}

WindowLatents begin_window(const PipelineParts& parts, const ModelSettings& settings, const GenerationRequest& request,
                           const ClipPlan& plan, std::size_t index, const WindowLatents& clip) {
  const Window& window = plan.windows[index];
  WindowLatents begun;
  if (given_by_conditions(settings, request)) {
    begun = begin_by_conditions(parts, settings, request, plan, index);
  } else {
    const ClipNoise noise = draw_noise(settings, window.shape, window_seed(request.seed, index));
    begun.video_BCFHW = noise.video_BCFHW.narrow(2, window.given_frames(), window.new_frames);
    begun.audio_BCLM = noise.audio_BCLM.narrow(2, window.kept_audio, window.new_audio);
    if (remixes_parent(request)) {
      const float sigma = first_sigma(settings, request, plan, index);
      const WindowLatents parent = parents_part(request, window);
      const auto mixed = [&](const at::Tensor& grain, const at::Tensor& clean) { return grain * sigma + clean * (1 - sigma); };
      begun.video_BCFHW = mixed(begun.video_BCFHW, parent.video_BCFHW);
      begun.audio_BCLM = mixed(begun.audio_BCLM, parent.audio_BCLM);
    }
    if (index == 0 && request.first_image) {
      const at::Tensor image = image_tensor(*request.first_image).to(parts.device);
      begun.video_BCFHW = with_first_frame(begun.video_BCFHW, encode_image(parts.video_vae, image).to(at::kCPU));
    }
    if (index + 1 == plan.windows.size() && request.last_image)
      begun.video_BCFHW = with_last_frame(begun.video_BCFHW, held_latents(parts, *request.last_image));
  }
  if (retakes_parent(request)) {
    const auto between = [](const at::Tensor& all, std::int64_t first, std::int64_t rest, const at::Tensor& part) {
      return at::cat({all.narrow(2, 0, first), part, all.narrow(2, all.size(2) - rest, rest)}, 2);
    };
    begun.video_BCFHW = between(clip.video_BCFHW, window.first_frame, window.rest_frames, begun.video_BCFHW);
    begun.audio_BCLM = between(clip.audio_BCLM, window.first_audio, window.rest_audio, begun.audio_BCLM);
    return begun;
  }
  // A remix begins with nothing of its parent before the first window; an extension with all of it.
  const bool fresh = index == 0 && !extends_parent(request);
  begun.video_BCFHW = behind(fresh ? at::Tensor() : clip.video_BCFHW, begun.video_BCFHW);
  begun.audio_BCLM = behind(fresh ? at::Tensor() : clip.audio_BCLM, begun.audio_BCLM);
  return begun;
}

LatentTokens window_tokens(const PipelineParts& parts, const Window& window, const WindowLatents& clip) {
  const auto part = [](const at::Tensor& x, std::int64_t first, std::int64_t kept, std::int64_t further) {
    return x.narrow(2, first - kept, kept + further);
  };
  at::Tensor video = part(clip.video_BCFHW, window.first_frame, window.kept_frames, window.new_frames + window.after_frames);
  const at::Tensor audio = part(clip.audio_BCLM, window.first_audio, window.kept_audio, window.new_audio + window.after_audio);
  if (window.anchor_frames > 0) video = at::cat({anchor_latents(parts, window, clip.video_BCFHW), video}, 2);
  at::Tensor tokens = patchify_video(video);
  if (clip.appended_BKC.defined()) tokens = at::cat({tokens, clip.appended_BKC}, 1);
  return {tokens.to(parts.device), patchify_audio(audio).to(parts.device)};
}

WindowLatents new_part(const PipelineParts& parts, const Window& window, const LatentTokens& tokens) {
  const ClipShape& shape = window.shape;
  const std::int64_t own = shape.num_video_tokens(), appended = tokens.video_BTC.size(1) - own;
  const at::Tensor video = unpatchify_video(tokens.video_BTC.narrow(1, 0, own), shape.frames, shape.height, shape.width);
  const at::Tensor audio = unpatchify_audio(tokens.audio_BLC, parts.settings.audio.num_bins);
  WindowLatents part;
  part.video_BCFHW = video.narrow(2, window.given_frames(), window.new_frames).to(at::kCPU);
  part.audio_BCLM = audio.narrow(2, window.kept_audio, window.new_audio).to(at::kCPU);
  if (appended > 0) part.appended_BKC = tokens.video_BTC.narrow(1, own, appended).to(at::kCPU);
  return part;
}

}  // namespace fantascope::models::ltx2
