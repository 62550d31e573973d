#pragma once
/// World clips as tensors, and their mirror images.
#include <ATen/core/Tensor.h>

#include "training/world/world.h"

namespace fantascope::training {

/// The first scene of seed, seed + stride, … that is not held out for evaluation.
world::Scene training_scene(std::uint64_t seed, std::uint64_t stride);

/// The same scene seen in a mirror: left and right change places in action, camera and second object.
world::Scene mirrored(const world::Scene& scene);

/// [F,3,H,W] float in [-1,1].
at::Tensor frames_tensor(const world::Clip& clip);
/// [F,H,W] in 0..1: 1 on objects, and on whatever changes from frame to frame, by how much.
at::Tensor motion_weights(const world::Clip& clip);
/// [2, samples]
at::Tensor audio_tensor(const world::Clip& clip);
/// Length of the audio latents of a clip: round-half-even(duration * 25).
std::int64_t audio_latent_length(const world::ClipShape& shape);

}  // namespace fantascope::training
