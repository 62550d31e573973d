#include "training/evaluate/internal/grid.h"

#include <algorithm>
#include <cmath>

#include "training/evaluate/internal/random.h"

namespace fantascope::evaluate {

world::ClipShape grid_shape_of(const world::ClipShape& shape) {
  world::ClipShape grid = shape;
  const double aspect = static_cast<double>(shape.width) / shape.height;
  grid.width = std::max(24, static_cast<int>(std::lround(std::sqrt(6144 * aspect))));
  grid.height = std::max(24, static_cast<int>(std::lround(grid.width / aspect)));
  return grid;
}

std::vector<int> spread_frames(int num_frames, int most) {
  const int count = std::min(num_frames, most);
  std::vector<int> out(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    out[static_cast<std::size_t>(i)] =
        count == 1 ? 0 : static_cast<int>((static_cast<std::int64_t>(i) * (num_frames - 1) + (count - 1) / 2) / (count - 1));
  }
  return out;
}

namespace {

/// Which source cells a target cell covers, and how much of each.
struct Span {
  int first = 0;
  std::vector<float> share;
};
std::vector<Span> spans_of(int from, int to) {
  std::vector<Span> out(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double a = static_cast<double>(i) * from / to, b = static_cast<double>(i + 1) * from / to;
    Span& span = out[static_cast<std::size_t>(i)];
    span.first = std::min(from - 1, static_cast<int>(a));
    for (int k = span.first; k < from && (k < b || k == span.first); ++k) {
      const double cover = std::min<double>(b, k + 1) - std::max<double>(a, k);
      if (cover > 1e-9 || span.share.empty()) span.share.push_back(static_cast<float>(std::max(cover, 1e-9) / (b - a)));
    }
    float sum = 0;
    for (const float s : span.share) sum += s;
    for (float& s : span.share) s /= sum;
  }
  return out;
}

}  // namespace

GridClip to_grid(const std::uint8_t* frames, const world::ClipShape& shape, int width, int height, const std::vector<int>& which) {
  GridClip out;
  out.width = width, out.height = height, out.frames = which;
  out.pixels.resize(out.area() * 3 * which.size());
  const auto columns = spans_of(shape.width, width), rows = spans_of(shape.height, height);
  const auto stride = static_cast<std::size_t>(shape.width) * 3;
  std::vector<float> line(stride);
  for (std::size_t k = 0; k < which.size(); ++k) {
    const std::uint8_t* source = frames + static_cast<std::size_t>(which[k]) * stride * static_cast<std::size_t>(shape.height);
    float* target = out.frame(k);
    for (int y = 0; y < height; ++y) {
      const Span& span = rows[static_cast<std::size_t>(y)];
      std::fill(line.begin(), line.end(), 0.0f);
      for (std::size_t r = 0; r < span.share.size(); ++r) {
        const std::uint8_t* row = source + (static_cast<std::size_t>(span.first) + r) * stride;
        for (std::size_t i = 0; i < stride; ++i) line[i] += span.share[r] * static_cast<float>(row[i]);
      }
      for (int x = 0; x < width; ++x, target += 3) {
        const Span& across = columns[static_cast<std::size_t>(x)];
        float sum[3] = {};
        for (std::size_t c = 0; c < across.share.size(); ++c) {
          const float* pixel = &line[3 * (static_cast<std::size_t>(across.first) + c)];
          for (int i = 0; i < 3; ++i) sum[i] += across.share[c] * pixel[i];
        }
        for (int i = 0; i < 3; ++i) target[i] = sum[i];
      }
    }
  }
  return out;
}

void degrade(GridClip& clip, float blur, float noise, std::uint64_t seed) {
  Random random(seed);
  const int w = clip.width, h = clip.height;
  const float side = blur > 0 ? 0.5f * std::min(1.0f, blur * blur) : 0.0f;  // weight of both neighbours of a 1-2-1 kernel
  std::vector<float> copy;
  for (std::size_t k = 0; k < clip.frames.size(); ++k) {
    float* p = clip.frame(k);
    for (int pass = 0; side > 0 && pass < 2; ++pass) {
      const int step = pass == 0 ? 3 : 3 * w;
      copy.assign(p, p + 3 * w * h);
      for (int y = 0; y < h; ++y) {
        for (int x = 0; x < w; ++x) {
          const bool first = pass == 0 ? x == 0 : y == 0, last = pass == 0 ? x == w - 1 : y == h - 1;
          for (int c = 0; c < 3; ++c) {
            const int at = 3 * (y * w + x) + c;
            p[at] = (1 - side) * copy[static_cast<std::size_t>(at)] +
                    0.5f * side *
                        (copy[static_cast<std::size_t>(first ? at : at - step)] + copy[static_cast<std::size_t>(last ? at : at + step)]);
          }
        }
      }
    }
    if (noise <= 0) continue;
    for (int i = 0; i < 3 * w * h; ++i) {
      const float n = (random.uniform() + random.uniform() + random.uniform() - 1.5f) * 2.0f;  // deviation 1
      p[i] = std::clamp(p[i] + noise * n, 0.0f, 255.0f);
    }
  }
}

}  // namespace fantascope::evaluate
