#include "models/ltx2/audio_vae_blocks.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <algorithm>
#include <cmath>

namespace fantascope::models::ltx2 {
namespace {

constexpr double kNormEps = 1e-6;
constexpr std::int64_t kNormGroups = 32;

Init conv_init(std::int64_t fan_in) { return Init::uniform(1.0 / std::sqrt(static_cast<double>(fan_in))); }

bool has_attention(const AudioVaeConfig& config, std::int64_t resolution) {
  return std::find(config.attn_resolutions.begin(), config.attn_resolutions.end(), resolution) != config.attn_resolutions.end();
}

AudioStage make_stage(ParameterScope scope, std::int64_t count, std::int64_t in_channels, std::int64_t out_channels,
                      std::int64_t resolution, const AudioVaeConfig& config) {
  AudioStage stage;
  for (std::int64_t i = 0; i < count; ++i) {
    stage.blocks.emplace_back(scope.child("block", i), i == 0 ? in_channels : out_channels, out_channels, config);
    if (has_attention(config, resolution)) stage.attentions.emplace_back(scope.child("attn", i), out_channels, config.norm_type);
  }
  return stage;
}

}  // namespace

AudioConv2d::AudioConv2d(ParameterScope scope, std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel_size,
                         const std::string& causality_axis) {
  const auto conv = scope.child("conv");
  const Init init = conv_init(in_channels * kernel_size * kernel_size);
  weight_ = conv.tensor("weight", {out_channels, in_channels, kernel_size, kernel_size}, init);
  bias_ = conv.tensor("bias", {out_channels}, init);
  const std::int64_t pad = kernel_size - 1, front = pad / 2, back = pad - front;
  if (causality_axis == "height") {
    padding_ = {front, back, pad, 0};
  } else if (causality_axis == "none") {
    padding_ = {front, back, front, back};
  } else {
    padding_ = {pad, 0, front, back};
  }
}

at::Tensor AudioConv2d::forward(const at::Tensor& x) const {
  return at::conv2d(padding_ == std::array<std::int64_t, 4>{} ? x : at::constant_pad_nd(x, padding_), weight_, bias_);
}

AudioNorm::AudioNorm(ParameterScope scope, std::int64_t channels, const std::string& norm_type) : group_(norm_type == "group") {
  if (!group_) return;
  weight_ = scope.tensor("weight", {channels}, Init::ones());
  bias_ = scope.tensor("bias", {channels}, Init::zeros());
}

at::Tensor AudioNorm::forward(const at::Tensor& x) const {
  if (group_) return at::group_norm(x, kNormGroups, weight_, bias_, kNormEps);
  return x / (x.square().mean(1, /*keepdim=*/true) + kNormEps).sqrt();
}

AudioResnetBlock::AudioResnetBlock(ParameterScope scope, std::int64_t in_channels, std::int64_t out_channels, const AudioVaeConfig& config)
    : norm1_(scope.child("norm1"), in_channels, config.norm_type),
      norm2_(scope.child("norm2"), out_channels, config.norm_type),
      conv1_(scope.child("conv1"), in_channels, out_channels, 3, config.causality_axis),
      conv2_(scope.child("conv2"), out_channels, out_channels, 3, config.causality_axis) {
  if (in_channels != out_channels) shortcut_.emplace(scope.child("nin_shortcut"), in_channels, out_channels, 1, config.causality_axis);
}

at::Tensor AudioResnetBlock::forward(const at::Tensor& x) const {
  const auto hidden = conv2_.forward(at::silu(norm2_.forward(conv1_.forward(at::silu(norm1_.forward(x))))));
  return (shortcut_ ? shortcut_->forward(x) : x) + hidden;
}

AudioAttention::AudioAttention(ParameterScope scope, std::int64_t channels, const std::string& norm_type)
    : norm_(scope.child("norm"), channels, norm_type) {
  const char* names[] = {"q", "k", "v", "proj_out"};
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    weights_[i] = scope.child(names[i]).tensor("weight", {channels, channels, 1, 1}, conv_init(channels));
    biases_[i] = scope.child(names[i]).tensor("bias", {channels}, conv_init(channels));
  }
}

at::Tensor AudioAttention::forward(const at::Tensor& x) const {
  const auto normed = norm_.forward(x);
  const auto B = x.size(0), C = x.size(1), places = x.size(2) * x.size(3);
  const auto project = [&](std::size_t i) { return at::conv2d(normed, weights_[i], biases_[i]).reshape({B, C, places}); };
  const auto weights = at::softmax(at::bmm(project(0).transpose(1, 2), project(1)) * (1.0 / std::sqrt(static_cast<double>(C))), 2);
  const auto mixed = at::bmm(project(2), weights.transpose(1, 2)).reshape(x.sizes());
  return x + at::conv2d(mixed, weights_[3], biases_[3]);
}

AudioDownsample::AudioDownsample(ParameterScope scope, std::int64_t channels, const std::string& causality_axis) {
  const auto conv = scope.child("conv");
  weight_ = conv.tensor("weight", {channels, channels, 3, 3}, conv_init(channels * 9));
  bias_ = conv.tensor("bias", {channels}, conv_init(channels * 9));
  if (causality_axis == "height") {
    padding_ = {0, 1, 2, 0};
  } else if (causality_axis == "width") {
    padding_ = {2, 0, 0, 1};
  } else if (causality_axis == "width-compatibility") {
    padding_ = {1, 0, 0, 1};
  } else {
    padding_ = {0, 1, 0, 1};
  }
}

at::Tensor AudioDownsample::forward(const at::Tensor& x) const { return at::conv2d(at::constant_pad_nd(x, padding_), weight_, bias_, 2); }

AudioUpsample::AudioUpsample(ParameterScope scope, std::int64_t channels, const std::string& causality_axis)
    : conv_(scope.child("conv"), channels, channels, 3, causality_axis) {
  if (causality_axis == "height") drop_dim_ = 2;
  if (causality_axis == "width") drop_dim_ = 3;
}

at::Tensor AudioUpsample::forward(const at::Tensor& x) const {
  const auto y = conv_.forward(at::upsample_nearest2d(x, {x.size(2) * 2, x.size(3) * 2}));
  return drop_dim_ == 0 ? y : y.narrow(drop_dim_, 1, y.size(drop_dim_) - 1);
}

at::Tensor AudioStage::forward(at::Tensor x) const {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    x = blocks[i].forward(x);
    if (!attentions.empty()) x = attentions[i].forward(x);
  }
  return x;
}

AudioMiddle::AudioMiddle(ParameterScope scope, std::int64_t channels, const AudioVaeConfig& config)
    : block_1(scope.child("block_1"), channels, channels, config), block_2(scope.child("block_2"), channels, channels, config) {
  if (config.mid_block_add_attention) attn_1.emplace(scope.child("attn_1"), channels, config.norm_type);
}

at::Tensor AudioMiddle::forward(const at::Tensor& x) const {
  const auto hidden = block_1.forward(x);
  return block_2.forward(attn_1 ? attn_1->forward(hidden) : hidden);
}

AudioEncoder::AudioEncoder(ParameterScope scope, const AudioVaeConfig& config)
    : conv_in_(scope.child("conv_in"), config.in_channels, config.base_channels, 3, config.causality_axis) {
  std::int64_t channels = config.base_channels, resolution = config.resolution;
  for (std::size_t level = 0; level < config.ch_mult.size(); ++level) {
    const auto stage_scope = scope.child("down", static_cast<std::int64_t>(level));
    const std::int64_t out = config.base_channels * config.ch_mult[level];
    stages_.push_back(make_stage(stage_scope, config.num_res_blocks, channels, out, resolution, config));
    if (config.num_res_blocks > 0) channels = out;
    if (level + 1 == config.ch_mult.size()) break;
    downsamples_.emplace_back(stage_scope.child("downsample"), channels, config.causality_axis);
    resolution /= 2;
  }
  middle_.emplace(scope.child("mid"), channels, config);
  norm_out_.emplace(scope.child("norm_out"), channels, config.norm_type);
  conv_out_.emplace(scope.child("conv_out"), channels, config.double_z ? 2 * config.latent_channels : config.latent_channels, 3,
                    config.causality_axis);
}

at::Tensor AudioEncoder::forward(const at::Tensor& mel) const {
  auto x = conv_in_.forward(mel);
  for (std::size_t level = 0; level < stages_.size(); ++level) {
    x = stages_[level].forward(x);
    if (level < downsamples_.size()) x = downsamples_[level].forward(x);
  }
  return conv_out_->forward(at::silu(norm_out_->forward(middle_->forward(x))));
}

AudioDecoder::AudioDecoder(ParameterScope scope, const AudioVaeConfig& config)
    : config_(config),
      conv_in_(scope.child("conv_in"), config.latent_channels, config.base_channels * config.ch_mult.back(), 3, config.causality_axis),
      middle_(scope.child("mid"), config.base_channels * config.ch_mult.back(), config) {
  const std::size_t levels = config.ch_mult.size();
  std::int64_t channels = config.base_channels * config.ch_mult.back(), resolution = config.resolution >> (levels - 1);
  std::vector<AudioStage> stages;
  std::vector<AudioUpsample> upsamples;
  for (std::size_t level = levels; level-- > 0;) {
    const auto stage_scope = scope.child("up", static_cast<std::int64_t>(level));
    const std::int64_t out = config.base_channels * config.ch_mult[level];
    stages.insert(stages.begin(), make_stage(stage_scope, config.num_res_blocks + 1, channels, out, resolution, config));
    channels = out;
    if (level > 0) upsamples.insert(upsamples.begin(), AudioUpsample(stage_scope.child("upsample"), channels, config.causality_axis));
    resolution *= 2;
  }
  stages_ = std::move(stages);
  upsamples_ = std::move(upsamples);
  norm_out_.emplace(scope.child("norm_out"), channels, config.norm_type);
  conv_out_.emplace(scope.child("conv_out"), channels, config.output_channels, 3, config.causality_axis);
}

at::Tensor AudioDecoder::forward(const at::Tensor& latents) const {
  auto x = middle_.forward(conv_in_.forward(latents));
  for (std::size_t level = stages_.size(); level-- > 0;) {
    x = stages_[level].forward(x);
    if (level > 0) x = upsamples_[level - 1].forward(x);
  }
  x = conv_out_->forward(at::silu(norm_out_->forward(x)));
  // A causal mel axis loses columns on the way; the reference fills what is missing with zeros.
  const std::int64_t frames = config_.mel_frames(latents.size(2)), bins = config_.mel_bins;
  x = x.narrow(2, 0, std::min(frames, x.size(2))).narrow(3, 0, std::min(bins, x.size(3)));
  const std::int64_t frames_short = frames - x.size(2), bins_short = bins - x.size(3);
  return frames_short > 0 || bins_short > 0 ? at::constant_pad_nd(x, {0, bins_short, 0, frames_short}) : x;
}

}  // namespace fantascope::models::ltx2
