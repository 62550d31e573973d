#include <algorithm>
#include <cmath>

#include "training/evaluate/detectors.h"

namespace fantascope::evaluate {

/// Rises of energy in steps of 4 ms, after pre-emphasis by a first difference so that low hums count less than attacks. An onset is where
/// the energy of the next 12 ms exceeds that of the last 40 ms several-fold and the sound's usual level as well.
std::vector<double> find_onsets(const float* audio, std::int64_t num_samples, int sample_rate) {
  std::vector<double> out;
  const auto step = std::max<std::int64_t>(1, sample_rate / 250);
  const std::int64_t steps = num_samples / step;
  if (steps < 8) return out;
  std::vector<double> energy(static_cast<std::size_t>(steps), 0.0);
  for (int side = 0; side < 2; ++side) {
    const float* x = audio + side * num_samples;
    for (std::int64_t i = 1; i < steps * step; ++i) {
      const double d = x[i] - 0.85 * x[i - 1];
      energy[static_cast<std::size_t>(i / step)] += d * d;
    }
  }
  std::vector<double> sorted = energy;
  std::sort(sorted.begin(), sorted.end());
  const double usual = sorted[sorted.size() / 2], loudest = sorted.back();
  const auto at = [&](std::int64_t i) { return i < 0 || i >= steps ? 0.0 : energy[static_cast<std::size_t>(i)]; };
  std::vector<double> rise(static_cast<std::size_t>(steps), 0.0);
  for (std::int64_t i = 2; i < steps; ++i) {
    const double ahead = std::max({at(i), at(i + 1), at(i + 2)});
    double before = 0;
    for (std::int64_t k = 1; k <= 10; ++k) before = std::max(before, k <= 1 ? 0.0 : at(i - k));
    if (ahead > 0.015 * loudest && ahead > 2.5 * usual && ahead > 2.2 * (before + 1e-9)) rise[static_cast<std::size_t>(i)] = ahead - before;
  }
  for (std::int64_t i = 2; i < steps; ++i) {
    const double r = rise[static_cast<std::size_t>(i)];
    if (r <= 0) continue;
    std::int64_t end = i;
    std::int64_t steepest = i;
    double most = -1;
    while (end < steps && rise[static_cast<std::size_t>(end)] > 0) {
      const double jump = at(end) - at(end - 1);
      if (jump > most) most = jump, steepest = end;
      ++end;
    }
    const double time = static_cast<double>(steepest * step) / sample_rate;
    if (out.empty() || time - out.back() > 0.05) out.push_back(time);
    i = end;
  }
  return out;
}

std::vector<double> contact_offsets(const std::vector<double>& contacts, const std::vector<double>& onsets, double missing) {
  std::vector<double> out;
  for (const double contact : contacts) {
    double nearest = missing;
    for (const double onset : onsets) nearest = std::min(nearest, std::abs(onset - contact));
    out.push_back(nearest);
  }
  return out;
}

}  // namespace fantascope::evaluate
