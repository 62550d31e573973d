#include "models/ltx2/latent_upsampler.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv3d.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/lerp.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/tensor.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/bounded_json.h"
#include "engine/base/json_fields.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr std::int64_t kNormGroups = 32, kKernel = 3, kBlurTaps = 5;
constexpr double kNormEps = 1e-5;

struct RationalScale {
  double scale;
  std::int64_t numerator, denominator;
};
constexpr RationalScale kRationalScales[] = {{0.75, 3, 4}, {1.5, 3, 2}, {2.0, 2, 1}, {4.0, 4, 1}};

std::vector<std::int64_t> kernel_shape(std::int64_t out, std::int64_t in, std::int64_t dims) {
  std::vector<std::int64_t> shape{out, in};
  shape.insert(shape.end(), static_cast<std::size_t>(dims), kKernel);
  return shape;
}

Init conv_init(std::int64_t in, std::int64_t dims) {
  return Init::uniform(1.0 / std::sqrt(static_cast<double>(in) * std::pow(static_cast<double>(kKernel), static_cast<double>(dims))));
}

at::Tensor frames_to_batch(const at::Tensor& x) { return x.transpose(1, 2).flatten(0, 1); }
at::Tensor batch_to_frames(const at::Tensor& x, std::int64_t batch) { return x.unflatten(0, {batch, x.size(0) / batch}).transpose(1, 2); }

/// [B,C*t*s*s,F,H,W] → [B,C,F*t,H*s,W*s]
at::Tensor pixel_shuffle(const at::Tensor& x, std::int64_t t, std::int64_t s) {
  const auto B = x.size(0), C = x.size(1) / (t * s * s), F = x.size(2), H = x.size(3), W = x.size(4);
  return x.reshape({B, C, t, s, s, F, H, W}).permute({0, 1, 5, 2, 6, 3, 7, 4}).reshape({B, C, F * t, H * s, W * s});
}

/// Outer product of the binomial row 1 4 6 4 1, of unit sum.
at::Tensor binomial_kernel() {
  const auto row = at::tensor({1.0, 4.0, 6.0, 4.0, 1.0}, at::kFloat) / 16.0;
  return (row.unsqueeze(1) * row.unsqueeze(0)).view({1, 1, kBlurTaps, kBlurTaps});
}

}  // namespace

Result<LatentUpsamplerConfig> LatentUpsamplerConfig::from_json(const nlohmann::json& json, const std::string& file) {
  JsonFields fields(json, file);
  LatentUpsamplerConfig c;
  c.in_channels = fields.integer("in_channels", c.in_channels, 1, 16384);
  c.mid_channels = fields.integer("mid_channels", c.mid_channels, 1, 16384);
  c.num_blocks_per_stage = fields.integer("num_blocks_per_stage", c.num_blocks_per_stage, 0, 256);
  c.dims = fields.integer("dims", c.dims, 2, 3);
  c.spatial_upsample = fields.flag("spatial_upsample", c.spatial_upsample);
  c.temporal_upsample = fields.flag("temporal_upsample", c.temporal_upsample);
  c.use_rational_resampler = fields.flag("use_rational_resampler", c.use_rational_resampler);
  const double scale = fields.number("rational_spatial_scale", 2.0, 0.0, 16.0);
  bool known = false;
  for (const auto& rational : kRationalScales) {
    if (rational.scale != scale) continue;
    known = true;
    c.numerator = rational.numerator;
    c.denominator = rational.denominator;
  }
  const bool rational = c.use_rational_resampler && c.spatial_upsample && !c.temporal_upsample;
  if (rational && !known)
    fields.refuse("rational_spatial_scale", "is not one that this build knows", std::to_string(scale), "0.75, 1.5, 2, 4");
  if (!rational) c.numerator = 2, c.denominator = 1;
  if (!c.spatial_upsample && !c.temporal_upsample) fields.refuse("spatial_upsample", "and temporal_upsample must not both be false");
  if (c.temporal_upsample && c.dims == 2) fields.refuse("dims", "must be 3 where temporal_upsample is true", "2", "3");
  if (c.mid_channels % kNormGroups != 0) fields.refuse("mid_channels", "must be a multiple of 32", std::to_string(c.mid_channels));
  FANTASCOPE_TRY_VOID(fields.finish());
  return c;
}

Result<LatentUpsampler> LatentUpsampler::load(const std::string& folder, const LoadTarget& target) {
  FANTASCOPE_TRY(const auto json, read_bounded_json(folder + "/config.json"));
  FANTASCOPE_TRY(const auto config, LatentUpsamplerConfig::from_json(json, folder + "/config.json"));
  FANTASCOPE_TRY(auto weights, ShardedWeights::open(folder));
  LoadedParameters parameters = target.source(std::move(weights));
  LatentUpsampler upsampler(config, ParameterScope(parameters, ""));
  FANTASCOPE_TRY_VOID(target.finish(parameters));
  return upsampler;
}

LatentUpsampler::LatentUpsampler(const LatentUpsamplerConfig& config, ParameterScope scope) : config_(config) {
  const auto in = config.in_channels, mid = config.mid_channels, dims = config.dims;
  initial_weight_ = scope.tensor("initial_conv.weight", kernel_shape(mid, in, dims), conv_init(in, dims));
  initial_bias_ = scope.tensor("initial_conv.bias", {mid}, conv_init(in, dims));
  initial_norm_weight_ = scope.tensor("initial_norm.weight", {mid}, Init::ones());
  initial_norm_bias_ = scope.tensor("initial_norm.bias", {mid}, Init::zeros());
  for (std::int64_t i = 0; i < config.num_blocks_per_stage; ++i) res_blocks_.push_back(make_block(scope.child("res_blocks", i)));
  const bool rational = config.use_rational_resampler && config.spatial_upsample && !config.temporal_upsample;
  const std::int64_t kernel_dims = config.temporal_upsample ? 3 : 2;
  const std::int64_t volume = (config.temporal_upsample ? 2 : 1) * (config.spatial_upsample ? config.numerator * config.numerator : 1);
  const auto enlarging = rational ? scope.child("upsampler").child("conv") : scope.child("upsampler", 0);
  upsampler_weight_ = enlarging.tensor("weight", kernel_shape(volume * mid, mid, kernel_dims), conv_init(mid, kernel_dims));
  upsampler_bias_ = enlarging.tensor("bias", {volume * mid}, conv_init(mid, kernel_dims));
  if (rational) {
    blur_kernel_ = scope.child("upsampler").child("blur_down").optional_tensor("kernel", {1, 1, kBlurTaps, kBlurTaps});
    if (!blur_kernel_.defined()) blur_kernel_ = binomial_kernel();
  }
  for (std::int64_t i = 0; i < config.num_blocks_per_stage; ++i) {
    post_upsample_res_blocks_.push_back(make_block(scope.child("post_upsample_res_blocks", i)));
  }
  final_weight_ = scope.tensor("final_conv.weight", kernel_shape(in, mid, dims), conv_init(mid, dims));
  final_bias_ = scope.tensor("final_conv.bias", {in}, conv_init(mid, dims));
}

LatentUpsampler::ResidualBlock LatentUpsampler::make_block(ParameterScope scope) const {
  const auto mid = config_.mid_channels, dims = config_.dims;
  const auto shape = kernel_shape(mid, mid, dims);
  const Init init = conv_init(mid, dims);
  return {scope.tensor("conv1.weight", shape, init),         scope.tensor("conv1.bias", {mid}, init),
          scope.tensor("norm1.weight", {mid}, Init::ones()), scope.tensor("norm1.bias", {mid}, Init::zeros()),
          scope.tensor("conv2.weight", shape, init),         scope.tensor("conv2.bias", {mid}, init),
          scope.tensor("norm2.weight", {mid}, Init::ones()), scope.tensor("norm2.bias", {mid}, Init::zeros())};
}

at::Tensor LatentUpsampler::conv(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) const {
  return weight.dim() == 5 ? at::conv3d(x, weight, bias, 1, 1) : at::conv2d(x, weight, bias, 1, 1);
}

at::Tensor LatentUpsampler::run(const ResidualBlock& b, const at::Tensor& x) const {
  auto hidden = at::silu(at::group_norm(conv(x, b.conv1_weight, b.conv1_bias), kNormGroups, b.norm1_weight, b.norm1_bias, kNormEps));
  hidden = at::group_norm(conv(hidden, b.conv2_weight, b.conv2_bias), kNormGroups, b.norm2_weight, b.norm2_bias, kNormEps);
  return at::silu(hidden + x);
}

/// [B,C,F,H,W] where time is enlarged, else frames in the batch: [B*F,C,H,W].
at::Tensor LatentUpsampler::enlarge(const at::Tensor& x) const {
  const auto y = conv(x, upsampler_weight_, upsampler_bias_);
  if (config_.temporal_upsample) {
    const auto shuffled = pixel_shuffle(y, 2, config_.spatial_upsample ? 2 : 1);
    return shuffled.narrow(2, 1, shuffled.size(2) - 1);  // the first latent stands for one frame
  }
  const auto shuffled = pixel_shuffle(y.unsqueeze(2), 1, config_.numerator).squeeze(2);
  if (config_.denominator == 1) return shuffled;
  const auto C = shuffled.size(1);
  return at::conv2d(shuffled, blur_kernel_.to(y.device(), y.scalar_type()).expand({C, 1, kBlurTaps, kBlurTaps}), {}, config_.denominator,
                    kBlurTaps / 2, 1, C);
}

at::Tensor LatentUpsampler::forward(const at::Tensor& latents) const {
  const auto B = latents.size(0);
  auto x = latents.to(initial_weight_.scalar_type());
  if (config_.dims == 2) x = frames_to_batch(x);
  x = at::silu(at::group_norm(conv(x, initial_weight_, initial_bias_), kNormGroups, initial_norm_weight_, initial_norm_bias_, kNormEps));
  for (const auto& block : res_blocks_) x = run(block, x);
  if (config_.dims == 2 || config_.temporal_upsample) {
    x = enlarge(x);
  } else {
    x = batch_to_frames(enlarge(frames_to_batch(x)), B);
  }
  for (const auto& block : post_upsample_res_blocks_) x = run(block, x);
  x = conv(x, final_weight_, final_bias_);
  return config_.dims == 2 ? batch_to_frames(x, B) : x;
}

at::Tensor adain_filter(const at::Tensor& latents, const at::Tensor& reference, double factor) {
  const std::vector<std::int64_t> places{2, 3, 4};
  const auto deviation = [&](const at::Tensor& x) { return x.std(places, /*unbiased=*/true, /*keepdim=*/true); };
  const auto matched = (latents - latents.mean(places, true)) / deviation(latents) * deviation(reference) + reference.mean(places, true);
  return at::lerp(latents, matched, factor);
}

at::Tensor tone_map(const at::Tensor& latents, double compression) {
  const double strength = compression * 0.75;
  return latents * (1.0 - 0.8 * strength * at::sigmoid(4.0 * strength * (latents.abs() - 1.0)));
}

}  // namespace fantascope::models::ltx2
