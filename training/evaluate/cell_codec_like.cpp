#include <algorithm>
#include <array>
#include <cmath>

#include "training/evaluate/internal/grid.h"
#include "training/evaluate/internal/random.h"

/// A stand-in for the damage that a strongly compressing video autoencoder does: cells of 16x16 grid pixels (32x32 of the usual clip) and
/// eight frames, the first frame in a cell of its own, keep only their lowest cosine components. Moving things ghost, edges of cells show.
namespace fantascope::evaluate {
namespace {

constexpr int kSide = 16, kDepth = 8, kCell = kSide * kSide * kDepth;

template <int N>
const std::array<float, N * N>& cosines() {  // orthonormal DCT-II, [frequency][place]
  static const std::array<float, N* N> table = [] {
    std::array<float, N * N> t{};
    for (int f = 0; f < N; ++f) {
      for (int x = 0; x < N; ++x) {
        t[static_cast<std::size_t>(f * N + x)] =
            static_cast<float>(std::sqrt((f == 0 ? 1.0 : 2.0) / N) * std::cos(3.14159265358979323846 * (x + 0.5) * f / N));
      }
    }
    return t;
  }();
  return table;
}

/// One axis of a cell, forwards (places to frequencies) or back. stride is the distance of neighbours along the axis.
template <int N>
void transform(float* cell, int stride, bool forwards) {
  const auto& table = cosines<N>();
  std::array<float, N> in{}, out{};
  for (int start = 0; start < kCell; ++start) {
    if (start / stride % N != 0) continue;
    for (int i = 0; i < N; ++i) in[static_cast<std::size_t>(i)] = cell[start + i * stride];
    for (int i = 0; i < N; ++i) {
      float sum = 0;
      for (int k = 0; k < N; ++k)
        sum += in[static_cast<std::size_t>(k)] * table[static_cast<std::size_t>(forwards ? i * N + k : k * N + i)];
      out[static_cast<std::size_t>(i)] = sum;
    }
    for (int i = 0; i < N; ++i) cell[start + i * stride] = out[static_cast<std::size_t>(i)];
  }
}

void keep_low_components(float* cell, float reach) {
  transform<kSide>(cell, 1, true), transform<kSide>(cell, kSide, true), transform<kDepth>(cell, kSide * kSide, true);
  for (int w = 0; w < kDepth; ++w) {
    for (int v = 0; v < kSide; ++v) {
      for (int u = 0; u < kSide; ++u) {
        if (static_cast<float>(u + v) + 1.6f * static_cast<float>(w) > reach) cell[(w * kSide + v) * kSide + u] = 0;
      }
    }
  }
  transform<kDepth>(cell, kSide * kSide, false), transform<kSide>(cell, kSide, false), transform<kSide>(cell, 1, false);
}

}  // namespace

void degrade_like_codec(GridClip& clip, std::uint64_t seed) {
  Random random(seed);
  const float fine = 5.0f + 4.0f * random.uniform(), coarse = 0.55f * fine;  // brightness, colour
  const int frames = static_cast<int>(clip.frames.size());
  std::array<std::vector<float>, 3> cells;
  for (auto& cell : cells) cell.resize(kCell);
  for (int first = 0; first < frames; first += first == 0 ? 1 : kDepth) {
    for (int y0 = 0; y0 < clip.height; y0 += kSide) {
      for (int x0 = 0; x0 < clip.width; x0 += kSide) {
        const auto pixel = [&](int w, int v, int u) {
          const int f = first == 0 ? 0 : std::min(first + w, frames - 1), y = std::min(y0 + v, clip.height - 1),
                    x = std::min(x0 + u, clip.width - 1);
          return clip.frame(static_cast<std::size_t>(f)) + 3 * (y * clip.width + x);
        };
        const auto each = [&](auto visit) {
          for (int w = 0; w < kDepth; ++w) {
            for (int v = 0; v < kSide; ++v) {
              for (int u = 0; u < kSide; ++u) visit(w, v, u, static_cast<std::size_t>((w * kSide + v) * kSide + u));
            }
          }
        };
        each([&](int w, int v, int u, std::size_t at) {
          const float* p = pixel(w, v, u);
          const float luma = 0.25f * p[0] + 0.5f * p[1] + 0.25f * p[2];
          cells[0][at] = luma, cells[1][at] = p[0] - luma, cells[2][at] = p[2] - luma;
        });
        keep_low_components(cells[0].data(), fine), keep_low_components(cells[1].data(), coarse),
            keep_low_components(cells[2].data(), coarse);
        each([&](int w, int v, int u, std::size_t at) {
          if (y0 + v >= clip.height || x0 + u >= clip.width || (first == 0 ? w != kDepth - 1 : first + w >= frames)) return;
          float* p = pixel(w, v, u);
          const float luma = cells[0][at], r = cells[1][at], b = cells[2][at];
          p[0] = std::clamp(luma + r, 0.0f, 255.0f), p[1] = std::clamp(luma - 0.5f * (r + b), 0.0f, 255.0f),
          p[2] = std::clamp(luma + b, 0.0f, 255.0f);
        });
      }
    }
  }
}

}  // namespace fantascope::evaluate
