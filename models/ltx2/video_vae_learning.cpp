#include "models/ltx2/video_vae_learning.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/silu.h>

#include <vector>

#include "engine/ops/modulation.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr double kPixelNormEps = 1e-8;  // of pixel_norm

// The convolutions outside residual blocks, from the latents to the pixels.
std::vector<const CausalConv3d*> outer_convs(const VideoDecoder& decoder) {
  std::vector<const CausalConv3d*> convs{&decoder.conv_in};
  for (const auto& block : decoder.up_blocks) {
    if (block.upsampler) convs.push_back(&block.upsampler->conv);
  }
  convs.push_back(&*decoder.conv_out);
  return convs;
}

bool has_lone_centre(const CausalConv3d& conv) {
  const at::NoGradGuard no_grad;
  const at::Tensor taps = conv.weight().to(at::kFloat).square().sum(at::IntArrayRef({0, 1})).flatten().cpu();
  const auto centre = taps[taps.numel() / 2].item<float>();
  return centre > 0 && taps.sum().item<float>() == centre;
}

struct Kernel {
  at::Tensor weight, bias;
};

// Output channels as checkpoints have them for an upsampler, channel * volume + place, to place * channels + channel: what becomes one
// pixel then lies together.
Kernel by_place(const CausalConv3d& conv, std::int64_t volume) {
  const auto rows = [volume](const at::Tensor& t) { return t.unflatten(0, {t.size(0) / volume, volume}).transpose(0, 1).flatten(0, 1); };
  return volume == 1 ? Kernel{conv.weight(), conv.bias()} : Kernel{rows(conv.weight()), rows(conv.bias())};
}

at::Tensor one_place(const Kernel& kernel, const at::Tensor& x) {
  return at::linear(x, kernel.weight.select(4, 1).select(3, 1).select(2, 1), kernel.bias);
}

at::Tensor neighbourhood(const Kernel& kernel, const at::Tensor& x, bool causal) {
  const at::Tensor first = x.narrow(1, 0, 1), last = x.narrow(1, x.size(1) - 1, 1);
  const at::Tensor padded = at::cat(causal ? std::vector{first, first, x} : std::vector{first, x, last}, 1);
  const at::Tensor y = at::conv3d(padded.permute({0, 4, 1, 2, 3}), kernel.weight, kernel.bias, {1, 1, 1}, {0, 1, 1});
  return y.permute({0, 2, 3, 4, 1}).contiguous();
}

at::Tensor neighbourhood(const CausalConv3d& conv, const at::Tensor& x) {
  return neighbourhood(by_place(conv, 1), x, conv.border().causal);
}

at::Tensor norm_silu(const at::Tensor& x) { return at::silu(ops::rms_norm_modulate(x.flatten(1, 3), {}, {}, kPixelNormEps)).view_as(x); }

at::Tensor resnet(const VideoResnetBlock& block, const at::Tensor& x) {
  return x + neighbourhood(block.conv2, norm_silu(neighbourhood(block.conv1, norm_silu(x))));
}

std::int64_t volume_of(const ScaleFactors& s) { return s.time * s.height * s.width; }

// [B,T,H,W,st*sh*sw*C] → [B,T*st-(st-1),H*sh,W*sw,C]
at::Tensor spread(const at::Tensor& x, const ScaleFactors& s) {
  const auto B = x.size(0), T = x.size(1), H = x.size(2), W = x.size(3), C = x.size(4) / volume_of(s);
  const at::Tensor y = x.reshape({B, T, H, W, s.time, s.height, s.width, C})
                           .permute({0, 1, 4, 2, 5, 3, 6, 7})
                           .reshape({B, T * s.time, H * s.height, W * s.width, C});
  return s.time == 1 ? y : y.narrow(1, s.time - 1, T * s.time - (s.time - 1)).contiguous();
}

}  // namespace

bool LearningVideoDecoder::supports(const VideoDecoder& decoder) {
  bool good = decoder.conv_in.border().spatial_padding_mode == "zeros";
  for (const auto& block : decoder.up_blocks) good = good && !block.conv_in && !(block.upsampler && block.upsampler->residual);
  return good;
}

LearningVideoDecoder::LearningVideoDecoder(const VideoDecoder& decoder) : decoder_(decoder) {
  for (const CausalConv3d* conv : outer_convs(decoder)) lone_.push_back(has_lone_centre(*conv));
}

at::Tensor LearningVideoDecoder::forward(const at::Tensor& latents) const {
  std::size_t at = 0;
  const auto outer = [&](const CausalConv3d& conv, const at::Tensor& x, std::int64_t volume) {
    const Kernel kernel = by_place(conv, volume);
    return lone_[at++] ? one_place(kernel, x) : neighbourhood(kernel, x, conv.border().causal);
  };
  at::Tensor x = outer(decoder_.conv_in, latents.permute({0, 2, 3, 4, 1}).contiguous(), 1);
  for (const auto& block : decoder_.mid_block) x = resnet(block, x);
  for (const auto& block : decoder_.up_blocks) {
    if (const auto& up = block.upsampler) x = spread(outer(up->conv, x, volume_of(up->stride)), up->stride);
    for (const auto& one : block.resnets) x = resnet(one, x);
  }
  x = outer(*decoder_.conv_out, norm_silu(x), 1);
  const auto p = decoder_.patch_size, B = x.size(0), T = x.size(1), H = x.size(2), W = x.size(3), C = x.size(4) / (p * p);
  return x.view({B, T, H, W, C, p, p}).permute({0, 4, 1, 2, 6, 3, 5}).reshape({B, C, T, H * p, W * p});  // a patch's column before its row
}

}  // namespace fantascope::models::ltx2
