#pragma once
/// How likely a pixel is an actor of each colour, against the backdrop, in each light (time of day and weather).
#include <array>
#include <iosfwd>
#include <vector>

#include "training/evaluate/internal/grid.h"

namespace fantascope::evaluate {

inline constexpr int kColours = 8;

class ColourModel {
 public:
  ColourModel();
  /// mask: [frame][row][column] of the same grid, as in world::Clip.
  void count(const world::Scene& scene, const GridClip& clip, const GridClip& backdrop, const std::vector<std::uint8_t>& mask);
  void merge(const ColourModel& other);
  /// Turns the counts into log densities. After this only log_ratio is of use.
  void finish();

  /// log p(pixel | an actor of this colour) - log p(pixel | backdrop), for each colour.
  void log_ratio(const world::Scene& scene, const float* pixel, const float* backdrop, float* out) const;

  void write(std::ostream& out) const;
  bool read(std::istream& in);

 private:
  static constexpr int kLights = 12, kSide = 16, kDifferenceSide = 32;  // bins of 16 levels
  static int light_of(const world::Scene& scene) { return static_cast<int>(scene.time) * 4 + static_cast<int>(scene.weather); }
  static std::size_t pixel_bin(const float* pixel);
  static std::size_t difference_bin(const float* pixel, const float* backdrop);

  std::vector<float> actors_;    ///< [light][colour][16^3]
  std::vector<float> backdrop_;  ///< [light][32^3]: of the difference to the rendered backdrop
};

}  // namespace fantascope::evaluate
