#include "app/media/seam.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace fantascope {
namespace {

constexpr int kAround = 8;  // pairs of frames on each side that say what is usual
constexpr double kSmallestUsualMotion = 0.25;

struct Change {
  double colour = 0, motion = 0;
};

/// From frame n-1 to frame n.
Change change_at(const VideoFrames& frames, int n) {
  const std::size_t values = static_cast<std::size_t>(frames.width) * static_cast<std::size_t>(frames.height) * 3;
  const float* now = frames.rgb.data() + static_cast<std::size_t>(n) * values;
  const float* before = now - values;
  std::array<double, 3> shift{};
  double motion = 0;
  for (std::size_t i = 0; i < values; ++i) {
    const double difference = static_cast<double>(now[i]) - static_cast<double>(before[i]);
    shift[i % 3] += difference;
    motion += std::abs(difference);
  }
  double colour = 0;
  for (const double sum : shift) colour = std::max(colour, std::abs(sum));
  const double pixels = static_cast<double>(values) / 3;
  return {colour / pixels * 255, motion / static_cast<double>(values) * 255};
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double rounded(double value) { return std::round(value * 1000) / 1000; }

}  // namespace

double Seam::motion_jump() const { return motion / std::max(usual_motion, kSmallestUsualMotion); }

nlohmann::json Seam::to_json() const {
  return {{"frame", frame},
          {"colour_difference", rounded(colour_difference)},
          {"usual_colour_difference", rounded(usual_colour_difference)},
          {"motion", rounded(motion)},
          {"usual_motion", rounded(usual_motion)},
          {"motion_jump", rounded(motion_jump())}};
}

std::vector<Seam> measure_seams(const VideoFrames& frames, const std::vector<int>& first_frames) {
  std::vector<Seam> seams;
  for (const int frame : first_frames) {
    if (frame < 1 || frame >= frames.num_frames) continue;
    const Change here = change_at(frames, frame);
    std::vector<double> colours, motions;
    for (int n = std::max(1, frame - kAround); n <= std::min(frames.num_frames - 1, frame + kAround); ++n) {
      if (n == frame) continue;
      const Change change = change_at(frames, n);
      colours.push_back(change.colour);
      motions.push_back(change.motion);
    }
    seams.push_back({frame, here.colour, median(std::move(colours)), here.motion, median(std::move(motions))});
  }
  return seams;
}

}  // namespace fantascope
