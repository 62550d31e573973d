#include "models/ltx2/tiny_video_decoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/pixel_shuffle.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

namespace fantascope::models::ltx2 {
namespace {

constexpr std::int64_t kColours = 3, kKernel = 3, kWidthMax = 8192, kGroupMax = 64;
constexpr double kLatentLimit = 3;

// Places in the published decoder, which is one flat list: 0 limits the latents and 2, 21 are ReLU; a stage is three memory blocks,
// enlargement, growth in time and a convolution.
constexpr std::int64_t kFirst = 1, kStage = 3, kStageLength = 6, kGrow = 4, kOut = 5, kLast = 22;

std::string weight_of(std::int64_t place, const char* part = "") { return "decoder." + std::to_string(place) + "." + part + "weight"; }

}  // namespace

std::int64_t TinyVideoDecoder::Shape::patch() const {
  return static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(out_channels) / kColours)));
}

Result<TinyVideoDecoder::Shape> TinyVideoDecoder::Shape::of(const ShardedWeights& weights, const std::string& path) {
  Result<void> status;
  const auto sides = [&](const std::string& name) -> std::array<std::int64_t, 2> {
    const TensorEntry* const entry = weights.find(name);
    if (entry != nullptr && entry->shape.size() == 4 && entry->shape[0] > 0 && entry->shape[0] <= kWidthMax && entry->shape[1] > 0 &&
        entry->shape[1] <= kWidthMax) {
      return {entry->shape[0], entry->shape[1]};
    }
    if (status) {
      status = Error{ErrorCode::kBadFile,
                     "This is no small decoder for live pictures",
                     path,
                     entry == nullptr ? name + " is missing" : name + " has another shape",
                     "a TAEHV file such as taeltx_2.safetensors",
                     "Take it out of the model's folder: it is only for live pictures."};
    }
    return {1, 1};
  };
  Shape shape;
  shape.latent_channels = sides(weight_of(kFirst))[1];
  for (std::size_t i = 0; i < kStages; ++i) {
    const std::int64_t stage = kStage + static_cast<std::int64_t>(i) * kStageLength;
    const auto [grown, width] = sides(weight_of(stage + kGrow, "conv."));
    shape.widths[i] = width;
    shape.frames[i] = std::clamp<std::int64_t>(grown / width, 1, kGroupMax);
    shape.last_width = sides(weight_of(stage + kOut))[0];
  }
  shape.out_channels = sides(weight_of(kLast))[0];
  FANTASCOPE_TRY_VOID(status);
  return shape;
}

Result<TinyVideoDecoder> TinyVideoDecoder::load(const std::string& path, const VideoVaeConfig& vae, const LoadTarget& target) {
  FANTASCOPE_TRY(auto weights, ShardedWeights::open(path));
  FANTASCOPE_TRY(const Shape shape, Shape::of(weights, weights.path()));
  const std::int64_t side = shape.patch() << kStages, frames = shape.frames[0] * shape.frames[1] * shape.frames[2];
  const auto words = [](std::int64_t channels, std::int64_t time, std::int64_t height, std::int64_t width) {
    return std::to_string(channels) + " channels, " + std::to_string(time) + " frames and " + std::to_string(height) + "x" +
           std::to_string(width) + " pixels a latent";
  };
  const ScaleFactors& factors = vae.scale_factors;
  if (shape.latent_channels != vae.latent_channels || frames != factors.time || side != factors.height || side != factors.width) {
    return Error{ErrorCode::kMismatch,
                 "The small decoder for live pictures is not of this model",
                 weights.path(),
                 words(shape.latent_channels, frames, side, side),
                 words(vae.latent_channels, factors.time, factors.height, factors.width),
                 "Use the one that was published for the model, or take it away."};
  }
  LoadedParameters source = target.source(std::move(weights));
  TinyVideoDecoder decoder(shape, ParameterScope(source, ""));
  FANTASCOPE_TRY_VOID(target.finish(source));
  return decoder;
}

TinyVideoDecoder::Conv TinyVideoDecoder::make_conv(ParameterScope scope, std::int64_t out, std::int64_t in, std::int64_t kernel,
                                                   bool has_bias) {
  Conv conv;
  conv.weight = scope.tensor("weight", {out, in, kernel, kernel}, Init::normal(0.02));
  if (has_bias) conv.bias = scope.tensor("bias", {out}, Init::zeros());
  return conv;
}

TinyVideoDecoder::TinyVideoDecoder(const Shape& shape, ParameterScope scope) : patch_(shape.patch()) {
  const ParameterScope list = scope.child("decoder");
  const auto at_place = [&](std::int64_t place) { return list.child(std::to_string(place)); };
  first_ = make_conv(at_place(kFirst), shape.widths[0], shape.latent_channels, kKernel, true);
  for (std::size_t i = 0; i < kStages; ++i) {
    const std::int64_t start = kStage + static_cast<std::int64_t>(i) * kStageLength, width = shape.widths[i];
    Stage& stage = stages_.emplace_back();
    for (std::size_t b = 0; b < stage.blocks.size(); ++b) {
      const ParameterScope block = at_place(start + static_cast<std::int64_t>(b)).child("conv");
      for (std::size_t c = 0; c < 3; ++c)  // between them ReLU, which counts as a place
        stage.blocks[b].convs[c] = make_conv(block.child(std::to_string(2 * c)), width, c == 0 ? 2 * width : width, kKernel, true);
    }
    stage.frames = shape.frames[i];
    stage.grow = make_conv(at_place(start + kGrow).child("conv"), width * stage.frames, width, 1, false);
    stage.out = make_conv(at_place(start + kOut), i + 1 < kStages ? shape.widths[i + 1] : shape.last_width, width, kKernel, false);
  }
  last_ = make_conv(at_place(kLast), shape.out_channels, shape.last_width, kKernel, true);
}

at::Tensor TinyVideoDecoder::run(const Conv& conv, const at::Tensor& x) {
  return at::conv2d(x, conv.weight, conv.bias, 1, conv.weight.size(2) / 2);
}

/// Frames are the batch [T,C,H,W]; each is worked on together with the one before it, the first with nothing.
at::Tensor TinyVideoDecoder::run(const MemoryBlock& block, const at::Tensor& frames) {
  const at::Tensor nothing = at::zeros_like(frames.narrow(0, 0, 1));
  const at::Tensor before = at::cat({nothing, frames.narrow(0, 0, frames.size(0) - 1)});
  at::Tensor x = at::relu(run(block.convs[0], at::cat({frames, before}, 1)));
  x = at::relu(run(block.convs[1], x));
  return at::relu(run(block.convs[2], x) + frames);
}

at::Tensor TinyVideoDecoder::decode(const at::Tensor& latents_BCFHW, const Growth& growth) const {
  at::Tensor x = latents_BCFHW[0].transpose(0, 1).to(first_.weight.device(), first_.weight.scalar_type());
  x = at::relu(run(first_, at::tanh(x / kLatentLimit) * kLatentLimit));
  std::int64_t lead = 1;  // frames that one latent frame becomes
  for (std::size_t i = 0; i < kStages; ++i) {
    const Stage& stage = stages_[i];
    for (const MemoryBlock& block : stage.blocks) x = run(block, x);
    const std::int64_t width = x.size(1), frames = growth.time[i] ? stage.frames : 1;
    // Without growth in time the last frame of each group stands for it.
    const at::Tensor weight = stage.grow.weight.narrow(0, (stage.frames - frames) * width, frames * width);
    x = at::conv2d(x, weight).reshape({x.size(0) * frames, width, x.size(2), x.size(3)});
    // The reference enlarges before it grows in time; pixel by pixel that is the same, and dearer.
    if (growth.space[i]) x = at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
    x = run(stage.out, x);
    lead *= frames;
  }
  x = at::pixel_shuffle(run(last_, at::relu(x)), patch_).to(at::kFloat);
  // The first latent frame stands for one video frame: those made before it belong to no time.
  return at::clamp(x.narrow(0, lead - 1, x.size(0) - (lead - 1)), 0, 1);
}

}  // namespace fantascope::models::ltx2
