#include "training/evaluate/scoring.h"

#include <gtest/gtest.h>

namespace fantascope::evaluate {
namespace {

Attributes landing_at(const std::vector<double>& contacts, const std::vector<double>& onsets) {
  Attributes seen;
  seen.count = 1;
  seen.subject.contacts = contacts;
  seen.onsets = onsets;
  return seen;
}

world::Scene scene_of(world::Action action) {
  world::Scene scene;
  scene.action = action;
  return scene;
}

Proportion row(const Score& score, const std::string& attribute) {
  for (const auto& found : score.rows()) {
    if (found.attribute == attribute) return found.proportion;
  }
  ADD_FAILURE() << "no row " << attribute;
  return {};
}

TEST(Proportion, IntervalIsWilsons) {
  Proportion p;
  for (int i = 0; i < 60; ++i) p.add(i < 54);
  EXPECT_DOUBLE_EQ(p.value(), 0.9);
  EXPECT_NEAR(p.low(), 0.7985, 5e-4);  // R: binom::binom.wilson(54, 60)
  EXPECT_NEAR(p.high(), 0.9534, 5e-4);
  EXPECT_EQ(Proportion().low(), 0);
}

TEST(Score, SyncCountsLandingsWithinAHundredMilliseconds) {
  Score score;
  const Attributes clip = landing_at({0.5, 1.2}, {0.55, 1.35});
  score.add_sync(clip, clip, scene_of(world::Action::kBounces), 2.0);
  EXPECT_EQ(score.within_100_ms().hits, 1);
  EXPECT_EQ(score.within_100_ms().trials, 2);
  EXPECT_EQ(row(score, "landing seen").hits, 1);
  EXPECT_NEAR(score.median_offset_ms(), 150, 1e-6);
}

TEST(Score, SyncLeavesOutWhatCannotBeSeenOrHeard) {
  Score score;
  const Attributes clip = landing_at({0.5, 0.9, 1.95}, {0.5});
  for (const auto action : {world::Action::kWalksLeft, world::Action::kStandsStill, world::Action::kRollsRight, world::Action::kSpins})
    score.add_sync(clip, clip, scene_of(action), 2.0);
  EXPECT_EQ(score.within_100_ms().trials, 0);
  EXPECT_EQ(row(score, "landing seen").trials, 0);
  score.add_sync(clip, clip, scene_of(world::Action::kFalls), 2.0);  // the first only: the others are rebounds
  EXPECT_EQ(score.within_100_ms().hits, 1);
  EXPECT_EQ(score.within_100_ms().trials, 1);
  score.add_sync(clip, clip, scene_of(world::Action::kJumps), 2.0);  // not the one at the end
  EXPECT_EQ(score.within_100_ms().hits, 2);
  EXPECT_EQ(score.within_100_ms().trials, 3);
}

TEST(Score, AClipThatShowsNoLandingIsCountedAsSuch) {
  Score score;
  const Attributes still = landing_at({}, {0.4});
  score.add_sync(still, still, scene_of(world::Action::kBounces), 2.0);
  EXPECT_EQ(row(score, "landing seen").hits, 0);
  EXPECT_EQ(row(score, "landing seen").trials, 1);
  EXPECT_EQ(score.within_100_ms().trials, 0);
}

TEST(Score, AttributesOfAnEmptyPictureAreWrong) {
  Score score;
  world::Scene scene = scene_of(world::Action::kStandsStill);
  Attributes nothing;  // by default it names the very attributes of the default scene
  score.add(nothing, scene);
  for (const char* attribute : {"colour", "shape", "motion", "count"}) EXPECT_EQ(row(score, attribute).hits, 0) << attribute;
  nothing.count = 1;
  score.add(nothing, scene);
  for (const char* attribute : {"colour", "shape", "motion", "count"}) EXPECT_EQ(row(score, attribute).hits, 1) << attribute;
}

}  // namespace
}  // namespace fantascope::evaluate
