#include "app/media/clip_measures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/unit/app/media/synthetic_clip.h"

namespace fantascope {
namespace {

constexpr int kNumFrames = 48, kRate = 16000;
constexpr std::array kHits = {9, 16, 25, 33, 42};

// A block that goes to and fro, turning at each hit.
VideoFrames turning_block(float red = 0.9F, float red_at_end = 0.9F) {
  VideoFrames frames{96, 64, kNumFrames, {24, 1}, {}};
  int x = 10, speed = 5;
  for (int f = 0; f < kNumFrames; ++f) {
    for (int y = 0; y < 64; ++y) {
      for (int column = 0; column < 96; ++column) {
        const bool inside = y >= 20 && y < 44 && column >= x && column < x + 24;
        const float t = static_cast<float>(f) / (kNumFrames - 1);
        frames.rgb.insert(frames.rgb.end(), {inside ? red + t * (red_at_end - red) : 0.3F, inside ? 0.2F : 0.3F, 0.3F});
      }
    }
    if (std::ranges::find(kHits, f) != kHits.end()) speed = -speed;
    x += speed;
  }
  return frames;
}

// A click at each hit, `late` frames after it.
Waveform clicks(int late = 0) {
  Waveform sound{kRate, 1, kRate * kNumFrames / 24, {}};
  sound.samples.assign(static_cast<std::size_t>(sound.num_samples), 0.0F);
  for (const int hit : kHits) {
    const auto start = static_cast<std::int64_t>((hit + late) * kRate / 24);
    for (std::int64_t i = 0; i < 800 && start + i < sound.num_samples; ++i) {
      const double age = static_cast<double>(i) / kRate;
      sound.samples[static_cast<std::size_t>(start + i)] = 0.8F * static_cast<float>(std::exp(-60 * age) * std::sin(3000 * age));
    }
  }
  return sound;
}

TEST(ClipMeasures, SoundThatFitsHasNoOffset) {
  const ClipMeasures measures = measure_clip(turning_block(), clicks());
  ASSERT_TRUE(measures.av_offset_s);
  EXPECT_NEAR(*measures.av_offset_s, 0, 1.0 / 24 + 1e-9);
}

TEST(ClipMeasures, SoundShiftedBySevenFramesIsFoundBothWays) {
  const auto in_place = measure_clip(turning_block(), clicks()).av_offset_s;
  const auto late = measure_clip(turning_block(), clicks(7)).av_offset_s, early = measure_clip(turning_block(), clicks(-7)).av_offset_s;
  ASSERT_TRUE(in_place && late && early);
  EXPECT_NEAR(*late - *in_place, 7.0 / 24, 1e-9);
  EXPECT_NEAR(*early - *in_place, -7.0 / 24, 1e-9);
}

TEST(ClipMeasures, SoundThatHasNothingToDoWithThePictureHasNoOffset) {
  EXPECT_FALSE(measure_clip(turning_block(), testing::tones(kRate, 1, 2.0)).av_offset_s);
  EXPECT_FALSE(measure_clip(testing::flat_frames(96, 64, kNumFrames, 0.5F, 0.5F, 0.5F), clicks()).av_offset_s);
}

TEST(ClipMeasures, AShiftOfHueIsDrift) {
  EXPECT_LT(measure_clip(turning_block(), {}).colour_drift_levels, 0.5);
  EXPECT_GT(measure_clip(turning_block(0.9F, 0.2F), {}).colour_drift_levels, 5);
}

TEST(ClipMeasures, AFrozenStretchIsCounted) {
  VideoFrames frames = turning_block();
  EXPECT_EQ(measure_clip(frames, {}).frozen_frames, 0);
  const std::size_t values = 96 * 64 * 3;
  for (std::size_t f = 11; f < 31; ++f)
    std::copy_n(frames.rgb.begin() + 10 * values, values, frames.rgb.begin() + static_cast<std::ptrdiff_t>(f * values));
  EXPECT_EQ(measure_clip(frames, {}).frozen_frames, 20);
}

TEST(ClipMeasures, FlickerAndBlackFramesAreSeen) {
  VideoFrames frames = turning_block();
  EXPECT_LT(measure_clip(frames, {}).flicker_levels, 0.5);
  const std::size_t values = 96 * 64 * 3;
  for (std::size_t f = 0; f < kNumFrames; f += 2)
    for (std::size_t i = 0; i < values; ++i) frames.rgb[f * values + i] += 4.0F / 255;
  EXPECT_NEAR(measure_clip(frames, {}).flicker_levels, 4, 0.5);
  std::fill_n(frames.rgb.begin() + 5 * values, 2 * values, 0.01F);
  EXPECT_EQ(measure_clip(frames, {}).black_frames, 2);
}

TEST(ClipMeasures, LoudnessIsOfAllChannelsAndSilenceHasNone) {
  const ClipMeasures measures = measure_clip({}, testing::tones(kRate, 2, 1.0));
  ASSERT_TRUE(measures.rms_dbfs && measures.peak_dbfs);
  EXPECT_NEAR(*measures.peak_dbfs, -6.02, 0.05);
  EXPECT_NEAR(*measures.rms_dbfs, -9.03, 0.05);
  EXPECT_FALSE(measure_clip({}, Waveform{kRate, 1, 100, std::vector<float>(100, 0.0F)}).rms_dbfs);
}

}  // namespace
}  // namespace fantascope
