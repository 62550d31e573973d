#include "models/ltx2/vocoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/conv_transpose1d.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/matmul.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/bounded_json.h"
#include "models/ltx2/vocoder_filters.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr double kSnakeEps = 1e-9, kSmallestMel = 1e-5;
/// The activation before the last convolution has its framework's default slope, not the config's.
constexpr double kFinalSlope = 0.01;
constexpr std::int64_t kEndKernel = 7;

Init conv_init(std::int64_t fan_in) { return Init::uniform(1.0 / std::sqrt(static_cast<double>(fan_in))); }

/// Leaky rectifier, or x + sin(a x)^2 / b with a and b stored as logarithms, alone or between raising and lowering the rate.
class Activation {
 public:
  enum class Rate { kPlain, kAntialias };

  static Activation leaky(double slope) {
    Activation activation;
    activation.slope_ = slope;
    return activation;
  }
  static Activation snake(ParameterScope scope, std::int64_t channels, bool has_beta, Rate rate, const VocoderConfig& config) {
    Activation activation;
    activation.ratio_ = rate == Rate::kAntialias ? config.antialias_ratio : 1;
    const auto act = rate == Rate::kAntialias ? scope.child("act") : scope;
    activation.alpha_ = act.tensor("alpha", {channels}, Init::zeros());
    activation.beta_ = has_beta ? act.tensor("beta", {channels}, Init::zeros()) : activation.alpha_;
    if (rate == Rate::kPlain) return activation;
    const auto taps = config.antialias_kernel_size;
    const double ratio = static_cast<double>(config.antialias_ratio);
    activation.up_filter_ = scope.child("upsample").optional_tensor("filter", {1, 1, taps});
    activation.down_filter_ = scope.child("downsample").optional_tensor("filter", {1, 1, taps});
    if (!activation.up_filter_.defined()) activation.up_filter_ = kaiser_sinc_filter(0.5 / ratio, 0.6 / ratio, taps);
    if (!activation.down_filter_.defined()) activation.down_filter_ = kaiser_sinc_filter(0.5 / ratio, 0.6 / ratio, taps);
    return activation;
  }

  at::Tensor forward(const at::Tensor& x) const {
    if (!alpha_.defined()) return at::leaky_relu(x, slope_);
    if (ratio_ == 1) return snake(x);
    return downsample_with(snake(upsample_with(x, up_filter_, ratio_)), down_filter_, ratio_);
  }

 private:
  at::Tensor snake(const at::Tensor& x) const {
    const auto alpha = alpha_.exp().view({1, -1, 1}), beta = beta_.exp().view({1, -1, 1});
    return x + (beta + kSnakeEps).reciprocal() * (x * alpha).sin().square();
  }

  double slope_ = 0;
  std::int64_t ratio_ = 1;
  at::Tensor alpha_, beta_, up_filter_, down_filter_;
};

Activation resnet_activation(ParameterScope scope, std::int64_t channels, const VocoderConfig& config) {
  if (config.act_fn == "leaky_relu") return Activation::leaky(config.leaky_relu_negative_slope);
  const auto rate = config.antialias ? Activation::Rate::kAntialias : Activation::Rate::kPlain;
  return Activation::snake(scope, channels, config.act_fn == "snakebeta", rate, config);
}

struct Convolution {
  at::Tensor weight, bias;
  std::int64_t dilation = 1;

  Convolution(ParameterScope scope, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t dilated = 1, bool has_bias = true)
      : dilation(dilated) {
    weight = scope.tensor("weight", {out, in, kernel}, conv_init(in * kernel));
    if (has_bias) bias = scope.tensor("bias", {out}, conv_init(in * kernel));
  }
  at::Tensor forward(const at::Tensor& x) const { return at::conv1d(x, weight, bias, 1, "same", dilation); }
};

/// Pairs of activation and convolution with growing dilation, each pair's result added to what went in.
class ResidualBlock {
 public:
  ResidualBlock(ParameterScope scope, std::int64_t channels, std::int64_t kernel, const std::vector<std::int64_t>& dilations,
                const VocoderConfig& config) {
    for (std::size_t i = 0; i < dilations.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      steps_.push_back({resnet_activation(scope.child("acts1", at), channels, config),
                        Convolution(scope.child("convs1", at), channels, channels, kernel, dilations[i]),
                        resnet_activation(scope.child("acts2", at), channels, config),
                        Convolution(scope.child("convs2", at), channels, channels, kernel)});
    }
  }
  at::Tensor forward(at::Tensor x) const {
    for (const auto& step : steps_) x = x + step.conv2.forward(step.act2.forward(step.conv1.forward(step.act1.forward(x))));
    return x;
  }

 private:
  struct Step {
    Activation act1;
    Convolution conv1;
    Activation act2;
    Convolution conv2;
  };
  std::vector<Step> steps_;
};

/// One transposed convolution and its residual blocks, whose results are averaged.
struct Stage {
  at::Tensor weight, bias;
  std::int64_t factor = 1, padding = 0;
  std::vector<ResidualBlock> resnets;

  at::Tensor forward(const at::Tensor& x) const {
    const auto raised = at::conv_transpose1d(x, weight, bias, factor, padding);
    at::Tensor sum;
    for (const auto& resnet : resnets) sum = sum.defined() ? sum + resnet.forward(raised) : resnet.forward(raised);
    return sum / static_cast<double>(resnets.size());
  }
};

class Generator final : public Vocoder {
 public:
  Generator(const VocoderConfig& config, ParameterScope scope)
      : config_(config), conv_in_(scope.child("conv_in"), config.in_channels, config.hidden_channels, kEndKernel) {
    std::int64_t channels = config.hidden_channels, block = 0;
    for (std::size_t i = 0; i < config.upsample_factors.size(); ++i) {
      const std::int64_t out = channels / 2, kernel = config.upsample_kernel_sizes[i];
      const auto upsampler = scope.child("upsamplers", static_cast<std::int64_t>(i));
      Stage stage;
      stage.factor = config.upsample_factors[i];
      stage.padding = (kernel - stage.factor) / 2;
      stage.weight = upsampler.tensor("weight", {channels, out, kernel}, conv_init(out * kernel));
      stage.bias = upsampler.tensor("bias", {out}, conv_init(out * kernel));
      for (std::size_t k = 0; k < config.resnet_kernel_sizes.size(); ++k) {
        stage.resnets.emplace_back(scope.child("resnets", block++), out, config.resnet_kernel_sizes[k], config.resnet_dilations[k], config);
      }
      stages_.push_back(std::move(stage));
      channels = out;
    }
    act_out_ = config.act_fn == "leaky_relu"
                   ? Activation::leaky(kFinalSlope)
                   : Activation::snake(scope.child("act_out"), channels, /*has_beta=*/true, Activation::Rate::kAntialias, config);
    conv_out_.emplace(scope.child("conv_out"), channels, config.out_channels, kEndKernel, 1, config.final_bias);
  }

  at::Tensor forward(const at::Tensor& mel, VocoderTrace* = nullptr) const override {
    auto x = mel.to(conv_in_.weight.scalar_type()).transpose(2, 3).flatten(1, 2);
    x = conv_in_.forward(x);
    for (const auto& stage : stages_) {
      if (config_.act_fn == "leaky_relu") x = at::leaky_relu(x, config_.leaky_relu_negative_slope);
      x = stage.forward(x);
    }
    x = conv_out_->forward(act_out_.forward(x));
    if (config_.final_act_fn == "tanh") return x.tanh();
    return config_.final_act_fn == "clamp" ? x.clamp(-1, 1) : x;
  }
  int output_sampling_rate() const override { return static_cast<int>(config_.output_sampling_rate); }
  std::int64_t samples_per_frame() const override { return config_.samples_per_frame(); }
  std::int64_t mel_features() const override { return config_.in_channels; }

 private:
  VocoderConfig config_;
  Convolution conv_in_;
  std::vector<Stage> stages_;
  Activation act_out_ = Activation::leaky(kFinalSlope);
  std::optional<Convolution> conv_out_;
};

class BandwidthExtendedVocoder final : public Vocoder {
 public:
  BandwidthExtendedVocoder(const BandwidthExtensionConfig& config, ParameterScope scope)
      : config_(config),
        vocoder_(config.vocoder, scope.child("vocoder")),
        bwe_generator_(config.bwe_generator, scope.child("bwe_generator")),
        resampler_(config.output_sampling_rate / config.input_sampling_rate) {
    const std::int64_t frequencies = config.filter_length / 2 + 1;
    stft_basis_ =
        scope.child("mel_stft").child("stft_fn").tensor("forward_basis", {frequencies * 2, 1, config.filter_length}, Init::normal(0.02));
    mel_basis_ = scope.child("mel_stft").tensor("mel_basis", {config.num_mel_channels, frequencies}, Init::normal(0.02));
  }

  at::Tensor forward(const at::Tensor& mel, VocoderTrace* trace = nullptr) const override {
    auto first = vocoder_.forward(mel);
    const std::int64_t num_samples = first.size(2), remainder = num_samples % config_.hop_length;
    if (trace) trace->first_waveform = first;
    if (remainder != 0) first = at::constant_pad_nd(first, {0, config_.hop_length - remainder});
    const auto log_mel = analyse(first.flatten(0, 1));  // [B*C,bins,T]
    const auto residual = bwe_generator_.forward(log_mel.unflatten(0, {-1, first.size(1)}).transpose(2, 3));
    if (trace) trace->mel = log_mel;
    if (trace) trace->residual = residual;
    const auto waveform = (residual + resampler_.forward(first)).clamp(-1, 1);
    return waveform.narrow(2, 0, num_samples * config_.output_sampling_rate / config_.input_sampling_rate);
  }
  int output_sampling_rate() const override { return static_cast<int>(config_.output_sampling_rate); }
  std::int64_t samples_per_frame() const override {
    return vocoder_.samples_per_frame() * config_.output_sampling_rate / config_.input_sampling_rate;
  }
  std::int64_t mel_features() const override { return vocoder_.mel_features(); }

 private:
  /// Log-mel of signals [X,N]: frames that end with their hop, so that nothing looks ahead.
  at::Tensor analyse(const at::Tensor& signals) const {
    const auto padded =
        at::constant_pad_nd(signals.unsqueeze(1), {std::max<std::int64_t>(0, config_.window_length - config_.hop_length), 0});
    const auto spectrum = at::conv1d(padded, stft_basis_, {}, config_.hop_length);
    const std::int64_t frequencies = spectrum.size(1) / 2;
    const auto magnitude = (spectrum.narrow(1, 0, frequencies).square() + spectrum.narrow(1, frequencies, frequencies).square()).sqrt();
    return at::matmul(mel_basis_, magnitude).clamp_min(kSmallestMel).log();
  }

  BandwidthExtensionConfig config_;
  Generator vocoder_, bwe_generator_;
  HannUpsampler resampler_;
  at::Tensor stft_basis_, mel_basis_;
};

}  // namespace

Result<std::unique_ptr<Vocoder>> Vocoder::make(const nlohmann::json& config, ParameterScope scope, const std::string& file) {
  const std::string name = config.is_object() && config.contains("_class_name") && config["_class_name"].is_string()
                               ? config["_class_name"].get<std::string>()
                               : "";
  if (name == "LTX2Vocoder") {
    FANTASCOPE_TRY(const auto parsed, VocoderConfig::from_json(config, file));
    return std::unique_ptr<Vocoder>(std::make_unique<Generator>(parsed, scope));
  }
  if (name == "LTX2VocoderWithBWE") {
    FANTASCOPE_TRY(const auto parsed, BandwidthExtensionConfig::from_json(config, file));
    return std::unique_ptr<Vocoder>(std::make_unique<BandwidthExtendedVocoder>(parsed, scope));
  }
  return Error{ErrorCode::kUnsupported,
               file + ": this vocoder class is not one that this build knows",
               file + ": _class_name",
               name.empty() ? "none" : name.substr(0, 60),
               "LTX2Vocoder, LTX2VocoderWithBWE",
               "Use a model folder with one of these."};
}

Result<std::unique_ptr<Vocoder>> Vocoder::load(const ModelPart& part, const LoadTarget& target) {
  LoadedParameters parameters = part.parameters(target);
  FANTASCOPE_TRY(auto vocoder, make(part.config, ParameterScope(parameters, ""), part.subject));
  FANTASCOPE_TRY_VOID(target.finish(parameters));
  return vocoder;
}

}  // namespace fantascope::models::ltx2
