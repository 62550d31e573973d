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

// From coefficients of `coarse` to the eight sub-cells' coefficients at the level below, in units of `fine_unit`; row order of the VAE:
// channel * 8 + sub-cell.
Affine up_map(const PcaBasis& coarse, const at::Tensor& fine_unit_K, std::int64_t width) {
  const std::int64_t fine = coarse.mean_D.size(0) / 8, components = coarse.basis_DK.size(1);
  at::Tensor matrix = at::zeros({width, 8, width}), bias = at::zeros({width, 8});
  const at::Tensor directions = coarse.basis_DK.reshape({8, fine, components}) * unit_of(coarse) / fine_unit_K.unsqueeze(1);
  matrix.slice(0, 0, fine).slice(2, 0, components).copy_(directions.transpose(0, 1));
  bias.slice(0, 0, fine).copy_((coarse.mean_D.reshape({8, fine}) / fine_unit_K).t());
  return {matrix.reshape({width * 8, width}), bias.reshape({width * 8})};
}

// The last one: pairs of opposite sign and the constant; patches keep their own unit.
Affine pair_map(const PcaBasis& coarse, std::int64_t width) {
  const Affine single = up_map(coarse, at::ones({coarse.mean_D.size(0) / 8}), width);
  const std::int64_t fine = coarse.mean_D.size(0) / 8;
  at::Tensor matrix = at::zeros({width, 8, width}), bias = at::zeros({width, 8});
  const at::Tensor positive = single.matrix_OI.reshape({width, 8, width}).slice(0, 0, fine);
  const at::Tensor offset = single.bias_O.reshape({width, 8}).slice(0, 0, fine);
  matrix.slice(0, 0, fine).copy_(positive);
  matrix.slice(0, fine, 2 * fine).copy_(-positive);
  bias.slice(0, 0, fine).copy_(offset);
  bias.slice(0, fine, 2 * fine).copy_(-offset);
  bias.select(0, 2 * fine).fill_(kConstant);
  return {matrix.reshape({width * 8, width}), bias.reshape({width * 8})};
}

}  // namespace

Result<NamedTensors> decoder_start(const CellCodec& codec, std::int64_t width, const std::vector<std::int64_t>& layers_per_block) {
  const std::int64_t patch = codec.level(0).basis_DK.size(1);
  for (int i = 0; i < CellCodec::kLevels; ++i) {
    if (codec.level(i).basis_DK.size(1) > width || 2 * patch + 1 > width) {
      return Error{ErrorCode::kInvalidArgument, "the decoder is too narrow for the codec",           "vae.decoder_block_out_channels",
                   std::to_string(width),       "at least the codec's components and 2 * patch + 1", ""};
    }
  }
  NamedTensors start;
  const std::string prefix = kPrefix;
  const std::int64_t channels = codec.level(3).basis_DK.size(1);
  start[prefix + "conv_in.conv.weight"] = centre_tap(padded_to(at::diag(unit_of(codec.level(3)).reciprocal()), width, channels));
  start[prefix + "conv_in.conv.bias"] = at::zeros({width});
  for (int block = 0; block < 3; ++block) {
    const Affine map =
        block == 2 ? pair_map(codec.level(1), width) : up_map(codec.level(3 - block), unit_of(codec.level(2 - block)), width);
    const std::string name = prefix + "up_blocks." + std::to_string(block) + ".upsamplers.0.conv.conv.";
    start[name + "weight"] = centre_tap(map.matrix_OI);
    start[name + "bias"] = map.bias_O;
  }
  // Residual blocks add nothing at first.
  for (std::size_t level = 0; level < layers_per_block.size(); ++level) {
    const std::size_t from_coarse = layers_per_block.size() - 1 - level;
    const std::string block = from_coarse == 0 ? "mid_block" : "up_blocks." + std::to_string(from_coarse - 1);
    add_silent_resnets(start, prefix + block, layers_per_block[level], width);
  }
  // The norm divides by rms = constant / sqrt(width).
  const double scale = kConstant / std::sqrt(static_cast<double>(width));
  const at::Tensor patches = codec.level(0).basis_DK * scale;  // [48, patch]
  at::Tensor out = at::zeros({patches.size(0), width});
  out.slice(1, 0, patch).copy_(patches);
  out.slice(1, patch, 2 * patch).copy_(-patches);
  start[prefix + "conv_out.conv.weight"] = centre_tap(out);
  start[prefix + "conv_out.conv.bias"] = codec.level(0).mean_D;
  return start;
}

}  // namespace fantascope::training
