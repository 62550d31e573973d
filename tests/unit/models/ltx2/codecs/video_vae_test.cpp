#include "models/ltx2/video_vae.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones_like.h>

#include <nlohmann/json.hpp>

#include "codec_test_support.h"

namespace fantascope::models::ltx2 {
namespace {

using test::error_ratio;
using test::fixture_tensor;

nlohmann::json small_config() {
  return nlohmann::json{{"latent_channels", 12},
                        {"block_out_channels", {8, 8, 16, 16}},
                        {"layers_per_block", {1, 1, 1, 1, 1}},
                        {"decoder_block_out_channels", {8, 16, 32}},
                        {"decoder_layers_per_block", {1, 1, 1, 1}},
                        {"decoder_causal", false},
                        {"decoder_spatial_padding_mode", "reflect"}};
}

VideoVae random_vae(const nlohmann::json& json, at::ScalarType dtype = at::kFloat) {
  auto config = VideoVaeConfig::from_json(json);
  if (!config) ADD_FAILURE() << config.error().to_string();
  test::RandomParameters parameters(dtype);
  return VideoVae(*config, ParameterScope(parameters, ""));
}

class VideoVaeParity : public ::testing::TestWithParam<const char*> {};

TEST_P(VideoVaeParity, DecodesAsTheReference) {
  FANTASCOPE_FIXTURE_OR_SKIP(fixture, GetParam());
  at::NoGradGuard no_grad;
  const auto vae = test::load_from_folder<VideoVae>(fixture + "/model/vae");
  ASSERT_TRUE(vae) << vae.error().to_string();
  const auto latents = fixture_tensor(fixture, "expected", "vae.decode.in");
  at::Tensor mid_block;
  const auto frames = vae->decode_reference(latents, &mid_block);
  if (const auto expected = fixture_tensor(fixture, "expected", "vae.decode.mid_block"); expected.defined()) {
    EXPECT_LE(error_ratio(mid_block, expected), 2e-5);
  }
  if (const auto expected = fixture_tensor(fixture, "expected", "vae.decode.out"); expected.defined()) {
    EXPECT_LE(error_ratio(frames, expected), 2e-5);
  }
  const auto expected_u8 = fixture_tensor(fixture, "expected", "video.frames_u8");
  ASSERT_TRUE(expected_u8.defined());
  const auto u8 = ((frames[0].permute({1, 2, 3, 0}) / 2 + 0.5).clamp(0, 1) * 255).round();
  const auto off = (u8 - expected_u8.to(at::kFloat)).abs();
  EXPECT_LE(off.max().item<double>(), 1.0);
  EXPECT_LT(off.mean().item<double>(), 1e-3);
}
INSTANTIATE_TEST_SUITE_P(Fixtures, VideoVaeParity, ::testing::Values("ltx2", "ltx2.3", "ltx2-i2v", "ltx2-refine", "ltx2-upsample"));

TEST(VideoVae, EncodesAnImageAsTheReference) {
  FANTASCOPE_FIXTURE_OR_SKIP(fixture, "ltx2-i2v");
  at::NoGradGuard no_grad;
  const auto vae = test::load_from_folder<VideoVae>(fixture + "/model/vae");
  ASSERT_TRUE(vae) << vae.error().to_string();
  const auto moments = vae->encode_moments(fixture_tensor(fixture, "inputs", "image.preprocessed"));
  EXPECT_LE(error_ratio(moments, fixture_tensor(fixture, "expected", "image.encoded_moments")), 2e-5);
}

TEST(VideoVae, DenormalisesAsTheUpsamplePipeline) {
  FANTASCOPE_FIXTURE_OR_SKIP(fixture, "ltx2-upsample");
  at::NoGradGuard no_grad;
  const auto vae = test::load_from_folder<VideoVae>(fixture + "/model/vae");
  ASSERT_TRUE(vae) << vae.error().to_string();
  const auto latents = fixture_tensor(fixture, "inputs", "upsample.in.latents");
  const auto raw = vae->denormalise(latents);
  EXPECT_LE(error_ratio(raw, fixture_tensor(fixture, "expected", "upsample.in.denormalised")), 1e-6);
  EXPECT_LE(error_ratio(vae->normalise(raw), latents), 1e-6);
}

TEST(VideoVae, ShapesFollowTheScaleFactors) {
  at::NoGradGuard no_grad;
  const auto vae = random_vae(small_config());
  EXPECT_EQ(vae.scale_factors().time, 8);
  EXPECT_EQ(vae.scale_factors().height, 32);
  EXPECT_EQ(vae.decode(test::normal_tensor({2, 12, 3, 2, 4}, 1)).sizes(), (std::vector<std::int64_t>{2, 3, 17, 64, 128}));
  EXPECT_EQ(vae.encode_moments(test::normal_tensor({1, 3, 9, 96, 32}, 1)).sizes(), (std::vector<std::int64_t>{1, 24, 2, 3, 1}));
}

TEST(VideoVae, LogVarianceIsOneValueAPlace) {
  at::NoGradGuard no_grad;
  const auto moments = random_vae(small_config()).encode_moments(test::normal_tensor({1, 3, 1, 64, 64}, 1));
  const auto log_variance = moments.narrow(1, 12, 12);
  EXPECT_EQ((log_variance - log_variance.narrow(1, 0, 1)).abs().max().item<double>(), 0.0);
}

TEST(VideoVae, CausalDecoderDoesNotSeeTheFuture) {
  at::NoGradGuard no_grad;
  auto json = small_config();
  json["decoder_causal"] = true;
  const auto vae = random_vae(json);
  const auto latents = test::normal_tensor({1, 12, 3, 2, 2}, 1);
  const auto longer = vae.decode(latents), shorter = vae.decode(latents.narrow(2, 0, 2));
  EXPECT_LE(error_ratio(longer.narrow(2, 0, 9), shorter), 1e-5);
  json["decoder_causal"] = false;
  const auto seeing = random_vae(json);
  EXPECT_GT(error_ratio(seeing.decode(latents).narrow(2, 0, 9), seeing.decode(latents.narrow(2, 0, 2))), 1e-3);
}

TEST(VideoVae, GradientsReachLatentsAndFrames) {
  const auto vae = random_vae(small_config());
  auto latents = test::normal_tensor({1, 12, 1, 2, 2}, 1).requires_grad_(true);
  vae.decode(latents).square().mean().backward();
  ASSERT_TRUE(latents.grad().defined());
  EXPECT_GT(latents.grad().abs().sum().item<double>(), 0.0);
  auto frames = test::normal_tensor({1, 3, 1, 64, 64}, 2).requires_grad_(true);
  vae.encode_moments(frames).square().mean().backward();
  ASSERT_TRUE(frames.grad().defined());
  EXPECT_GT(frames.grad().abs().sum().item<double>(), 0.0);
}

TEST(VideoVae, EveryResamplerAndPaddingHasItsShape) {
  at::NoGradGuard no_grad;
  auto json = small_config();
  json["decoder_block_out_channels"] = {8, 16, 16, 32};
  json["decoder_layers_per_block"] = {1, 1, 1, 1, 1};
  json["decoder_spatio_temporal_scaling"] = true;
  json["upsample_type"] = {"spatiotemporal", "spatiotemporal", "temporal", "spatial"};
  json["upsample_factor"] = {2, 2, 1, 2};
  json["upsample_residual"] = {false, false, false, true};
  for (const char* padding : {"zeros", "reflect", "replicate", "circular"}) {
    json["decoder_spatial_padding_mode"] = padding;
    json["encoder_spatial_padding_mode"] = padding;
    const auto vae = random_vae(json);
    EXPECT_EQ(vae.decode(test::normal_tensor({1, 12, 2, 2, 3}, 1)).sizes(), (std::vector<std::int64_t>{1, 3, 9, 64, 96})) << padding;
    EXPECT_EQ(vae.encode_moments(test::normal_tensor({1, 3, 9, 64, 96}, 1)).sizes(), (std::vector<std::int64_t>{1, 24, 2, 2, 3}))
        << padding;
  }
}

TEST(VideoVae, RefusesShapesThatItCannotTake) {
  const auto vae = random_vae(small_config());
  EXPECT_TRUE(vae.check_latents({1, 12, 1, 2, 2}));
  EXPECT_FALSE(vae.check_latents({1, 12, 1, 1, 2}));  // reflecting needs two rows
  EXPECT_FALSE(vae.check_latents({1, 11, 1, 2, 2}));
  EXPECT_TRUE(vae.check_frames({1, 3, 9, 64, 64}));
  EXPECT_FALSE(vae.check_frames({1, 3, 8, 64, 64}));
  const auto refused = vae.check_frames({1, 3, 9, 60, 64});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().to_string().find("1x3x9x60x64"), std::string::npos);
}

/// Relative L2 distance.
double distance(const at::Tensor& ours, const at::Tensor& expected) {
  const auto b = expected.to(at::kDouble);
  return (ours.to(at::kDouble) - b).norm().item<double>() / b.norm().item<double>();
}

TEST(VideoVaeFast, IsAsCloseToFullPrecisionAsTheReferencePath) {
  at::NoGradGuard no_grad;
  for (const char* padding : {"zeros", "reflect", "replicate", "circular"}) {
    for (const bool causal : {false, true}) {
      auto json = small_config();
      json["decoder_block_out_channels"] = {8, 16, 16, 32};
      json["decoder_layers_per_block"] = {1, 2, 1, 1, 1};
      json["decoder_spatio_temporal_scaling"] = true;
      json["upsample_type"] = {"spatiotemporal", "spatiotemporal", "temporal", "spatial"};
      json["upsample_factor"] = {2, 2, 1, 2};
      json["upsample_residual"] = {false, true, true, false};
      json["decoder_spatial_padding_mode"] = padding;
      json["decoder_causal"] = causal;
      const auto vae = random_vae(json, at::kBFloat16), exact = random_vae(json);
      ASSERT_TRUE(vae.can_decode_fast());
      const auto latents = test::normal_tensor({2, 12, 2, 2, 3}, 1).to(at::kBFloat16);
      const auto fast = vae.decode(latents), reference = vae.decode_reference(latents);
      ASSERT_EQ(fast.sizes(), reference.sizes());
      ASSERT_EQ(fast.scalar_type(), at::kBFloat16);
      // The weights of `exact` are not rounded to bf16, so both are some way off; fewer roundings must not be further.
      const auto truth = exact.decode_reference(latents.to(at::kFloat));
      EXPECT_LT(distance(fast, reference), 0.04) << padding << causal;
      EXPECT_LE(distance(fast, truth), 1.1 * distance(reference, truth)) << padding << causal;
      ASSERT_TRUE(exact.can_decode_fast());
      EXPECT_LT(distance(exact.decode(latents.to(at::kFloat)), truth), 3e-6) << padding << causal;
    }
  }
}

TEST(VideoVaeFast, LeavesOutTapsThatAreSmallerThanItsRounding) {
  at::NoGradGuard no_grad;
  // Just too small to matter in bf16, and just large enough; in fp32 either is.
  for (const double side_taps : {0.0, 1e-5, 1e-2}) {
    for (const auto& [dtype, allowed] : {std::pair{at::kBFloat16, 0.02}, {at::kFloat, 3e-6}}) {
      test::RandomParameters source(dtype, side_taps);
      const VideoVae vae(*VideoVaeConfig::from_json(small_config()), ParameterScope(source, ""));
      const auto latents = test::normal_tensor({1, 12, 2, 3, 4}, 1).to(dtype);
      EXPECT_LT(distance(vae.decode_fast(latents), vae.decode_reference(latents)), allowed) << side_taps << " " << dtype;
    }
  }
}

TEST(VideoVaeFast, IsTheSameEveryTime) {
  at::NoGradGuard no_grad;
  for (const auto dtype : {at::kBFloat16, at::kFloat}) {
    const auto vae = random_vae(small_config(), dtype);
    const auto latents = test::normal_tensor({1, 12, 2, 3, 4}, 1).to(dtype);
    const auto first = vae.decode_fast(latents);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(vae.decode_fast(latents).equal(first)) << i << " " << dtype;
  }
}

TEST(VideoVaeFast, TakesTheReferencePathWhereItMust) {
  const auto narrow = random_vae(small_config(), at::kBFloat16);
  EXPECT_FALSE(narrow.can_decode_fast());  // gradients are on
  at::NoGradGuard no_grad;
  EXPECT_TRUE(narrow.can_decode_fast());
  EXPECT_TRUE(random_vae(small_config()).can_decode_fast());
  EXPECT_FALSE(random_vae(small_config(), at::kDouble).can_decode_fast());
  auto json = small_config();
  json["decoder_block_out_channels"] = {8, 32};
  json["decoder_layers_per_block"] = {1, 1, 1};
  json["decoder_spatio_temporal_scaling"] = true;
  json["upsample_type"] = {"spatiotemporal", "spatiotemporal"};
  json["upsample_factor"] = {1, 1};
  json["upsample_residual"] = false;
  json["block_out_channels"] = {8, 16};
  json["layers_per_block"] = {1, 1, 1};
  json["spatio_temporal_scaling"] = true;
  json["downsample_type"] = {"spatiotemporal", "spatiotemporal"};
  const auto projecting = random_vae(json, at::kBFloat16);
  EXPECT_FALSE(projecting.can_decode_fast());
  EXPECT_EQ(projecting.decode(test::normal_tensor({1, 12, 2, 2, 2}, 1)).size(2), 5);
}

TEST(VideoVaeFast, NoticesChangedWeights) {
  at::NoGradGuard no_grad;
  test::KeptParameters parameters(at::kBFloat16);
  const VideoVae vae(*VideoVaeConfig::from_json(small_config()), ParameterScope(parameters, ""));
  const auto latents = test::normal_tensor({1, 12, 1, 2, 2}, 1).to(at::kBFloat16);
  const auto before = vae.decode_fast(latents);
  parameters.tensors.at("decoder.conv_out.conv.bias").add_(1.0);
  EXPECT_GT(distance(vae.decode_fast(latents), before), 0.01);
  EXPECT_LT(distance(vae.decode_fast(latents), vae.decode_reference(latents)), 0.02);
}

TEST(VideoVaeTiling, AgreesWithTheWholeOnASmoothClip) {
  at::NoGradGuard no_grad;
  test::RandomParameters parameters(at::kFloat, /*side_taps=*/0.005);
  const VideoVae vae(*VideoVaeConfig::from_json(small_config()), ParameterScope(parameters, ""));
  const auto channels = at::linspace(-1, 1, 12).view({1, 12, 1, 1, 1});
  const auto smooth = (channels + 0.5 * at::linspace(0, 1, 5).view({1, 1, 1, 1, 5}) + 0.5 * at::linspace(0, 1, 4).view({1, 1, 1, 4, 1}) +
                       0.5 * at::linspace(0, 1, 4).view({1, 1, 4, 1, 1}));
  const VaeTiling tiling{.height = 96, .width = 96, .num_frames = 16, .stride_height = 64, .stride_width = 64, .stride_num_frames = 8};
  double last = 0;
  const auto tiled = vae.decode_tiled(smooth, tiling, [&](double share) {
    EXPECT_GT(share, last);
    last = share;
    return true;
  });
  EXPECT_DOUBLE_EQ(last, 1.0);
  const auto whole = vae.decode(smooth);
  ASSERT_EQ(tiled.sizes(), whole.sizes());
  EXPECT_GT(error_ratio(tiled, whole), 0.0);
  EXPECT_LT(error_ratio(tiled, whole), 0.05);
  auto late = tiling;
  late.seam = Seam::kReference;
  EXPECT_GT(error_ratio(vae.decode_tiled(smooth, late), whole), 0.5);
  const VaeTiling one{.height = 192, .width = 256, .num_frames = 40, .stride_height = 96, .stride_width = 96, .stride_num_frames = 8};
  EXPECT_EQ((vae.decode_tiled(smooth, one) - whole).abs().max().item<double>(), 0.0);
}

TEST(VideoVaeTiling, AgreesWithTheReferenceTileByTile) {
  at::NoGradGuard no_grad;
  const std::string folder = std::string(FANTASCOPE_SOURCE_DIR) + "/tests/fixtures/ltx2/video_vae_tiled";
  const auto vae = test::load_from_folder<VideoVae>(folder);
  ASSERT_TRUE(vae) << vae.error().to_string();
  const VaeTiling tiling{.height = 32,
                         .width = 40,
                         .num_frames = 4,
                         .stride_height = 24,
                         .stride_width = 24,
                         .stride_num_frames = 2,
                         .seam = Seam::kReference};
  const auto latents = fixture_tensor(folder, "tensors", "latents");
  const auto decoded = vae->decode_tiled(latents, tiling);
  ASSERT_EQ(decoded.sizes(), (std::vector<std::int64_t>{1, 3, 11, 40, 64}));
  EXPECT_LE(error_ratio(decoded.flatten().slice(0, 0, std::nullopt, 3), fixture_tensor(folder, "tensors", "decoded")), 2e-5);
  EXPECT_GT(error_ratio(decoded, vae->decode(latents)), 1e-3);
  const auto moments = vae->encode_moments_tiled(fixture_tensor(folder, "tensors", "frames").to(at::kFloat), tiling);
  EXPECT_LE(error_ratio(moments, fixture_tensor(folder, "tensors", "moments")), 2e-5);
}

TEST(VideoVaeTiling, TilesOfOneLatentAreWidened) {
  at::NoGradGuard no_grad;
  const auto vae = random_vae(small_config());
  const VaeTiling tiling{.height = 128, .width = 128, .num_frames = 16, .stride_height = 96, .stride_width = 96, .stride_num_frames = 8};
  for (const std::int64_t size : {4, 5, 7, 8}) {
    EXPECT_EQ(vae.decode_tiled(test::normal_tensor({1, 12, 2, size, size}, 1), tiling).sizes(),
              (std::vector<std::int64_t>{1, 3, 9, 32 * size, 32 * size}));
  }
}

TEST(VideoVaeTiling, StopsWhenAsked) {
  at::NoGradGuard no_grad;
  const auto vae = random_vae(small_config());
  int tiles = 0;
  const auto result =
      vae.decode_tiled(test::normal_tensor({1, 12, 3, 6, 6}, 1), {.height = 128, .width = 128, .stride_height = 96, .stride_width = 96},
                       [&](double) { return ++tiles < 2; });
  EXPECT_FALSE(result.defined());
  EXPECT_EQ(tiles, 2);
}

TEST(VideoVaeTiling, RefusesTilesBelowTheirStride) {
  EXPECT_TRUE(check_tiling({}, {8, 32, 32}));
  EXPECT_FALSE(check_tiling({.height = 64, .stride_height = 96}, {8, 32, 32}));
  EXPECT_FALSE(check_tiling({.stride_width = 16}, {8, 32, 32}));
}

}  // namespace
}  // namespace fantascope::models::ltx2
