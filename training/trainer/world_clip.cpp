#include "training/trainer/world_clip.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

namespace fantascope::training {

world::Scene mirrored(const world::Scene& scene) {
  using world::Action;
  using world::Camera;
  world::Scene result = scene;
  switch (scene.action) {
    case Action::kRollsLeft:
      result.action = Action::kRollsRight;
      break;
    case Action::kRollsRight:
      result.action = Action::kRollsLeft;
      break;
    case Action::kSlidesLeft:
      result.action = Action::kSlidesRight;
      break;
    case Action::kSlidesRight:
      result.action = Action::kSlidesLeft;
      break;
    case Action::kWalksLeft:
      result.action = Action::kWalksRight;
      break;
    case Action::kWalksRight:
      result.action = Action::kWalksLeft;
      break;
    default:
      break;
  }
  switch (scene.camera) {
    case Camera::kPanLeft:
      result.camera = Camera::kPanRight;
      break;
    case Camera::kPanRight:
      result.camera = Camera::kPanLeft;
      break;
    case Camera::kOrbitLeft:
      result.camera = Camera::kOrbitRight;
      break;
    case Camera::kOrbitRight:
      result.camera = Camera::kOrbitLeft;
      break;
    default:
      break;
  }
  result.second.on_left = !scene.second.on_left;
  return result;
}

at::Tensor frames_tensor(const world::Clip& clip) {
  const auto& s = clip.shape;
  const at::Tensor bytes = at::from_blob(const_cast<std::uint8_t*>(clip.frames.data()), {s.num_frames, s.height, s.width, 3}, at::kByte);
  return bytes.to(at::kFloat).div_(127.5).sub_(1.0).permute({0, 3, 1, 2}).contiguous();
}

at::Tensor motion_weights(const world::Clip& clip) {
  const auto& s = clip.shape;
  const at::Tensor mask = at::from_blob(const_cast<std::uint8_t*>(clip.object_mask.data()), {s.num_frames, s.height, s.width}, at::kByte)
                              .to(at::kFloat)
                              .clamp_max(1.0);
  if (s.num_frames == 1) return mask;
  const at::Tensor frames = frames_tensor(clip);
  const at::Tensor change =
      (frames.slice(0, 1) - frames.slice(0, 0, s.num_frames - 1)).abs().mean(at::IntArrayRef{1}).mul_(4.0).clamp_max_(1.0);
  return mask.maximum(at::cat({at::zeros_like(change.slice(0, 0, 1)), change}));
}

at::Tensor audio_tensor(const world::Clip& clip) {
  const auto samples = static_cast<std::int64_t>(clip.audio.size() / 2);
  return at::from_blob(const_cast<float*>(clip.audio.data()), {2, samples}, at::kFloat).clone();
}

std::int64_t audio_latent_length(const world::ClipShape& shape) {
  return static_cast<std::int64_t>(std::nearbyint(shape.num_frames / shape.fps * 25.0));
}

}  // namespace fantascope::training
