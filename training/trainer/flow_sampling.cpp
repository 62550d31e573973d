#include "training/trainer/flow_sampling.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>

#include "training/trainer/compute_type.h"
#include "training/trainer/flow_batch.h"

namespace fantascope::training {

SamplerSettings SamplerSettings::of(const TrainConfig& config) {
  SamplerSettings settings;
  settings.num_steps = config.defaults.value("num_inference_steps", settings.num_steps);
  settings.guidance_scale = config.defaults.value("/guidance/guidance_scale"_json_pointer, settings.guidance_scale);
  settings.shift = config.components.value("/scheduler/shift"_json_pointer, settings.shift);
  return settings;
}

std::vector<double> SamplerSettings::sigmas() const {
  std::vector<double> levels;
  for (int i = 0; i <= num_steps; ++i) {
    const double linear = 1.0 - static_cast<double>(i) / num_steps;
    levels.push_back(shift * linear / (1.0 + (shift - 1.0) * linear));
  }
  return levels;
}

DenoiserBatch batch_of(const Bucket& bucket, const CaptionEncoder::Batch& text) {
  DenoiserBatch batch;
  batch.input_ids_BS = text.ids_BS;
  batch.prompt_mask_BS = text.mask_BS;
  batch.frames = bucket.latent_frames();
  batch.height = bucket.latent_height();
  batch.width = bucket.latent_width();
  batch.fps = bucket.shape.fps;
  return batch;
}

StreamPair sample_from(TrainableDenoiser& denoiser, const Bucket& bucket, const CaptionEncoder& captions, std::int64_t text_length,
                       const std::vector<std::string>& prompts, const SamplerSettings& settings, std::size_t first, StreamPair streams,
                       c10::Device device) {
  const at::NoGradGuard no_grad;
  std::vector<std::string> both(prompts.size());  // without a prompt, then with it
  both.insert(both.end(), prompts.begin(), prompts.end());
  const auto text = captions.encode(both, text_length);
  const std::vector<double> sigmas = settings.sigmas();
  auto& [video, audio] = streams;
  for (std::size_t i = first; i + 1 < sigmas.size(); ++i) {
    DenoiserBatch input = batch_of(bucket, text);
    input.video_BTC = at::cat({video, video}).to(compute_type(device));
    input.audio_BLC = at::cat({audio, audio}).to(compute_type(device));
    input.video_sigmas_BT = at::full({input.video_BTC.size(0), 1}, sigmas[i], at::kFloat);
    input.audio_sigmas_BL = input.video_sigmas_BT;
    move_to(input, device);
    const DenoiserVelocity output = denoiser.forward(input);
    const auto guided = [&](const at::Tensor& velocity) {
      const auto halves = velocity.cpu().to(at::kFloat).chunk(2);
      return halves[0] + settings.guidance_scale * (halves[1] - halves[0]);
    };
    video = video + (sigmas[i + 1] - sigmas[i]) * guided(output.video_BTC);
    audio = audio + (sigmas[i + 1] - sigmas[i]) * guided(output.audio_BLC);
  }
  return streams;
}

}  // namespace fantascope::training
