#include "training/trainer/world_clip.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <utility>

namespace fantascope::training {

namespace {

// Whatever has a left and a right, as pairs.
template <typename T, std::size_t N>
T other_side(T value, const std::pair<T, T> (&sides)[N]) {
  for (const auto& [left, right] : sides) {
    if (value == left) return right;
    if (value == right) return left;
  }
  return value;
}

}  // namespace

world::Scene training_scene(std::uint64_t seed, std::uint64_t stride) {
  for (;; seed += stride) {
    const world::Scene scene = world::sample_scene(seed);
    if (!world::is_held_out(scene)) return scene;
  }
}

world::Scene mirrored(const world::Scene& scene) {
  using world::Action;
  using world::Camera;
  static constexpr std::pair<Action, Action> kActions[] = {
      {Action::kRollsLeft, Action::kRollsRight}, {Action::kSlidesLeft, Action::kSlidesRight}, {Action::kWalksLeft, Action::kWalksRight}};
  static constexpr std::pair<Camera, Camera> kCameras[] = {{Camera::kPanLeft, Camera::kPanRight},
                                                           {Camera::kOrbitLeft, Camera::kOrbitRight}};
  world::Scene result = scene;
  result.action = other_side(scene.action, kActions);
  result.camera = other_side(scene.camera, kCameras);
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
