#include "training/trainer/redrawn_latents.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/stack.h>

#include "training/trainer/compute_type.h"

namespace fantascope::training {
namespace {

// Above this noise level the denoiser decides anew where things are: what it draws from there is another clip.
constexpr double kHighestSigma = 0.75;

}  // namespace

RedrawnLatents::RedrawnLatents(const TrainConfig& config, const Codecs& codecs, const CaptionEncoder& captions, c10::Device device)
    : settings_(SamplerSettings::of(config)), text_length_(config.text_length), codecs_(codecs), captions_(captions), device_(device) {}

Result<std::unique_ptr<RedrawnLatents>> RedrawnLatents::create(const TrainConfig& config, const TrainableFamily& family,
                                                               const Codecs& codecs, const CaptionEncoder& captions,
                                                               const std::map<std::string, NamedTensors>& weights, c10::Device device) {
  std::unique_ptr<RedrawnLatents> made(new RedrawnLatents(config, codecs, captions, device));
  for (const auto& [component, tensors] : weights) {
    made->parameters_.try_emplace(component, compute_type(device), config.seed, tensors, device);
  }
  FANTASCOPE_TRY(made->denoiser_, family.make_denoiser(config.components, [&](const std::string& component) -> ParameterSource& {
    return made->parameters_.at(component);
  }));
  for (const auto& [component, parameters] : made->parameters_) FANTASCOPE_TRY_VOID(parameters.finish());
  return made;
}

at::Tensor RedrawnLatents::redraw(const Bucket& bucket, const std::vector<world::Scene>& scenes, const std::vector<world::Clip>& clips,
                                  std::uint64_t seed) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> video, audio;
  for (const auto& clip : clips) {
    ClipLatents latents = encode_clip(codecs_, clip);
    video.push_back(latents.video_TC);
    audio.push_back(latents.audio_LD);
  }
  std::mt19937_64 random(seed);
  const std::vector<double> sigmas = settings_.sigmas();
  const std::size_t last = sigmas.size() - 2;  // the one before 0
  std::size_t highest = 0;
  while (highest < last && sigmas[highest] > kHighestSigma) ++highest;
  const std::size_t first = std::uniform_int_distribution<std::size_t>(highest, last)(random);
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(random());
  const auto noised = [&](const at::Tensor& clean) { return clean + sigmas[first] * (at::randn_like(clean, generator) - clean); };
  const StreamPair drawn = sample_from(*denoiser_, bucket, captions_, text_length_, CaptionEncoder::draw(scenes, 0, random), settings_,
                                       first, {noised(at::stack(video)), noised(at::stack(audio))}, device_);
  const at::Tensor raw = drawn.video_BTC * codecs_.video_std_C + codecs_.video_mean_C;
  return raw.transpose(1, 2).reshape({raw.size(0), raw.size(2), bucket.latent_frames(), bucket.latent_height(), bucket.latent_width()});
}

}  // namespace fantascope::training
