#pragma once
/// A clip in memory, in plain types that every layer may use: 8-bit pictures, float frames, float samples. No tensor library.
#include <cstdint>
#include <vector>

#include "engine/base/rational.h"

namespace fantascope {

/// Interleaved RGB, 8 bits, row-major; `pixels` has width*height*3 bytes.
struct RgbImage {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
};

/// Frames as the video VAE gives them: float RGB in [0,1], layout [frame][row][column][3].
struct VideoFrames {
  int width = 0, height = 0, num_frames = 0;
  Rational fps;
  std::vector<float> rgb;
};

/// Float samples in [-1,1], planar: channel c starts at c * num_samples.
struct Waveform {
  int sample_rate = 0, num_channels = 0;
  std::int64_t num_samples = 0;
  std::vector<float> samples;
};

}  // namespace fantascope
