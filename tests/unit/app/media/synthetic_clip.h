#pragma once
/// Small clips with known content, the same on every run.
#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/base/clip.h"

namespace fantascope::testing {

/// A soft colour ramp that moves: red across, green down, blue with time.
inline VideoFrames ramp_frames(int width, int height, int num_frames, Rational fps = {24, 1}) {
  VideoFrames frames{width, height, num_frames, fps, {}};
  frames.rgb.reserve(static_cast<std::size_t>(width) * height * num_frames * 3);
  for (int f = 0; f < num_frames; ++f)
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        frames.rgb.push_back(0.5f + 0.5f * std::sin(0.05f * static_cast<float>(x + 2 * f)));
        frames.rgb.push_back((static_cast<float>(y) + 0.5f) / static_cast<float>(height));
        frames.rgb.push_back(static_cast<float>(f % 48) / 47.0f);
      }
  return frames;
}

/// All frames in one colour.
inline VideoFrames flat_frames(int width, int height, int num_frames, float r, float g, float b) {
  VideoFrames frames{width, height, num_frames, {24, 1}, {}};
  for (int i = 0; i < width * height * num_frames; ++i) frames.rgb.insert(frames.rgb.end(), {r, g, b});
  return frames;
}

/// Sine tones, another one in each channel: 440 Hz, 660 Hz, …
inline Waveform tones(int sample_rate, int num_channels, double seconds) {
  Waveform waveform{sample_rate, num_channels, static_cast<std::int64_t>(std::llround(seconds * sample_rate)), {}};
  for (int c = 0; c < num_channels; ++c)
    for (std::int64_t i = 0; i < waveform.num_samples; ++i)
      waveform.samples.push_back(
          0.5f * static_cast<float>(std::sin(2 * 3.14159265358979 * (440.0 + 220.0 * c) * static_cast<double>(i) / sample_rate)));
  return waveform;
}

inline double psnr(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * static_cast<double>(a[i] - b[i]);
  return 10 * std::log10(static_cast<double>(a.size()) / sum);
}

}  // namespace fantascope::testing
