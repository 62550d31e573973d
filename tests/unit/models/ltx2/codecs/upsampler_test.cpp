#include "models/ltx2/latent_upsampler.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <nlohmann/json.hpp>

#include "codec_test_support.h"

namespace fantascope::models::ltx2 {
namespace {

using test::error_ratio;
using test::fixture_tensor;
using Shape = std::vector<std::int64_t>;

at::Tensor committed(const std::string& name) {
  return fixture_tensor(std::string(FANTASCOPE_SOURCE_DIR) + "/tests/fixtures/ltx2", "latent_upsampler", name);
}

TEST(LatentUpsampler, IsTheReferenceOfTheParityFixture) {
  FANTASCOPE_FIXTURE_OR_SKIP(fixture, "ltx2-upsample");
  at::NoGradGuard no_grad;
  const auto upsampler = LatentUpsampler::load(fixture + "/model/latent_upsampler", at::kFloat);
  ASSERT_TRUE(upsampler) << upsampler.error().to_string();
  const auto enlarged = upsampler->forward(fixture_tensor(fixture, "expected", "upsample.in.denormalised"));
  EXPECT_LE(error_ratio(enlarged, fixture_tensor(fixture, "expected", "upsample.model.out")), 2e-5);
}

TEST(LatentUpsampler, EveryModeIsTheReference) {
  at::NoGradGuard no_grad;
  const std::vector<std::pair<const char*, nlohmann::json>> modes = {
      {"rational_2", nlohmann::json::object()},
      {"rational_1.5", {{"rational_spatial_scale", 1.5}}},
      {"rational_0.75", {{"rational_spatial_scale", 0.75}}},
      {"shuffle", {{"use_rational_resampler", false}}},
      {"flat", {{"dims", 2}, {"rational_spatial_scale", 4}}},
      {"temporal", {{"spatial_upsample", false}, {"temporal_upsample", true}}},
      {"both", {{"temporal_upsample", true}}},
  };
  for (const auto& [mode, switches] : modes) {
    nlohmann::json json = {{"in_channels", 4}, {"mid_channels", 32}, {"num_blocks_per_stage", 1}};
    json.update(switches);
    const auto config = LatentUpsamplerConfig::from_json(json);
    ASSERT_TRUE(config) << config.error().to_string();
    test::RandomParameters parameters;
    const auto enlarged = LatentUpsampler(*config, ParameterScope(parameters, "")).forward(committed("latents"));
    EXPECT_LE(error_ratio(enlarged, committed(mode)), 2e-5) << mode;
  }
}

TEST(LatentUpsampler, FiltersAreThoseOfTheReferencePipeline) {
  at::NoGradGuard no_grad;
  const auto latents = committed("latents"), enlarged = committed("rational_2");
  EXPECT_LE(error_ratio(adain_filter(enlarged, latents, 0.7), committed("adain")), 2e-6);
  EXPECT_LE(error_ratio(tone_map(latents * 3, 0.6), committed("tone_map")), 2e-6);
  EXPECT_EQ(error_ratio(adain_filter(enlarged, latents, 0.0), enlarged), 0.0);
  EXPECT_EQ(error_ratio(tone_map(latents, 0.0), latents), 0.0);
}

TEST(LatentUpsamplerConfig, RefusesWhatDoesNotFit) {
  const std::vector<nlohmann::json> cases = {
      {{"mid_channels", 33}},
      {{"dims", 1}},
      {{"in_channels", 0}},
      {{"rational_spatial_scale", 3.0}},
      {{"spatial_upsample", false}},
      {{"dims", 2}, {"temporal_upsample", true}},
      {{"num_blocks_per_stage", 1e9}},
  };
  for (const auto& json : cases) EXPECT_FALSE(LatentUpsamplerConfig::from_json(json)) << json;
  EXPECT_TRUE(LatentUpsamplerConfig::from_json(nlohmann::json::object()));
}

}  // namespace
}  // namespace fantascope::models::ltx2
