#include "app/media/compressed_image.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "app/media/image.h"

namespace fantascope {
namespace {

RgbImage fixture(const std::string& name) {
  auto image = load_image(std::string(FANTASCOPE_SOURCE_DIR) + "/tests/unit/app/media/fixtures/" + name);
  EXPECT_TRUE(image) << image.error().to_string();
  return *std::move(image);
}

double psnr(const RgbImage& a, const RgbImage& b) {
  EXPECT_EQ(a.pixels.size(), b.pixels.size());
  double squares = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) squares += std::pow(double{1} * a.pixels[i] - b.pixels[i], 2);
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.pixels.size()) / squares);
}

TEST(CompressImage, IsCloseToTheReference) {
  const RgbImage given = fixture("given.png"), expected = fixture("given-crf33.png");
  const auto ours = compress_image(given, 33);
  ASSERT_TRUE(ours) << ours.error().to_string();
  // Another version of libx264 rounds in other places; against the picture itself it is far off.
  EXPECT_GT(psnr(*ours, expected), 40);
  EXPECT_LT(psnr(*ours, given), 32);
  EXPECT_NEAR(psnr(*ours, given), psnr(expected, given), 0.3);
}

TEST(CompressImage, MoreIsLessAndNoneIsNothing) {
  const RgbImage given = fixture("given.png");
  EXPECT_EQ(compress_image(given, 0)->pixels, given.pixels);
  EXPECT_EQ(compress_image(given, 33)->pixels, compress_image(given, 33)->pixels);
  double before = 100;  // below 18 the halved colours alone are left of the loss
  for (const int crf : {18, 33, 45}) {
    const double now = psnr(*compress_image(given, crf), given);
    EXPECT_LT(now, before - 0.5) << crf;
    before = now;
  }
  EXPECT_EQ(compress_image(given, 52).error().allowed, "0 to 51");
  EXPECT_FALSE(compress_image(given, -1));
}

TEST(CompressImage, AnOddRowAndColumnAreCutOff) {
  const auto ours = compress_image(resize_image(fixture("given.png"), 51, 33), 20);
  ASSERT_TRUE(ours) << ours.error().to_string();
  EXPECT_EQ(ours->width, 50);
  EXPECT_EQ(ours->height, 32);
  EXPECT_EQ(ours->pixels.size(), 50u * 32 * 3);
}

}  // namespace
}  // namespace fantascope
