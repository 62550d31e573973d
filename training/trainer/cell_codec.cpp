#include "training/trainer/cell_codec.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

namespace fantascope::training {
namespace {

// Rows of 1x4x4 patches: [T,3,H,W] -> [T, H/4, W/4, 48]; channel order c, x, y as the VAE's patches have it (width before height).
at::Tensor to_patches(const at::Tensor& frames) {
  const auto t = frames.size(0), h = frames.size(2), w = frames.size(3);
  return frames.reshape({t, 3, h / 4, 4, w / 4, 4}).permute({0, 2, 4, 1, 5, 3}).reshape({t, h / 4, w / 4, 48});
}

at::Tensor from_patches(const at::Tensor& patches) {
  const auto t = patches.size(0), h = patches.size(1), w = patches.size(2);
  return patches.reshape({t, h, w, 3, 4, 4}).permute({0, 3, 1, 5, 2, 4}).reshape({t, 3, h * 4, w * 4});
}

// [t,h,w,k] -> [t/2,h/2,w/2, 8*k], sub-cells in (time, row, column) order.
at::Tensor gather_cells(const at::Tensor& cells) {
  const auto t = cells.size(0), h = cells.size(1), w = cells.size(2), k = cells.size(3);
  return cells.reshape({t / 2, 2, h / 2, 2, w / 2, 2, k}).permute({0, 2, 4, 1, 3, 5, 6}).reshape({t / 2, h / 2, w / 2, 8 * k});
}

at::Tensor scatter_cells(const at::Tensor& cells) {
  const auto t = cells.size(0), h = cells.size(1), w = cells.size(2), k = cells.size(3) / 8;
  return cells.reshape({t, h, w, 2, 2, 2, k}).permute({0, 3, 1, 4, 2, 5, 6}).reshape({t * 2, h * 2, w * 2, k});
}

// Frame 0 becomes a still cell of 8 frames.
at::Tensor with_still_start(const at::Tensor& frames) {
  const auto shape = frames.sizes().vec();
  auto still = shape;
  still[0] = 7;
  return at::cat({frames.slice(0, 0, 1).expand(still), frames});
}

}  // namespace

at::Tensor CellCodec::encode_to(const at::Tensor& frames, int level) const {
  at::Tensor cells = to_patches(with_still_start(frames));
  for (int i = 0; i <= level; ++i) cells = project(levels_[static_cast<std::size_t>(i)], i == 0 ? cells : gather_cells(cells));
  return cells;
}

at::Tensor CellCodec::encode(const at::Tensor& frames) const { return encode_to(frames, kLevels - 1).permute({3, 0, 1, 2}).contiguous(); }

at::Tensor CellCodec::decode(const at::Tensor& latents) const {
  at::Tensor cells = latents.permute({1, 2, 3, 0});
  for (int i = kLevels - 1; i > 0; --i) cells = scatter_cells(reconstruct(levels_[static_cast<std::size_t>(i)], cells));
  return from_patches(reconstruct(levels_[0], cells)).slice(0, 7);
}

CellCodec CellCodec::fit(const CellCodecConfig& config, const ClipSource& next_clip, const std::function<void(int)>& on_level) {
  CellCodec codec;
  std::int64_t dim = 48;
  for (int level = 0; level < kLevels; ++level) {
    PcaAccumulator moments(dim);
    for (int i = 0; i < config.num_clips; ++i) {
      const auto [frames, weights] = next_clip(i);
      at::Tensor cells = level == 0 ? to_patches(with_still_start(frames)) : gather_cells(codec.encode_to(frames, level - 1));
      const std::int64_t span = std::int64_t{4} << level;
      const std::int64_t duration = std::int64_t{1} << level;
      const at::Tensor share = with_still_start(weights)
                                   .reshape({cells.size(0), duration, cells.size(1), span, cells.size(2), span})
                                   .mean(at::IntArrayRef{1, 3, 5});
      moments.add(cells.reshape({-1, dim}), share.reshape({-1}) * config.motion_weight + 1.0);
    }
    const std::int64_t components = std::min(config.components[static_cast<std::size_t>(level)], dim);
    codec.levels_[static_cast<std::size_t>(level)] = moments.fit(components);
    dim = 8 * components;
    if (on_level) on_level(level);
  }
  return codec;
}

NamedTensors CellCodec::tensors() const {
  NamedTensors result;
  for (int i = 0; i < kLevels; ++i) {
    const auto& basis = levels_[static_cast<std::size_t>(i)];
    const std::string prefix = "level" + std::to_string(i) + ".";
    result[prefix + "mean"] = basis.mean_D;
    result[prefix + "basis"] = basis.basis_DK;
    result[prefix + "stddev"] = basis.stddev_K;
  }
  return result;
}

Result<CellCodec> CellCodec::from_tensors(const NamedTensors& tensors) {
  CellCodec codec;
  for (int i = 0; i < kLevels; ++i) {
    const std::string prefix = "level" + std::to_string(i) + ".";
    for (const char* part : {"mean", "basis", "stddev"}) {
      if (!tensors.contains(prefix + part))
        return Error{ErrorCode::kBadFile, "not a codec file", prefix + part, "missing", "", "Fit the codec again"};
    }
    codec.levels_[static_cast<std::size_t>(i)] = {tensors.at(prefix + "mean"), tensors.at(prefix + "basis"), tensors.at(prefix + "stddev"),
                                                  0};
  }
  return codec;
}

}  // namespace fantascope::training
