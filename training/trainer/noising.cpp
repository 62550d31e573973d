#include "training/trainer/noising.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>

#include <cmath>

namespace fantascope::training {
namespace {

double draw_unit(std::mt19937_64& random) { return std::uniform_real_distribution<double>(0, 1)(random); }

// Mostly the middle of the path, where the picture is decided; a tenth uniform so that no level is left out.
double draw_sigma(double logit_mean, std::mt19937_64& random) {
  if (draw_unit(random) < 0.1) return std::uniform_real_distribution<double>(0.002, 1)(random);
  return 1.0 / (1.0 + std::exp(-std::normal_distribution<double>(logit_mean, 1.0)(random)));
}

enum class Given { kNothing, kFirstFrame, kLastFrame, kFirstAndLast, kPrefix, kPicture, kSound };

// Some frames of the picture.
Given draw_frames(std::mt19937_64& random) {
  const double point = draw_unit(random);
  if (point < 0.5) return Given::kFirstFrame;
  if (point < 0.65) return Given::kLastFrame;
  if (point < 0.8) return Given::kFirstAndLast;
  return Given::kPrefix;
}

// One whole stream, or nothing.
Given draw_stream(double share, std::mt19937_64& random) {
  const double point = draw_unit(random);
  if (point >= share) return Given::kNothing;
  return point < share / 2 ? Given::kPicture : Given::kSound;
}

}  // namespace

Noising draw_noising(const FlowConfig& config, std::int64_t batch, std::int64_t frames, std::int64_t area, std::int64_t audio_length,
                     std::mt19937_64& random) {
  Noising noising;
  // Batches with single frames given are kept apart from the others: only they need one timestep a token, which is dear.
  const bool by_frame = frames > 1 && draw_unit(random) < config.conditioned_share * 0.7;
  noising.video_sigmas_BT = at::ones({batch, frames * area}, at::kFloat);
  noising.audio_sigmas_BL = at::ones({batch, audio_length}, at::kFloat);
  noising.video_weights_BT = at::ones_like(noising.video_sigmas_BT);
  noising.audio_weights_BL = at::ones_like(noising.audio_sigmas_BL);
  for (std::int64_t b = 0; b < batch; ++b) {
    const double video_sigma = draw_sigma(config.sigma_logit_mean, random);
    const bool independent = draw_unit(random) < config.independent_share;
    const double audio_sigma = independent ? draw_sigma(config.sigma_logit_mean, random) : video_sigma;
    at::Tensor video = noising.video_sigmas_BT[b].fill_(video_sigma), audio = noising.audio_sigmas_BL[b].fill_(audio_sigma);
    at::Tensor video_weight = noising.video_weights_BT[b], audio_weight = noising.audio_weights_BL[b];
    const auto give_frames = [&](std::int64_t first, std::int64_t last) {
      video.slice(0, first * area, last * area).zero_();
      video_weight.slice(0, first * area, last * area).zero_();
    };
    switch (by_frame ? draw_frames(random) : draw_stream(config.conditioned_share * 0.3, random)) {
      case Given::kNothing:
        break;
      case Given::kFirstFrame:
        give_frames(0, 1);
        break;
      case Given::kLastFrame:
        give_frames(frames - 1, frames);
        break;
      case Given::kFirstAndLast:
        give_frames(0, 1);
        give_frames(frames - 1, frames);
        break;
      case Given::kPrefix:
        give_frames(0, std::uniform_int_distribution<std::int64_t>(1, frames - 1)(random));
        break;
      case Given::kPicture:
        give_frames(0, frames);
        break;
      case Given::kSound:
        audio.zero_();
        audio_weight.zero_();
        break;
    }
  }
  if (!by_frame) {
    noising.video_sigmas_BT = noising.video_sigmas_BT.slice(1, 0, 1);
    noising.audio_sigmas_BL = noising.audio_sigmas_BL.slice(1, 0, 1);
  }
  return noising;
}

}  // namespace fantascope::training
