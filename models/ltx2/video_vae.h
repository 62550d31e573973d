#pragma once
/// Video autoencoder: frames [B,3,T,H,W] in about [-1,1] ⇄ latents [B,C,F,h,w], F = (T-1)/time + 1, h = H/height, w = W/width.
/// "Raw" latents are what the encoder gives and the decoder takes; the denoiser works on normalised ones (normalise / denormalise).
/// One class for inference and training: weights come from the scope, and decode_reference / encode_moments are differentiable. Copies
/// share their weights. Not thread-safe (the fast decoder keeps scratch memory). After: diffusers AutoencoderKLLTX2Video.
#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>

#include "engine/nn/parameter_scope.h"
#include "engine/weights/weights_in_use.h"
#include "models/ltx2/model_folder.h"
#include "models/ltx2/video_vae_blocks.h"
#include "models/ltx2/video_vae_config.h"

namespace fantascope::models::ltx2 {

class FastVideoDecoder;

/// How a stretch of time joins the one before it. The reference decoder drops a stretch's last frame instead of its first, so that all
/// frames after the first seam come one frame late and are blended with their neighbours; kept for comparing.
enum class Seam { kAligned, kReference };

/// Tiles in pixels and frames of the clip; a stride below the size overlaps, and the overlap is blended linearly. All are rounded down to
/// whole latents.
struct VaeTiling {
  std::int64_t height = 512, width = 512, num_frames = 16;
  std::int64_t stride_height = 448, stride_width = 448, stride_num_frames = 8;
  bool spatial = true, temporal = true;
  Seam seam = Seam::kAligned;  ///< decoding only
};

Result<void> check_tiling(const VaeTiling& tiling, const ScaleFactors& scale_factors);

class VideoVae {
 public:
  /// Reads the component folder (config.json and weights); weights that are stored in the target's dtype stay mapped from the file.
  static Result<VideoVae> load(const ModelPart& part, const LoadTarget& target);
  /// Ask the scope's source for finish() before use.
  VideoVae(const VideoVaeConfig& config, ParameterScope scope);
  const VideoVaeConfig& config() const { return config_; }
  const VideoDecoder& decoder() const { return decoder_; }
  const ScaleFactors& scale_factors() const { return config_.scale_factors; }
  at::ScalarType dtype() const;

  /// Latents that decode() can take, or what is wrong with them.
  Result<void> check_latents(at::IntArrayRef shape_BCFHW) const;
  /// Frames that encode_moments() can take, or what is wrong with them and the nearest sizes.
  Result<void> check_frames(at::IntArrayRef shape_BCTHW) const;

  /// Raw latents → frames, in the weights' dtype. Takes the fast path where it can (no gradient wanted, CPU, shapes it knows).
  at::Tensor decode(const at::Tensor& latents_BCFHW) const;
  /// Whether decode would take the fast path now; decode_fast must not be called where not.
  bool can_decode_fast() const;
  at::Tensor decode_fast(const at::Tensor& latents_BCFHW) const;
  at::Tensor decode_reference(const at::Tensor& latents_BCFHW, at::Tensor* mid_block_out = nullptr) const;
  /// As decode, in overlapping tiles: the activations of one tile at a time instead of the whole clip's. `tiling` must pass check_tiling.
  /// `on_tile` (may be empty) hears the share that is done; false from it stops the work, and an undefined tensor comes back.
  at::Tensor decode_tiled(const at::Tensor& latents_BCFHW, const VaeTiling& tiling, const std::function<bool(double)>& on_tile = {}) const;

  /// Frames → [B,2*C,F,h,w]: mean, then log-variance, of raw latents.
  at::Tensor encode_moments(const at::Tensor& frames_BCTHW) const;
  at::Tensor encode_moments_tiled(const at::Tensor& frames_BCTHW, const VaeTiling& tiling) const;

  /// Raw latents ⇄ latents of zero mean and unit variance a channel, in the dtype of the argument.
  at::Tensor normalise(const at::Tensor& raw_BCFHW) const;
  at::Tensor denormalise(const at::Tensor& latents_BCFHW) const;
  const at::Tensor& latents_mean() const { return latents_mean_; }
  const at::Tensor& latents_std() const { return latents_std_; }
  /// Training measures these once the encoder stands; [C] each.
  void set_latent_statistics(const at::Tensor& mean_C, const at::Tensor& std_C);

 private:
  VideoVaeConfig config_;
  VideoEncoder encoder_;
  VideoDecoder decoder_;
  at::Tensor latents_mean_, latents_std_;
  mutable std::shared_ptr<const FastVideoDecoder> fast_decoder_;  ///< made when first needed, and again when weights change
};

}  // namespace fantascope::models::ltx2
