#pragma once
/// How training/ reaches a family's networks without naming the family: the same classes that generate, built from fresh parameters
/// and run under autograd. Tensors here are normalised latents, packed to tokens. Single-threaded use.
#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/result.h"
#include "engine/nn/parameter_scope.h"

namespace fantascope {

/// One batch of the joint denoiser. B batch, T video tokens = frames*height*width (latent grid), L audio tokens, S text tokens.
struct DenoiserBatch {
  at::Tensor video_BTC, audio_BLC;                 ///< noisy tokens, compute dtype
  at::Tensor video_sigmas_BT, audio_sigmas_BL;     ///< float32 in [0,1]; 0 for tokens that are given clean; [B,1] where all tokens share it
  at::Tensor input_ids_BS, prompt_mask_BS;         ///< int64; mask 1 for real tokens, left padding
  std::int64_t frames = 0, height = 0, width = 0;  ///< latent grid
  double fps = 0;
};

struct DenoiserVelocity {
  at::Tensor video_BTC, audio_BLC;
  at::Tensor video_text_BSD, audio_text_BSD;  ///< what each stream attends to for its text
};

class TrainableDenoiser {
 public:
  virtual ~TrainableDenoiser() = default;
  virtual DenoiserVelocity forward(const DenoiserBatch& batch) = 0;
  virtual std::int64_t video_channels() const = 0;  ///< of a token
  virtual std::int64_t audio_channels() const = 0;
  virtual std::int64_t video_text_width() const = 0;  ///< D of video_text_BSD
  virtual std::int64_t audio_text_width() const = 0;
};

/// A network from tensor to tensor: decoders, encoders, vocoder.
using TrainableNetwork = std::function<at::Tensor(const at::Tensor&)>;

/// Gives the parameters of one component folder ("transformer", "text_encoder", "connectors", "vae", …).
using SourceOf = std::function<ParameterSource&(const std::string& component)>;

/// What a family offers to training/. `configs` maps a component folder to its config.json.
struct TrainableFamily {
  std::function<Result<std::unique_ptr<TrainableDenoiser>>(const nlohmann::json& configs, const SourceOf& sources)> make_denoiser;
  /// latents [B,C,F,H,W] (de-normalised) -> frames [B,3,T,Y,X] in [-1,1]
  std::function<Result<TrainableNetwork>(const nlohmann::json& configs, const SourceOf& sources)> make_video_decoder;
  /// frames [B,3,T,Y,X] -> latent mean [B,C,F,H,W] (not normalised)
  std::function<Result<TrainableNetwork>(const nlohmann::json& configs, const SourceOf& sources)> make_video_encoder;
  /// latents [B,C,L,M] (de-normalised) -> log-mel [B,channels,T,bins]
  std::function<Result<TrainableNetwork>(const nlohmann::json& configs, const SourceOf& sources)> make_audio_decoder;
  /// log-mel [B,channels,T,bins] -> latent mean [B,C,L,M]
  std::function<Result<TrainableNetwork>(const nlohmann::json& configs, const SourceOf& sources)> make_audio_encoder;
  /// log-mel [B,channels,T,bins] -> waveform [B,channels,samples]
  std::function<Result<TrainableNetwork>(const nlohmann::json& configs, const SourceOf& sources)> make_vocoder;
  /// waveform [B,channels,samples] -> log-mel [B,channels,T,bins]
  std::function<Result<TrainableNetwork>(const nlohmann::json& configs)> make_mel;
};

}  // namespace fantascope
