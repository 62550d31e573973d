// Where an enlarged picture lies in its pane.
#include <gtest/gtest.h>

#include "ui/components/zoom_geometry.h"

namespace fantascope::ui {
namespace {

constexpr QSizeF kPane(400, 300), kPicture(256, 160);

TEST(ZoomGeometry, AFittedPictureIsWholeAndInTheMiddle) {
  EXPECT_DOUBLE_EQ(fit_scale(kPane, kPicture), 1.5625);
  const QRectF fitted = zoomed_rect(kPane, kPicture, 0, {0.1, 0.9});
  EXPECT_EQ(fitted, QRectF(0, 25, 400, 250));
  EXPECT_EQ(zoomed_rect(kPane, kPicture, 1, {0.1, 0.9}), QRectF(72, 70, 256, 160)) << "smaller than the pane: in the middle as well";
}

TEST(ZoomGeometry, ALargePictureNeverShowsGroundBesideIt) {
  for (const double x : {-1.0, 0.0, 0.3, 1.0, 2.0}) {
    const QRectF large = zoomed_rect(kPane, kPicture, 4, {x, x});
    EXPECT_EQ(large.size(), QSizeF(1024, 640));
    EXPECT_LE(large.left(), 0);
    EXPECT_LE(large.top(), 0);
    EXPECT_GE(large.right(), 400);
    EXPECT_GE(large.bottom(), 300);
  }
  // One axis larger, the other not: only the larger one moves.
  const QRectF wide = zoomed_rect({400, 700}, kPicture, 4, {0, 0});
  EXPECT_EQ(wide.topLeft(), QPointF(0, 30));
}

TEST(ZoomGeometry, WhatIsHeldStaysUnderThePointer) {
  const QPointF point(0.4, 0.6), place(123, 77);
  for (const double scale : {2.0, 4.0}) {
    const QRectF all = zoomed_rect(kPane, kPicture, scale, centre_for(kPane, kPicture, scale, point, place));
    const QPointF there(all.x() + point.x() * all.width(), all.y() + point.y() * all.height());
    EXPECT_NEAR(there.x(), place.x(), 1) << scale;
    if (scale == 4) {
      EXPECT_NEAR(there.y(), place.y(), 1);
    }
  }
}

TEST(ZoomGeometry, NothingToShowHasNoPlace) {
  EXPECT_EQ(fit_scale({0, 10}, kPicture), 0);
  EXPECT_EQ(centre_for(kPane, {}, 2, {0, 0}, {9, 9}), QPointF(0.5, 0.5));
}

}  // namespace
}  // namespace fantascope::ui
