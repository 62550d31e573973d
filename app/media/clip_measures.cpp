#include "app/media/clip_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace fantascope {
namespace {

constexpr double kShiftMax_s = 0.5;
constexpr double kAgreementMin = 0.75;  // a short clip has few onsets, and unrelated ones agree to 0.6 at some shift
constexpr double kStill_levels = 0.25;

using Series = std::vector<double>;

struct Picture {
  Series brightness, motion;                  // levels; motion[f] is the mean difference from frame f-1, motion[0] = 0
  std::vector<std::array<double, 3>> colour;  // mean RGB, levels
  int black_frames = 0;
};

Picture look_at(const VideoFrames& frames) {
  Picture picture;
  const std::size_t values = static_cast<std::size_t>(frames.width) * static_cast<std::size_t>(frames.height) * 3;
  for (int f = 0; f < frames.num_frames; ++f) {
    const float* now = frames.rgb.data() + static_cast<std::size_t>(f) * values;
    const float* before = f > 0 ? now - values : now;
    std::array<double, 3> sum{};
    double change = 0;
    float brightest = 0;
    for (std::size_t i = 0; i < values; ++i) {
      sum[i % 3] += now[i];
      change += std::abs(now[i] - before[i]);
      brightest = std::max(brightest, now[i]);
    }
    const double pixels = static_cast<double>(values) / 3;
    for (double& channel : sum) channel *= 255.0 / pixels;
    const double mean = (sum[0] + sum[1] + sum[2]) / 3;
    picture.colour.push_back(sum);
    picture.brightness.push_back(mean);
    picture.motion.push_back(change * 255.0 / static_cast<double>(values));
    if (mean < 6 && brightest * 255.0F <= 16) ++picture.black_frames;
  }
  return picture;
}

double flicker(const Series& brightness) {
  if (brightness.size() < 3) return 0;
  double sum = 0;
  for (std::size_t f = 1; f + 1 < brightness.size(); ++f) {
    const double jump = brightness[f] - (brightness[f - 1] + brightness[f + 1]) / 2;
    sum += jump * jump;
  }
  return std::sqrt(sum / static_cast<double>(brightness.size() - 2));
}

int longest_still_run(const Series& motion) {
  int run = 0, longest = 0;
  for (std::size_t f = 1; f < motion.size(); ++f) {
    run = motion[f] < kStill_levels ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

double drift(const std::vector<std::array<double, 3>>& colour) {
  const std::size_t quarter = std::max<std::size_t>(1, colour.size() / 4);
  if (colour.size() < 2) return 0;
  double square = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    double difference = 0;
    for (std::size_t i = 0; i < quarter; ++i) difference += colour[colour.size() - 1 - i][c] - colour[i][c];
    difference /= static_cast<double>(quarter);
    square += difference * difference;
  }
  return std::sqrt(square);
}

// How suddenly the picture's motion changes at each frame: what happens at frame f is seen in the step from it to the next one.
Series motion_onsets(const Series& motion) {
  Series onsets(motion.size(), 0.0);
  for (std::size_t f = 1; f + 1 < motion.size(); ++f) onsets[f] = std::abs(motion[f + 1] - motion[f]);
  return onsets;
}

// How much the sound's energy rises in each frame's time, as its logarithm, so that quiet impacts count.
Series sound_onsets(const Waveform& sound, std::size_t num_frames, double fps) {
  Series energy(num_frames, 0.0), onsets(num_frames, 0.0);
  for (int c = 0; c < sound.num_channels; ++c) {
    const float* samples = sound.samples.data() + static_cast<std::size_t>(c) * static_cast<std::size_t>(sound.num_samples);
    for (std::int64_t i = 0; i < sound.num_samples; ++i) {
      const auto frame = static_cast<std::size_t>(static_cast<double>(i) * fps / sound.sample_rate);
      if (frame < num_frames) energy[frame] += static_cast<double>(samples[i]) * samples[i];
    }
  }
  const double loudest = *std::ranges::max_element(energy);
  if (loudest <= 0) return onsets;
  for (std::size_t f = 1; f < num_frames; ++f)
    onsets[f] = std::max(0.0, std::log(energy[f] / loudest + 1e-4) - std::log(energy[f - 1] / loudest + 1e-4));
  return onsets;
}

double correlation(const Series& a, const Series& b, int shift) {  // b moved `shift` to the left
  double ab = 0, aa = 0, bb = 0, mean_a = 0, mean_b = 0;
  const int n = static_cast<int>(a.size()), from = std::max(0, -shift), until = std::min(n, n - shift);
  if (until - from < n / 2) return 0;
  for (int f = from; f < until; ++f) {
    mean_a += a[static_cast<std::size_t>(f)];
    mean_b += b[static_cast<std::size_t>(f + shift)];
  }
  mean_a /= until - from;
  mean_b /= until - from;
  for (int f = from; f < until; ++f) {
    const double x = a[static_cast<std::size_t>(f)] - mean_a, y = b[static_cast<std::size_t>(f + shift)] - mean_b;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

void measure_sync(const Series& motion, const Waveform& sound, double fps, ClipMeasures& measures) {
  const Series seen = motion_onsets(motion), heard = sound_onsets(sound, motion.size(), fps);
  const int most = static_cast<int>(std::lround(kShiftMax_s * fps));
  int best = 0;
  for (int shift = -most; shift <= most; ++shift) {
    const double agreement = correlation(seen, heard, shift);
    if (agreement > measures.av_agreement) {
      measures.av_agreement = agreement;
      best = shift;
    }
  }
  if (measures.av_agreement >= kAgreementMin) measures.av_offset_s = best / fps;
}

}  // namespace

ClipMeasures measure_clip(const VideoFrames& frames, const Waveform& sound) {
  ClipMeasures measures;
  const Picture picture = look_at(frames);
  if (frames.num_frames > 0) {
    measures.flicker_levels = flicker(picture.brightness);
    measures.frozen_frames = longest_still_run(picture.motion);
    measures.black_frames = picture.black_frames;
    measures.colour_drift_levels = drift(picture.colour);
  }
  double square = 0, peak = 0;
  for (const float sample : sound.samples) {
    square += static_cast<double>(sample) * sample;
    peak = std::max(peak, static_cast<double>(std::abs(sample)));
  }
  if (peak <= 0) return measures;
  measures.rms_dbfs = 10 * std::log10(square / static_cast<double>(sound.samples.size()));
  measures.peak_dbfs = 20 * std::log10(peak);
  if (frames.num_frames > 4) measure_sync(picture.motion, sound, frames.fps.value(), measures);
  return measures;
}

}  // namespace fantascope
