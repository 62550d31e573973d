#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "training/evaluate/detectors.h"
#include "training/evaluate/internal/backdrop.h"
#include "training/evaluate/internal/forest.h"
#include "training/evaluate/internal/grid.h"
#include "training/evaluate/internal/random.h"

namespace fantascope::evaluate {
namespace {

/// Two seconds of quiet noise with decaying strikes.
std::vector<float> sound_with(const std::vector<double>& strikes, float noise) {
  constexpr int kRate = 16000, kCount = 2 * kRate;
  Random random(4);
  std::vector<float> out(2 * kCount);
  for (float& x : out) x = noise * (2 * random.uniform() - 1);
  for (const double strike : strikes) {
    const int start = static_cast<int>(strike * kRate);
    for (int i = start; i < kCount; ++i) {
      const double t = static_cast<double>(i - start) / kRate;
      for (const int side : {0, kCount})
        out[static_cast<std::size_t>(side + i)] += static_cast<float>(0.5 * std::exp(-t / 0.06) * std::sin(2 * 3.14159265 * 320 * t));
    }
  }
  return out;
}

TEST(FindOnsets, FindsStrikesWithinEightMilliseconds) {
  const std::vector<double> strikes = {0.31, 0.97, 1.55};
  for (const float noise : {0.0f, 0.01f, 0.05f}) {
    const auto sound = sound_with(strikes, noise);
    const auto onsets = find_onsets(sound.data(), 32000, 16000);
    ASSERT_EQ(onsets.size(), strikes.size()) << noise;
    for (std::size_t i = 0; i < strikes.size(); ++i) EXPECT_NEAR(onsets[i], strikes[i], 0.008);
  }
}

TEST(FindOnsets, FindsNoneInSteadyNoiseOrSilence) {
  const auto noise = sound_with({}, 0.1f), silence = sound_with({}, 0.0f);
  EXPECT_TRUE(find_onsets(noise.data(), 32000, 16000).empty());
  EXPECT_TRUE(find_onsets(silence.data(), 32000, 16000).empty());
  EXPECT_TRUE(find_onsets(noise.data(), 10, 16000).empty());
}

TEST(ContactOffsets, AreTheDistancesToTheNearestOnset) {
  const auto offsets = contact_offsets({0.5, 1.0}, {0.45, 1.2, 1.6}, 9.0);
  ASSERT_EQ(offsets.size(), 2u);
  EXPECT_NEAR(offsets[0], 0.05, 1e-9);
  EXPECT_NEAR(offsets[1], 0.2, 1e-9);
  EXPECT_EQ(contact_offsets({0.5}, {}, 9.0), std::vector<double>{9.0});
}

TEST(ToGrid, KeepsTheMeanAndTheOrderOfFrames) {
  world::ClipShape shape{37, 23, 3, 12.0, 16000};
  std::vector<std::uint8_t> frames(37 * 23 * 3 * 3);
  Random random(9);
  for (auto& x : frames) x = static_cast<std::uint8_t>(random.below(256));
  const GridClip grid = to_grid(frames.data(), shape, 12, 7, {0, 2});
  for (std::size_t k = 0; k < 2; ++k) {
    double source = 0, target = 0;
    for (std::size_t i = 0; i < 37 * 23 * 3; ++i) source += frames[(k == 0 ? 0 : 2) * 37 * 23 * 3 + i];
    for (std::size_t i = 0; i < 12 * 7 * 3; ++i) target += grid.frame(k)[i];
    EXPECT_NEAR(source / (37 * 23 * 3), target / (12 * 7 * 3), 0.01);
  }
}

TEST(SpreadFrames, ReachFromTheFirstToTheLast) {
  EXPECT_EQ(spread_frames(49, 25).front(), 0);
  EXPECT_EQ(spread_frames(49, 25).back(), 48);
  EXPECT_EQ(spread_frames(3, 25), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(spread_frames(1, 25), std::vector<int>{0});
}

std::vector<Forest::Example> corners(int count, std::uint64_t seed) {
  Random random(seed);
  std::vector<Forest::Example> out;
  for (int i = 0; i < count; ++i) {
    const float x = random.uniform(), y = random.uniform();
    out.push_back({{x, y, random.uniform()}, (x > 0.5f) != (y > 0.5f) ? 1 : 0});
  }
  return out;
}

TEST(Forest, LearnsWhatNoSingleFeatureTells) {
  const Forest forest = Forest::fit(corners(800, 1), 2, 60, 3, 2);
  int right = 0;
  for (const auto& example : corners(500, 2)) right += forest.best(example.features) == example.label;
  EXPECT_GT(right, 460);
}

TEST(Forest, IsTheSameForEveryNumberOfThreadsAndAfterWritingAndReading) {
  const Forest one = Forest::fit(corners(300, 1), 2, 20, 3, 1), three = Forest::fit(corners(300, 1), 2, 20, 3, 3);
  std::stringstream stream;
  one.write(stream);
  Forest read;
  ASSERT_TRUE(read.read(stream));
  for (const auto& example : corners(100, 7)) {
    EXPECT_EQ(one.predict(example.features), three.predict(example.features));
    EXPECT_EQ(one.predict(example.features), read.predict(example.features));
  }
}

TEST(Forest, RefusesDamagedData) {
  std::stringstream stream;
  Forest::fit(corners(200, 1), 2, 5, 3, 1).write(stream);
  const std::string whole = stream.str();
  for (const std::size_t length : {std::size_t{0}, std::size_t{3}, whole.size() / 2, whole.size() - 1}) {
    std::stringstream cut(whole.substr(0, length));
    Forest forest;
    EXPECT_FALSE(forest.read(cut)) << length;
  }
}

TEST(BackdropIndex, FindsTheSurroundingsBehindTheActors) {
  const world::ClipShape shape{96, 64, 13, 6.0, 100};
  const BackdropIndex index(shape, 2);
  int right = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const world::Scene scene = world::sample_scene(seed);
    const world::Clip clip = world::render_clip(scene, shape);
    const auto match = index.find(view_of(clip));
    right += match.scene.place == scene.place && match.scene.time == scene.time && match.scene.weather == scene.weather &&
             match.scene.camera == scene.camera;
  }
  EXPECT_GE(right, 39);
}

}  // namespace
}  // namespace fantascope::evaluate
