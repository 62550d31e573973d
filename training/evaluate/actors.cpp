#include "training/evaluate/internal/actors.h"

#include <algorithm>
#include <cmath>

#include "training/evaluate/internal/median.h"

namespace fantascope::evaluate {
namespace {

constexpr float kLimit = 6.0f;       // of one pixel's evidence
constexpr float kActorCosts = 0.7f;  // what a pixel's evidence has to exceed

/// Evidence for each colour, [frame][colour][row][column], averaged over 3x3 pixels.
std::vector<float> evidence_of(const world::Scene& scene, const GridClip& clip, const GridClip& backdrop, const ColourModel& colours) {
  const std::size_t area = clip.area(), frames = clip.frames.size();
  const int w = clip.width, h = clip.height;
  std::vector<float> out(frames * kColours * area), raw(kColours * area), rows(area);
  for (std::size_t k = 0; k < frames; ++k) {
    const float *a = clip.frame(k), *b = backdrop.frame(k);
    for (std::size_t i = 0; i < area; ++i) {
      float ratio[kColours];
      colours.log_ratio(scene, a + 3 * i, b + 3 * i, ratio);
      for (std::size_t c = 0; c < kColours; ++c) raw[c * area + i] = std::clamp(ratio[c], -kLimit, kLimit);
    }
    for (std::size_t c = 0; c < kColours; ++c) {
      const float* from = &raw[c * area];
      float* to = &out[(k * kColours + c) * area];
      for (int y = 0; y < h; ++y) {
        const float* row = from + y * w;
        for (int x = 0; x < w; ++x)
          rows[static_cast<std::size_t>(y * w + x)] = row[std::max(0, x - 1)] + row[x] + row[std::min(w - 1, x + 1)];
      }
      for (int y = 0; y < h; ++y) {
        const float *up = &rows[static_cast<std::size_t>(std::max(0, y - 1) * w)], *at = &rows[static_cast<std::size_t>(y * w)],
                    *down = &rows[static_cast<std::size_t>(std::min(h - 1, y + 1) * w)];
        for (int x = 0; x < w; ++x) to[y * w + x] = (up[x] + at[x] + down[x]) / 9.0f - kActorCosts;
      }
    }
  }
  return out;
}

/// Keeps connected parts of at least a quarter of the largest one, and none of fewer than 5 pixels.
void keep_large_parts(std::vector<std::uint8_t>& mask, int w, int h) {
  std::vector<int> label(mask.size(), 0), sizes = {0};
  std::vector<int> stack;
  for (int start = 0; start < w * h; ++start) {
    if (!mask[static_cast<std::size_t>(start)] || label[static_cast<std::size_t>(start)]) continue;
    const int number = static_cast<int>(sizes.size());
    sizes.push_back(0);
    stack.push_back(start);
    label[static_cast<std::size_t>(start)] = number;
    while (!stack.empty()) {
      const int at = stack.back(), x = at % w, y = at / w;
      stack.pop_back();
      ++sizes.back();
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
          const int nx = x + dx, ny = y + dy;
          if (nx < 0 || ny < 0 || nx >= w || ny >= h) continue;
          const auto to = static_cast<std::size_t>(ny * w + nx);
          if (mask[to] && !label[to]) label[to] = number, stack.push_back(ny * w + nx);
        }
      }
    }
  }
  const int least = std::max(5, *std::max_element(sizes.begin(), sizes.end()) / 4);
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = mask[i] && sizes[static_cast<std::size_t>(label[i])] >= least;
}

/// Outline, bands and brightness inside the box [x0, x1] x [y0, y1].
void measure_box(Sighting& s, const std::vector<std::uint8_t>& mask, const float* pixels, int w, int x0, int x1, int y0, int y1) {
  const int bw = x1 - x0 + 1, bh = y1 - y0 + 1;
  std::array<float, 36> crop_weight{};
  float sum = 0, left = 0, right = 0, left_count = 1e-3f, right_count = 1e-3f, runs = 0, run_rows = 0;
  for (int y = y0; y <= y1; ++y) {
    int row_runs = 0;
    bool inside = false;
    for (int x = x0; x <= x1; ++x) {
      const bool on = mask[static_cast<std::size_t>(y * w + x)];
      row_runs += on && !inside;
      inside = on;
      if (!on) continue;
      const float* p = pixels + 3 * (y * w + x);
      const float luma = (0.30f * p[0] + 0.59f * p[1] + 0.11f * p[2]) / 255.0f;
      sum += luma;
      if (2 * (x - x0) < bw)
        left += luma, ++left_count;
      else
        right += luma, ++right_count;
      s.profile[static_cast<std::size_t>((y - y0) * 8 / bh)] += 1;
      s.columns[static_cast<std::size_t>((x - x0) * 5 / bw)] += 1;
      const auto cell = static_cast<std::size_t>((y - y0) * 6 / bh * 6 + (x - x0) * 6 / bw);
      s.crop[cell] += luma, crop_weight[cell] += 1;
    }
    if (4 * (y - y0) >= 3 * bh) runs += static_cast<float>(row_runs), ++run_rows;
  }
  s.luma = sum / static_cast<float>(s.area);
  s.tilt = (right / right_count - left / left_count) / (s.luma + 0.02f);
  s.legs = run_rows > 0 ? runs / run_rows : 1.0f;
  s.fill = static_cast<float>(s.area) / static_cast<float>(bw * bh);
  for (std::size_t i = 0; i < 36; ++i) s.crop[i] = (crop_weight[i] > 0 ? s.crop[i] / crop_weight[i] : s.luma) / (s.luma + 0.02f);
  for (int i = 0; i < 8; ++i) {  // rows of the band times the box's width
    const int rows = ((i + 1) * bh + 7) / 8 - (i * bh + 7) / 8;
    s.profile[static_cast<std::size_t>(i)] = rows > 0 ? s.profile[static_cast<std::size_t>(i)] / static_cast<float>(rows * bw) : -1.0f;
  }
  for (int i = 0; i < 5; ++i) {
    const int columns = ((i + 1) * bw + 4) / 5 - (i * bw + 4) / 5;
    s.columns[static_cast<std::size_t>(i)] =
        columns > 0 ? s.columns[static_cast<std::size_t>(i)] / static_cast<float>(columns * bh) : -1.0f;
  }
  int dark = 0;
  for (int y = y0; y <= y1; ++y) {
    for (int x = x0; x <= x1; ++x) {
      const float* p = pixels + 3 * (y * w + x);
      if (mask[static_cast<std::size_t>(y * w + x)]) dark += (0.30f * p[0] + 0.59f * p[1] + 0.11f * p[2]) / 255.0f < 0.8f * s.luma;
    }
  }
  s.dark = static_cast<float>(dark) / static_cast<float>(s.area);
}

Sighting sight(const world::Scene& scene, const world::ClipShape& shape, int frame, const std::vector<std::uint8_t>& mask,
               const float* pixels) {
  Sighting s;
  const int w = shape.width, h = shape.height;
  std::vector<int> columns(static_cast<std::size_t>(w)), rows(static_cast<std::size_t>(h));
  double sum_x = 0;
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      if (!mask[static_cast<std::size_t>(y * w + x)]) continue;
      ++s.area, ++columns[static_cast<std::size_t>(x)], ++rows[static_cast<std::size_t>(y)];
      sum_x += x + 0.5;
    }
  }
  if (s.area < 5) return Sighting{};
  int x0 = 0, x1 = w - 1, y0 = 0, y1 = h - 1;
  while (!columns[static_cast<std::size_t>(x0)]) ++x0;
  while (!columns[static_cast<std::size_t>(x1)]) --x1;
  while (!rows[static_cast<std::size_t>(y0)]) ++y0;
  while (!rows[static_cast<std::size_t>(y1)]) --y1;
  s.cut = x0 == 0 || x1 == w - 1 || y0 == 0 || y1 == h - 1;
  s.cut_above = y0 == 0, s.cut_below = y1 == h - 1;
  const auto point = [&](double x, double y) {
    return world::point_seen_at(scene, shape, frame, static_cast<float>(x / w), static_cast<float>(y / h));
  };
  const double middle = sum_x / s.area, centre_y = 0.5 * (y0 + y1 + 1);
  s.x = point(middle, centre_y).x;
  s.low = point(middle, y1 + 1).z, s.high = point(middle, y0).z;
  s.wide = point(x1 + 1, centre_y).x - point(x0, centre_y).x;
  measure_box(s, mask, pixels, w, x0, x1, y0, y1);
  return s;
}

}  // namespace

ActorReading read_actors(const world::Scene& scene, const world::ClipShape& shape, const GridClip& clip, const GridClip& backdrop,
                         const ColourModel& colours) {
  const std::vector<float> evidence = evidence_of(scene, clip, backdrop, colours);
  const std::size_t area = clip.area(), frames = clip.frames.size();
  // What is gained by an actor of one colour, and by two actors of two colours.
  double single[kColours] = {}, pair[kColours][kColours] = {};
  for (std::size_t k = 0; k < frames; ++k) {
    const float* e = &evidence[k * kColours * area];
    for (std::size_t i = 0; i < area; ++i) {
      float v[kColours], most = 0;
      for (std::size_t c = 0; c < kColours; ++c) v[c] = std::max(0.0f, e[c * area + i]), most = std::max(most, v[c]);
      if (most <= 0) continue;
      for (std::size_t a = 0; a < kColours; ++a) {
        single[a] += v[a];
        for (std::size_t b = a + 1; b < kColours; ++b) pair[a][b] += std::max(v[a], v[b]);
      }
    }
  }
  const auto best = static_cast<std::size_t>(std::max_element(single, single + kColours) - single);
  std::size_t first = best, second = best == 0 ? 1 : 0;
  double most = -1;
  for (std::size_t a = 0; a < kColours; ++a) {
    for (std::size_t b = a + 1; b < kColours; ++b) {
      if (pair[a][b] > most) most = pair[a][b], first = a, second = b;
    }
  }
  if (single[second] > single[first]) std::swap(first, second);

  ActorReading reading;
  reading.first.colour = static_cast<world::Colour>(first), reading.second.colour = static_cast<world::Colour>(second);
  std::vector<std::uint8_t> mask(area);
  for (ActorTrack* track : {&reading.first, &reading.second}) {
    const auto own = static_cast<std::size_t>(track->colour), other = own == first ? second : first;
    for (std::size_t k = 0; k < frames; ++k) {
      const float* e = &evidence[k * kColours * area];
      for (std::size_t i = 0; i < area; ++i) mask[i] = e[own * area + i] > 0 && e[own * area + i] >= e[other * area + i];
      keep_large_parts(mask, clip.width, clip.height);
      track->sightings.push_back(sight(scene, shape, clip.frames[k], mask, clip.frame(k)));
      track->times.push_back((clip.frames[k] + 0.5) / shape.fps);
      track->total_area += static_cast<float>(track->sightings.back().area);
    }
  }
  const double pixels = static_cast<double>(area * frames);
  int both = 0, seen_second = 0;
  std::vector<float> areas, fills, distances;
  for (std::size_t k = 0; k < frames; ++k) {
    const Sighting &a = reading.first.sightings[k], &b = reading.second.sightings[k];
    seen_second += b.area > 0, both += a.area > 0 && b.area > 0;
    areas.push_back(static_cast<float>(b.area) / static_cast<float>(area));
    fills.push_back(b.fill);
    if (a.area > 0 && b.area > 0) distances.push_back(std::abs(a.x - b.x));
  }
  const float median_area = median(areas);
  float spread = 0;
  for (const float a : areas) spread += std::abs(a - median_area);
  reading.count_features = {static_cast<float>(most / pixels),
                            static_cast<float>((most - single[best]) / (single[best] + 1)),
                            static_cast<float>((most - single[best]) / pixels),
                            reading.second.total_area / (reading.first.total_area + 1),
                            median_area,
                            spread / (static_cast<float>(frames) * median_area + 1e-4f),
                            static_cast<float>(seen_second) / static_cast<float>(frames),
                            static_cast<float>(both) / static_cast<float>(frames),
                            median(fills),
                            median(distances),
                            *std::max_element(areas.begin(), areas.end()),
                            reading.first.total_area / static_cast<float>(pixels),
                            static_cast<float>(first),
                            static_cast<float>(second)};
  return reading;
}

}  // namespace fantascope::evaluate
