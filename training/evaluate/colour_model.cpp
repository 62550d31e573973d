#include "training/evaluate/internal/colour_model.h"

#include <algorithm>
#include <cmath>
#include <istream>
#include <ostream>

namespace fantascope::evaluate {
namespace {

constexpr std::size_t kBins = 16 * 16 * 16, kDifferenceBins = 32 * 32 * 32;

int bin_of(float value, int offset, int side) { return std::clamp(static_cast<int>(std::floor(value / 16.0f)) + offset, 0, side - 1); }

/// 1-2-1 along each axis of a cube.
void smooth(float* cube, int side) {
  std::vector<float> line(static_cast<std::size_t>(side));
  const int steps[3] = {1, side, side * side};
  for (int axis = 0; axis < 3; ++axis) {
    const int step = steps[axis], a = steps[(axis + 1) % 3], b = steps[(axis + 2) % 3];
    for (int i = 0; i < side; ++i) {
      for (int j = 0; j < side; ++j) {
        float* p = cube + i * a + j * b;
        for (int k = 0; k < side; ++k) line[static_cast<std::size_t>(k)] = p[k * step];
        for (int k = 0; k < side; ++k) {
          const float low = line[static_cast<std::size_t>(std::max(0, k - 1))],
                      high = line[static_cast<std::size_t>(std::min(side - 1, k + 1))];
          p[k * step] = 0.5f * line[static_cast<std::size_t>(k)] + 0.25f * (low + high);
        }
      }
    }
  }
}

void to_log_density(float* cube, int side, float floor) {
  smooth(cube, side);
  const auto count = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  double sum = 1;
  for (std::size_t i = 0; i < count; ++i) sum += cube[i];
  for (std::size_t i = 0; i < count; ++i) cube[i] = std::log(cube[i] / static_cast<float>(sum) + floor);
}

}  // namespace

ColourModel::ColourModel() : actors_(kLights * kColours * kBins), backdrop_(kLights * kDifferenceBins) {}

std::size_t ColourModel::pixel_bin(const float* p) {
  return static_cast<std::size_t>((bin_of(p[0], 0, kSide) * kSide + bin_of(p[1], 0, kSide)) * kSide + bin_of(p[2], 0, kSide));
}
std::size_t ColourModel::difference_bin(const float* p, const float* b) {
  const int r = bin_of(p[0] - b[0] + 8, 16, kDifferenceSide), g = bin_of(p[1] - b[1] + 8, 16, kDifferenceSide),
            l = bin_of(p[2] - b[2] + 8, 16, kDifferenceSide);
  return static_cast<std::size_t>((r * kDifferenceSide + g) * kDifferenceSide + l);
}

void ColourModel::count(const world::Scene& scene, const GridClip& clip, const GridClip& backdrop, const std::vector<std::uint8_t>& mask) {
  const auto light = static_cast<std::size_t>(light_of(scene));
  const std::size_t total = clip.area() * clip.frames.size();
  for (std::size_t i = 0; i < total; ++i) {
    const float* pixel = &clip.pixels[3 * i];
    if (mask[i] == 0) {
      backdrop_[light * kDifferenceBins + difference_bin(pixel, &backdrop.pixels[3 * i])] += 1;
    } else {
      const auto colour = static_cast<std::size_t>(mask[i] == 1 ? scene.colour : scene.second.colour);
      actors_[(light * kColours + colour) * kBins + pixel_bin(pixel)] += 1;
    }
  }
}

void ColourModel::merge(const ColourModel& other) {
  for (std::size_t i = 0; i < actors_.size(); ++i) actors_[i] += other.actors_[i];
  for (std::size_t i = 0; i < backdrop_.size(); ++i) backdrop_[i] += other.backdrop_[i];
}

void ColourModel::finish() {
  for (std::size_t i = 0; i < kLights * kColours; ++i) to_log_density(&actors_[i * kBins], kSide, 2e-6f);
  for (std::size_t i = 0; i < kLights; ++i) to_log_density(&backdrop_[i * kDifferenceBins], kDifferenceSide, 2e-6f);
}

void ColourModel::log_ratio(const world::Scene& scene, const float* pixel, const float* backdrop, float* out) const {
  const auto light = static_cast<std::size_t>(light_of(scene));
  const std::size_t bin = pixel_bin(pixel);
  const float behind = backdrop_[light * kDifferenceBins + difference_bin(pixel, backdrop)];
  for (std::size_t c = 0; c < kColours; ++c) out[c] = actors_[(light * kColours + c) * kBins + bin] - behind;
}

void ColourModel::write(std::ostream& out) const {
  out.write(reinterpret_cast<const char*>(actors_.data()), static_cast<std::streamsize>(actors_.size() * sizeof(float)));
  out.write(reinterpret_cast<const char*>(backdrop_.data()), static_cast<std::streamsize>(backdrop_.size() * sizeof(float)));
}

bool ColourModel::read(std::istream& in) {
  return in.read(reinterpret_cast<char*>(actors_.data()), static_cast<std::streamsize>(actors_.size() * sizeof(float))) &&
         in.read(reinterpret_cast<char*>(backdrop_.data()), static_cast<std::streamsize>(backdrop_.size() * sizeof(float)));
}

}  // namespace fantascope::evaluate
