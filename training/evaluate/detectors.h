#pragma once
/// What a clip of the grey-box world shows and sounds like, measured from its pixels and samples alone. Works on generated, decoded and
/// rendered clips alike: everything is measured on a small grid of its own, and calibrated on blurred and noisy clips too.
///
/// How: the surroundings (place, time, weather, camera) are those whose rendered backdrop is nearest, as it is or in a mirror (training
/// clips may be shown both ways, and then a model makes both); what differs from that backdrop is the actors; their colours are told by
/// colour histograms of that light; their outline and their path on the ground are measured, and forests of trees calibrated on rendered
/// clips turn the measures into shape, motion and count.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "training/world/world.h"

namespace fantascope::evaluate {

/// A borrowed clip. audio may be empty: then there are no onsets.
struct ClipView {
  const std::uint8_t* frames = nullptr;  ///< [num_frames][height][width][3], sRGB
  const float* audio = nullptr;          ///< [2][num_samples] planar
  std::int64_t num_samples = 0;
  world::ClipShape shape;
};
ClipView view_of(const world::Clip& clip);

/// What an actor does, whatever its shape: rolling, sliding and walking are one.
enum class Motion { kStill, kBounces, kFalls, kMovesLeft, kMovesRight, kSpins };
Motion motion_of(world::Action action);
const char* name(Motion motion);

struct Actor {
  world::Colour colour = world::Colour::kRed;
  world::Shape shape = world::Shape::kBall;
  Motion motion = Motion::kStill;
  float start_x = 0;             ///< metres right of the middle, where it is first seen
  std::vector<double> contacts;  ///< seconds at which it lands on the ground in the picture
};

struct Attributes {
  int count = 0;          ///< actors seen: 0, 1 or 2
  Actor subject, second;  ///< where count allows
  world::Place place = world::Place::kStudio;
  world::TimeOfDay time = world::TimeOfDay::kDay;
  world::Weather weather = world::Weather::kClear;
  world::Camera camera = world::Camera::kStatic;
  float backdrop_error = 0;    ///< mean clipped difference to the nearest backdrop, 0..1
  std::vector<double> onsets;  ///< seconds at which something strikes in the sound
};

/// For each contact the distance in seconds to the nearest onset; contacts without any onset in the clip count as `missing`.
std::vector<double> contact_offsets(const std::vector<double>& contacts, const std::vector<double>& onsets, double missing);
/// Onsets of a sound, seconds, in order.
std::vector<double> find_onsets(const float* audio, std::int64_t num_samples, int sample_rate);

class AttributeJudge {
 public:
  /// Renders num_clips training scenes (never held-out ones) at this clip shape and calibrates on them. The same arguments give the same
  /// judge, whatever the number of threads. About 30 ms a clip and thread at 25 frames.
  static AttributeJudge fit(const world::ClipShape& shape, std::uint64_t seed, int num_clips, int num_threads);
  AttributeJudge(AttributeJudge&&) noexcept;
  AttributeJudge& operator=(AttributeJudge&&) noexcept;
  ~AttributeJudge();

  /// Any thread. With two actors in view, `second_on_left` (what the prompt says) tells which of them is the subject; without it the
  /// subject is the one that moves, else the larger. The clip must have the aspect ratio and duration that the judge was fitted for.
  Attributes judge(const ClipView& clip, std::optional<bool> second_on_left = std::nullopt) const;

  Result<void> save(const std::string& path) const;
  static Result<AttributeJudge> load(const std::string& path);

 private:
  struct State;
  explicit AttributeJudge(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fantascope::evaluate
