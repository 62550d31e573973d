#include "models/ltx2/pipeline_conditions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <string>

#include "engine/runtime/tensors/tensor_state.h"

namespace fantascope::models::ltx2 {
namespace {

std::int64_t tokens_of(const PlacedFrames& item, const ClipShape& shape) { return item.num_latent_frames * shape.height * shape.width; }

std::int64_t latent_frames_of_clip(const ModelSettings& settings, const GenerationRequest& request) {
  return (request.num_frames - 1) / settings.video_vae.scale_factors.time + 1;
}

/// Counted from the start; negative if it lies before it.
std::int64_t from_start(const GivenFrames& item, std::int64_t num_latent_frames) {
  return item.latent_frame < 0 ? num_latent_frames + item.latent_frame : item.latent_frame;
}

at::Tensor latents_of(const GivenFrames& item) {
  const auto* state = dynamic_cast<const TensorState*>(item.latents);
  return state != nullptr ? state->get("video") : at::Tensor();
}

/// Video frames of an item, the end of the clip cut off: 8 k + 1 where a latent frame stands for 8.
std::int64_t frames_left(const ModelSettings& settings, const GenerationRequest& request, const GivenFrames& item, std::int64_t frame) {
  const std::int64_t time = settings.video_vae.scale_factors.time;
  const std::int64_t first = std::max<std::int64_t>((frame - 1) * time + 1, 0);
  const std::int64_t given =
      item.latents != nullptr ? (latents_of(item).size(2) - 1) * time + 1 : static_cast<std::int64_t>(item.pictures.size());
  const std::int64_t left = std::min<std::int64_t>(given, request.num_frames - first);
  return (left - 1) / time * time + 1;
}

Error refused(const char* field, const std::string& message, const std::string& found, const std::string& allowed,
              const std::string& hint) {
  return {ErrorCode::kInvalidArgument, message, field, found, allowed, hint};
}

Result<void> check_pictures(const GenerationRequest& request, const GivenFrames& item) {
  for (const RgbImage& picture : item.pictures) {
    if (picture.width == request.width && picture.height == request.height &&
        picture.pixels.size() == static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height) * 3)
      continue;
    return refused(item.field, "The image does not have the size of the clip",
                   std::to_string(picture.width) + "x" + std::to_string(picture.height),
                   std::to_string(request.width) + "x" + std::to_string(request.height), "Scale or crop it first.");
  }
  return {};
}

Result<void> check_latents(const ModelSettings& settings, const GenerationRequest& request, const GivenFrames& item) {
  const at::Tensor video = latents_of(item);
  const ClipShape shape = clip_shape(settings, request);
  if (video.defined() && video.dim() == 5 && video.size(0) == 1 && video.size(1) == settings.transformer.in_channels &&
      video.size(3) == shape.height && video.size(4) == shape.width && video.size(2) >= 1)
    return {};
  return Error{ErrorCode::kMismatch, "The given latents do not fit the clip", item.field, "", "latents of a clip of the same size", ""};
}

/// Whether the model takes this item in place. The clip's last latent frame only from a model that was trained so.
bool in_place(const ModelSettings& settings, std::int64_t frame) { return frame == 0 || settings.last_image; }

Result<void> check_place(const ModelSettings& settings, const GenerationRequest& request, const GivenFrames& item) {
  const std::int64_t all = latent_frames_of_clip(settings, request), frame = from_start(item, all);
  if (item.field == std::string("last_image") && all < 2)
    return refused("num_frames", "A still has no last image", std::to_string(request.num_frames),
                   std::to_string(1 + settings.info.frames_multiple) + " or more", "Use a first image, or make it longer.");
  if (frame < 0 || frame >= all)
    return refused(item.field, "The clip has no such latent frame", std::to_string(item.latent_frame),
                   std::to_string(-all) + "…" + std::to_string(all - 1), "");
  const std::int64_t num_frames = frames_left(settings, request, item, frame);
  if (settings.last_image && frame > 0 && (frame + 1 != all || num_frames > 1))
    return Error{ErrorCode::kUnsupported,
                 "This model can be given first frames and one last frame only",
                 item.field,
                 std::to_string(num_frames) + " frames at latent frame " + std::to_string(frame),
                 "latent frame 0, or one frame at " + std::to_string(all - 1),
                 ""};
  const bool windows = request.windows.num_frames > 0 && request.windows.num_frames < request.num_frames;
  if (windows && num_frames > 1)
    return refused(item.field, "A clip made in windows can be given single pictures only", std::to_string(num_frames) + " frames", "1",
                   "Make it shorter.");
  if (extends_parent(request) && frame == 0)
    return refused(item.field, "A clip that continues another cannot be given a first image", "an image", "none", "Leave one of them out.");
  return {};
}

}  // namespace

std::vector<GivenFrames> given_frames(const GenerationRequest& request) {
  std::vector<GivenFrames> all;
  if (request.first_image) all.push_back({{&*request.first_image, 1}, nullptr, 0, 1.0, "first_image"});
  if (request.last_image) all.push_back({{&*request.last_image, 1}, nullptr, -1, 1.0, "last_image"});
  for (const FrameCondition& item : request.conditions)
    all.push_back({item.pictures, item.latents.get(), item.latent_frame, item.strength, "conditions"});
  return all;
}

bool given_by_conditions(const ModelSettings& settings, const GenerationRequest& request) {
  return settings.refines || !request.conditions.empty() || (request.last_image && !settings.last_image);
}

Result<void> check_conditions(const ModelSettings& settings, const GenerationRequest& request) {
  for (const GivenFrames& item : given_frames(request)) {
    if (!(item.strength > 0 && item.strength <= 1))
      return refused(item.field, "The strength of a given frame is out of range", std::to_string(item.strength), "above 0, at most 1", "");
    if (item.pictures.empty() == (item.latents == nullptr))
      return refused(item.field, "A given frame is either pictures or latents", item.latents != nullptr ? "both" : "neither", "one of them",
                     "");
    FANTASCOPE_TRY_VOID(check_pictures(request, item));
    if (item.latents != nullptr) FANTASCOPE_TRY_VOID(check_latents(settings, request, item));
    FANTASCOPE_TRY_VOID(check_place(settings, request, item));
  }
  return {};
}

std::vector<PlacedFrames> place_frames(const ModelSettings& settings, const GenerationRequest& request, const ClipPlan& plan,
                                       std::size_t index) {
  const Window& window = plan.windows[index];
  const std::int64_t time = settings.video_vae.scale_factors.time, all = latent_frames_of_clip(settings, request);
  std::vector<PlacedFrames> placed;
  for (const GivenFrames& item : given_frames(request)) {
    const std::int64_t frame = from_start(item, all);
    if (frame < window.first_frame || frame >= window.first_frame + window.new_frames) continue;
    const std::int64_t num_frames = frames_left(settings, request, item, frame);
    placed.push_back(
        {item, frame - window.first_frame + window.given_frames(), (num_frames - 1) / time + 1, num_frames, !in_place(settings, frame)});
  }
  return placed;
}

std::int64_t num_appended_tokens(std::span<const PlacedFrames> placed, const ClipShape& shape) {
  std::int64_t count = 0;
  for (const PlacedFrames& item : placed) count += item.appended ? tokens_of(item, shape) : 0;
  return count;
}

at::Tensor appended_coords(const TransformerConfig& config, const ClipShape& shape, std::span<const PlacedFrames> placed) {
  std::vector<at::Tensor> coords;
  for (const PlacedFrames& item : placed) {
    if (!item.appended) continue;
    const auto frame = static_cast<double>((item.latent_frame - 1) * config.vae_scale_factors[0] + 1);
    coords.push_back(keyframe_coords(config, shape, item.num_latent_frames, frame, item.num_frames == 1));
  }
  return coords.empty() ? at::Tensor() : at::cat(coords, 2);
}

at::Tensor strengths(std::span<const PlacedFrames> placed, const ClipShape& shape, const at::Tensor& kept_BT) {
  const std::int64_t own = shape.num_video_tokens(), area = shape.height * shape.width;
  at::Tensor strength = at::zeros({1, own + num_appended_tokens(placed, shape)}, at::TensorOptions().dtype(at::kFloat));
  if (kept_BT.defined()) strength.narrow(1, 0, own).copy_(kept_BT);
  std::int64_t behind = own;
  for (const PlacedFrames& item : placed) {
    const std::int64_t count = tokens_of(item, shape);
    strength.narrow(1, item.appended ? behind : item.latent_frame * area, count).fill_(item.given.strength);
    if (item.appended) behind += count;
  }
  return strength;
}

at::Tensor with_given_tokens(std::span<const PlacedFrames> placed, const ClipShape& shape, const at::Tensor& base_BTC,
                             const at::Tensor& given_BGC) {
  const std::int64_t own = shape.num_video_tokens(), area = shape.height * shape.width;
  at::Tensor all = at::cat({base_BTC, at::zeros({1, num_appended_tokens(placed, shape), base_BTC.size(2)}, base_BTC.options())}, 1);
  std::int64_t behind = own, taken = 0;
  for (const PlacedFrames& item : placed) {
    const std::int64_t count = tokens_of(item, shape);
    all.narrow(1, item.appended ? behind : item.latent_frame * area, count).copy_(given_BGC.narrow(1, taken, count));
    if (item.appended) behind += count;
    taken += count;
  }
  return all;
}

at::Tensor noised_by_strength(const at::Tensor& x_BTC, const at::Tensor& noise_BTC, const at::Tensor& strength_BT, double noise_scale) {
  const at::Tensor share = ((1.0 - strength_BT) * noise_scale).unsqueeze(-1);
  return noise_BTC * share + x_BTC * (1 - share);
}

}  // namespace fantascope::models::ltx2
