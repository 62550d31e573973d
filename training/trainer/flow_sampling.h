#pragma once
/// Samples the denoiser while it is trained or used for training: Euler steps with classifier-free guidance on both streams, with the
/// model's own steps, shift and guidance.
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "engine/runtime/tensors/trainable.h"
#include "training/trainer/captions.h"
#include "training/trainer/config.h"

namespace fantascope::training {

struct SamplerSettings {
  int num_steps = 12;
  double guidance_scale = 2.0, shift = 2.0;
  /// What the finished folder will say.
  static SamplerSettings of(const TrainConfig& config);
  /// num_steps + 1 noise levels from 1 to 0.
  std::vector<double> sigmas() const;
};

/// Both streams of B clips, normalised: video [B,T,C], audio [B,L,D], float.
struct StreamPair {
  at::Tensor video_BTC, audio_BLD;
};

/// What a batch says besides its noisy tokens.
DenoiserBatch batch_of(const Bucket& bucket, const CaptionEncoder::Batch& text);

/// From streams at the noise level sigmas[first] to clean ones. Without gradients. The denoiser's weights are on `device`; the streams are
/// on the CPU before and after.
StreamPair sample_from(TrainableDenoiser& denoiser, const Bucket& bucket, const CaptionEncoder& captions, std::int64_t text_length,
                       const std::vector<std::string>& prompts, const SamplerSettings& settings, std::size_t first, StreamPair streams,
                       c10::Device device);

}  // namespace fantascope::training
