#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "training/evaluate/detectors.h"

namespace fantascope::evaluate {
namespace {

const world::ClipShape kShape{96, 64, 25, 12.0, 16000};

/// Calibrated on few clips, to be quick; `evaluate` uses many more.
const AttributeJudge& small_judge() {
  static const AttributeJudge judge = AttributeJudge::fit(kShape, 1, 200, 2);
  return judge;
}

std::vector<world::Scene> held_out_scenes(int count) {
  std::vector<world::Scene> out;
  for (std::uint64_t seed = 500000; static_cast<int>(out.size()) < count; ++seed) {
    const world::Scene scene = world::sample_scene(seed);
    if (world::is_held_out(scene)) out.push_back(scene);
  }
  return out;
}

Attributes judge(const AttributeJudge& judge, const world::Scene& scene, const world::Clip& clip) {
  return judge.judge(view_of(clip), scene.second.present ? std::optional<bool>(scene.second.on_left) : std::nullopt);
}

TEST(AttributeJudge, ReadsHeldOutClips) {
  int place = 0, time = 0, weather = 0, camera = 0, colour = 0, shape = 0, motion = 0, count = 0;
  const auto scenes = held_out_scenes(80);
  for (const auto& scene : scenes) {
    const Attributes found = judge(small_judge(), scene, world::render_clip(scene, kShape));
    place += found.place == scene.place, time += found.time == scene.time, weather += found.weather == scene.weather;
    camera += found.camera == scene.camera, colour += found.subject.colour == scene.colour, shape += found.subject.shape == scene.shape;
    motion += found.subject.motion == motion_of(scene.action), count += found.count == 1 + scene.second.present;
  }
  EXPECT_GE(place, 79);
  EXPECT_GE(time, 79);
  EXPECT_GE(weather, 79);
  EXPECT_GE(camera, 79);
  EXPECT_GE(colour, 76);
  EXPECT_GE(shape, 72);
  EXPECT_GE(motion, 68);
  EXPECT_GE(count, 74);
}

// A model that was trained on mirror images too (latents.mirror_share) makes mirror images.
TEST(AttributeJudge, ReadsClipsInAMirror) {
  const auto other_side = [](auto value, auto left, auto right) { return value == left ? right : value == right ? left : value; };
  int camera = 0, motion = 0, shape = 0, count = 0, place = 0;
  for (const auto& scene : held_out_scenes(80)) {
    world::Clip clip = world::render_clip(scene, kShape);
    const auto width = static_cast<std::size_t>(kShape.width);
    for (std::size_t row = 0; row < clip.frames.size() / (3 * width); ++row) {
      for (std::size_t x = 0; x < width / 2; ++x) {
        const auto at = clip.frames.begin() + static_cast<std::ptrdiff_t>(3 * row * width);
        std::swap_ranges(at + 3 * static_cast<std::ptrdiff_t>(x), at + 3 * static_cast<std::ptrdiff_t>(x) + 3,
                         at + 3 * static_cast<std::ptrdiff_t>(width - 1 - x));
      }
    }
    world::Scene seen = scene;
    seen.second.on_left = !scene.second.on_left;
    const Attributes found = judge(small_judge(), seen, clip);
    const auto wanted_camera = other_side(other_side(scene.camera, world::Camera::kPanLeft, world::Camera::kPanRight),
                                          world::Camera::kOrbitLeft, world::Camera::kOrbitRight);
    camera += found.camera == wanted_camera, place += found.place == scene.place, shape += found.subject.shape == scene.shape;
    motion += found.subject.motion == other_side(motion_of(scene.action), Motion::kMovesLeft, Motion::kMovesRight);
    count += found.count == 1 + scene.second.present;
  }
  EXPECT_GE(place, 79);
  EXPECT_GE(camera, 79);
  EXPECT_GE(shape, 72);
  EXPECT_GE(motion, 68);
  EXPECT_GE(count, 74);
}

TEST(AttributeJudge, SeesNoActorWhereThereIsNone) {
  world::Scene scene;
  scene.place = world::Place::kMeadow;
  std::vector<int> frames;
  for (int i = 0; i < kShape.num_frames; ++i) frames.push_back(i);
  const auto bytes = world::render_backdrop(scene, kShape, frames);
  const Attributes found = small_judge().judge({bytes.data(), nullptr, 0, kShape});
  EXPECT_EQ(found.count, 0);
  EXPECT_EQ(found.place, world::Place::kMeadow);
  EXPECT_TRUE(found.onsets.empty());
}

TEST(AttributeJudge, CallsAPictureThatStandsStillStaticHoweverItLooks) {
  for (const auto move : {world::Camera::kPanLeft, world::Camera::kOrbitRight, world::Camera::kDollyIn}) {
    world::Scene scene;
    scene.place = world::Place::kDesert, scene.camera = move;
    // The average over a move's frames: nearest to that move's backdrop, and it does not move.
    std::vector<int> all;
    for (int i = 0; i < kShape.num_frames; ++i) all.push_back(i);
    const auto moving = world::render_backdrop(scene, kShape, all);
    const std::size_t each = moving.size() / all.size();
    std::vector<std::uint8_t> still(moving.size());
    for (std::size_t i = 0; i < each; ++i) {
      int sum = 0;
      for (std::size_t k = 0; k < all.size(); ++k) sum += moving[k * each + i];
      for (std::size_t k = 0; k < all.size(); ++k) still[k * each + i] = static_cast<std::uint8_t>(sum / kShape.num_frames);
    }
    EXPECT_EQ(small_judge().judge({still.data(), nullptr, 0, kShape}).camera, world::Camera::kStatic) << name(move);
    EXPECT_EQ(small_judge().judge({moving.data(), nullptr, 0, kShape}).camera, move) << name(move);
  }
}

TEST(AttributeJudge, FindsLandingsAndTheirSounds) {
  std::vector<double> offsets;
  for (std::uint64_t seed = 1; seed < 9; ++seed) {
    world::Scene scene;
    scene.colour = world::Colour::kBlue, scene.seed = seed;
    scene.action = seed % 2 ? world::Action::kBounces : world::Action::kFalls;
    const Attributes found = judge(small_judge(), scene, world::render_clip(scene, kShape));
    EXPECT_FALSE(found.subject.contacts.empty()) << seed;
    for (const double offset : contact_offsets(found.subject.contacts, found.onsets, 2.0)) offsets.push_back(offset);
  }
  std::sort(offsets.begin(), offsets.end());
  ASSERT_GE(offsets.size(), 10u);
  EXPECT_LT(offsets[offsets.size() / 2], 0.03);
}

TEST(AttributeJudge, IsTheSameForEveryNumberOfThreadsAndAfterSavingAndLoading) {
  const world::ClipShape tiny{48, 32, 7, 4.0, 4000};
  const AttributeJudge one = AttributeJudge::fit(tiny, 3, 40, 1), two = AttributeJudge::fit(tiny, 3, 40, 2);
  const auto path = std::filesystem::temp_directory_path() / "fantascope-judge-test.bin";
  ASSERT_TRUE(one.save(path.string()));
  const auto loaded = AttributeJudge::load(path.string());
  ASSERT_TRUE(loaded);
  for (const auto& scene : held_out_scenes(12)) {
    const world::Clip clip = world::render_clip(scene, tiny);
    const Attributes a = judge(one, scene, clip), b = judge(two, scene, clip), c = judge(*loaded, scene, clip);
    for (const Attributes* other : {&b, &c}) {
      EXPECT_EQ(a.count, other->count);
      EXPECT_EQ(a.subject.colour, other->subject.colour);
      EXPECT_EQ(a.subject.shape, other->subject.shape);
      EXPECT_EQ(a.subject.motion, other->subject.motion);
      EXPECT_EQ(a.camera, other->camera);
      EXPECT_EQ(a.backdrop_error, other->backdrop_error);
    }
  }
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 5);
  EXPECT_EQ(AttributeJudge::load(path.string()).error().code, ErrorCode::kBadFile);
  std::ofstream(path) << "not a judge";
  EXPECT_EQ(AttributeJudge::load(path.string()).error().code, ErrorCode::kBadFile);
  std::filesystem::remove(path);
  EXPECT_EQ(AttributeJudge::load(path.string()).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace fantascope::evaluate
