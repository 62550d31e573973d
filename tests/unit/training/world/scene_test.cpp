#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "training/world/world.h"

namespace fantascope::world {
namespace {

constexpr int kScenes = 20000;

/// Every attribute of a scene as "slot=value".
std::vector<std::string> attributes_of(const Scene& scene) {
  const auto entry = [](const char* slot, const char* value) { return std::string(slot) + "=" + value; };
  std::vector<std::string> out = {
      entry("shape", name(scene.shape)),   entry("colour", name(scene.colour)),   entry("size", name(scene.size)),
      entry("action", name(scene.action)), entry("place", name(scene.place)),     entry("time", name(scene.time)),
      entry("camera", name(scene.camera)), entry("weather", name(scene.weather)), entry("second", scene.second.present ? "yes" : "no")};
  return out;
}

TEST(SampleScene, GivesTheSameSceneForTheSameSeed) {
  for (const std::uint64_t seed : {0ull, 1ull, 77ull, ~0ull}) {
    EXPECT_EQ(plain_caption(sample_scene(seed)), plain_caption(sample_scene(seed)));
    EXPECT_EQ(sample_scene(seed).seed, sample_scene(seed).seed);
  }
  EXPECT_NE(sample_scene(1).seed, sample_scene(2).seed);
}

TEST(SampleScene, DrawsOnlyActionsThatTheShapeCanDo) {
  for (int seed = 0; seed < 2000; ++seed) {
    const Scene scene = sample_scene(static_cast<std::uint64_t>(seed));
    const auto allowed = actions_of(scene.shape);
    EXPECT_NE(std::find(allowed.begin(), allowed.end(), scene.action), allowed.end()) << plain_caption(scene);
    EXPECT_FALSE(scene.second.present && scene.second.colour == scene.colour);
  }
}

TEST(SampleScene, IsBalanced) {
  std::map<std::string, int> counts;
  for (int seed = 0; seed < kScenes; ++seed) {
    for (const auto& value : attributes_of(sample_scene(static_cast<std::uint64_t>(seed)))) ++counts[value];
  }
  const auto share = [&](const std::string& value) { return static_cast<double>(counts[value]) / kScenes; };
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(share(std::string("shape=") + name(static_cast<Shape>(i))), 0.2, 0.015);
  for (int i = 0; i < 8; ++i) EXPECT_NEAR(share(std::string("colour=") + name(static_cast<Colour>(i))), 0.125, 0.015);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(share(std::string("place=") + name(static_cast<Place>(i))), 1.0 / 3, 0.015);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(share(std::string("time=") + name(static_cast<TimeOfDay>(i))), 1.0 / 3, 0.015);
  for (int i = 1; i < 10; ++i) EXPECT_NEAR(share(std::string("camera=") + name(static_cast<Camera>(i))), 1.0 / 13, 0.012);
  EXPECT_NEAR(share("weather=clear"), 0.4, 0.015);
  EXPECT_NEAR(share("second=yes"), 0.3, 0.015);
}

TEST(IsHeldOut, TakesAboutOneSceneInTwelveAndLeavesEveryValueOnBothSides) {
  std::array<std::map<std::string, int>, 2> counts;
  int held_out = 0;
  for (int seed = 0; seed < kScenes; ++seed) {
    const Scene scene = sample_scene(static_cast<std::uint64_t>(seed));
    const bool held = is_held_out(scene);
    held_out += held;
    for (const auto& value : attributes_of(scene)) ++counts[held][value];
  }
  EXPECT_NEAR(static_cast<double>(held_out) / kScenes, 1.0 / 12, 0.02);
  for (const auto& [value, count] : counts[0]) EXPECT_GE((counts[1][value]), count / 60) << value << " is hardly held out";
  EXPECT_EQ(counts[0].size(), counts[1].size());
}

TEST(IsHeldOut, DependsOnWhatIsSaidAndNotOnTheSeed) {
  for (int seed = 0; seed < 200; ++seed) {
    Scene scene = sample_scene(static_cast<std::uint64_t>(seed));
    const bool held = is_held_out(scene);
    scene.seed += 12345;
    EXPECT_EQ(is_held_out(scene), held);
  }
}

}  // namespace
}  // namespace fantascope::world
