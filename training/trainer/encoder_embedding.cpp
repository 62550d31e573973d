#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_pinv.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "training/trainer/internal/embedding.h"
#include "training/trainer/vae_embedding.h"

namespace fantascope::training {
namespace {

using nlohmann::json;

// A power of two, so that multiplying by it costs few bits. A cell's coefficients have a norm of at most about 150: beside this the RMS
// norm's scale stays the same everywhere to 1e-3.
constexpr double kConstant = 4096.0;
constexpr double kLogVariance = -20.0;
constexpr std::int64_t kSubCells = 8;

struct Layout {
  std::int64_t width = 0;
  std::vector<std::int64_t> layers;  // residual blocks of each down-block, then of the middle block
};

Error unfit(const std::string& field, const json& found, const std::string& allowed) {
  return Error{ErrorCode::kUnsupported,
               "the closed-form codec cannot be written into an encoder of this layout",
               "vae." + field,
               found.dump(),
               allowed,
               "Change the training configuration"};
}

Result<Layout> layout_of(const json& vae, const CellMerges& merges, std::int64_t latent_channels) {
  const auto field = [&](const char* name) { return vae.contains(name) ? vae.at(name) : json(); };
  const std::size_t blocks = merges.size();
  for (const CellShape& merge : merges) {
    if (merge.volume() != kSubCells) return unfit("upsample_type", field("upsample_type"), "spatiotemporal everywhere");
  }
  json types = std::vector<std::string>(blocks, "conv");
  types[0] = "spatiotemporal";
  if (blocks < 2 || field("downsample_type") != types)
    return unfit("downsample_type", field("downsample_type"), "spatiotemporal, then conv");
  const json widths = field("block_out_channels");
  const bool numbers = widths.is_array() && !widths.empty() && widths[0].is_number_integer();
  const std::int64_t width = numbers ? widths[0].get<std::int64_t>() : 0;
  if (width <= latent_channels || widths != json(std::vector<std::int64_t>(blocks, width)))
    return unfit("block_out_channels", widths, "for each block the same width above " + std::to_string(latent_channels));
  const json scaling = field("spatio_temporal_scaling");
  if (scaling != json(true) && scaling != json(std::vector<bool>(blocks, true)))
    return unfit("spatio_temporal_scaling", scaling, "true everywhere");
  if (field("encoder_causal") != json(true)) return unfit("encoder_causal", field("encoder_causal"), "true");
  if (field("patch_size") != json(4)) return unfit("patch_size", field("patch_size"), "4");
  const json layers = field("layers_per_block");
  if (!layers.is_array() || layers.size() != blocks + 1) return unfit("layers_per_block", layers, std::to_string(blocks + 1) + " counts");
  return Layout{width, layers.get<std::vector<std::int64_t>>()};
}

// The causal convolution's own place.
at::Tensor here(const at::Tensor& matrix_OI) { return one_tap(matrix_OI, 2, 1, 1); }

// What the first block makes of a cell, [width, sub-cell * patch + k]: filter o gives component o at every sub-cell, channel o * 8 + s; and
// the class adds means over groups of (channel, sub-cell). Component k stands in channel first_channel + k of the block's input.
at::Tensor first_block_map(std::int64_t width, std::int64_t in_channels, std::int64_t first_channel, std::int64_t patch) {
  at::Tensor map = at::zeros({width, kSubCells, patch}, at::kDouble);
  auto entry = map.accessor<double, 3>();
  const std::int64_t group = in_channels * kSubCells / width;
  for (std::int64_t s = 0; s < kSubCells; ++s) {
    for (std::int64_t k = 0; k < patch; ++k) {
      if (k < width / kSubCells) entry[k * kSubCells + s][s][k] += 1.0;
      entry[((first_channel + k) * kSubCells + s) / group][s][k] += 1.0 / static_cast<double>(group);
    }
  }
  return map.reshape({width, kSubCells * patch});
}

// The linear estimate of the level's coefficients [components, width] from what the first block gives. Exact where the block loses
// nothing; else with the least expected square error over the cells that the codec was fitted on.
at::Tensor estimate_of_level_1(const CellCodec& codec, const at::Tensor& map) {
  const PcaBasis& basis = codec.level(1);
  const at::Tensor directions = basis.basis_DK.to(at::kDouble), spread = basis.stddev_K.to(at::kDouble);
  const double all = kSubCells * codec.level(0).stddev_K.to(at::kDouble).square().sum().item<double>();
  const auto dropped = static_cast<double>(std::max<std::int64_t>(1, directions.size(0) - directions.size(1)));
  const double rest = std::sqrt(std::max(1e-6, (all - spread.square().sum().item<double>()) / dropped));
  // Square root of the cells' covariance: what the basis keeps has its own spread, all other directions share the rest.
  const at::Tensor root = at::matmul(directions * (spread - rest), directions.t()) + at::eye(directions.size(0), at::kDouble) * rest;
  return at::matmul(at::matmul(directions.t(), root), at::linalg_pinv(at::matmul(map, root), 1e-9));
}

struct Affine {
  at::Tensor matrix_OI, bias_O;
};

// Kernel 3, stride 2: taps 1 and 2 of each axis are the cell's own sub-cells.
at::Tensor strided_taps(const at::Tensor& matrices_SOI) {
  at::Tensor weight = at::zeros({matrices_SOI.size(1), matrices_SOI.size(2), 3, 3, 3});
  for (std::int64_t s = 0; s < kSubCells; ++s) {
    weight.select(2, 1 + s / 4).select(2, 1 + s / 2 % 2).select(2, 1 + s % 2).copy_(matrices_SOI[s]);
  }
  return weight;
}

// From what stands for the finer level's coefficients (read = matrix * channels + bias) to this level's.
struct DownMap {
  at::Tensor matrices_SOI, bias_O;
};
DownMap down_map(const PcaBasis& basis, const Affine& read) {
  const std::int64_t fine = read.matrix_OI.size(0), components = basis.basis_DK.size(1);
  const at::Tensor parts = basis.basis_DK.to(at::kDouble).reshape({kSubCells, fine, components}).transpose(1, 2);  // [s, out, fine]
  const at::Tensor offset = at::matmul(basis.basis_DK.to(at::kDouble).t(), basis.mean_D.to(at::kDouble));
  return {at::matmul(parts, read.matrix_OI), at::matmul(parts.sum(at::IntArrayRef{0}), read.bias_O) - offset};
}

// What stands for the latents where SiLU is to be linear: each in a channel, and its opposite in another as long as there are channels,
// since silu(x) - silu(-x) = x. The last channel is the constant. Latents without an opposite are the weakest; beside the constant they
// are so small that silu(x) = x / 2 to a hundredth of them.
struct Opposites {
  std::int64_t channels, width, pairs;
  Opposites(std::int64_t channels_in, std::int64_t width_in)
      : channels(channels_in), width(width_in), pairs(std::min(channels_in, width_in - 1 - channels_in)) {}

  // Rows of a weight or bias, [channels, …] along dim, to [width, …].
  at::Tensor spread(const at::Tensor& rows, std::int64_t dim) const {
    auto shape = rows.sizes().vec();
    shape[static_cast<std::size_t>(dim)] = width;
    at::Tensor out = at::zeros(shape, rows.scalar_type());
    out.slice(dim, 0, channels).copy_(rows);
    out.slice(dim, channels, channels + pairs).copy_(-rows.slice(dim, 0, pairs));
    return out;
  }
  // [channels, width], the way back.
  at::Tensor gather() const {
    at::Tensor out = at::zeros({channels, width});
    for (std::int64_t k = 0; k < channels; ++k) {
      out[k][k].fill_(k < pairs ? 1.0 : 2.0);
      if (k < pairs) out[k][channels + k].fill_(-1.0);
    }
    return out;
  }
};

void add_conv(NamedTensors& start, const std::string& name, const at::Tensor& weight, const at::Tensor& bias) {
  start[name + ".conv.weight"] = weight.to(at::kFloat).contiguous();
  start[name + ".conv.bias"] = bias.to(at::kFloat).contiguous();
}

}  // namespace

Result<NamedTensors> encoder_start(const CellCodec& codec, const json& vae) {
  const std::int64_t patch = codec.level(0).basis_DK.size(1), channels = codec.last_level().basis_DK.size(1);
  FANTASCOPE_TRY(const Layout layout, layout_of(vae, codec.merges(), channels));
  const std::int64_t width = layout.width;
  std::int64_t most = 0;
  for (int i = 1; i < codec.num_levels(); ++i) most = std::max(most, codec.level(i).basis_DK.size(1));
  if (most > width || channels * kSubCells % width != 0 || patch > channels)
    return unfit("block_out_channels", vae.at("block_out_channels"), "a divisor of " + std::to_string(channels * kSubCells));
  NamedTensors start;

  // Components of a patch go to the last channels: what the first block adds of the strongest then falls on its last filters.
  const std::int64_t first_channel = channels - patch;
  const PcaBasis& pixels = codec.level(0);
  at::Tensor stem = at::zeros({channels, pixels.basis_DK.size(0)}), stem_bias = at::zeros({channels});
  stem.slice(0, first_channel).copy_(pixels.basis_DK.t());
  stem_bias.slice(0, first_channel).copy_(-at::matmul(pixels.basis_DK.t(), pixels.mean_D));
  add_conv(start, "encoder.conv_in", here(stem), stem_bias);

  const std::int64_t filters = width / kSubCells, kept = std::min(filters, patch);
  at::Tensor choose = at::zeros({filters, channels});
  choose.slice(0, 0, kept).slice(1, first_channel, first_channel + kept).copy_(at::eye(kept));
  add_conv(start, "encoder.down_blocks.0.downsamplers.0.conv", here(choose), at::zeros({filters}));

  const PcaBasis& cells = codec.level(1);
  const at::Tensor read = estimate_of_level_1(codec, first_block_map(width, channels, first_channel, patch));
  const at::Tensor offset = -at::matmul(cells.basis_DK.to(at::kDouble).t(), cells.mean_D.to(at::kDouble));
  const Opposites opposites(channels, width);
  Affine finer{read, offset};
  for (int level = 2; level < codec.num_levels(); ++level) {
    const DownMap map = down_map(codec.level(level), finer);
    const std::int64_t components = map.bias_O.size(0);
    at::Tensor weight = at::zeros({kSubCells, width, width}, at::kDouble), bias = at::zeros({width}, at::kDouble);
    if (level + 1 < codec.num_levels()) {
      weight.slice(1, 0, components).copy_(map.matrices_SOI);
      bias.slice(0, 0, components).copy_(map.bias_O);
    } else {
      weight = opposites.spread(map.matrices_SOI, 1), bias = opposites.spread(map.bias_O, 0);
      bias[width - 1].fill_(kConstant);
    }
    add_conv(start, "encoder.down_blocks." + std::to_string(level - 1) + ".downsamplers.0", strided_taps(weight), bias);
    finer = {padded_to(at::eye(components), components, width).to(at::kDouble), at::zeros({components}, at::kDouble)};
  }

  for (std::size_t i = 0; i < layout.layers.size(); ++i) {
    const bool in_middle = i + 1 == layout.layers.size();
    add_silent_resnets(start, in_middle ? "encoder.mid_block" : "encoder.down_blocks." + std::to_string(i), layout.layers[i],
                       i == 0 ? channels : width);
  }

  // The norm divides by rms = constant / sqrt(width).
  const at::Tensor out = padded_to(opposites.gather() * (kConstant / std::sqrt(static_cast<double>(width))), channels + 1, width);
  at::Tensor out_bias = at::zeros({channels + 1});
  out_bias[channels].fill_(kLogVariance);
  add_conv(start, "encoder.conv_out", here(out), out_bias);
  return start;
}

}  // namespace fantascope::training
