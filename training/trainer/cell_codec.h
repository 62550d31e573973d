#pragma once
/// The closed-form video codec: a pyramid of principal components over cells of pixels that grow from level to level, for example 1x4x4,
/// 2x8x8, 4x16x16 and 8x32x32 (time, rows, columns). It is where the video VAE starts from (see vae_embedding.h) and what encodes clips for
/// training the denoiser. Time is causal as in the VAE: frame 0 is coded as a still cell of equal frames, of which the last is kept.
/// Frames are float [F][3][H][W] in [-1,1]; with cells of t x p x p pixels at the last level, H and W are multiples of p and F = t * k + 1.
/// Thread-safe after fitting.
#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "training/trainer/parameters.h"
#include "training/trainer/pca.h"

namespace fantascope::training {

/// Of a cell: so many frames, and so many rows as columns, counted in pixels or in the cells of the level below.
struct CellShape {
  std::int64_t time = 2, space = 2;
  std::int64_t volume() const { return time * space * space; }
};

/// How many cells of each level join into one of the next, finest first; one fewer than levels.
using CellMerges = std::vector<CellShape>;

/// Pixels of a cell of the last level.
CellShape cell_size(const CellMerges& merges);

struct CellCodecConfig {
  CellMerges merges;
  std::vector<std::int64_t> components;  ///< kept at each level, finest first; the last is the latent's channels
  double motion_weight = 6.0;            ///< how much more a cell counts that is all object or motion than one that is still background
  int num_clips = 1500;
  std::uint64_t seed = 1;
};

class CellCodec {
 public:
  /// `next_clip(i)` gives frames_F3HW and weights_FHW (0..1: how much of a pixel is object or moving).
  using ClipSource = std::function<std::pair<at::Tensor, at::Tensor>(int index)>;
  static CellCodec fit(const CellCodecConfig& config, const ClipSource& next_clip, const std::function<void(int level)>& on_level);

  /// latents [C,f,h,w], not normalised.
  at::Tensor encode(const at::Tensor& frames_F3HW) const;
  /// frames [F,3,H,W]
  at::Tensor decode(const at::Tensor& latents_CFHW) const;

  int num_levels() const { return static_cast<int>(levels_.size()); }
  const PcaBasis& level(int index) const { return levels_[static_cast<std::size_t>(index)]; }
  const PcaBasis& last_level() const { return levels_.back(); }
  const CellMerges& merges() const { return merges_; }
  NamedTensors tensors() const;
  /// The codec that `config` describes. Tensors of one with more levels or with more components at its last level serve as well: what is
  /// too much is left out. Errors: kBadFile and kMismatch name the tensor.
  static Result<CellCodec> from_tensors(const NamedTensors& tensors, const CellCodecConfig& config);

 private:
  at::Tensor encode_to(const at::Tensor& frames_F3HW, int level) const;
  at::Tensor with_still_start(const at::Tensor& frames) const;
  CellMerges merges_;
  std::vector<PcaBasis> levels_;
};

}  // namespace fantascope::training
