#pragma once
/// A live picture for the price of a small matrix product: latents -> RGB by a linear map, fitted by least squares to what this VAE's
/// decoder makes of random latents. Each latent cell becomes a patch of pixels for each of a few moments. The map depends on the weights
/// only; it takes seconds to fit and is a few hundred kB, so callers keep it (TensorState, kind "preview_map").
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "engine/base/clip.h"
#include "models/ltx2/video_vae.h"

namespace fantascope::models::ltx2 {

/// The causal VAE's first latent frame stands for one video frame, all others for several: two maps. [C+1, moments*rows*columns*3] float32,
/// the last row is the offset; rows and columns are those of a cell's patch.
struct PreviewMap {
  at::Tensor first, later;
};

/// Pixels of a cell's patch and moments of a later latent frame.
struct PreviewPatch {
  std::int64_t moments = 1, rows = 1, columns = 1;
  static PreviewPatch of(const ScaleFactors& factors);
};

/// The fast decoder is for the one thread that decodes; the reference one may run beside it.
enum class FitWith { kFastDecoder, kReferenceDecoder };
/// Decodes a few random latents; the same map every time, up to the decoders' rounding. Call without gradients.
PreviewMap fit_preview_map(const VideoVae& vae, FitWith decoder);
/// Whether a map read from somewhere has the shape that this VAE needs.
bool fits(const PreviewMap& map, const VideoVaeConfig& config);
/// Normalised latents [1,C,F,H,W] float32 -> frames, values in [0,1]; fps is left for the caller. Any thread.
VideoFrames render_preview(const PreviewMap& map, const ScaleFactors& factors, const at::Tensor& latents_BCFHW);
/// [T,Y,X,3] float32 on the CPU.
VideoFrames to_frames(const at::Tensor& frames_TYXC);

}  // namespace fantascope::models::ltx2
