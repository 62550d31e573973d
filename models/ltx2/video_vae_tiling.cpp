/// Tiled decoding and encoding of VideoVae: tiles overlap, each is blended into the one above, left of and before it. The order of
/// blending is that of the reference (diffusers AutoencoderKLLTX2Video.tiled_decode and _temporal_tiled_decode), so results agree
/// (in time with Seam::kReference).
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>

#include <algorithm>
#include <vector>

#include "models/ltx2/video_vae.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr int kTime = 2, kRow = 3, kColumn = 4;

/// Fades the last `extent` slices of `before` into the first of `tile` along `dim`; changes `tile`.
void blend_into(const at::Tensor& before, at::Tensor tile, int dim, std::int64_t extent) {
  extent = std::min({before.size(dim), tile.size(dim), extent});
  if (extent <= 0) return;
  std::vector<std::int64_t> shape(5, 1);
  shape[dim] = extent;
  const auto weight = (at::arange(extent, at::kFloat) / static_cast<double>(extent)).to(tile.device(), tile.scalar_type()).view(shape);
  auto start = tile.narrow(dim, 0, extent);
  start.copy_(before.narrow(dim, before.size(dim) - extent, extent) * (1 - weight) + start * weight);
}

at::Tensor first_slices(const at::Tensor& x, int dim, std::int64_t count) { return x.narrow(dim, 0, std::min(count, x.size(dim))); }

at::Tensor window(const at::Tensor& x, int dim, std::int64_t from, std::int64_t count) {
  return x.narrow(dim, from, std::min(count, x.size(dim) - from));
}

/// Tiles along one axis, counted in latents; a latent is `in_unit` slices of what goes in and `out_unit` of what comes out.
struct Axis {
  std::int64_t tile, stride, in_unit, out_unit;
  std::int64_t smallest = 1;  ///< a network that reflects at borders needs 2 latents
  std::int64_t in_stride() const { return stride * in_unit; }
  std::int64_t out_stride() const { return stride * out_unit; }
  std::int64_t blend() const { return (tile - stride) * out_unit; }
  bool splits(std::int64_t in_size) const { return in_size > tile * in_unit; }
};

using Network = std::function<at::Tensor(const at::Tensor&)>;

/// What of `x` a tile that starts at `from` sees, and how many slices of its result to drop in front: a tile smaller than the network
/// can take is enlarged towards the start.
struct TileInput {
  at::Tensor x;
  std::int64_t drop = 0;
};

TileInput tile_input(const at::Tensor& x, int dim, std::int64_t from, const Axis& axis) {
  const std::int64_t missing = std::min(from, std::max<std::int64_t>(0, axis.smallest * axis.in_unit - (x.size(dim) - from)));
  return {window(x, dim, from - missing, axis.tile * axis.in_unit + missing), missing / axis.in_unit * axis.out_unit};
}

at::Tensor without_first(const at::Tensor& x, int dim, std::int64_t count) { return x.narrow(dim, count, x.size(dim) - count); }

at::Tensor run_spatial_tiles(const at::Tensor& x, const Axis& height, const Axis& width, const Network& network) {
  std::vector<std::vector<at::Tensor>> rows;
  for (std::int64_t i = 0; i < x.size(kRow); i += height.in_stride()) {
    const auto band = tile_input(x, kRow, i, height);
    std::vector<at::Tensor> row;
    for (std::int64_t j = 0; j < x.size(kColumn); j += width.in_stride()) {
      const auto tile = tile_input(band.x, kColumn, j, width);
      const auto result = network(tile.x);
      if (!result.defined()) return {};
      row.push_back(without_first(without_first(result, kRow, band.drop), kColumn, tile.drop));
    }
    rows.push_back(std::move(row));
  }
  std::vector<at::Tensor> result_rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<at::Tensor> result_row;
    for (std::size_t j = 0; j < rows[i].size(); ++j) {
      if (i > 0) blend_into(rows[i - 1][j], rows[i][j], kRow, height.blend());
      if (j > 0) blend_into(rows[i][j - 1], rows[i][j], kColumn, width.blend());
      result_row.push_back(first_slices(first_slices(rows[i][j], kRow, height.out_stride()), kColumn, width.out_stride()));
    }
    result_rows.push_back(at::cat(result_row, kColumn));
  }
  return first_slices(first_slices(at::cat(result_rows, kRow), kRow, x.size(kRow) / height.in_unit * height.out_unit), kColumn,
                      x.size(kColumn) / width.in_unit * width.out_unit);
}

/// The first stretch is one slice longer than the others: a clip is 1 + k * time frames.
at::Tensor join_stretches(std::vector<at::Tensor> stretches, const Axis& time, std::int64_t out_size) {
  std::vector<at::Tensor> result;
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    if (i > 0) blend_into(stretches[i - 1], stretches[i], kTime, time.blend());
    result.push_back(first_slices(stretches[i], kTime, i > 0 ? time.out_stride() : time.out_stride() + 1));
  }
  return first_slices(at::cat(result, kTime), kTime, out_size);
}

std::int64_t num_tiles(std::int64_t size, std::int64_t stride) { return (size + stride - 1) / stride; }

}  // namespace

Result<void> check_tiling(const VaeTiling& t, const ScaleFactors& s) {
  const bool good = t.stride_height >= s.height && t.stride_width >= s.width && t.stride_num_frames >= s.time &&
                    t.height >= t.stride_height && t.width >= t.stride_width && t.num_frames >= t.stride_num_frames;
  if (good) return {};
  return Error{ErrorCode::kInvalidArgument,
               "tiles of the video VAE must be at least as large as their strides, and strides at least one latent",
               "tiling",
               "tile " + std::to_string(t.num_frames) + "x" + std::to_string(t.height) + "x" + std::to_string(t.width) + ", stride " +
                   std::to_string(t.stride_num_frames) + "x" + std::to_string(t.stride_height) + "x" + std::to_string(t.stride_width),
               "strides of at least " + std::to_string(s.time) + "x" + std::to_string(s.height) + "x" + std::to_string(s.width),
               "Use larger tiles."};
}

at::Tensor VideoVae::decode_tiled(const at::Tensor& latents, const VaeTiling& tiling, const std::function<bool(double)>& on_tile) const {
  const auto& s = config_.scale_factors;
  FANTASCOPE_CHECK(check_tiling(tiling, s).has_value());
  const std::int64_t smallest = config_.decoder_spatial_padding_mode == "reflect" ? 2 : 1;
  const Axis height{tiling.height / s.height, tiling.stride_height / s.height, 1, s.height, smallest};
  const Axis width{tiling.width / s.width, tiling.stride_width / s.width, 1, s.width, smallest};
  const Axis time{tiling.num_frames / s.time, tiling.stride_num_frames / s.time, 1, s.time};
  const bool in_space = tiling.spatial && (height.splits(latents.size(kRow)) || width.splits(latents.size(kColumn)));
  const bool in_time = tiling.temporal && time.splits(latents.size(kTime));

  const std::int64_t total =
      (in_space ? num_tiles(latents.size(kRow), height.stride) * num_tiles(latents.size(kColumn), width.stride) : 1) *
      (in_time ? num_tiles(latents.size(kTime), time.stride) : 1);
  std::int64_t done = 0;
  const Network one_tile = [&](const at::Tensor& tile) {
    auto frames = decode(tile);
    if (on_tile && !on_tile(static_cast<double>(++done) / static_cast<double>(total))) return at::Tensor();
    return frames;
  };
  const Network whole_picture = [&](const at::Tensor& x) { return in_space ? run_spatial_tiles(x, height, width, one_tile) : one_tile(x); };
  if (!in_time) return whole_picture(latents);

  // Each stretch takes one latent more than its length: its first latent stands for one frame only, which the stretch before has too.
  std::vector<at::Tensor> stretches;
  for (std::int64_t f = 0; f < latents.size(kTime); f += time.stride) {
    auto frames = whole_picture(window(latents, kTime, f, time.tile + 1));
    if (!frames.defined()) return {};
    const std::int64_t start = tiling.seam == Seam::kAligned ? 1 : 0;
    stretches.push_back(f > 0 ? frames.narrow(kTime, start, frames.size(kTime) - 1) : frames);
  }
  return join_stretches(std::move(stretches), time, (latents.size(kTime) - 1) * s.time + 1);
}

at::Tensor VideoVae::encode_moments_tiled(const at::Tensor& frames, const VaeTiling& tiling) const {
  const auto& s = config_.scale_factors;
  FANTASCOPE_CHECK(check_tiling(tiling, s).has_value());
  const std::int64_t smallest = config_.encoder_spatial_padding_mode == "reflect" ? 2 : 1;
  const Axis height{tiling.height / s.height, tiling.stride_height / s.height, s.height, 1, smallest};
  const Axis width{tiling.width / s.width, tiling.stride_width / s.width, s.width, 1, smallest};
  const Axis time{tiling.num_frames / s.time, tiling.stride_num_frames / s.time, s.time, 1};
  const bool in_space = tiling.spatial && (height.splits(frames.size(kRow)) || width.splits(frames.size(kColumn)));
  const bool in_time = tiling.temporal && time.splits(frames.size(kTime));
  const Network one_tile = [&](const at::Tensor& tile) { return encode_moments(tile); };
  const Network whole_picture = [&](const at::Tensor& x) { return in_space ? run_spatial_tiles(x, height, width, one_tile) : one_tile(x); };
  if (!in_time) return whole_picture(frames);

  std::vector<at::Tensor> stretches;
  for (std::int64_t t = 0; t < frames.size(kTime); t += time.in_stride()) {
    auto moments = whole_picture(window(frames, kTime, t, time.tile * time.in_unit + 1));
    stretches.push_back(t > 0 ? moments.narrow(kTime, 1, moments.size(kTime) - 1) : moments);
  }
  return join_stretches(std::move(stretches), time, (frames.size(kTime) - 1) / s.time + 1);
}

}  // namespace fantascope::models::ltx2
