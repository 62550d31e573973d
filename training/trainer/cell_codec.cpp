#include "training/trainer/cell_codec.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

namespace fantascope::training {
namespace {

constexpr std::int64_t kPatch = 4;  // pixels of a cell of the first level, in rows and columns
constexpr std::int64_t kPatchValues = 3 * kPatch * kPatch;

std::string prefix_of(int level) { return "level" + std::to_string(level) + "."; }

// Rows of 1x4x4 patches: [T,3,H,W] -> [T, H/4, W/4, 48]; channel order c, x, y as the VAE's patches have it (width before height).
at::Tensor to_patches(const at::Tensor& frames) {
  const auto t = frames.size(0), h = frames.size(2), w = frames.size(3);
  return frames.reshape({t, 3, h / 4, 4, w / 4, 4}).permute({0, 2, 4, 1, 5, 3}).reshape({t, h / 4, w / 4, 48});
}

at::Tensor from_patches(const at::Tensor& patches) {
  const auto t = patches.size(0), h = patches.size(1), w = patches.size(2);
  return patches.reshape({t, h, w, 3, 4, 4}).permute({0, 3, 1, 5, 2, 4}).reshape({t, 3, h * 4, w * 4});
}

// [t,h,w,k] -> [t/time,h/space,w/space, volume*k], sub-cells in (time, row, column) order.
at::Tensor gather_cells(const at::Tensor& cells, const CellShape& m) {
  const auto t = cells.size(0) / m.time, h = cells.size(1) / m.space, w = cells.size(2) / m.space, k = cells.size(3);
  return cells.reshape({t, m.time, h, m.space, w, m.space, k}).permute({0, 2, 4, 1, 3, 5, 6}).reshape({t, h, w, m.volume() * k});
}

at::Tensor scatter_cells(const at::Tensor& cells, const CellShape& m) {
  const auto t = cells.size(0), h = cells.size(1), w = cells.size(2), k = cells.size(3) / m.volume();
  return cells.reshape({t, h, w, m.time, m.space, m.space, k})
      .permute({0, 3, 1, 4, 2, 5, 6})
      .reshape({t * m.time, h * m.space, w * m.space, k});
}

}  // namespace

CellShape cell_size(const CellMerges& merges) {
  CellShape size{1, kPatch};
  for (const CellShape& m : merges) size = {size.time * m.time, size.space * m.space};
  return size;
}

// Frame 0 becomes a still cell.
at::Tensor CellCodec::with_still_start(const at::Tensor& frames) const {
  auto still = frames.sizes().vec();
  still[0] = cell_size(merges_).time - 1;
  return at::cat({frames.slice(0, 0, 1).expand(still), frames});
}

at::Tensor CellCodec::encode_to(const at::Tensor& frames, int level) const {
  at::Tensor cells = project(levels_[0], to_patches(with_still_start(frames)));
  for (std::size_t i = 1; i <= static_cast<std::size_t>(level); ++i) cells = project(levels_[i], gather_cells(cells, merges_[i - 1]));
  return cells;
}

at::Tensor CellCodec::encode(const at::Tensor& frames) const {
  return encode_to(frames, num_levels() - 1).permute({3, 0, 1, 2}).contiguous();
}

at::Tensor CellCodec::decode(const at::Tensor& latents) const {
  at::Tensor cells = latents.permute({1, 2, 3, 0});
  for (std::size_t i = levels_.size() - 1; i > 0; --i) cells = scatter_cells(reconstruct(levels_[i], cells), merges_[i - 1]);
  return from_patches(reconstruct(levels_[0], cells)).slice(0, cell_size(merges_).time - 1);
}

CellCodec CellCodec::fit(const CellCodecConfig& config, const ClipSource& next_clip, const std::function<void(int)>& on_level) {
  CellCodec codec;
  codec.merges_ = config.merges;
  std::int64_t dim = kPatchValues;
  CellShape cell{1, kPatch};
  for (std::size_t level = 0; level < config.components.size(); ++level) {
    const CellShape merge = level == 0 ? CellShape{1, 1} : config.merges[level - 1];
    cell = {cell.time * merge.time, cell.space * merge.space};
    dim *= merge.volume();
    PcaAccumulator moments(dim);
    for (int i = 0; i < config.num_clips; ++i) {
      const auto [frames, weights] = next_clip(i);
      const at::Tensor cells = level == 0 ? to_patches(codec.with_still_start(frames))
                                          : gather_cells(codec.encode_to(frames, static_cast<int>(level) - 1), merge);
      const at::Tensor share = codec.with_still_start(weights)
                                   .reshape({cells.size(0), cell.time, cells.size(1), cell.space, cells.size(2), cell.space})
                                   .mean(at::IntArrayRef{1, 3, 5});
      moments.add(cells.reshape({-1, dim}), share.reshape({-1}) * config.motion_weight + 1.0);
    }
    dim = std::min(config.components[level], dim);
    codec.levels_.push_back(moments.fit(dim));
    if (on_level) on_level(static_cast<int>(level));
  }
  return codec;
}

NamedTensors CellCodec::tensors() const {
  NamedTensors result;
  for (int i = 0; i < num_levels(); ++i) {
    const PcaBasis& basis = level(i);
    result[prefix_of(i) + "mean"] = basis.mean_D;
    result[prefix_of(i) + "basis"] = basis.basis_DK;
    result[prefix_of(i) + "stddev"] = basis.stddev_K;
  }
  return result;
}

Result<CellCodec> CellCodec::from_tensors(const NamedTensors& tensors, const CellCodecConfig& config) {
  CellCodec codec;
  codec.merges_ = config.merges;
  std::int64_t dim = kPatchValues;
  for (std::size_t level = 0; level < config.components.size(); ++level) {
    const std::string prefix = prefix_of(static_cast<int>(level));
    for (const char* part : {"mean", "basis", "stddev"}) {
      if (!tensors.contains(prefix + part))
        return Error{ErrorCode::kBadFile, "not a codec file", prefix + part, "missing", "", "Fit the codec again"};
    }
    PcaBasis basis{tensors.at(prefix + "mean"), tensors.at(prefix + "basis"), tensors.at(prefix + "stddev"), 0};
    if (level > 0) dim *= config.merges[level - 1].volume();
    const std::int64_t wanted = config.components[level];
    const bool last = level + 1 == config.components.size();
    const std::int64_t rows = basis.basis_DK.size(0), columns = basis.basis_DK.size(1);
    if (rows != dim || columns < wanted || (columns > wanted && !last)) {
      return Error{ErrorCode::kMismatch,
                   "this codec was fitted for another configuration",
                   prefix + "basis",
                   std::to_string(rows) + "x" + std::to_string(columns),
                   std::to_string(dim) + "x" + std::to_string(wanted),
                   "Change video_codec.components or vae.upsample_type, or fit the codec again"};
    }
    basis.basis_DK = basis.basis_DK.slice(1, 0, wanted).contiguous();
    basis.stddev_K = basis.stddev_K.slice(0, 0, wanted).contiguous();
    codec.levels_.push_back(std::move(basis));
    dim = wanted;
  }
  return codec;
}

}  // namespace fantascope::training
