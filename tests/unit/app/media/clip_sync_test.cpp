/// The sound offset of takes, on clips of the training world, whose sound is made with the picture: bounces and falls seen by a camera that
/// may move, in rain, snow and fog, also with a second object in view.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "app/media/clip_measures.h"
#include "training/world/world.h"

namespace fantascope {
namespace {

constexpr double kUsual_ms = 85;  // what the window warns of, and half a frame at 12 fps more

struct Rendered {
  VideoFrames frames;
  Waveform sound;
};

Rendered render(const world::Scene& scene, double fps, int num_frames) {
  world::ClipShape shape;
  shape.fps = fps;
  shape.num_frames = num_frames;
  const world::Clip clip = world::render_clip(scene, shape);
  Rendered rendered;
  rendered.frames = {shape.width, shape.height, num_frames, {static_cast<std::int64_t>(fps), 1}, {}};
  for (const std::uint8_t value : clip.frames) rendered.frames.rgb.push_back(static_cast<float>(value) / 255.0F);
  rendered.sound = {shape.sample_rate, 2, static_cast<std::int64_t>(clip.audio.size() / 2), clip.audio};
  return rendered;
}

/// `late` frames of the picture after it; what is missing is silence.
Waveform shifted(const Waveform& sound, double seconds) {
  Waveform moved = sound;
  const auto by = static_cast<std::int64_t>(std::llround(seconds * sound.sample_rate));
  for (int c = 0; c < sound.num_channels; ++c) {
    for (std::int64_t i = 0; i < sound.num_samples; ++i) {
      const std::int64_t from = i - by;
      moved.samples[static_cast<std::size_t>(c * sound.num_samples + i)] =
          from >= 0 && from < sound.num_samples ? sound.samples[static_cast<std::size_t>(c * sound.num_samples + from)] : 0.0F;
    }
  }
  return moved;
}

struct Tally {
  int clips = 0, told = 0, right = 0, late_caught = 0, early_caught = 0;
};

bool off(const ClipMeasures& measures) { return measures.av_offset_s && std::abs(*measures.av_offset_s) * 1000 > kUsual_ms; }

Tally tally(const std::vector<world::Action>& actions, double fps, int num_frames, int num_clips, double shift_s) {
  Tally tally;
  for (std::uint64_t seed = 1000; tally.clips < num_clips; ++seed) {
    const world::Scene scene = world::sample_scene(seed);
    if (std::ranges::find(actions, scene.action) == actions.end()) continue;
    const Rendered clip = render(scene, fps, num_frames);
    ++tally.clips;
    const ClipMeasures measures = measure_clip(clip.frames, clip.sound);
    tally.told += measures.av_offset_s ? 1 : 0;
    tally.right += measures.av_offset_s && !off(measures) ? 1 : 0;
    tally.late_caught += off(measure_clip(clip.frames, shifted(clip.sound, shift_s))) ? 1 : 0;
    tally.early_caught += off(measure_clip(clip.frames, shifted(clip.sound, -shift_s))) ? 1 : 0;
  }
  return tally;
}

void print(const char* what, const Tally& tally) {
  std::printf("%s: of %d clips an offset is told of %d, within %.0f ms for %d; moved late, caught in %d; moved early, in %d\n", what,
              tally.clips, tally.told, kUsual_ms, tally.right, tally.late_caught, tally.early_caught);
}

TEST(ClipSync, AtTwentyFourFramesASecondASoundSevenFramesOffIsCaught) {
  const Tally found = tally({world::Action::kBounces, world::Action::kFalls}, 24, 49, 40, 7.0 / 24);
  print("24 fps, 7 frames", found);
  EXPECT_GE(found.told, 36);
  EXPECT_GE(found.right, found.told - 2) << "what is in place is said to be in place";
  EXPECT_GE(found.late_caught, 36);
  EXPECT_GE(found.early_caught, 36);
}

TEST(ClipSync, AtTwelveFramesASecondAThirdOfASecondOffIsCaught) {
  const Tally found = tally({world::Action::kBounces, world::Action::kFalls}, 12, 25, 40, 3.5 / 12);
  print("12 fps, 3.5 frames", found);
  EXPECT_GE(found.told, 36);
  EXPECT_GE(found.right, found.told - 2);
  EXPECT_GE(found.late_caught, 36);
  EXPECT_GE(found.early_caught, 36);
}

// Seven frames are 583 ms here: of a clip of two seconds a late landing may have left the clip, and a regular bounce is nearly in step
// with its own next one, so that some go uncaught.
TEST(ClipSync, AtTwelveFramesASecondASoundSevenFramesOffIsMostlyCaught) {
  const Tally found = tally({world::Action::kBounces, world::Action::kFalls}, 12, 25, 40, 7.0 / 12);
  print("12 fps, 7 frames", found);
  EXPECT_GE(found.right, found.told - 2);
  EXPECT_GE(found.late_caught, 33);
  EXPECT_GE(found.early_caught, 35);
}

TEST(ClipSync, WhereNothingStrikesHardlyEverAnOffsetIsTold) {
  const Tally found = tally({world::Action::kStandsStill, world::Action::kRollsLeft, world::Action::kSlidesRight, world::Action::kSpins},
                            12, 25, 40, 7.0 / 24);
  print("nothing strikes", found);
  EXPECT_LE(found.told - found.right, 2);
  EXPECT_LE(found.late_caught, 2) << "a sound that begins late is no impact";
}

}  // namespace
}  // namespace fantascope
