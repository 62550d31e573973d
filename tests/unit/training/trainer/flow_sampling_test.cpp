#include "training/trainer/flow_sampling.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "tests/unit/training/trainer/small_world.h"
#include "training/trainer/redrawn_latents.h"

namespace fantascope::training {
namespace {

// Says velocity 1 without a prompt and 3 with one, and notes the noise levels that it was asked at.
class Straight final : public TrainableDenoiser {
 public:
  DenoiserVelocity forward(const DenoiserBatch& batch) override {
    asked.push_back(batch.video_sigmas_BT[0][0].item<float>());
    const std::int64_t half = batch.video_BTC.size(0) / 2;
    const auto answer = [half](const at::Tensor& like) {
      at::Tensor velocity = at::full_like(like, 1.0);
      velocity.slice(0, half).fill_(3.0);
      return velocity;
    };
    // The first half of the batch has only the start token.
    EXPECT_LT(batch.prompt_mask_BS[0].sum().item<std::int64_t>(), batch.prompt_mask_BS[half].sum().item<std::int64_t>());
    return {answer(batch.video_BTC), answer(batch.audio_BLC), {}, {}};
  }
  std::int64_t video_channels() const override { return 4; }
  std::int64_t audio_channels() const override { return 2; }
  std::int64_t video_text_width() const override { return 1; }
  std::int64_t audio_text_width() const override { return 1; }
  std::vector<float> asked;
};

TEST(FlowSampling, TakesItsSettingsFromTheModelsOwn) {
  TrainConfig config = previz_config();
  config.defaults["num_inference_steps"] = 3;
  config.defaults["guidance"]["guidance_scale"] = 5.0;
  config.components["scheduler"]["shift"] = 3.0;
  const SamplerSettings settings = SamplerSettings::of(config);
  EXPECT_EQ(settings.guidance_scale, 5.0);
  const std::vector<double> sigmas = settings.sigmas();
  ASSERT_EQ(sigmas.size(), 4U);
  EXPECT_EQ(sigmas.front(), 1.0);
  EXPECT_NEAR(sigmas[1], 6.0 / 7.0, 1e-12);  // 3 * 2/3 over 1 + 2 * 2/3
  EXPECT_NEAR(sigmas[2], 0.6, 1e-12);
  EXPECT_EQ(sigmas.back(), 0.0);
}

TEST(FlowSampling, GoesFromItsNoiseLevelDownAlongTheGuidedVelocity) {
  const auto captions = CaptionEncoder::create();
  ASSERT_TRUE(captions);
  const SamplerSettings settings{.num_steps = 4, .guidance_scale = 2.0, .shift = 1.0};
  const StreamPair start{at::zeros({2, 6, 4}), at::ones({2, 5, 2})};
  Straight denoiser;
  const StreamPair end = sample_from(denoiser, previz_config().buckets[0], *captions, 16, {"a red ball bounces", "a blue cube spins"},
                                     settings, 2, start, at::kCPU);
  EXPECT_EQ(denoiser.asked, (std::vector<float>{0.5F, 0.25F}));
  // From 0.5 to 0 at velocity 1 + 2 * (3 - 1).
  EXPECT_TRUE(at::allclose(end.video_BTC, at::full_like(end.video_BTC, -2.5)));
  EXPECT_TRUE(at::allclose(end.audio_BLD, at::full_like(end.audio_BLD, -1.5)));
}

TEST(RedrawnLatents, AreThoseOfTheClipWithTheDenoisersFaults) {
  const auto captions = CaptionEncoder::create();
  ASSERT_TRUE(captions);
  TrainConfig config = tiny_config();
  config.components["text_encoder"]["text_config"]["vocab_size"] = captions->vocab_size();
  const std::map<std::string, NamedTensors> random{{"transformer", {}}, {"connectors", {}}, {"text_encoder", {}}};
  auto redrawn = RedrawnLatents::create(config, family_of(config), tiny_codecs(), *captions, random, at::kCPU);
  ASSERT_TRUE(redrawn) << redrawn.error().to_string();
  const Bucket& bucket = config.buckets[0];
  const std::vector<world::Scene> scenes{world::sample_scene(1), world::sample_scene(2)};
  std::vector<world::Clip> clips;
  std::vector<at::Tensor> clean;
  for (const auto& scene : scenes) {
    clips.push_back(world::render_clip(scene, bucket.shape));
    clean.push_back(tiny_codecs().video.encode(frames_tensor(clips.back())));
  }
  const at::Tensor truth = at::stack(clean), first = (*redrawn)->redraw(bucket, scenes, clips, 3);
  ASSERT_EQ(first.sizes(), truth.sizes());
  EXPECT_TRUE(at::equal(first, (*redrawn)->redraw(bucket, scenes, clips, 3)));
  EXPECT_FALSE(at::equal(first, (*redrawn)->redraw(bucket, scenes, clips, 4)));
  // Every clip is still nearer to itself than to the other.
  const auto apart = [&](const at::Tensor& a, const at::Tensor& b) { return (a - b).square().mean().item<double>(); };
  EXPECT_GT(apart(first, truth), 0);
  EXPECT_LT(apart(first[0], truth[0]), apart(first[0], truth[1]));
  EXPECT_LT(apart(first[1], truth[1]), apart(first[1], truth[0]));

  // One step goes from noise to the clip: there is no level in between to begin at.
  config.defaults["num_inference_steps"] = 1;
  redrawn = RedrawnLatents::create(config, family_of(config), tiny_codecs(), *captions, random, at::kCPU);
  ASSERT_TRUE(redrawn) << redrawn.error().to_string();
  EXPECT_TRUE((*redrawn)->redraw(bucket, scenes, clips, 3).isfinite().all().item<bool>());
}

}  // namespace
}  // namespace fantascope::training
