#include "training/trainer/vae_embedding.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "tests/unit/training/trainer/small_world.h"

namespace fantascope::training {
namespace {

// The decoder with residual blocks at three levels, so that they too must add nothing at first.
TEST(DecoderStart, DecodesAsTheClosedFormCodecDoes) {
  const at::NoGradGuard no_grad;
  TrainConfig config = previz_config();
  const std::vector<std::int64_t> layers = {0, 1, 1, 1};
  config.components["vae"]["decoder_layers_per_block"] = layers;
  const CellCodec& codec = small_codec();
  auto start = decoder_start(codec, 128, layers);
  ASSERT_TRUE(start) << start.error().to_string();
  TrainableParameters parameters(at::kFloat, 1, *start);
  const SourceOf sources = [&](const std::string&) -> ParameterSource& { return parameters; };
  const auto decoder = family_of(config).make_video_decoder(config.components, sources);
  ASSERT_TRUE(decoder) << decoder.error().to_string();
  ASSERT_TRUE(parameters.finish());

  const at::Tensor latents = codec.encode(frames_tensor(small_clip(100)));
  const at::Tensor expected = codec.decode(latents);
  const at::Tensor decoded = (*decoder)(latents.unsqueeze(0))[0].permute({1, 0, 2, 3});
  ASSERT_EQ(decoded.sizes(), expected.sizes());
  // The large constant keeps the norm's scale the same from place to place to about a percent.
  EXPECT_LT((decoded - expected).abs().mean().item<double>(), 0.02);
}

}  // namespace
}  // namespace fantascope::training
