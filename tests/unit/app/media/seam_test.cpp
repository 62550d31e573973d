#include "app/media/seam.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace fantascope {
namespace {

/// A grey clip that brightens by one level a frame, with `jump` levels more at frame 10.
VideoFrames brightening(float jump) {
  VideoFrames frames{8, 4, 24, {12, 1}, {}};
  for (int n = 0; n < frames.num_frames; ++n)
    frames.rgb.insert(frames.rgb.end(), 8 * 4 * 3, (static_cast<float>(n) + (n >= 10 ? jump : 0.0F)) / 255.0F);
  return frames;
}

TEST(Seams, ASmoothJoinIsAsUsual) {
  const auto seams = measure_seams(brightening(0), {10});
  ASSERT_EQ(seams.size(), 1U);
  EXPECT_NEAR(seams[0].colour_difference, 1.0, 1e-3);
  EXPECT_NEAR(seams[0].usual_colour_difference, 1.0, 1e-3);
  EXPECT_NEAR(seams[0].motion_jump(), 1.0, 1e-3);
}

TEST(Seams, AJumpStandsOutByItsLevels) {
  const auto seams = measure_seams(brightening(20), {10});
  EXPECT_NEAR(seams[0].colour_difference, 21.0, 1e-2);
  EXPECT_NEAR(seams[0].usual_colour_difference, 1.0, 1e-3);
  EXPECT_NEAR(seams[0].motion_jump(), 21.0, 1e-1);
  EXPECT_EQ(seams[0].to_json()["frame"], 10);
}

TEST(Seams, AStillClipDividesByNoZeroAndSeamsOutsideAreLeftOut) {
  VideoFrames frames{4, 4, 5, {12, 1}, std::vector<float>(4 * 4 * 3 * 5, 0.5F)};
  const auto seams = measure_seams(frames, {0, 2, 5, 900, -1});
  ASSERT_EQ(seams.size(), 1U);
  EXPECT_EQ(seams[0].frame, 2);
  EXPECT_EQ(seams[0].motion_jump(), 0.0);
}

}  // namespace
}  // namespace fantascope
