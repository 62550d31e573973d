#include "models/ltx2/audio_vae.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "engine/base/bounded_json.h"
#include "models/ltx2/audio_vae_blocks.h"

namespace fantascope::models::ltx2 {
namespace {

std::string shown(at::IntArrayRef shape) {
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

Error wrong_shape(const char* what, at::IntArrayRef shape, const std::string& allowed) {
  return Error{ErrorCode::kInvalidArgument,
               std::string("the audio VAE cannot take ") + what + " of this shape",
               what,
               shown(shape),
               allowed,
               "Check that audio and model belong together."};
}

}  // namespace

Result<AudioVae> AudioVae::load(const ModelPart& part, const LoadTarget& target) {
  FANTASCOPE_TRY(const auto config, AudioVaeConfig::from_json(part.config, part.subject));
  LoadedParameters parameters = part.parameters(target);
  AudioVae vae(config, ParameterScope(parameters, ""));
  FANTASCOPE_TRY_VOID(target.finish(parameters));
  return vae;
}

AudioVae::AudioVae(const AudioVaeConfig& config, ParameterScope scope)
    : config_(config),
      encoder_(std::make_shared<AudioEncoder>(scope.child("encoder"), config)),
      decoder_(std::make_shared<AudioDecoder>(scope.child("decoder"), config)) {
  latents_mean_ = scope.optional_tensor("latents_mean", {config.base_channels});
  latents_std_ = scope.optional_tensor("latents_std", {config.base_channels});
  if (!latents_mean_.defined()) latents_mean_ = at::zeros({config.base_channels});
  if (!latents_std_.defined()) latents_std_ = at::ones({config.base_channels});
}

at::ScalarType AudioVae::dtype() const { return decoder_->dtype(); }

Result<void> AudioVae::check_latents(at::IntArrayRef shape) const {
  const std::int64_t bins = config_.latent_mel_bins();
  if (shape.size() == 4 && shape[0] >= 1 && shape[1] == config_.latent_channels && shape[2] >= 1 && shape[3] == bins) return {};
  return wrong_shape("latents", shape, "Bx" + std::to_string(config_.latent_channels) + "xLx" + std::to_string(bins) + ", L at least 1");
}

Result<void> AudioVae::check_mel(at::IntArrayRef shape) const {
  if (shape.size() == 4 && shape[0] >= 1 && shape[1] == config_.in_channels && shape[2] >= 1 && shape[3] == config_.mel_bins) return {};
  return wrong_shape("spectrograms", shape,
                     "Bx" + std::to_string(config_.in_channels) + "xTx" + std::to_string(config_.mel_bins) + ", T at least 1");
}

at::Tensor AudioVae::decode(const at::Tensor& latents) const { return decoder_->forward(latents.to(dtype())); }

at::Tensor AudioVae::encode_moments(const at::Tensor& mel) const { return encoder_->forward(mel.to(dtype())); }

at::Tensor AudioVae::statistics(const at::Tensor& values, const at::Tensor& like) const {
  return values.to(like.device(), like.scalar_type()).view({1, config_.latent_channels, 1, config_.latent_mel_bins()});
}

at::Tensor AudioVae::normalise(const at::Tensor& raw) const {
  return (raw - statistics(latents_mean_, raw)) / statistics(latents_std_, raw);
}

at::Tensor AudioVae::denormalise(const at::Tensor& latents) const {
  return latents * statistics(latents_std_, latents) + statistics(latents_mean_, latents);
}

void AudioVae::set_latent_statistics(const at::Tensor& mean, const at::Tensor& std) {
  FANTASCOPE_CHECK(mean.dim() == 1 && mean.size(0) == config_.base_channels && std.sizes() == mean.sizes());
  latents_mean_ = mean.detach();
  latents_std_ = std.detach();
}

}  // namespace fantascope::models::ltx2
