#include "training/trainer/vae_embedding.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "tests/unit/training/trainer/small_world.h"

namespace fantascope::training {
namespace {

// Residual blocks stand at several levels of both layouts: they too must add nothing at first.
void expect_decodes(const CellCodec& codec, const nlohmann::json& components) {
  const at::NoGradGuard no_grad;
  auto start = decoder_start(codec, components.at("vae"));
  ASSERT_TRUE(start) << start.error().to_string();
  TrainableParameters parameters(at::kFloat, 1, *start);
  const SourceOf sources = [&](const std::string&) -> ParameterSource& { return parameters; };
  const auto decoder = family_of(previz_config()).make_video_decoder(components, sources);
  ASSERT_TRUE(decoder) << decoder.error().to_string();
  ASSERT_TRUE(parameters.finish());

  const at::Tensor latents = codec.encode(frames_tensor(small_clip(100)));
  const at::Tensor expected = codec.decode(latents);
  const at::Tensor decoded = (*decoder)(latents.unsqueeze(0))[0].permute({1, 0, 2, 3});
  ASSERT_EQ(decoded.sizes(), expected.sizes());
  // The large constant keeps the norm's scale the same from place to place to about a percent.
  EXPECT_LT((decoded - expected).abs().mean().item<double>(), 0.02);
}

TEST(DecoderStart, DecodesAsTheClosedFormCodecDoes) { expect_decodes(coarse_codec(), coarse_components()); }

TEST(DecoderStart, DecodesSmallerCells) { expect_decodes(fine_codec(), fine_components()); }

TEST(DecoderStart, NamesTheLevelThatIsTooNarrow) {
  nlohmann::json vae = fine_components().at("vae");
  vae["upsample_factor"] = {1, 2};
  const auto start = decoder_start(fine_codec(), vae);
  ASSERT_FALSE(start);
  EXPECT_NE(start.error().to_string().find("at least 128 at level 1"), std::string::npos) << start.error().to_string();
}

}  // namespace
}  // namespace fantascope::training
