#include "models/ltx2/audio_vae.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <nlohmann/json.hpp>

#include "codec_test_support.h"

namespace fantascope::models::ltx2 {
namespace {

using test::error_ratio;
using test::fixture_tensor;
using Shape = std::vector<std::int64_t>;

nlohmann::json small_config() {
  return nlohmann::json{{"base_channels", 8}, {"latent_channels", 2}, {"mel_bins", 16}, {"num_res_blocks", 1}};
}

AudioVae random_vae(const nlohmann::json& json) {
  auto config = AudioVaeConfig::from_json(json);
  if (!config) ADD_FAILURE() << config.error().to_string();
  test::RandomParameters parameters;
  return AudioVae(*config, ParameterScope(parameters, ""));
}

class AudioVaeParity : public ::testing::TestWithParam<const char*> {};

TEST_P(AudioVaeParity, DecodesAsTheReference) {
  FANTASCOPE_FIXTURE_OR_SKIP(fixture, GetParam());
  at::NoGradGuard no_grad;
  const auto vae = test::load_from_folder<AudioVae>(fixture + "/model/audio_vae");
  ASSERT_TRUE(vae) << vae.error().to_string();
  const auto mel = vae->decode(fixture_tensor(fixture, "expected", "audio.decode.in"));
  EXPECT_LE(error_ratio(mel, fixture_tensor(fixture, "expected", "audio.mel")), 2e-5);
}
INSTANTIATE_TEST_SUITE_P(Fixtures, AudioVaeParity, ::testing::Values("ltx2", "ltx2.3", "ltx2-i2v", "ltx2-refine"));

TEST(AudioVae, EncodesAndDecodesAsTheReferenceWithEverySwitch) {
  at::NoGradGuard no_grad;
  for (const char* name : {"height", "none_group_attention", "width"}) {
    const std::string folder = std::string(FANTASCOPE_SOURCE_DIR) + "/tests/fixtures/ltx2/audio_vae/" + name;
    const auto vae = test::load_from_folder<AudioVae>(folder);
    ASSERT_TRUE(vae) << vae.error().to_string();
    const auto mel = fixture_tensor(folder, "tensors", "mel"), latents = fixture_tensor(folder, "tensors", "latents");
    EXPECT_LE(error_ratio(vae->encode_moments(mel), fixture_tensor(folder, "tensors", "moments")), 2e-5) << name;
    EXPECT_LE(error_ratio(vae->decode(latents), fixture_tensor(folder, "tensors", "decoded")), 2e-5) << name;
  }
}

TEST(AudioVae, ShapesFollowTheConfig) {
  at::NoGradGuard no_grad;
  const auto vae = random_vae(small_config());
  for (const std::int64_t latents : {1, 2, 9}) {
    EXPECT_EQ(vae.decode(test::normal_tensor({2, 2, latents, 4}, 1)).sizes(), (Shape{2, 2, 4 * latents - 3, 16}));
    EXPECT_EQ(vae.encode_moments(test::normal_tensor({2, 2, 4 * latents - 3, 16}, 1)).sizes(), (Shape{2, 4, latents, 4}));
  }
}

TEST(AudioVae, TimeIsCausal) {
  at::NoGradGuard no_grad;
  const auto vae = random_vae(small_config());
  const auto latents = test::normal_tensor({1, 2, 6, 4}, 1);
  EXPECT_LE(error_ratio(vae.decode(latents).narrow(2, 0, 13), vae.decode(latents.narrow(2, 0, 4))), 1e-5);
  auto json = small_config();
  json["causality_axis"] = "none";
  const auto seeing = random_vae(json);
  EXPECT_GT(error_ratio(seeing.decode(latents).narrow(2, 0, 13), seeing.decode(latents.narrow(2, 0, 4))), 1e-3);
}

TEST(AudioVae, StatisticsLieOnThePackedAxis) {
  at::NoGradGuard no_grad;
  auto vae = random_vae(small_config());
  const auto mean = test::normal_tensor({8}, 1), deviation = test::normal_tensor({8}, 2).abs() + 0.5;
  vae.set_latent_statistics(mean, deviation);
  const auto latents = test::normal_tensor({1, 2, 3, 4}, 3);
  const auto packed = latents.permute({0, 2, 1, 3}).reshape({1, 3, 8});
  const auto expected = (packed * deviation + mean).reshape({1, 3, 2, 4}).permute({0, 2, 1, 3});
  EXPECT_LE(error_ratio(vae.denormalise(latents), expected), 1e-6);
  EXPECT_LE(error_ratio(vae.normalise(vae.denormalise(latents)), latents), 1e-5);
}

TEST(AudioVae, GradientsReachLatentsAndMel) {
  const auto vae = random_vae(small_config());
  auto latents = test::normal_tensor({1, 2, 3, 4}, 1).requires_grad_(true);
  vae.decode(latents).square().mean().backward();
  EXPECT_GT(latents.grad().abs().sum().item<double>(), 0.0);
  auto mel = test::normal_tensor({1, 2, 9, 16}, 2).requires_grad_(true);
  vae.encode_moments(mel).square().mean().backward();
  EXPECT_GT(mel.grad().abs().sum().item<double>(), 0.0);
}

TEST(AudioVae, RefusesShapesThatItCannotTake) {
  const auto vae = random_vae(small_config());
  EXPECT_TRUE(vae.check_latents({1, 2, 1, 4}));
  EXPECT_FALSE(vae.check_latents({1, 2, 1, 5}));
  EXPECT_FALSE(vae.check_latents({1, 2, 0, 4}));
  EXPECT_FALSE(vae.check_mel({1, 1, 9, 16}));
}

}  // namespace
}  // namespace fantascope::models::ltx2
