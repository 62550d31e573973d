#pragma once
/// Layers of the audio VAE: 2-D convolutions over [B,C,time,mel], zero-padded in front along the causal axis. Members follow the published
/// tensor names. After: diffusers autoencoder_kl_ltx2_audio.py.
#include <ATen/core/Tensor.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/nn/parameter_scope.h"
#include "models/ltx2/audio_vae_config.h"

namespace fantascope::models::ltx2 {

/// Convolution that keeps the size, padded to look only back along the causal axis.
class AudioConv2d {
 public:
  AudioConv2d(ParameterScope scope, std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel_size,
              const std::string& causality_axis);
  at::Tensor forward(const at::Tensor& x_BCTM) const;
  const at::Tensor& weight() const { return weight_; }

 private:
  at::Tensor weight_, bias_;
  std::array<std::int64_t, 4> padding_;  ///< mel front, mel back, time front, time back
};

/// Root-mean-square norm over channels, or group norm with weights.
class AudioNorm {
 public:
  AudioNorm(ParameterScope scope, std::int64_t channels, const std::string& norm_type);
  at::Tensor forward(const at::Tensor& x_BCTM) const;

 private:
  bool group_;
  at::Tensor weight_, bias_;
};

class AudioResnetBlock {
 public:
  AudioResnetBlock(ParameterScope scope, std::int64_t in_channels, std::int64_t out_channels, const AudioVaeConfig& config);
  at::Tensor forward(const at::Tensor& x_BCTM) const;

 private:
  AudioNorm norm1_, norm2_;
  AudioConv2d conv1_, conv2_;
  std::optional<AudioConv2d> shortcut_;
};

/// Single-head self-attention over all places of the spectrogram.
class AudioAttention {
 public:
  AudioAttention(ParameterScope scope, std::int64_t channels, const std::string& norm_type);
  at::Tensor forward(const at::Tensor& x_BCTM) const;

 private:
  AudioNorm norm_;
  std::array<at::Tensor, 4> weights_, biases_;  ///< q, k, v, proj_out: 1x1 convolutions
};

/// Halves time and mel with a strided convolution.
class AudioDownsample {
 public:
  AudioDownsample(ParameterScope scope, std::int64_t channels, const std::string& causality_axis);
  at::Tensor forward(const at::Tensor& x_BCTM) const;

 private:
  at::Tensor weight_, bias_;
  std::array<std::int64_t, 4> padding_;
};

/// Doubles time and mel by repeating, then a convolution; the first row of a causal axis is dropped.
class AudioUpsample {
 public:
  AudioUpsample(ParameterScope scope, std::int64_t channels, const std::string& causality_axis);
  at::Tensor forward(const at::Tensor& x_BCTM) const;

 private:
  AudioConv2d conv_;
  int drop_dim_ = 0;  ///< 0: none
};

struct AudioStage {
  std::vector<AudioResnetBlock> blocks;
  std::vector<AudioAttention> attentions;  ///< none, or one after each block
  at::Tensor forward(at::Tensor x_BCTM) const;
};

struct AudioMiddle {
  AudioMiddle(ParameterScope scope, std::int64_t channels, const AudioVaeConfig& config);
  at::Tensor forward(const at::Tensor& x_BCTM) const;

  AudioResnetBlock block_1;
  std::optional<AudioAttention> attn_1;
  AudioResnetBlock block_2;
};

class AudioEncoder {
 public:
  AudioEncoder(ParameterScope scope, const AudioVaeConfig& config);
  at::Tensor forward(const at::Tensor& mel_BCTM) const;

 private:
  AudioConv2d conv_in_;
  std::vector<AudioStage> stages_;
  std::vector<AudioDownsample> downsamples_;
  std::optional<AudioMiddle> middle_;
  std::optional<AudioNorm> norm_out_;
  std::optional<AudioConv2d> conv_out_;
};

class AudioDecoder {
 public:
  AudioDecoder(ParameterScope scope, const AudioVaeConfig& config);
  at::Tensor forward(const at::Tensor& latents_BCLM) const;
  at::ScalarType dtype() const { return conv_in_.weight().scalar_type(); }

 private:
  AudioVaeConfig config_;
  AudioConv2d conv_in_;
  AudioMiddle middle_;
  std::vector<AudioStage> stages_;        ///< by level; run from the last to the first
  std::vector<AudioUpsample> upsamples_;  ///< [level - 1], after the stage of that level
  std::optional<AudioNorm> norm_out_;
  std::optional<AudioConv2d> conv_out_;
};

}  // namespace fantascope::models::ltx2
