#include "app/media/clip_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace fantascope {
namespace {

constexpr double kShiftMax_s = 0.75;
// The next ones are set by 80 rendered clips at 12 and at 24 fps (docs/measurements.md, "Measured takes").
constexpr double kAgreementMin = 0.5;  // less is no agreement: rain, walking, a pan
constexpr double kNearlyBest = 0.8;    // of the best agreement
constexpr double kFallsWithin_s = 0.4;
constexpr double kStopWeight = 0.3;             // against turning back
constexpr double kImpactMin = 1.6;              // the loudest rise of a sound with impacts, as the logarithm of energy: five times
constexpr int kSeenReach = 4, kHeardReach = 8;  // in half frames
constexpr int kCellRows = 4, kCellColumns = 6;
constexpr double kQuietest = 1e-2;  // of the loudest half frame's energy: what is below is all the same
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

/// Mean difference of frame f and frame f + gap in each cell of a small grid, in levels: a camera's motion in one cell does not hide
/// what happens in another.
using Cells = std::array<double, kCellRows * kCellColumns>;
std::vector<Cells> differences(const VideoFrames& frames, int gap) {
  const int width = frames.width, height = frames.height;
  Cells pixels{};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) ++pixels[static_cast<std::size_t>(y * kCellRows / height * kCellColumns + x * kCellColumns / width)];
  const std::size_t values = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
  std::vector<Cells> apart;
  for (int f = 0; f + gap < frames.num_frames; ++f) {
    const float* one = frames.rgb.data() + static_cast<std::size_t>(f) * values;
    const float* other = one + static_cast<std::size_t>(gap) * values;
    Cells sums{};
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x, one += 3, other += 3) {
        sums[static_cast<std::size_t>(y * kCellRows / height * kCellColumns + x * kCellColumns / width)] +=
            std::abs(other[0] - one[0]) + std::abs(other[1] - one[1]) + std::abs(other[2] - one[2]);
      }
    }
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] *= pixels[i] > 0 ? 85.0 / pixels[i] : 0;
    apart.push_back(sums);
  }
  return apart;
}

/// What stands out of a series: each value less the median of `reach` values on either side, where that is positive.
Series standing_out(const Series& series, int reach) {
  const int n = static_cast<int>(series.size());
  Series out(series.size(), 0.0), near;
  for (int i = 0; i < n; ++i) {
    near.clear();
    for (int k = i - reach; k <= i + reach; ++k) near.push_back(series[static_cast<std::size_t>(std::clamp(k, 0, n - 1))]);
    std::ranges::nth_element(near, near.begin() + reach);
    out[static_cast<std::size_t>(i)] = std::max(0.0, series[static_cast<std::size_t>(i)] - near[static_cast<std::size_t>(reach)]);
  }
  return out;
}

double sum(const Cells& cells) { return std::accumulate(cells.begin(), cells.end(), 0.0); }

/// How much less the frames before and after differ than the smaller of the steps between them.
double turn(const Cells& before, const Cells& after, const Cells& both) {
  double turned = 0;
  for (std::size_t i = 0; i < both.size(); ++i) turned += std::max(0.0, std::min(before[i], after[i]) - both[i]);
  return turned;
}

/// Impacts as they are seen, two values a frame (at the frame, and between it and the next): something that bounces looks the same before
/// and after; what comes to rest is seen by its motion ending.
Series seen_impacts(const VideoFrames& frames) {
  const std::vector<Cells> step = differences(frames, 1), two = differences(frames, 2), three = differences(frames, 3);
  const auto n = static_cast<std::size_t>(frames.num_frames);
  Series turns(2 * n, 0.0), ends(2 * n, 0.0);
  for (std::size_t f = 1; f + 1 < n; ++f) {
    turns[2 * f] = turn(step[f - 1], step[f], two[f - 1]);
    ends[2 * f] = std::max(0.0, sum(step[f - 1]) - sum(step[f]));
    if (f + 2 >= n) continue;
    turns[2 * f + 1] = turn(step[f - 1], step[f + 1], three[f - 1]);
    ends[2 * f + 1] = std::max(0.0, sum(step[f - 1]) - sum(step[f + 1])) / 2;
  }
  Series seen = standing_out(turns, kSeenReach);
  const Series stops = standing_out(ends, kSeenReach);
  for (std::size_t i = 0; i < seen.size(); ++i) seen[i] += kStopWeight * stops[i];
  return seen;
}

/// Impacts as they are heard, two values a frame: how far the energy's logarithm rises above that of the last two values, where it falls
/// away again soon after. A sound that begins and stays (rain, wind, a rolling ball) is no impact.
Series heard_impacts(const Waveform& sound, int num_frames, double fps) {
  const auto n = static_cast<std::size_t>(2 * num_frames);
  Series energy(n, 0.0), rises(n, 0.0);
  for (int c = 0; c < sound.num_channels; ++c) {
    const float* samples = sound.samples.data() + static_cast<std::size_t>(c) * static_cast<std::size_t>(sound.num_samples);
    for (std::int64_t i = 0; i < sound.num_samples; ++i) {
      const auto at = static_cast<std::size_t>(static_cast<double>(i) * 2 * fps / sound.sample_rate);
      if (at < n) energy[at] += static_cast<double>(samples[i]) * samples[i];
    }
  }
  const double loudest = *std::ranges::max_element(energy);
  if (loudest <= 0) return rises;
  const auto level = [&](std::size_t i) { return std::log(energy[i] / loudest + kQuietest); };
  const auto soon = static_cast<std::size_t>(std::lround(2 * kFallsWithin_s * fps));
  for (std::size_t i = 1; i < n; ++i) {
    const double rise = level(i) - std::max(level(i - 1), i > 1 ? level(i - 2) : level(i - 1));
    if (rise <= 0) continue;
    double lowest = level(i);
    const std::size_t until = std::min(n, i + soon + 1);
    for (std::size_t k = i + 1; k < until; ++k) lowest = std::min(lowest, level(k));
    // Too near the end nothing can be said of what follows.
    const bool stays = until - i > 3 && std::max(level(i), level(i + 1)) - lowest < rise / 2;
    if (!stays) rises[i] = rise;
  }
  return standing_out(rises, kHeardReach);
}

/// Each value with half of its neighbours', so that impacts half a frame apart still meet.
Series widened(const Series& series) {
  Series wide(series);
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (i > 0) wide[i] += series[i - 1] / 2;
    if (i + 1 < series.size()) wide[i] += series[i + 1] / 2;
  }
  return wide;
}

/// Among the shifts at which both agree about as well as at the best one (a regular bounce agrees with its own next period), the one
/// nearest to none. Impacts that a shift moves out of the clip count against it.
void measure_sync(const VideoFrames& frames, const Waveform& sound, ClipMeasures& measures) {
  const double fps = frames.fps.value();
  const Series rises = heard_impacts(sound, frames.num_frames, fps);
  if (*std::ranges::max_element(rises) < kImpactMin) return;
  const Series seen = widened(seen_impacts(frames)), heard = widened(rises);
  double seen_square = 0, heard_square = 0;
  for (const double x : seen) seen_square += x * x;
  for (const double x : heard) heard_square += x * x;
  if (seen_square <= 0 || heard_square <= 0) return;
  const int n = static_cast<int>(seen.size()), most = static_cast<int>(std::lround(2 * kShiftMax_s * fps));
  Series agreement;
  for (int shift = -most; shift <= most; ++shift) {
    double both = 0;
    for (int i = std::max(0, -shift); i < std::min(n, n - shift); ++i)
      both += seen[static_cast<std::size_t>(i)] * heard[static_cast<std::size_t>(i + shift)];
    agreement.push_back(both / std::sqrt(seen_square * heard_square));
  }
  const double top = *std::ranges::max_element(agreement);
  int best = most + 1;
  for (int shift = -most; shift <= most; ++shift) {
    const auto at = static_cast<std::size_t>(shift + most);
    const bool peak = (at == 0 || agreement[at] >= agreement[at - 1]) && (at + 1 == agreement.size() || agreement[at] >= agreement[at + 1]);
    if (!peak || agreement[at] < kNearlyBest * top || std::abs(shift) >= std::abs(best)) continue;
    best = shift;
    measures.av_agreement = agreement[at];
  }
  if (measures.av_agreement >= kAgreementMin) measures.av_offset_s = best / (2 * fps);
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
  if (frames.num_frames > 4) measure_sync(frames, sound, measures);
  return measures;
}

}  // namespace fantascope
