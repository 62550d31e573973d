#pragma once
/// Audio autoencoder: log-mel spectrograms [B,channels,T,bins] ⇄ latents [B,C,L,bins/4], T = 4 L - 3 where time is causal. "Raw" latents
/// are what the encoder gives and the decoder takes; the denoiser works on normalised ones, packed to [B,L,C*bins/4] (channel major), and
/// the statistics live on that packed axis. Plain differentiable tensor operations, any dtype; training goes through this class. Copies
/// share their weights. After: diffusers AutoencoderKLLTX2Audio.
#include <ATen/core/Tensor.h>

#include <memory>
#include <string>

#include "engine/nn/parameter_scope.h"
#include "engine/weights/weights_in_use.h"
#include "models/ltx2/audio_vae_config.h"
#include "models/ltx2/model_folder.h"

namespace fantascope::models::ltx2 {

class AudioEncoder;
class AudioDecoder;

class AudioVae {
 public:
  /// Reads the component folder (config.json and weights).
  static Result<AudioVae> load(const ModelPart& part, const LoadTarget& target);
  /// Ask the scope's source for finish() before use.
  AudioVae(const AudioVaeConfig& config, ParameterScope scope);
  const AudioVaeConfig& config() const { return config_; }
  at::ScalarType dtype() const;

  Result<void> check_latents(at::IntArrayRef shape_BCLM) const;
  Result<void> check_mel(at::IntArrayRef shape_BCTM) const;

  /// Raw latents [B,C,L,M] → log-mel [B,output_channels,T,mel_bins], in the weights' dtype.
  at::Tensor decode(const at::Tensor& latents_BCLM) const;
  /// Log-mel → [B,2*C,L,M]: mean, then log-variance (only the mean if the config says double_z false).
  at::Tensor encode_moments(const at::Tensor& mel_BCTM) const;

  /// Raw ⇄ normalised latents, [B,C,L,M] both, in the dtype of the argument.
  at::Tensor normalise(const at::Tensor& raw_BCLM) const;
  at::Tensor denormalise(const at::Tensor& latents_BCLM) const;
  const at::Tensor& latents_mean() const { return latents_mean_; }  ///< [C*M]
  const at::Tensor& latents_std() const { return latents_std_; }
  /// Training measures these once the encoder stands; [C*M] each.
  void set_latent_statistics(const at::Tensor& mean, const at::Tensor& std);

 private:
  at::Tensor statistics(const at::Tensor& values, const at::Tensor& like) const;

  AudioVaeConfig config_;
  std::shared_ptr<const AudioEncoder> encoder_;
  std::shared_ptr<const AudioDecoder> decoder_;
  at::Tensor latents_mean_, latents_std_;
};

}  // namespace fantascope::models::ltx2
