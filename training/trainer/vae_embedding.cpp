#include "training/trainer/vae_embedding.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/diag.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "training/trainer/internal/embedding.h"

namespace fantascope::training {
namespace {

constexpr double kConstant = 60.0;
constexpr double kUnitExponent = 0.7;
constexpr const char* kPrefix = "decoder.";

at::Tensor centre_tap(const at::Tensor& matrix_OI) { return one_tap(matrix_OI, 1, 1, 1); }

struct Affine {
  at::Tensor matrix_OI, bias_O;
};

// What a channel carries its coefficient in, [K].
at::Tensor unit_of(const PcaBasis& level) { return level.stddev_K.clamp_min(1e-4).pow(kUnitExponent); }

// An upsampler: the channels it reads, those it gives to each place, and the places it makes of one.
struct Spread {
  std::int64_t in, out, places;
};

// From coefficients of `coarse` to the sub-cells' coefficients at the level below, in units of `fine_unit`; row order of the VAE:
// channel * places + sub-cell.
Affine up_map(const PcaBasis& coarse, const at::Tensor& fine_unit_K, const Spread& s) {
  const std::int64_t fine = coarse.mean_D.size(0) / s.places, components = coarse.basis_DK.size(1);
  at::Tensor matrix = at::zeros({s.out, s.places, s.in}), bias = at::zeros({s.out, s.places});
  const at::Tensor directions = coarse.basis_DK.reshape({s.places, fine, components}) * unit_of(coarse) / fine_unit_K.unsqueeze(1);
  matrix.slice(0, 0, fine).slice(2, 0, components).copy_(directions.transpose(0, 1));
  bias.slice(0, 0, fine).copy_((coarse.mean_D.reshape({s.places, fine}) / fine_unit_K).t());
  return {matrix.reshape({s.out * s.places, s.in}), bias.reshape({s.out * s.places})};
}

// The last one: pairs of opposite sign and the constant; patches keep their own unit.
Affine pair_map(const PcaBasis& coarse, const Spread& s) {
  const std::int64_t fine = coarse.mean_D.size(0) / s.places;
  const Affine single = up_map(coarse, at::ones({fine}), s);
  at::Tensor matrix = at::zeros({s.out, s.places, s.in}), bias = at::zeros({s.out, s.places});
  const at::Tensor positive = single.matrix_OI.reshape({s.out, s.places, s.in}).slice(0, 0, fine);
  const at::Tensor offset = single.bias_O.reshape({s.out, s.places}).slice(0, 0, fine);
  matrix.slice(0, 0, fine).copy_(positive);
  matrix.slice(0, fine, 2 * fine).copy_(-positive);
  bias.slice(0, 0, fine).copy_(offset);
  bias.slice(0, fine, 2 * fine).copy_(-offset);
  bias.select(0, 2 * fine).fill_(kConstant);
  return {matrix.reshape({s.out * s.places, s.in}), bias.reshape({s.out * s.places})};
}

// Channels of each level of the decoder, finest first as the codec's levels: a block's are the next finer level's.
std::vector<std::int64_t> widths_of(const nlohmann::json& vae) {
  const auto channels = vae.at("decoder_block_out_channels").get<std::vector<std::int64_t>>();
  const auto factors = vae.at("upsample_factor").get<std::vector<std::int64_t>>();
  std::vector<std::int64_t> widths;
  for (std::size_t i = 0; i < channels.size(); ++i) widths.push_back(channels[i] / factors.at(i));
  widths.push_back(channels.back());
  return widths;
}

}  // namespace

Result<NamedTensors> decoder_start(const CellCodec& codec, const nlohmann::json& vae) {
  const std::int64_t patch = codec.level(0).basis_DK.size(1);
  const auto widths = widths_of(vae);
  for (int i = 0; i < codec.num_levels(); ++i) {
    const std::int64_t width = widths[static_cast<std::size_t>(i)], needed = i == 0 ? 2 * patch + 1 : codec.level(i).basis_DK.size(1);
    if (width >= needed) continue;
    return Error{ErrorCode::kInvalidArgument,
                 "the decoder is too narrow for the codec",
                 "vae.decoder_block_out_channels",
                 std::to_string(width),
                 "at least " + std::to_string(needed) + " at level " + std::to_string(i),
                 ""};
  }
  NamedTensors start;
  const std::string prefix = kPrefix;
  const PcaBasis& latents = codec.last_level();
  start[prefix + "conv_in.conv.weight"] =
      centre_tap(padded_to(at::diag(unit_of(latents).reciprocal()), widths.back(), latents.basis_DK.size(1)));
  start[prefix + "conv_in.conv.bias"] = at::zeros({widths.back()});
  const auto coarsest = static_cast<std::size_t>(codec.num_levels() - 1);
  for (std::size_t level = coarsest; level > 0; --level) {
    const Spread spread{widths[level], widths[level - 1], codec.merges()[level - 1].volume()};
    const PcaBasis& coarse = codec.level(static_cast<int>(level));
    const Affine map = level == 1 ? pair_map(coarse, spread) : up_map(coarse, unit_of(codec.level(static_cast<int>(level - 1))), spread);
    const std::string name = prefix + "up_blocks." + std::to_string(coarsest - level) + ".upsamplers.0.conv.conv.";
    start[name + "weight"] = centre_tap(map.matrix_OI);
    start[name + "bias"] = map.bias_O;
  }
  // Residual blocks add nothing at first.
  const auto layers_per_block = vae.at("decoder_layers_per_block").get<std::vector<std::int64_t>>();
  for (std::size_t level = 0; level < layers_per_block.size(); ++level) {
    const std::size_t from_coarse = layers_per_block.size() - 1 - level;
    const std::string block = from_coarse == 0 ? "mid_block" : "up_blocks." + std::to_string(from_coarse - 1);
    add_silent_resnets(start, prefix + block, layers_per_block[level], widths[level]);
  }
  // The norm divides by rms = constant / sqrt(width).
  const double scale = kConstant / std::sqrt(static_cast<double>(widths[0]));
  const at::Tensor patches = codec.level(0).basis_DK * scale;  // [48, patch]
  at::Tensor out = at::zeros({patches.size(0), widths[0]});
  out.slice(1, 0, patch).copy_(patches);
  out.slice(1, patch, 2 * patch).copy_(-patches);
  start[prefix + "conv_out.conv.weight"] = centre_tap(out);
  start[prefix + "conv_out.conv.bias"] = codec.level(0).mean_D;
  return start;
}

}  // namespace fantascope::training
