// The two small parts of the Shot screen's view: how large pictures are, and what is played of them.
#include <gtest/gtest.h>

#include "ui/screens/shot/clip_range.h"
#include "ui/screens/shot/picture_zoom.h"

namespace fantascope::ui {
namespace {

TEST(PictureZoom, AStepAlwaysDoesWhatItSays) {
  PictureZoom zoom;
  EXPECT_EQ(zoom.scale(), 0);
  zoom.step(1, 3.1);  // fitted at 310 %
  EXPECT_EQ(zoom.scale(), 4);
  zoom.step(1, 3.1);
  EXPECT_EQ(zoom.scale(), 4) << "there is no larger one";
  zoom.step(-1, 3.1);
  EXPECT_EQ(zoom.level(), 0) << "fitting is the next smaller one";
  zoom.step(-1, 3.1);
  EXPECT_EQ(zoom.scale(), 2);
  zoom.step(-1, 3.1);
  zoom.step(-1, 3.1);
  EXPECT_EQ(zoom.scale(), 1);
  zoom.step(1, 0.4);
  EXPECT_EQ(zoom.scale(), 2);
  zoom.setLevel(0);
  zoom.step(-1, 0.4);
  EXPECT_EQ(zoom.level(), 0) << "a large clip that is fitted has no smaller level";
  zoom.step(1, 0.4);
  EXPECT_EQ(zoom.scale(), 1);
}

TEST(PictureZoom, FittingForgetsThePlace) {
  PictureZoom zoom;
  zoom.setCentre({0.2, 0.3});
  EXPECT_EQ(zoom.centre(), QPointF(0.5, 0.5)) << "a picture that fits is not moved";
  zoom.setLevel(2);
  zoom.setCentre({0.2, 0.3});
  zoom.setLevel(3);
  EXPECT_EQ(zoom.centre(), QPointF(0.2, 0.3));
  zoom.setLevel(0);
  EXPECT_EQ(zoom.centre(), QPointF(0.5, 0.5));
  zoom.setLevel(4);
  EXPECT_EQ(zoom.level(), 0);
  EXPECT_EQ(zoom.names().size(), 4);
}

struct RangeTest : ::testing::Test {
  void SetUp() override { range.setClip(49, 16); }
  ClipRange range;
};

TEST_F(RangeTest, WithoutPointsItIsTheWholeClip) {
  EXPECT_FALSE(range.isSet());
  EXPECT_EQ(range.first(), 0);
  EXPECT_EQ(range.last(), 48);
  EXPECT_EQ(range.inText(), QString());
}

TEST_F(RangeTest, PointsAreFramesAndTheirSecondsReachToTheEndOfTheLast) {
  range.setIn(8);
  range.setOut(23);
  EXPECT_EQ(range.fromSeconds(), 0.5);
  EXPECT_EQ(range.toSeconds(), 1.5);
  EXPECT_EQ(range.inText(), QStringLiteral("9"));
  EXPECT_EQ(range.outText(), QStringLiteral("24"));
  range.setOut(8);
  EXPECT_EQ(range.first(), 8);
  EXPECT_EQ(range.last(), 8);
}

TEST_F(RangeTest, TheNewerPointIsMeant) {
  range.setOut(10);
  range.setIn(20);
  EXPECT_FALSE(range.hasOut());
  EXPECT_EQ(range.last(), 48);
  range.setOut(5);
  EXPECT_FALSE(range.hasIn());
  EXPECT_EQ(range.first(), 0);
  EXPECT_EQ(range.last(), 5);
  range.setIn(900);
  EXPECT_EQ(range.first(), 48);
}

TEST_F(RangeTest, ClearingIsSaidOnce) {
  range.setIn(3);
  int changes = 0;
  QObject::connect(&range, &ClipRange::changed, [&] { ++changes; });
  range.clear();
  range.clear();
  EXPECT_EQ(changes, 1);
  EXPECT_FALSE(range.isSet());
}

TEST_F(RangeTest, AShorterClipLosesThePointsItDoesNotHave) {
  range.setIn(8);
  range.setOut(40);
  range.setClip(25, 16);
  EXPECT_EQ(range.first(), 8);
  EXPECT_FALSE(range.hasOut());
  range.setClip(0, 16);
  range.setIn(2);
  EXPECT_FALSE(range.isSet());
}

}  // namespace
}  // namespace fantascope::ui
