#include "training/trainer/noising.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

namespace fantascope::training {
namespace {

constexpr std::int64_t kBatch = 8, kFrames = 4, kArea = 6, kSound = 10;

Noising draw(const FlowConfig& config, std::mt19937_64& random, std::int64_t frames = kFrames) {
  return draw_noising(config, kBatch, frames, kArea, kSound, random);
}

// The levels that a row's tokens have, with those that share one spelt out.
at::Tensor spelt_out(const at::Tensor& sigmas, const at::Tensor& weights) { return sigmas.expand_as(weights); }

TEST(DrawNoising, WeightIsZeroExactlyWhereATokenIsGiven) {
  std::mt19937_64 random(1);
  FlowConfig config;
  config.conditioned_share = 0.8;
  for (int i = 0; i < 60; ++i) {
    const Noising noising = draw(config, random);
    ASSERT_EQ(noising.video_weights_BT.sizes(), (at::IntArrayRef{kBatch, kFrames * kArea}));
    ASSERT_EQ(noising.audio_weights_BL.sizes(), (at::IntArrayRef{kBatch, kSound}));
    for (const auto& [sigmas, weights] :
         {std::pair{noising.video_sigmas_BT, noising.video_weights_BT}, std::pair{noising.audio_sigmas_BL, noising.audio_weights_BL}}) {
      const at::Tensor all = spelt_out(sigmas, weights);
      EXPECT_TRUE(at::equal(all.eq(0), weights.eq(0)));
      EXPECT_TRUE(weights.eq(0).logical_or(weights.eq(1)).all().item<bool>());
      EXPECT_TRUE(all.ge(0).logical_and(all.lt(1)).all().item<bool>());
      // A token is given with all others of its frame: no frame is half clean.
      if (sigmas.size(1) == kFrames * kArea) {
        const at::Tensor frames = all.reshape({kBatch, kFrames, kArea});
        EXPECT_TRUE(at::equal(frames, frames.slice(2, 0, 1).expand_as(frames)));
      }
    }
  }
}

TEST(DrawNoising, GivesAsOftenAsTheConfigurationSays) {
  std::mt19937_64 random(2);
  FlowConfig config;
  config.conditioned_share = 0.4;
  config.independent_share = 0.3;
  int rows = 0, some_frames = 0, whole_picture = 0, sound = 0, unlike = 0, nothing_given = 0;
  for (int i = 0; i < 1500; ++i) {
    const Noising noising = draw(config, random);
    const at::Tensor video = spelt_out(noising.video_sigmas_BT, noising.video_weights_BT), given = video.eq(0).to(at::kLong).sum(1),
                     quiet = spelt_out(noising.audio_sigmas_BL, noising.audio_weights_BL).eq(0).all(1);
    for (std::int64_t b = 0; b < kBatch; ++b, ++rows) {
      const auto count = given[b].item<std::int64_t>();
      ASSERT_EQ(count % kArea, 0);
      some_frames += count > 0 && count < kFrames * kArea;
      whole_picture += count == kFrames * kArea;
      sound += quiet[b].item<bool>();
      ASSERT_FALSE(count == kFrames * kArea && quiet[b].item<bool>());  // something is always left to learn
      if (count > 0 || quiet[b].item<bool>()) continue;
      ++nothing_given;
      unlike += video[b][0].item<float>() != noising.audio_sigmas_BL[b][0].item<float>();
    }
  }
  const auto share = [&](int count) { return static_cast<double>(count) / rows; };
  EXPECT_NEAR(share(some_frames), 0.28, 0.04);                  // 0.4 * 0.7, in whole batches
  EXPECT_NEAR(share(whole_picture), 0.72 * 0.4 * 0.15, 0.012);  // of the other batches, 0.3 * 0.4 for both streams together
  EXPECT_NEAR(share(sound), 0.72 * 0.4 * 0.15, 0.012);
  EXPECT_NEAR(static_cast<double>(unlike) / nothing_given, 0.3, 0.03);
}

TEST(DrawNoising, StillsAreNeverGivenByFrame) {
  std::mt19937_64 random(3);
  FlowConfig config;
  config.conditioned_share = 1.0;
  for (int i = 0; i < 50; ++i) EXPECT_EQ(draw(config, random, 1).video_sigmas_BT.size(1), 1);
}

TEST(DrawNoising, IsTheSameForTheSameSeed) {
  std::mt19937_64 a(9), b(9), c(10);
  const Noising first = draw({}, a), again = draw({}, b), other = draw({}, c);
  EXPECT_TRUE(at::equal(first.video_sigmas_BT, again.video_sigmas_BT));
  EXPECT_FALSE(first.video_sigmas_BT.sizes() == other.video_sigmas_BT.sizes() && at::equal(first.video_sigmas_BT, other.video_sigmas_BT));
}

}  // namespace
}  // namespace fantascope::training
