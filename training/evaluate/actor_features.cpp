#include <algorithm>
#include <cmath>

#include "training/evaluate/internal/actors.h"
#include "training/evaluate/internal/median.h"

namespace fantascope::evaluate {
namespace {

float mean(const std::vector<float>& values) {
  double sum = 0;
  for (const float v : values) sum += v;
  return values.empty() ? 0.0f : static_cast<float>(sum / static_cast<double>(values.size()));
}
float deviation(const std::vector<float>& values) {
  const float middle = mean(values);
  double sum = 0;
  for (const float v : values) sum += (v - middle) * (v - middle);
  return values.empty() ? 0.0f : static_cast<float>(std::sqrt(sum / static_cast<double>(values.size())));
}

std::vector<const Sighting*> seen(const ActorTrack& track) {
  std::vector<const Sighting*> out;
  for (const Sighting& s : track.sightings) {
    if (s.area > 0) out.push_back(&s);
  }
  return out;
}

/// The height of the lowest point over time, where it was seen, as (time, metres).
struct Path {
  std::vector<double> t;
  std::vector<float> x, z;
};
Path path_of(const ActorTrack& track, bool rigid) {
  std::vector<float> heights;
  for (const Sighting& s : track.sightings) {
    if (s.area > 0 && !s.cut_above && !s.cut_below) heights.push_back(s.high - s.low);
  }
  const float height = median(heights);
  Path path;
  for (std::size_t k = 0; k < track.sightings.size(); ++k) {
    const Sighting& s = track.sightings[k];
    if (s.area == 0) continue;
    path.t.push_back(track.times[k]), path.x.push_back(s.x);
    float z = s.cut_below ? std::min(s.low, 0.0f) : s.low;  // what the lower edge cuts stands on the ground below it
    if (rigid && heights.size() >= 5 && !s.cut_above) z = std::max(z, s.high - height);
    path.z.push_back(z);
  }
  return path;
}

float quantile(std::vector<float> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

/// The ground under the path as a line in time (a moving camera sees the near edge of what stands on it drift): the tenth percentile,
/// by quantile regression.
struct GroundLine {
  double level = 0, slope = 0;
  double at(double t) const { return level + slope * t; }
};
GroundLine ground_of(const Path& p) {
  GroundLine line{quantile(p.z, 0.1), 0};
  constexpr double kShare = 0.12, kSteepest = 0.3;
  for (int pass = 0; pass < 20; ++pass) {
    double w = 0, wt = 0, wz = 0, wtt = 0, wtz = 0;
    for (std::size_t k = 0; k < p.t.size(); ++k) {
      const double rest = p.z[k] - line.at(p.t[k]), weight = (rest < 0 ? 1 - kShare : kShare) / (std::abs(rest) + 0.02);
      w += weight, wt += weight * p.t[k], wz += weight * p.z[k], wtt += weight * p.t[k] * p.t[k], wtz += weight * p.t[k] * p.z[k];
    }
    const double spread = wtt - wt * wt / w;
    line.slope = spread > 1e-6 ? std::clamp((wtz - wt * wz / w) / spread, -kSteepest, kSteepest) : 0.0;
    line.level = (wz - line.slope * wt) / w;
  }
  return line;
}

}  // namespace

std::vector<float> shape_features(const ActorTrack& track) {
  std::vector<const Sighting*> whole;
  for (const Sighting* s : seen(track)) {
    if (!s->cut) whole.push_back(s);
  }
  const bool is_whole = whole.size() >= 3;
  if (!is_whole) whole = seen(track);
  const auto over = [&](auto get) {
    std::vector<float> values;
    for (const Sighting* s : whole) values.push_back(get(*s));
    return values;
  };
  std::vector<float> out = {is_whole ? 1.0f : 0.0f,
                            median(over([](const Sighting& s) { return std::log((s.high - s.low + 0.05f) / (s.wide + 0.05f)); })),
                            median(over([](const Sighting& s) { return s.high - s.low; })),
                            median(over([](const Sighting& s) { return s.wide; })),
                            deviation(over([](const Sighting& s) { return std::log(s.wide + 0.05f); })),
                            median(over([](const Sighting& s) { return s.fill; })),
                            median(over([](const Sighting& s) { return s.legs; })),
                            mean(over([](const Sighting& s) { return s.legs; })),
                            median(over([](const Sighting& s) { return s.dark; }))};
  for (std::size_t i = 0; i < 8; ++i) out.push_back(median(over([i](const Sighting& s) { return s.profile[i]; })));
  for (std::size_t i = 0; i < 5; ++i) out.push_back(median(over([i](const Sighting& s) { return s.columns[i]; })));
  out.push_back(out[9] + out[10] - out[15] - out[16]);  // top against bottom
  out.push_back(out[12] + out[13] - out[9] - out[16]);  // middle against ends
  out.push_back(out[19] - 0.5f * (out[17] + out[21]));  // middle column against outer ones
  return out;
}

float start_of(const ActorTrack& track) {
  std::vector<float> values;
  for (const Sighting* s : seen(track)) {
    values.push_back(s->x);
    if (values.size() >= 3) break;
  }
  return median(values);
}

float travel_of(const ActorTrack& track) {
  const Path path = path_of(track, false);
  if (path.t.size() < 3) return 0;
  return quantile(path.x, 0.9) - quantile(path.x, 0.1) + quantile(path.z, 0.9) - quantile(path.z, 0.1);
}

std::vector<double> landings_of(const ActorTrack& track, bool rigid) {
  Path p = path_of(track, rigid);
  const std::size_t n = p.t.size();
  std::vector<double> out;
  if (n < 4) return out;
  const GroundLine line = ground_of(p);
  for (std::size_t k = 0; k < n; ++k) p.z[k] -= static_cast<float>(line.at(p.t[k]));
  constexpr float ground = 0.0f;
  for (std::size_t k = 1; k + 1 < n; ++k) {
    // A landing: near the ground, clearly higher within the frames before, and not lower on the next frame.
    const float before = std::max(p.z[k - 1], k >= 2 ? p.z[k - 2] : p.z[k - 1]);
    if (p.z[k] > ground + 0.30f || before < p.z[k] + 0.10f || p.z[k + 1] < p.z[k] - 0.02f) continue;
    if (!out.empty() && p.t[k] - out.back() < 0.18) continue;
    // Down along the parabola or line of the frames before; up along the frames after where it rebounds.
    const double step = p.t[k] - p.t[k - 1];
    const double fall = k >= 2 ? (p.z[k - 2] - p.z[k - 1]) / (p.t[k - 1] - p.t[k - 2]) : 0.0;  // metres a second, on average before k-1
    const double speed = std::max(1.0, fall + 11.0 * step);  // gravity goes on (the world's bounces have 9 to 14 m/s^2)
    double down = p.t[k - 1] + (p.z[k - 1] - ground) / speed;
    const bool rebounds = k + 2 < n && p.z[k + 1] > p.z[k] + 0.06f && p.z[k + 2] > p.z[k + 1];
    if (rebounds) {
      const double rise = std::max(1.0, (p.z[k + 2] - p.z[k + 1]) / (p.t[k + 2] - p.t[k + 1]) + 11.0 * step);
      const double up = p.t[k + 1] - (p.z[k + 1] - ground) / rise;
      down = 0.5 * (down + up);
    }
    out.push_back(std::clamp(down, p.t[k - 1], p.t[k + 1]));
  }
  return out;
}

std::vector<float> motion_features(const ActorTrack& track, const std::vector<float>& shape_shares, world::Camera camera) {
  const auto sightings = seen(track);
  const bool rigid = shape_shares.size() < 5 || shape_shares[4] < 0.5f;  // the fifth shape is the person
  const Path p = path_of(track, rigid);
  const std::size_t n = p.t.size();
  std::vector<float> out(22, 0.0f);
  if (n >= 2) {
    double st = 0, sx = 0, stt = 0, stx = 0;
    for (std::size_t k = 0; k < n; ++k) st += p.t[k], sx += p.x[k], stt += p.t[k] * p.t[k], stx += p.t[k] * p.x[k];
    const double count = static_cast<double>(n), slope = (stx - st * sx / count) / std::max(1e-6, stt - st * st / count);
    std::vector<float> rest;
    for (std::size_t k = 0; k < n; ++k) rest.push_back(static_cast<float>(p.x[k] - sx / count - slope * (p.t[k] - st / count)));
    const std::size_t few = std::min<std::size_t>(3, n);
    const std::vector<float> first(p.z.begin(), p.z.begin() + static_cast<std::ptrdiff_t>(few)),
        last(p.z.end() - static_cast<std::ptrdiff_t>(few), p.z.end());
    const std::vector<float> first_x(p.x.begin(), p.x.begin() + static_cast<std::ptrdiff_t>(few)),
        last_x(p.x.end() - static_cast<std::ptrdiff_t>(few), p.x.end());
    const std::vector<float> late(p.z.begin() + static_cast<std::ptrdiff_t>(n / 2), p.z.end());
    const float ground = quantile(p.z, 0.1);
    float rebound = 0;
    bool landed = false;
    for (const float z : p.z) {
      landed = landed || z < ground + 0.15f;
      if (landed) rebound = std::max(rebound, z - ground);
    }
    out = {static_cast<float>(slope * (p.t.back() - p.t.front())),
           mean(last_x) - mean(first_x),
           deviation(rest),
           ground,
           quantile(p.z, 1.0) - ground,
           quantile(p.z, 0.9) - ground,
           quantile(p.z, 0.5) - ground,
           mean(first) - mean(last),
           deviation(p.z),
           mean(last) - ground,
           quantile(late, 1.0) - ground,
           deviation(late),
           rebound,
           static_cast<float>(landings_of(track, rigid).size()),
           static_cast<float>(n) / static_cast<float>(track.sightings.size())};
  } else {
    out.resize(15);
  }
  std::vector<float> height, area, luma, tilt, dark, wide, change, change_far;
  for (std::size_t k = 0; k < sightings.size(); ++k) {
    const Sighting& s = *sightings[k];
    height.push_back(s.high - s.low), area.push_back(std::log(static_cast<float>(s.area))), luma.push_back(s.luma), tilt.push_back(s.tilt);
    dark.push_back(s.dark), wide.push_back(std::log(s.wide + 0.05f));
    for (const std::size_t back : {std::size_t{1}, std::size_t{4}}) {
      if (k < back) continue;
      float difference = 0;
      for (std::size_t i = 0; i < 36; ++i) difference += std::abs(s.crop[i] - sightings[k - back]->crop[i]);
      (back == 1 ? change : change_far).push_back(difference / 36.0f);
    }
  }
  int turns = 0;
  const float middle = mean(tilt);
  for (std::size_t k = 1; k < tilt.size(); ++k) turns += (tilt[k] > middle) != (tilt[k - 1] > middle);
  for (const float value : {deviation(height), deviation(area), deviation(luma) / (mean(luma) + 0.02f), deviation(tilt), deviation(dark),
                            deviation(wide), median(change), mean(change_far), static_cast<float>(turns), mean(height)}) {
    out.push_back(value);
  }
  for (const float share : shape_shares) out.push_back(share);
  out.push_back(camera == world::Camera::kStatic ? 1.0f : 0.0f);
  out.push_back(camera == world::Camera::kOrbitLeft || camera == world::Camera::kOrbitRight ? 1.0f : 0.0f);
  out.push_back(camera == world::Camera::kDollyIn || camera == world::Camera::kDollyOut ? 1.0f : 0.0f);
  out.push_back(camera == world::Camera::kTiltUp || camera == world::Camera::kTiltDown || camera == world::Camera::kCraneUp ? 1.0f : 0.0f);
  return out;
}

}  // namespace fantascope::evaluate
