#include "models/ltx2/video_vae_blocks.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/pad.h>
#include <ATen/ops/silu.h>

#include <cmath>

namespace fantascope::models::ltx2 {
namespace {

constexpr std::int64_t kKernel = 3;
constexpr double kPixelNormEps = 1e-8;

/// The bound that makes fresh convolutions keep the size of what passes through them.
Init conv_init(std::int64_t fan_in) { return Init::uniform(1.0 / std::sqrt(static_cast<double>(fan_in))); }

std::vector<VideoResnetBlock> resnet_list(ParameterScope scope, std::int64_t count, std::int64_t channels, double eps,
                                          const ConvBorder& border) {
  std::vector<VideoResnetBlock> resnets;
  for (std::int64_t i = 0; i < count; ++i) resnets.emplace_back(scope.child("resnets", i), channels, channels, eps, border);
  return resnets;
}

/// [B,C,T,H,W] → [B,C*st*sh*sw,T/st,H/sh,W/sw]
at::Tensor space_to_depth(const at::Tensor& x, const ScaleFactors& s) {
  const auto B = x.size(0), C = x.size(1), T = x.size(2) / s.time, H = x.size(3) / s.height, W = x.size(4) / s.width;
  return x.reshape({B, C, T, s.time, H, s.height, W, s.width})
      .permute({0, 1, 3, 5, 7, 2, 4, 6})
      .reshape({B, C * s.time * s.height * s.width, T, H, W});
}

/// The inverse of space_to_depth, without the first st - 1 frames.
at::Tensor depth_to_space(const at::Tensor& x, const ScaleFactors& s) {
  const auto B = x.size(0), C = x.size(1) / (s.time * s.height * s.width), T = x.size(2), H = x.size(3), W = x.size(4);
  const auto y = x.reshape({B, C, s.time, s.height, s.width, T, H, W})
                     .permute({0, 1, 5, 2, 6, 3, 7, 4})
                     .reshape({B, C, T * s.time, H * s.height, W * s.width});
  return s.time == 1 ? y : y.narrow(2, s.time - 1, T * s.time - (s.time - 1));
}

}  // namespace

CausalConv3d::CausalConv3d(ParameterScope scope, std::int64_t in_channels, std::int64_t out_channels, ConvBorder border,
                           std::int64_t stride)
    : border_(std::move(border)), stride_(stride) {
  const auto conv = scope.child("conv");
  const Init init = conv_init(in_channels * kKernel * kKernel * kKernel);
  weight_ = conv.tensor("weight", {out_channels, in_channels, kKernel, kKernel, kKernel}, init);
  bias_ = conv.tensor("bias", {out_channels}, init);
}

at::Tensor CausalConv3d::forward(const at::Tensor& x) const {
  const auto first = x.narrow(2, 0, 1);
  auto padded = border_.causal ? at::cat({first, first, x}, 2) : at::cat({first, x, x.narrow(2, x.size(2) - 1, 1)}, 2);
  if (border_.spatial_padding_mode == "zeros") return at::conv3d(padded, weight_, bias_, {stride_, stride_, stride_}, {0, 1, 1});
  padded = at::pad(padded, {1, 1, 1, 1, 0, 0}, border_.spatial_padding_mode);
  return at::conv3d(padded, weight_, bias_, {stride_, stride_, stride_});
}

at::Tensor pixel_norm(const at::Tensor& x) { return x / (x.square().mean(1, /*keepdim=*/true) + kPixelNormEps).sqrt(); }

VideoResnetBlock::VideoResnetBlock(ParameterScope scope, std::int64_t in_channels, std::int64_t out_channels, double norm_eps,
                                   const ConvBorder& border)
    : conv1(scope.child("conv1"), in_channels, out_channels, border),
      conv2(scope.child("conv2"), out_channels, out_channels, border),
      eps(norm_eps) {
  if (in_channels == out_channels) return;
  norm3_weight = scope.tensor("norm3.weight", {in_channels}, Init::ones());
  norm3_bias = scope.tensor("norm3.bias", {in_channels}, Init::zeros());
  shortcut_weight = scope.tensor("conv_shortcut.weight", {out_channels, in_channels, 1, 1, 1}, conv_init(in_channels));
  shortcut_bias = scope.tensor("conv_shortcut.bias", {out_channels}, conv_init(in_channels));
}

at::Tensor VideoResnetBlock::forward(const at::Tensor& x) const {
  auto hidden = conv1.forward(at::silu(pixel_norm(x)));
  hidden = conv2.forward(at::silu(pixel_norm(hidden)));
  if (!norm3_weight.defined()) return hidden + x;
  const auto normed = at::layer_norm(x.movedim(1, -1), {x.size(1)}, norm3_weight, norm3_bias, eps).movedim(-1, 1);
  return hidden + at::conv3d(normed, shortcut_weight, shortcut_bias);
}

VideoDownsampler::VideoDownsampler(ParameterScope scope, std::int64_t in_channels, std::int64_t out_channels, ScaleFactors strides,
                                   const ConvBorder& border)
    : stride(strides),
      group_size(in_channels * strides.time * strides.height * strides.width / out_channels),
      conv(scope.child("conv"), in_channels, out_channels / (strides.time * strides.height * strides.width), border) {}

at::Tensor VideoDownsampler::forward(const at::Tensor& frames) const {
  const auto x = stride.time == 1 ? frames : at::cat({frames.narrow(2, 0, stride.time - 1), frames}, 2);
  auto residual = space_to_depth(x, stride);
  residual = residual.unflatten(1, {residual.size(1) / group_size, group_size}).mean(2);
  return space_to_depth(conv.forward(x), stride) + residual;
}

VideoUpsampler::VideoUpsampler(ParameterScope scope, std::int64_t in_channels, ScaleFactors strides, bool with_residual,
                               std::int64_t channel_factor, const ConvBorder& border)
    : stride(strides),
      residual(with_residual),
      factor(channel_factor),
      conv(scope.child("conv"), in_channels, in_channels * strides.time * strides.height * strides.width / channel_factor, border) {}

at::Tensor VideoUpsampler::forward(const at::Tensor& x) const {
  const auto hidden = depth_to_space(conv.forward(x), stride);
  if (!residual) return hidden;
  const std::int64_t repeats = stride.time * stride.height * stride.width / factor;
  return hidden + depth_to_space(x, stride).repeat({1, repeats, 1, 1, 1});
}

at::Tensor VideoDownBlock::forward(at::Tensor x) const {
  for (const auto& resnet : resnets) x = resnet.forward(x);
  if (downsampler) x = downsampler->forward(x);
  if (strided_conv) x = strided_conv->forward(x);
  return x;
}

at::Tensor VideoUpBlock::forward(at::Tensor x) const {
  if (conv_in) x = conv_in->forward(x);
  if (upsampler) x = upsampler->forward(x);
  for (const auto& resnet : resnets) x = resnet.forward(x);
  return x;
}

VideoEncoder::VideoEncoder(ParameterScope scope, const VideoVaeConfig& config)
    : patch_size_(config.patch_size),
      conv_in_(scope.child("conv_in"), config.in_channels * config.patch_size * config.patch_size, config.latent_channels,
               {config.encoder_causal, config.encoder_spatial_padding_mode}) {
  const ConvBorder border{config.encoder_causal, config.encoder_spatial_padding_mode};
  std::int64_t channels = config.latent_channels;
  for (std::size_t i = 0; i < config.block_out_channels.size(); ++i) {
    const auto block_scope = scope.child("down_blocks", static_cast<std::int64_t>(i));
    const auto sampler_scope = block_scope.child("downsamplers", 0);
    VideoDownBlock block;
    block.resnets = resnet_list(block_scope, config.layers_per_block[i], channels, config.resnet_norm_eps, border);
    if (config.spatio_temporal_scaling[i]) {
      if (config.downsample_type[i] == "conv") {
        block.strided_conv.emplace(sampler_scope, channels, channels, border, 2);
      } else {
        block.downsampler.emplace(sampler_scope, channels, config.block_out_channels[i], resample_stride(config.downsample_type[i]),
                                  border);
      }
    }
    down_blocks_.push_back(std::move(block));
    channels = config.block_out_channels[i];
  }
  mid_block_ = resnet_list(scope.child("mid_block"), config.layers_per_block.back(), channels, config.resnet_norm_eps, border);
  conv_out_.emplace(scope.child("conv_out"), channels, config.latent_channels + 1, border);
}

at::Tensor VideoEncoder::forward(const at::Tensor& frames) const {
  const auto p = patch_size_;
  const auto B = frames.size(0), C = frames.size(1), T = frames.size(2), H = frames.size(3) / p, W = frames.size(4) / p;
  // A patch's pixels go to channels with the column before the row.
  auto x = frames.reshape({B, C, T, H, p, W, p}).permute({0, 1, 6, 4, 2, 3, 5}).reshape({B, C * p * p, T, H, W});
  x = conv_in_.forward(x);
  for (const auto& block : down_blocks_) x = block.forward(x);
  for (const auto& resnet : mid_block_) x = resnet.forward(x);
  x = conv_out_->forward(at::silu(pixel_norm(x)));
  const auto channels = x.size(1) - 1;
  return at::cat({x.narrow(1, 0, channels), x.narrow(1, channels, 1).expand({-1, channels, -1, -1, -1})}, 1);
}

VideoDecoder::VideoDecoder(ParameterScope scope, const VideoVaeConfig& config)
    : patch_size(config.patch_size),
      conv_in(scope.child("conv_in"), config.latent_channels, config.decoder_block_out_channels.back(),
              {config.decoder_causal, config.decoder_spatial_padding_mode}) {
  const ConvBorder border{config.decoder_causal, config.decoder_spatial_padding_mode};
  const std::size_t count = config.decoder_block_out_channels.size();
  std::int64_t channels = config.decoder_block_out_channels.back();
  mid_block = resnet_list(scope.child("mid_block"), config.decoder_layers_per_block.back(), channels, config.resnet_norm_eps, border);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = count - 1 - i;  // the config lists decoder blocks from the last to the first
    const auto block_scope = scope.child("up_blocks", static_cast<std::int64_t>(i));
    const std::int64_t factor = config.upsample_factor[at];
    const std::int64_t in = channels / factor, out = config.decoder_block_out_channels[at] / factor;
    VideoUpBlock block;
    if (in != out) block.conv_in.emplace(block_scope.child("conv_in"), in, out, config.resnet_norm_eps, border);
    if (config.decoder_spatio_temporal_scaling[at]) {
      block.upsampler.emplace(block_scope.child("upsamplers", 0), out * factor, resample_stride(config.upsample_type[i]),
                              config.upsample_residual[at], factor, border);
    }
    block.resnets = resnet_list(block_scope, config.decoder_layers_per_block[at], out, config.resnet_norm_eps, border);
    up_blocks.push_back(std::move(block));
    channels = out;
  }
  conv_out.emplace(scope.child("conv_out"), channels, config.out_channels * config.patch_size * config.patch_size, border);
}

at::Tensor VideoDecoder::forward(const at::Tensor& latents, at::Tensor* mid_block_out) const {
  auto x = conv_in.forward(latents);
  for (const auto& resnet : mid_block) x = resnet.forward(x);
  if (mid_block_out) *mid_block_out = x;
  for (const auto& block : up_blocks) x = block.forward(x);
  x = conv_out->forward(at::silu(pixel_norm(x)));
  const auto p = patch_size;
  const auto B = x.size(0), C = x.size(1) / (p * p), T = x.size(2), H = x.size(3), W = x.size(4);
  return x.reshape({B, C, p, p, T, H, W}).permute({0, 1, 4, 5, 3, 6, 2}).reshape({B, C, T, H * p, W * p});
}

}  // namespace fantascope::models::ltx2
