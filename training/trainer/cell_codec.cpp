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
at::Tensor gather_cells(const at::Tensor& cells, const CellMerge& m) {
  const auto t = cells.size(0) / m.time, h = cells.size(1) / m.space, w = cells.size(2) / m.space, k = cells.size(3);
  return cells.reshape({t, m.time, h, m.space, w, m.space, k}).permute({0, 2, 4, 1, 3, 5, 6}).reshape({t, h, w, m.volume() * k});
}

at::Tensor scatter_cells(const at::Tensor& cells, const CellMerge& m) {
  const auto t = cells.size(0), h = cells.size(1), w = cells.size(2), k = cells.size(3) / m.volume();
  return cells.reshape({t, h, w, m.time, m.space, m.space, k})
      .permute({0, 3, 1, 4, 2, 5, 6})
      .reshape({t * m.time, h * m.space, w * m.space, k});
}

}  // namespace

CellMerge cell_size(const CellMerges& merges) {
  CellMerge size{1, kPatch};
  for (const CellMerge& m : merges) size = {size.time * m.time, size.space * m.space};
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

at::Tensor CellCodec::encode(const at::Tensor& frames) const { return encode_to(frames, kLevels - 1).permute({3, 0, 1, 2}).contiguous(); }

at::Tensor CellCodec::decode(const at::Tensor& latents) const {
  at::Tensor cells = latents.permute({1, 2, 3, 0});
  for (std::size_t i = kLevels - 1; i > 0; --i) cells = scatter_cells(reconstruct(levels_[i], cells), merges_[i - 1]);
  return from_patches(reconstruct(levels_[0], cells)).slice(0, cell_size(merges_).time - 1);
}

Result<CellCodec> CellCodec::fit(const CellCodecConfig& config, const ClipSource& next_clip, const std::function<void(int)>& on_level,
                                 const NamedTensors& lower_levels) {
  CellCodec codec;
  codec.merges_ = config.merges;
  std::int64_t dim = kPatchValues;
  CellMerge cell{1, kPatch};
  for (int level = 0; level < kLevels; ++level) {
    const CellMerge merge = level == 0 ? CellMerge{1, 1} : config.merges[static_cast<std::size_t>(level - 1)];
    PcaBasis& basis = codec.levels_[static_cast<std::size_t>(level)];
    cell = {cell.time * merge.time, cell.space * merge.space};
    dim *= merge.volume();
    if (!lower_levels.empty() && level + 1 < kLevels) {
      FANTASCOPE_TRY(basis, level_of(lower_levels, level, dim));
      dim = basis.basis_DK.size(1);
      continue;
    }
    PcaAccumulator moments(dim);
    for (int i = 0; i < config.num_clips; ++i) {
      const auto [frames, weights] = next_clip(i);
      const at::Tensor cells =
          level == 0 ? to_patches(codec.with_still_start(frames)) : gather_cells(codec.encode_to(frames, level - 1), merge);
      const at::Tensor share = codec.with_still_start(weights)
                                   .reshape({cells.size(0), cell.time, cells.size(1), cell.space, cells.size(2), cell.space})
                                   .mean(at::IntArrayRef{1, 3, 5});
      moments.add(cells.reshape({-1, dim}), share.reshape({-1}) * config.motion_weight + 1.0);
    }
    dim = std::min(config.components[static_cast<std::size_t>(level)], dim);
    basis = moments.fit(dim);
    if (on_level) on_level(level);
  }
  return codec;
}

NamedTensors CellCodec::tensors() const {
  NamedTensors result;
  for (int i = 0; i < kLevels; ++i) {
    const auto& basis = levels_[static_cast<std::size_t>(i)];
    const std::string prefix = prefix_of(i);
    result[prefix + "mean"] = basis.mean_D;
    result[prefix + "basis"] = basis.basis_DK;
    result[prefix + "stddev"] = basis.stddev_K;
  }
  return result;
}

Result<PcaBasis> CellCodec::level_of(const NamedTensors& tensors, int level, std::int64_t dim) {
  const std::string prefix = prefix_of(level);
  for (const char* part : {"mean", "basis", "stddev"}) {
    if (!tensors.contains(prefix + part))
      return Error{ErrorCode::kBadFile, "not a codec file", prefix + part, "missing", "", "Fit the codec again"};
  }
  const PcaBasis basis{tensors.at(prefix + "mean"), tensors.at(prefix + "basis"), tensors.at(prefix + "stddev"), 0};
  if (basis.basis_DK.size(0) == dim) return basis;
  return Error{ErrorCode::kMismatch,
               "this codec has cells of other sizes",
               prefix + "basis",
               std::to_string(basis.basis_DK.size(0)) + " rows",
               std::to_string(dim) + " rows",
               "Fit the codec again"};
}

Result<CellCodec> CellCodec::from_tensors(const NamedTensors& tensors, const CellMerges& merges) {
  CellCodec codec;
  codec.merges_ = merges;
  std::int64_t dim = kPatchValues;
  for (int level = 0; level < kLevels; ++level) {
    if (level > 0) dim *= merges[static_cast<std::size_t>(level - 1)].volume();
    PcaBasis& basis = codec.levels_[static_cast<std::size_t>(level)];
    FANTASCOPE_TRY(basis, level_of(tensors, level, dim));
    dim = basis.basis_DK.size(1);
  }
  return codec;
}

}  // namespace fantascope::training
