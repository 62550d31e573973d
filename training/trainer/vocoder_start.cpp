#include "training/trainer/vocoder_start.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/atanh.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace fantascope::training {
namespace {

using nlohmann::json;

constexpr std::int64_t kEndKernel = 7, kLags = 3;
// The activation before the last convolution has this slope in the published class, whatever the configuration says.
constexpr double kFinalSlope = 0.01;
// Hops count by their loudness, so that crickets count as much as an impact; this far down they are silence.
constexpr double kSilence = 0.02;
constexpr double kRidge = 1e-4;

struct Layout {
  std::int64_t audio_channels = 0, bins = 0, hinges = 0, hidden = 0;
  std::vector<std::int64_t> factors, kernels, resnet_kernels, resnet_layers;
  double slope = 0;

  std::int64_t hop() const { return samples_after(-1); }
  /// Samples that one position of a level stands for; level -1 is the mel.
  std::int64_t samples_after(int level) const {
    std::int64_t samples = 1;
    for (std::size_t i = static_cast<std::size_t>(level + 1); i < factors.size(); ++i) samples *= factors[i];
    return samples;
  }
  std::int64_t width(int level) const { return hidden >> (level + 1); }
  /// Channels that the tones take.
  std::int64_t tone_channels(int level) const { return audio_channels * (level < 0 ? bins * hinges : 2 * samples_after(level)); }
};

Error unfit(const std::string& field, const json& found, const std::string& allowed) {
  return Error{ErrorCode::kUnsupported,
               "tones cannot be written into a vocoder of this layout",
               "vocoder." + field,
               found.dump(),
               allowed,
               "Change the training configuration, or leave vocoder.tone_hinges out"};
}

json field_of(const json& vocoder, const char* name) { return vocoder.contains(name) ? vocoder.at(name) : json(); }

Result<void> check_fields(const json& vocoder, std::int64_t audio_channels, std::int64_t bins) {
  const auto field = [&](const char* name) { return field_of(vocoder, name); };
  for (const auto& [name, wanted] : {std::pair{"act_fn", "leaky_relu"}, {"final_act_fn", "tanh"}}) {
    if (vocoder.contains(name) && field(name) != json(wanted)) return unfit(name, field(name), wanted);
  }
  for (const char* name : {"upsample_factors", "upsample_kernel_sizes", "resnet_kernel_sizes"}) {
    const json list = field(name);
    const bool numbers = list.is_array() && std::ranges::all_of(list, [](const json& x) { return x.is_number_integer() && x > 0; });
    if (!numbers) return unfit(name, list, "a list of whole numbers above 0");
  }
  if (!field("resnet_dilations").is_array()) return unfit("resnet_dilations", field("resnet_dilations"), "a list of lists");
  if (!field("hidden_channels").is_number_integer()) return unfit("hidden_channels", field("hidden_channels"), "a whole number");
  if (field("in_channels") != json(audio_channels * bins))
    return unfit("in_channels", field("in_channels"), std::to_string(audio_channels * bins));
  if (field("out_channels") != json(audio_channels)) return unfit("out_channels", field("out_channels"), std::to_string(audio_channels));
  return {};
}

Result<Layout> layout_of(const json& vocoder, std::int64_t audio_channels, std::int64_t bins, int hinges) {
  FANTASCOPE_TRY_VOID(check_fields(vocoder, audio_channels, bins));
  const auto field = [&](const char* name) { return field_of(vocoder, name); };
  Layout layout{audio_channels, bins, hinges, field("hidden_channels")};
  layout.factors = field("upsample_factors").get<std::vector<std::int64_t>>();
  layout.kernels = field("upsample_kernel_sizes").get<std::vector<std::int64_t>>();
  layout.resnet_kernels = field("resnet_kernel_sizes").get<std::vector<std::int64_t>>();
  for (const auto& dilations : field("resnet_dilations")) layout.resnet_layers.push_back(static_cast<std::int64_t>(dilations.size()));
  if (layout.resnet_layers.size() != layout.resnet_kernels.size())
    return unfit("resnet_dilations", field("resnet_dilations"), "one list for each of resnet_kernel_sizes");
  layout.slope = field("leaky_relu_negative_slope").is_number() ? field("leaky_relu_negative_slope").get<double>() : 0.1;
  if (layout.factors.empty() || layout.kernels.size() != layout.factors.size() || layout.kernels[0] != kLags * layout.factors[0])
    return unfit("upsample_kernel_sizes", field("upsample_kernel_sizes"), "one for each factor, the first three times the first factor");
  for (std::size_t i = 0; i < layout.factors.size(); ++i) {
    if (layout.kernels[i] < layout.factors[i] || (layout.kernels[i] - layout.factors[i]) % 2 != 0)
      return unfit("upsample_kernel_sizes", field("upsample_kernel_sizes"), "at least the factors, and by an even number");
  }
  for (int level = -1; level < static_cast<int>(layout.factors.size()); ++level) {
    if (layout.width(level) < layout.tone_channels(level))
      return unfit("hidden_channels", field("hidden_channels"), "at least " + std::to_string(layout.tone_channels(level) << (level + 1)));
  }
  return layout;
}

/// Rectifiers' thresholds [hinges,bins].
at::Tensor thresholds(const std::vector<MelAndWave>& clips, const Layout& layout) {
  at::Tensor sum = at::zeros({layout.bins}, at::kDouble), squares = at::zeros({layout.bins}, at::kDouble);
  double count = 0;
  for (const auto& clip : clips) {
    const at::Tensor rows = clip.mel_CTM.flatten(0, 1).to(at::kDouble);
    sum += rows.sum(0);
    squares += rows.square().sum(0);
    count += static_cast<double>(rows.size(0));
  }
  const at::Tensor mean = sum / count, spread = (squares / count - mean.square()).clamp_min(0).sqrt();
  at::Tensor result = at::zeros({layout.hinges, layout.bins}, at::kDouble);
  for (std::int64_t j = 0; j < layout.hinges; ++j) result[j].copy_(mean + spread * static_cast<double>(j));
  return result.to(at::kFloat);
}

/// Basis functions [lag,feature,hop]: what a feature of the frame before, of the same and of the next frame adds to a hop. All audio
/// channels share them.
at::Tensor least_squares(const std::vector<MelAndWave>& clips, const Layout& layout, const at::Tensor& thresholds_JM) {
  const std::int64_t features = layout.hinges * layout.bins, hop = layout.hop();
  at::Tensor gram = at::zeros({kLags * features, kLags * features}, at::kDouble), cross = at::zeros({kLags * features, hop}, at::kDouble);
  for (const auto& clip : clips) {
    const std::int64_t frames = std::min(clip.mel_CTM.size(1), clip.wave_CN.size(1) / hop);
    const at::Tensor bent = at::leaky_relu(clip.mel_CTM.unsqueeze(2) - thresholds_JM, layout.slope).flatten(2);  // [C,T,features]
    const at::Tensor rows =
        at::cat({bent.slice(1, 0, frames - 2), bent.slice(1, 1, frames - 1), bent.slice(1, 2, frames)}, 2).flatten(0, 1);
    // What the vocoder's last step, tanh, will make the samples of.
    const at::Tensor samples = at::atanh(clip.wave_CN.slice(1, 0, frames * hop).clamp(-0.97, 0.97)).unflatten(1, {frames, hop});
    const at::Tensor hops = samples.slice(1, 1, frames - 1).flatten(0, 1);
    const at::Tensor weight = (hops.square().mean(1, true).sqrt() + kSilence).reciprocal();
    gram += at::matmul((rows * weight).t(), rows * weight).to(at::kDouble);
    cross += at::matmul((rows * weight).t(), hops * weight).to(at::kDouble);
  }
  const at::Tensor ridge = at::eye(gram.size(0), at::kDouble) * (gram.diagonal().mean().item<double>() * kRidge);
  return at::linalg_solve(gram + ridge, cross).to(at::kFloat).reshape({kLags, features, hop});
}

/// Weights as a fresh network has them: uniform by fan-in, drawn here in a fixed order.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  at::Tensor uniform(at::IntArrayRef shape, std::int64_t fan_in) {
    at::Tensor tensor = at::zeros(shape);
    const float bound = 1 / std::sqrt(static_cast<float>(fan_in));
    auto* values = tensor.data_ptr<float>();
    for (std::int64_t i = 0; i < tensor.numel(); ++i)
      values[i] = bound * (static_cast<float>(random_() >> 40) * 0x1p-23F - 1);  // 24 bits to -1 … 1
    return tensor;
  }

 private:
  std::mt19937_64 random_;
};

struct Weights {
  at::Tensor weight, bias;
};

// `tones`: output channels that belong to the tones; `out_dim`: of the weight's dimensions the one that counts them.
void add(VocoderStart& start, const std::string& name, const Weights& weights, std::int64_t tones, std::int64_t out_dim) {
  at::Tensor weight_mask = at::ones_like(weights.weight), bias_mask = at::ones_like(weights.bias);
  weight_mask.slice(out_dim, 0, tones).zero_();
  bias_mask.slice(0, 0, tones).zero_();
  start.weights[name + ".weight"] = weights.weight;
  start.weights[name + ".bias"] = weights.bias;
  start.learnt[name + ".weight"] = weight_mask;
  start.learnt[name + ".bias"] = bias_mask;
}

// Tones neither hear the random channels nor are heard by them. `weight_io` has input channels first.
void keep_apart(Weights& weights, at::Tensor weight_io, std::int64_t tones_in, std::int64_t tones_out) {
  weight_io.slice(0, 0, tones_in).zero_();
  weight_io.slice(1, 0, tones_out).zero_();
  weights.bias.slice(0, 0, tones_out).zero_();
}

// Rectified bins of each audio channel: channel (a, hinge, bin).
Weights first_convolution(const Layout& layout, const at::Tensor& thresholds_JM, Draw& draw) {
  const std::int64_t in = layout.audio_channels * layout.bins, features = layout.hinges * layout.bins;
  Weights result{draw.uniform({layout.hidden, in, kEndKernel}, in * kEndKernel), draw.uniform({layout.hidden}, in * kEndKernel)};
  const std::int64_t tones = layout.tone_channels(-1);
  result.weight.slice(0, 0, tones).zero_();
  for (std::int64_t row = 0; row < tones; ++row)
    result.weight[row][row / features * layout.bins + row % layout.bins][kEndKernel / 2].fill_(1.0);
  for (std::int64_t a = 0; a < layout.audio_channels; ++a)
    result.bias.slice(0, a * features, (a + 1) * features).copy_(-thresholds_JM.flatten());
  return result;
}

Weights fresh_upsampler(const Layout& layout, int level, Draw& draw) {
  const std::int64_t in = layout.width(level - 1), out = layout.width(level), kernel = layout.kernels[static_cast<std::size_t>(level)];
  Weights result{draw.uniform({in, out, kernel}, out * kernel), draw.uniform({out}, out * kernel)};
  keep_apart(result, result.weight, layout.tone_channels(level - 1), layout.tone_channels(level));
  return result;
}

// From features to samples: tap s of a lag's stretch gives the samples of the hop's part s. Channel (a, sign, sample).
Weights first_upsampler(const Layout& layout, const at::Tensor& basis_LFN, Draw& draw) {
  Weights result = fresh_upsampler(layout, 0, draw);
  const std::int64_t features = layout.hinges * layout.bins, factor = layout.factors[0], part = layout.samples_after(0);
  for (std::int64_t lag = 0; lag < kLags; ++lag) {
    // The frame before is heard in the taps behind its own hop.
    const std::int64_t first_tap = (kLags - 1 - lag) * factor;
    const at::Tensor taps = basis_LFN[lag].reshape({features, factor, part}).transpose(1, 2);  // [F,part,factor]
    for (std::int64_t a = 0; a < layout.audio_channels; ++a) {
      const at::Tensor rows = result.weight.slice(0, a * features, (a + 1) * features).slice(2, first_tap, first_tap + factor);
      rows.slice(1, 2 * a * part, (2 * a + 1) * part).copy_(taps);
      rows.slice(1, (2 * a + 1) * part, (2 * a + 2) * part).copy_(-taps);
    }
  }
  return result;
}

// Samples stay what they are; each position hands its samples on to the `factor` finer ones.
Weights later_upsampler(const Layout& layout, int level, Draw& draw) {
  Weights result = fresh_upsampler(layout, level, draw);
  const std::int64_t factor = layout.factors[static_cast<std::size_t>(level)], kernel = layout.kernels[static_cast<std::size_t>(level)];
  const std::int64_t coarse = layout.samples_after(level - 1), fine = layout.samples_after(level);
  for (std::int64_t row = 0; row < layout.tone_channels(level - 1); ++row) {
    const std::int64_t a = row / (2 * coarse), sample = row % coarse;
    const bool negative = row / coarse % 2 == 1;
    for (const bool opposite : {false, true}) {
      const std::int64_t column = (2 * a + opposite) * fine + sample % fine;
      result.weight[row][column][sample / fine + (kernel - factor) / 2].fill_((negative == opposite ? 1 : -1) / (1 + layout.slope));
    }
  }
  return result;
}

Weights last_convolution(const Layout& layout, Draw& draw) {
  const int last = static_cast<int>(layout.factors.size()) - 1;
  const std::int64_t in = layout.width(last);
  Weights result{draw.uniform({layout.audio_channels, in, kEndKernel}, in * kEndKernel), at::zeros({layout.audio_channels})};
  result.weight.slice(1, 0, layout.tone_channels(last)).zero_();
  for (std::int64_t a = 0; a < layout.audio_channels; ++a) {
    result.weight[a][2 * a][kEndKernel / 2].fill_(1 / (1 + kFinalSlope));
    result.weight[a][2 * a + 1][kEndKernel / 2].fill_(-1 / (1 + kFinalSlope));
  }
  return result;
}

// Residual blocks add nothing to tones.
void add_resnets(VocoderStart& start, const Layout& layout, Draw& draw) {
  std::int64_t block = 0;
  for (int level = 0; level < static_cast<int>(layout.factors.size()); ++level) {
    const std::int64_t width = layout.width(level);
    for (std::size_t k = 0; k < layout.resnet_kernels.size(); ++k, ++block) {
      const std::int64_t kernel = layout.resnet_kernels[k];
      for (std::int64_t i = 0; i < layout.resnet_layers[k]; ++i) {
        Weights second{draw.uniform({width, width, kernel}, width * kernel), draw.uniform({width}, width * kernel)};
        keep_apart(second, second.weight.transpose(0, 1), layout.tone_channels(level), layout.tone_channels(level));
        add(start, "resnets." + std::to_string(block) + ".convs2." + std::to_string(i), second, layout.tone_channels(level), 0);
      }
    }
  }
}

}  // namespace

Result<VocoderStart> vocoder_start(const std::vector<MelAndWave>& clips, const json& vocoder, int hinges, std::uint64_t seed) {
  FANTASCOPE_TRY(const Layout layout, layout_of(vocoder, clips.at(0).mel_CTM.size(0), clips[0].mel_CTM.size(2), hinges));
  const at::Tensor bends = thresholds(clips, layout);
  Draw draw(seed);
  VocoderStart start;
  add(start, "conv_in", first_convolution(layout, bends, draw), layout.tone_channels(-1), 0);
  add(start, "upsamplers.0", first_upsampler(layout, least_squares(clips, layout, bends), draw), layout.tone_channels(0), 1);
  const int levels = static_cast<int>(layout.factors.size());
  for (int level = 1; level < levels; ++level)
    add(start, "upsamplers." + std::to_string(level), later_upsampler(layout, level, draw), layout.tone_channels(level), 1);
  add(start, "conv_out", last_convolution(layout, draw), 0, 0);
  start.learnt.at("conv_out.weight").slice(1, 0, layout.tone_channels(levels - 1)).zero_();
  add_resnets(start, layout, draw);
  return start;
}

}  // namespace fantascope::training
