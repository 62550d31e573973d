#pragma once
/// Layers of the video VAE in plain differentiable tensor operations, any dtype and device; names of members follow the published tensor
/// names. Video tensors are [B,C,T,H,W]. After: diffusers autoencoder_kl_ltx2.py.
#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/nn/parameter_scope.h"
#include "models/ltx2/video_vae_config.h"

namespace fantascope::models::ltx2 {

/// How the convolutions of one half of the VAE treat borders.
struct ConvBorder {
  bool causal = false;  ///< in time: repeat the first frame twice in front; otherwise first and last once each
  std::string spatial_padding_mode = "zeros";
};

/// 3x3x3 convolution; output has the input's size (divided by `stride`).
class CausalConv3d {
 public:
  CausalConv3d(ParameterScope scope, std::int64_t in_channels, std::int64_t out_channels, ConvBorder border, std::int64_t stride = 1);
  at::Tensor forward(const at::Tensor& x_BCTHW) const;
  const at::Tensor& weight() const { return weight_; }
  const at::Tensor& bias() const { return bias_; }
  const ConvBorder& border() const { return border_; }

 private:
  at::Tensor weight_, bias_;
  ConvBorder border_;
  std::int64_t stride_;
};

/// x / sqrt(mean over channels of x^2 + 1e-8); no weight.
at::Tensor pixel_norm(const at::Tensor& x_BCTHW);

/// norm, SiLU, conv, twice; plus the input, or a normed 1x1x1 projection of it where the channels change.
struct VideoResnetBlock {
  VideoResnetBlock(ParameterScope scope, std::int64_t in_channels, std::int64_t out_channels, double eps, const ConvBorder& border);
  at::Tensor forward(const at::Tensor& x_BCTHW) const;

  CausalConv3d conv1, conv2;
  double eps;
  at::Tensor norm3_weight, norm3_bias, shortcut_weight, shortcut_bias;  ///< undefined where the channels stay
};

/// Convolution, then blocks of pixels into channels; plus means of the input's channels in the same arrangement.
struct VideoDownsampler {
  VideoDownsampler(ParameterScope scope, std::int64_t in_channels, std::int64_t out_channels, ScaleFactors stride,
                   const ConvBorder& border);
  at::Tensor forward(const at::Tensor& x_BCTHW) const;

  ScaleFactors stride;
  std::int64_t group_size;
  CausalConv3d conv;
};

/// Convolution, then channels into blocks of pixels, without the first frame where time is doubled; optionally plus the input's channels
/// in the same arrangement.
struct VideoUpsampler {
  VideoUpsampler(ParameterScope scope, std::int64_t in_channels, ScaleFactors stride, bool residual, std::int64_t factor,
                 const ConvBorder& border);
  at::Tensor forward(const at::Tensor& x_BCTHW) const;

  ScaleFactors stride;
  bool residual;
  std::int64_t factor;
  CausalConv3d conv;
};

struct VideoDownBlock {
  std::vector<VideoResnetBlock> resnets;
  std::optional<VideoDownsampler> downsampler;
  std::optional<CausalConv3d> strided_conv;  ///< downsample_type "conv"
  at::Tensor forward(at::Tensor x_BCTHW) const;
};

struct VideoUpBlock {
  std::optional<VideoResnetBlock> conv_in;
  std::optional<VideoUpsampler> upsampler;
  std::vector<VideoResnetBlock> resnets;
  at::Tensor forward(at::Tensor x_BCTHW) const;
};

class VideoEncoder {
 public:
  VideoEncoder(ParameterScope scope, const VideoVaeConfig& config);
  /// frames [B,3,T,H,W] → [B,2*C,F,H/h,W/w]: mean, then log-variance (one value a place, repeated over the channels).
  at::Tensor forward(const at::Tensor& frames_BCTHW) const;

 private:
  std::int64_t patch_size_;
  CausalConv3d conv_in_;
  std::vector<VideoDownBlock> down_blocks_;
  std::vector<VideoResnetBlock> mid_block_;
  std::optional<CausalConv3d> conv_out_;
};

struct VideoDecoder {
  VideoDecoder(ParameterScope scope, const VideoVaeConfig& config);
  /// latents [B,C,F,h,w] → frames [B,3,T,H,W]. `mid_block_out`, if given, receives what leaves the middle block.
  at::Tensor forward(const at::Tensor& latents_BCFHW, at::Tensor* mid_block_out = nullptr) const;

  std::int64_t patch_size;
  CausalConv3d conv_in;
  std::vector<VideoResnetBlock> mid_block;
  std::vector<VideoUpBlock> up_blocks;
  std::optional<CausalConv3d> conv_out;
};

}  // namespace fantascope::models::ltx2
