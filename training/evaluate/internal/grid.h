#pragma once
/// The small picture that everything is measured on.
#include <vector>

#include "training/evaluate/detectors.h"

namespace fantascope::evaluate {

/// Pixels 0..255 as floats; [frame][row][column][3].
struct GridClip {
  int width = 0, height = 0;
  std::vector<int> frames;  ///< which of the clip's
  std::vector<float> pixels;

  std::size_t area() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
  const float* frame(std::size_t k) const { return pixels.data() + 3 * k * area(); }
  float* frame(std::size_t k) { return pixels.data() + 3 * k * area(); }
};

/// The grid's clip shape: about 96x64 pixels of the same aspect ratio, same frames and rate.
world::ClipShape grid_shape_of(const world::ClipShape& shape);
/// At most `most` frame numbers, evenly from first to last.
std::vector<int> spread_frames(int num_frames, int most);
/// Area average.
GridClip to_grid(const std::uint8_t* frames, const world::ClipShape& shape, int width, int height, const std::vector<int>& which);
/// In place: a Gaussian-like blur of this radius (pixels) and noise of this deviation (levels), as a codec or a model leaves them.
void degrade(GridClip& clip, float blur, float noise, std::uint64_t seed);
/// In place: what a strongly compressing autoencoder does to clips, at 27 to 32 dB or so.
void degrade_like_codec(GridClip& clip, std::uint64_t seed);

}  // namespace fantascope::evaluate
