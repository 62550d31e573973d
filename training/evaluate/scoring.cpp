#include "training/evaluate/scoring.h"

#include <algorithm>
#include <cmath>

namespace fantascope::evaluate {
namespace {

constexpr double kZ = 1.959964;          // 95 %
constexpr double kMissingOnset_s = 1.0;  // a contact in a silent clip counts as this far off
constexpr double kLastHeard_s = 0.1;     // a sound that begins later is cut off before its attack is over

double wilson(int hits, int trials, double sign) {
  if (trials == 0) return 0;
  const double n = trials, p = hits / n, z2 = kZ * kZ;
  return std::clamp((p + z2 / (2 * n) + sign * kZ * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n))) / (1 + z2 / n), 0.0, 1.0);
}

}  // namespace

double Proportion::low() const { return wilson(hits, trials, -1); }
double Proportion::high() const { return wilson(hits, trials, +1); }

void Score::add(const Attributes& seen, const world::Scene& scene) {
  place_.add(seen.place == scene.place);
  time_.add(seen.time == scene.time);
  weather_.add(seen.weather == scene.weather);
  camera_.add(seen.camera == scene.camera);
  colour_.add(seen.count > 0 && seen.subject.colour == scene.colour);
  shape_.add(seen.count > 0 && seen.subject.shape == scene.shape);
  motion_.add(seen.count > 0 && seen.subject.motion == motion_of(scene.action));
  count_.add(seen.count == (scene.second.present ? 2 : 1));
}

void Score::add_sync(const Attributes& seen, const Attributes& heard, const world::Scene& scene, double duration_s) {
  if (!world::strikes(scene)) return;
  std::vector<double> contacts = seen.subject.contacts;
  landing_.add(!contacts.empty());
  std::erase_if(contacts, [&](double time) { return time > duration_s - kLastHeard_s; });
  if (scene.action == world::Action::kFalls && !contacts.empty()) contacts.erase(contacts.begin() + 1, contacts.end());
  for (const double offset : contact_offsets(contacts, heard.onsets, kMissingOnset_s)) {
    offsets_s_.push_back(std::abs(offset));
    within_.add(std::abs(offset) <= 0.1);
  }
}

std::vector<Score::Row> Score::rows() const {
  return {{"colour", colour_}, {"place", place_},   {"time", time_},   {"weather", weather_},      {"camera", camera_},
          {"shape", shape_},   {"motion", motion_}, {"count", count_}, {"landing seen", landing_}, {"contact within 100 ms", within_}};
}

double Score::median_offset_ms() const {
  if (offsets_s_.empty()) return 0;
  std::vector<double> sorted = offsets_s_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return 1000.0 * *middle;
}

}  // namespace fantascope::evaluate
