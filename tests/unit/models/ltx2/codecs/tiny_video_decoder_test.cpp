#include "models/ltx2/tiny_video_decoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <nlohmann/json.hpp>

#include "codec_test_support.h"
#include "models/ltx2/pipeline_live_picture.h"

namespace fantascope::models::ltx2 {
namespace {

using std::chrono::microseconds, std::chrono::hours;
using test::error_ratio;

const std::string kFixture = std::string(FANTASCOPE_SOURCE_DIR) + "/tests/fixtures/ltx2/tiny_video_decoder";
at::Tensor committed(const std::string& name) { return test::fixture_tensor(kFixture, "expected", name); }

VideoVaeConfig config(std::int64_t latent_channels = 8) {
  auto config = VideoVaeConfig::from_json({{"latent_channels", latent_channels},
                                           {"block_out_channels", {4, 4, 8, 8}},
                                           {"layers_per_block", {1, 1, 1, 1, 1}},
                                           {"decoder_block_out_channels", {8, 16, 32}},
                                           {"decoder_layers_per_block", {1, 1, 1, 1}}});
  if (!config) ADD_FAILURE() << config.error().to_string();
  return *config;
}

TEST(TinyVideoDecoder, IsTheReferenceWithAndWithoutGrowth) {
  const at::NoGradGuard no_grad;
  const auto decoder = TinyVideoDecoder::load(kFixture + "/model.safetensors", config(), at::kFloat);
  ASSERT_TRUE(decoder) << decoder.error().to_string();
  const at::Tensor latents = committed("latents");
  EXPECT_LE(error_ratio(decoder->decode(latents, {}), committed("whole")), 2e-6);
  EXPECT_LE(error_ratio(decoder->decode(latents, {.space = {true, true, false}, .time = {true, false, false}}), committed("small")), 2e-6);
  EXPECT_LE(error_ratio(decoder->decode(latents, {.space = {}, .time = {}}), committed("smallest")), 2e-6);
}

TEST(TinyVideoDecoder, WhatIsNoneOrAnotherModelsIsNamed) {
  const auto of_other = TinyVideoDecoder::load(kFixture + "/model.safetensors", config(16), at::kFloat);
  ASSERT_FALSE(of_other);
  EXPECT_EQ(of_other.error().code, ErrorCode::kMismatch);
  EXPECT_EQ(of_other.error().found, "8 channels, 8 frames and 32x32 pixels a latent");
  EXPECT_EQ(of_other.error().allowed, "16 channels, 8 frames and 32x32 pixels a latent");
  const auto none = TinyVideoDecoder::load(kFixture + "/expected.safetensors", config(), at::kFloat);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kBadFile);
  EXPECT_NE(none.error().found.find("decoder.1.weight is missing"), std::string::npos) << none.error().found;
}

TEST(LivePicture, TheSmallDecoderTakesItsShareAndNoMore) {
  const at::NoGradGuard no_grad;
  const auto decoder = TinyVideoDecoder::load(kFixture + "/model.safetensors", config(), at::kFloat);
  ASSERT_TRUE(decoder) << decoder.error().to_string();
  test::RandomParameters parameters;
  const VideoVae vae(config(), ParameterScope(parameters, ""));
  LivePicture picture(vae, &*decoder);
  const at::Tensor latents = committed("latents");  // 2 frames of 1x2 cells
  const LivePicture::Clock::time_point begin{};
  // The map shows 8x8 pixels a cell, the decoder half of 32x32; both two moments of a later latent frame.
  EXPECT_EQ(picture.render(latents, begin).width, 16);
  const VideoFrames decoded = picture.render(latents, begin + hours(1));
  EXPECT_EQ(decoded.width, 32);
  EXPECT_EQ(decoded.height, 16);
  EXPECT_EQ(decoded.num_frames, 3);
  const at::Tensor expected = committed("small").permute({0, 2, 3, 1}).contiguous();
  ASSERT_EQ(static_cast<std::int64_t>(decoded.rgb.size()), expected.numel());
  for (std::size_t i = 0; i < decoded.rgb.size(); ++i) ASSERT_NEAR(decoded.rgb[i], expected.const_data_ptr<float>()[i], 1e-5);
  EXPECT_EQ(picture.render(latents, begin + hours(1) + microseconds(1)).width, 16);
  EXPECT_EQ(picture.render(latents, begin + hours(2)).width, 32);
  LivePicture without(vae, nullptr);
  EXPECT_EQ(without.render(latents, begin).width, 16);
  EXPECT_EQ(without.render(latents, begin + hours(1)).width, 16);
}

}  // namespace
}  // namespace fantascope::models::ltx2
