#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "tests/unit/training/trainer/small_world.h"
#include "training/trainer/vae_embedding.h"

namespace fantascope::training {
namespace {

// Largest share of the latents' norm that the encoder misses, over clips of several lengths and shapes.
double worst_error(const CellCodec& codec, const nlohmann::json& components, at::ScalarType dtype) {
  const at::NoGradGuard no_grad;
  auto start = encoder_start(codec, components.at("vae"));
  EXPECT_TRUE(start) << start.error().to_string();
  if (!start) return 1;
  TrainableParameters parameters(dtype, 1, *start);
  const auto encoder =
      family_of(previz_config()).make_video_encoder(components, [&](const std::string&) -> ParameterSource& { return parameters; });
  EXPECT_TRUE(encoder) << encoder.error().to_string();
  EXPECT_TRUE(parameters.finish());
  double worst = 0;
  for (const auto& [width, height, frames] : {std::array{64, 64, 25}, {96, 64, 9}, {64, 96, 1}}) {
    const at::Tensor clip = frames_tensor(small_clip(500, width, height, frames));
    const at::Tensor expected = codec.encode(clip);
    const at::Tensor encoded = (*encoder)(clip.permute({1, 0, 2, 3}).unsqueeze(0).to(dtype))[0].to(at::kFloat);
    EXPECT_EQ(encoded.sizes(), expected.sizes());
    if (encoded.sizes() != expected.sizes()) return 1;
    worst = std::max(worst, ((encoded - expected).norm() / expected.norm()).item<double>());
  }
  return worst;
}

nlohmann::json components_of_width(int width) {
  nlohmann::json components = coarse_components();
  components["vae"]["block_out_channels"] = {width, width, width};
  return components;
}

TEST(EncoderStart, EncodesAsTheClosedFormCodecDoes) {
  const CellCodec& codec = coarse_codec();
  EXPECT_LT(worst_error(codec, coarse_components(), at::kFloat),
            0.01);  // the first block loses a third of the patches' components, the weakest
  EXPECT_LT(worst_error(codec, coarse_components(), at::kBFloat16), 0.02);
}

// With as many filters as a patch has components nothing is lost but the norm's share.
TEST(EncoderStart, WideFirstBlockLosesNothing) { EXPECT_LT(worst_error(coarse_codec(), components_of_width(512), at::kFloat), 1e-3); }

TEST(EncoderStart, ResidualBlocksAddNothingAtFirst) {
  nlohmann::json components = coarse_components();
  const double without = worst_error(coarse_codec(), components, at::kFloat);
  components["vae"]["layers_per_block"] = {1, 1, 0, 1};
  EXPECT_NEAR(worst_error(coarse_codec(), components, at::kFloat), without, 1e-5);
}

// Two blocks, of which the last joins patches' cells into latents at once.
TEST(EncoderStart, EncodesSmallerCells) {
  EXPECT_LT(worst_error(fine_codec(), fine_components(), at::kFloat), 1e-3);
  nlohmann::json components = fine_components();
  components["vae"]["layers_per_block"] = {1, 1, 1};
  EXPECT_LT(worst_error(fine_codec(), components, at::kFloat), 1e-3);
}

TEST(EncoderStart, RefusesLayoutsThatItCannotFill) {
  const auto refusal = [](const char* field, const nlohmann::json& value) {
    nlohmann::json vae = coarse_components().at("vae");
    vae[field] = value;
    const auto start = encoder_start(coarse_codec(), vae);
    return start ? std::string() : start.error().to_string();
  };
  EXPECT_NE(refusal("downsample_type", {"spatiotemporal", "spatiotemporal", "conv"}).find("downsample_type"), std::string::npos);
  EXPECT_NE(refusal("block_out_channels", {128, 128, 128}).find("block_out_channels"), std::string::npos);
  EXPECT_NE(refusal("block_out_channels", {256, 512, 512}).find("block_out_channels"), std::string::npos);
  const auto of_smaller_cells = encoder_start(fine_codec(), coarse_components().at("vae"));
  ASSERT_FALSE(of_smaller_cells);
  EXPECT_NE(of_smaller_cells.error().to_string().find("downsample_type"), std::string::npos);
  EXPECT_NE(refusal("encoder_causal", false).find("encoder_causal"), std::string::npos);
  EXPECT_NE(refusal("layers_per_block", {0, 0, 0}).find("layers_per_block"), std::string::npos);
}

}  // namespace
}  // namespace fantascope::training
