#pragma once
/// What a training sample is made to learn: noise levels of both streams and which tokens are given clean.
#include <ATen/core/Tensor.h>

#include <random>

#include "training/trainer/config.h"

namespace fantascope::training {

struct Noising {
  at::Tensor video_sigmas_BT, audio_sigmas_BL;    ///< float; 0 where a token is given; one column where all tokens of a clip have the same
  at::Tensor video_weights_BT, audio_weights_BL;  ///< of the loss: 0 where a token is given, else 1
};

/// `frames` latent frames of `area` tokens each.
Noising draw_noising(const FlowConfig& config, std::int64_t batch, std::int64_t frames, std::int64_t area, std::int64_t audio_length,
                     std::mt19937_64& random);

}  // namespace fantascope::training
