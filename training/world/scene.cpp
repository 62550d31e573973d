#include "training/world/internal/math.h"
#include "training/world/world.h"

namespace fantascope::world {
namespace {

// About one scene in twelve is held out, by one of two hashes: one of what moves how, one of what it looks like where. The salts were
// searched for so that every value of every attribute is among the held-out combinations of each hash that it enters.
constexpr std::uint64_t kWhatModulus = 16, kWhatSalt = 1241004, kWhereModulus = 36, kWhereSalt = 537381;

std::uint64_t hash_of(std::uint64_t salt, std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d) {
  return mix64(salt + a + 31 * b + 961 * c + 29791 * d);
}

}  // namespace

std::vector<Action> actions_of(Shape shape) {
  switch (shape) {
    case Shape::kBall:
      return {Action::kStandsStill, Action::kBounces, Action::kFalls, Action::kRollsLeft, Action::kRollsRight};
    case Shape::kCone:
      return {Action::kStandsStill, Action::kBounces, Action::kFalls, Action::kSlidesLeft, Action::kSlidesRight};
    case Shape::kCube:
    case Shape::kPillar:
      return {Action::kStandsStill, Action::kSpins, Action::kFalls, Action::kSlidesLeft, Action::kSlidesRight};
    case Shape::kPerson:
      return {Action::kStandsStill, Action::kWalksLeft, Action::kWalksRight, Action::kJumps};
  }
  return {};
}

Scene sample_scene(std::uint64_t seed) {
  Rng rng(seed ^ 0x5ce0e5ull);
  Scene scene;
  scene.shape = static_cast<Shape>(rng.below(5));
  scene.colour = static_cast<Colour>(rng.below(8));
  const int size = rng.below(4);  // medium, which captions may leave unsaid, is as frequent as the other two together
  scene.size = size == 0 ? Size::kSmall : (size == 3 ? Size::kLarge : Size::kMedium);
  const auto actions = actions_of(scene.shape);
  scene.action = actions[static_cast<std::size_t>(rng.below(static_cast<int>(actions.size())))];
  scene.place = static_cast<Place>(rng.below(3));
  scene.time = static_cast<TimeOfDay>(rng.below(3));
  const int weather = rng.below(10);
  scene.weather = weather < 4 ? Weather::kClear : static_cast<Weather>(1 + (weather - 4) / 2);
  const int camera = rng.below(13);  // static four times as often as each move
  scene.camera = camera < 4 ? Camera::kStatic : static_cast<Camera>(camera - 3);
  scene.second.present = rng.chance(0.3);
  if (scene.second.present) {
    scene.second.shape = static_cast<Shape>(rng.below(5));
    const int other = rng.below(7);  // any colour but the subject's, so that words can tell the two apart
    scene.second.colour = static_cast<Colour>(other < static_cast<int>(scene.colour) ? other : other + 1);
    scene.second.on_left = rng.chance(0.5);
  }
  scene.seed = rng.bits();
  return scene;
}

bool strikes(const Scene& scene) {
  return scene.action == Action::kBounces || scene.action == Action::kFalls || scene.action == Action::kJumps;
}

bool is_held_out(const Scene& scene) {
  const auto n = [](auto value) { return static_cast<std::uint64_t>(value); };
  return hash_of(kWhatSalt, n(scene.shape), n(scene.colour), n(scene.action), 0) % kWhatModulus == 0 ||
         hash_of(kWhereSalt, n(scene.colour), n(scene.place), n(scene.time), n(scene.weather)) % kWhereModulus == 0;
}

const char* name(Shape value) {
  static constexpr const char* names[] = {"ball", "cube", "cone", "pillar", "person"};
  return names[static_cast<int>(value)];
}
const char* name(Colour value) {
  static constexpr const char* names[] = {"red", "orange", "yellow", "green", "blue", "purple", "white", "black"};
  return names[static_cast<int>(value)];
}
const char* name(Size value) {
  static constexpr const char* names[] = {"small", "medium", "large"};
  return names[static_cast<int>(value)];
}
const char* name(Action value) {
  static constexpr const char* names[] = {"stands_still", "bounces", "falls",      "rolls_left",  "rolls_right", "slides_left",
                                          "slides_right", "spins",   "walks_left", "walks_right", "jumps"};
  return names[static_cast<int>(value)];
}
const char* name(Place value) {
  static constexpr const char* names[] = {"studio", "meadow", "desert"};
  return names[static_cast<int>(value)];
}
const char* name(TimeOfDay value) {
  static constexpr const char* names[] = {"day", "sunset", "night"};
  return names[static_cast<int>(value)];
}
const char* name(Weather value) {
  static constexpr const char* names[] = {"clear", "rain", "snow", "fog"};
  return names[static_cast<int>(value)];
}
const char* name(Camera value) {
  static constexpr const char* names[] = {"static",   "pan_left",  "pan_right",  "tilt_up",     "tilt_down",
                                          "dolly_in", "dolly_out", "orbit_left", "orbit_right", "crane_up"};
  return names[static_cast<int>(value)];
}

}  // namespace fantascope::world
