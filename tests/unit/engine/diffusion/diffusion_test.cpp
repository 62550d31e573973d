#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/std.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/diffusion/flow_match_euler.h"
#include "engine/diffusion/guider.h"
#include "engine/diffusion/noise.h"
#include "engine/diffusion/patchify.h"

namespace fantascope {
namespace {

using nlohmann::json;
using testing::FloatNear;
using testing::Pointwise;

FlowMatchEulerConfig config_of(const json& j) {
  auto config = FlowMatchEulerConfig::from_json(j);
  EXPECT_TRUE(config) << config.error().to_string();
  return *config;
}

MATCHER_P(IsNear, tolerance, "") { return std::abs(std::get<0>(arg) - std::get<1>(arg)) <= tolerance; }

struct ScheduleCase {
  json config;
  int num_steps;
  std::vector<double> given;
  std::int64_t num_tokens;
  std::vector<float> sigmas;  // of diffusers' scheduler
};

TEST(FlowMatchEuler, SigmasAreThoseOfTheReference) {
  const json dev = {{"use_dynamic_shifting", true}, {"base_shift", 0.95},        {"max_shift", 2.05},
                    {"base_image_seq_len", 1024},   {"max_image_seq_len", 4096}, {"shift_terminal", 0.1}};
  const ScheduleCase cases[] = {
      {dev, 5, {}, 6144, {1.0F, 0.9309056997299194F, 0.8203080892562866F, 0.6147572994232178F, 0.10000002384185791F, 0.0F}},
      {dev, 4, {}, 12, {1.0F, 0.7749834060668945F, 0.48569267988204956F, 0.10000002384185791F, 0.0F}},
      {{{"use_dynamic_shifting", true}, {"time_shift_type", "linear"}},
       3,
       {},
       1000,
       {1.0F, 0.5559256672859192F, 0.2383672595024109F, 0.0F}},
      {{{"shift", 3.0}}, 2, {0.8, 0.3}, 4, {0.9230769872665405F, 0.5625F, 0.0F}},
  };
  for (const auto& c : cases) {
    const auto schedule = make_flow_match_schedule(config_of(c.config), c.num_steps, c.given, c.num_tokens);
    EXPECT_THAT(schedule.sigmas, Pointwise(IsNear(2e-7F), c.sigmas)) << c.config;
    ASSERT_EQ(schedule.num_steps(), static_cast<int>(c.sigmas.size()) - 1);
    for (int i = 0; i < schedule.num_steps(); ++i) EXPECT_FLOAT_EQ(schedule.timesteps[i], schedule.sigmas[i] * 1000);
  }
}

TEST(FlowMatchEuler, DistilledFoldersUseGivenSigmasAsTheyAre) {
  const std::vector<double> given = {1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875};
  const auto schedule = make_flow_match_schedule(config_of(json::object()), 8, given, 100);
  for (std::size_t i = 0; i < given.size(); ++i) EXPECT_FLOAT_EQ(schedule.sigmas[i], static_cast<float>(given[i]));
  EXPECT_EQ(schedule.sigmas.back(), 0.0F);
}

TEST(FlowMatchEuler, OneStepStartsFromPureNoise) {
  const auto schedule = make_flow_match_schedule(config_of({{"use_dynamic_shifting", true}, {"shift_terminal", 0.1}}), 1, {}, 64);
  EXPECT_THAT(schedule.sigmas, testing::ElementsAre(1.0F, 0.0F));
}

TEST(FlowMatchEuler, RefusesWhatItDoesNotDoByName) {
  for (const char* key : {"use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "invert_sigmas", "stochastic_sampling"}) {
    const auto config = FlowMatchEulerConfig::from_json({{key, true}});
    ASSERT_FALSE(config) << key;
    EXPECT_NE(config.error().to_string().find(key), std::string::npos);
  }
  EXPECT_FALSE(FlowMatchEulerConfig::from_json({{"shift", -1}}));
  EXPECT_FALSE(FlowMatchEulerConfig::from_json({{"shift_terminal", 1.5}}));
  EXPECT_FALSE(FlowMatchEulerConfig::from_json({{"base_image_seq_len", 64}, {"max_image_seq_len", 64}}));
}

TEST(FlowMatchEuler, ConfigSurvivesWritingAndReading) {
  const auto config =
      config_of({{"use_dynamic_shifting", true}, {"base_shift", 0.95}, {"shift_terminal", 0.1}, {"time_shift_type", "linear"}});
  const auto again = config_of(config.to_json());
  EXPECT_EQ(again.to_json(), config.to_json());
  EXPECT_EQ(again.base_shift, 0.95);
  EXPECT_EQ(again.shift_terminal, 0.1);
  EXPECT_FALSE(again.exponential_time_shift);
}

TEST(FlowMatchEuler, StepsAlongAStraightLineEndAtTheCleanLatents) {
  NoiseSource source(3);
  const at::Tensor clean = source.draw({1, 4, 6}), noise = source.draw({1, 4, 6});
  const auto schedule = make_flow_match_schedule(config_of(json::object()), 7, {}, 4);
  at::Tensor x = noise;
  for (int i = 0; i < 7; ++i) x = euler_step(x, noise - clean, schedule.sigmas[i], schedule.sigmas[i + 1]);
  EXPECT_TRUE(at::allclose(x, clean, 0, 1e-5));
}

at::Tensor constant(double value) { return at::full({1, 2, 2}, value, at::TensorOptions().dtype(at::kFloat)); }

TEST(Guider, FollowsItsFormulaTermByTerm) {
  const at::Tensor x = constant(2.0);
  const float sigma = 0.5F;
  // x0 = 2 - 0.5 v: 1.5 for v = 1, 1 for v = 2, 0.5 for v = 3, 0 for v = 4.
  GuidancePredictions v{constant(1), constant(2), constant(3), constant(4)};
  const GuidanceScales scales{3.0, 0.5, 2.0, 0.0};
  const double guided = 1.5 + 2 * (1.5 - 1.0) + 0.5 * (1.5 - 0.5) + 1 * (1.5 - 0.0);
  EXPECT_TRUE(at::allclose(guide(x, sigma, v, scales), constant((2.0 - guided) / 0.5), 0, 1e-6));
  v.negative = v.stg = v.isolated = at::Tensor();
  EXPECT_TRUE(at::allclose(guide(x, sigma, v, scales), constant(1), 0, 1e-6));
}

TEST(Guider, RescaleGivesTheDeviationOfTheConditionalPrediction) {
  NoiseSource source(5);
  const at::Tensor x = source.draw({1, 6, 4});
  const GuidancePredictions v{source.draw({1, 6, 4}), source.draw({1, 6, 4}), {}, {}};
  const at::Tensor conditional = x - v.conditional * 0.7F;
  const at::Tensor full = x - guide(x, 0.7F, v, {4.0, 0, 1, 1.0}) * 0.7F;
  EXPECT_NEAR(full.std().item<double>(), conditional.std().item<double>(), 1e-5);
  const at::Tensor plain = x - guide(x, 0.7F, v, {4.0, 0, 1, 0.0}) * 0.7F;
  const at::Tensor half = x - guide(x, 0.7F, v, {4.0, 0, 1, 0.5}) * 0.7F;
  EXPECT_TRUE(at::allclose(half, (full + plain) / 2, 1e-4, 1e-5));
}

TEST(Guider, SoundFallsBackToThePictureWhereItIsZero) {
  const GuidanceScales s = audio_or_video({0, 2, 0, 0}, {3, 1, 4, 0.7});
  EXPECT_EQ(s.guidance_scale, 3);
  EXPECT_EQ(s.stg_scale, 2);
  EXPECT_EQ(s.modality_scale, 4);
  EXPECT_EQ(s.rescale, 0.7);
}

TEST(Guider, APassRunsAsSoonAsOneModalityWantsIt) {
  EXPECT_FALSE(guidance_passes({}, {}).negative);
  EXPECT_TRUE(guidance_passes({}, {1.5, 0, 1, 0}).negative);
  EXPECT_TRUE(guidance_passes({1, 0.1, 1, 0}, {}).stg);
  EXPECT_TRUE(guidance_passes({}, {1, 0, 3, 0}).isolated);
  EXPECT_FALSE(guidance_passes({1, 0, 1, 0.7}, {1, 0, 1, 0.7}).isolated);
}

TEST(Patchify, KeepsTheOrderOfTheTokens) {
  const at::Tensor latents = at::arange(2 * 3 * 2 * 2).view({1, 2, 3, 2, 2});
  const at::Tensor tokens = patchify_video(latents);
  ASSERT_EQ(tokens.sizes(), at::IntArrayRef({1, 12, 2}));
  // Token (frame 1, row 0, column 1) is the sixth; its channels lie 12 apart.
  EXPECT_EQ(tokens[0][5][0].item<int>(), latents[0][0][1][0][1].item<int>());
  EXPECT_EQ(tokens[0][5][1].item<int>(), latents[0][1][1][0][1].item<int>());
  EXPECT_TRUE(at::equal(unpatchify_video(tokens, 3, 2, 2), latents));

  const at::Tensor sound = at::arange(2 * 5 * 3).view({1, 2, 5, 3});
  const at::Tensor rows = patchify_audio(sound);
  EXPECT_EQ(rows[0][4][1 * 3 + 2].item<int>(), sound[0][1][4][2].item<int>());
  EXPECT_TRUE(at::equal(unpatchify_audio(rows, 3), sound));
}

// torch.randn of a generator with the same seed, in this order of draws.
TEST(Noise, IsThatOfTheReferenceBitForBit) {
  NoiseSource source(1234567);
  const at::Tensor video = source.draw({1, 2, 1, 1, 3}).flatten(), audio = source.draw({1, 1, 4, 1}).flatten();
  const float expected_video[] = {-1.3579249382019043F,  0.5801529288291931F,  -0.5273520350456238F,
                                  -0.45017263293266296F, -0.6478858590126038F, -1.4507070779800415F};
  const float expected_audio[] = {-1.664624571800232F, -0.4988839030265808F, 1.3443877696990967F, -0.652317464351654F};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(video[i].item<float>(), expected_video[i]) << i;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(audio[i].item<float>(), expected_audio[i]) << i;
}

TEST(Noise, LongDrawsTakeTheVectorPathOfTheReferenceToo) {
  NoiseSource source(42);
  const at::Tensor x = source.draw({20});
  EXPECT_NEAR(x[0].item<float>(), 1.9269153F, 1e-7);
  EXPECT_NEAR(x[3].item<float>(), -2.105521F, 1e-6);
  EXPECT_EQ(source.draw({17})[16].item<float>(), 1.1753677129745483F);
}

}  // namespace
}  // namespace fantascope
