#include "training/trainer/vae_embedding.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "engine/runtime/model_family.h"
#include "engine/runtime/tensors/trainable.h"
#include "models/registry.h"
#include "training/trainer/config.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

world::Clip small_clip(std::uint64_t seed) {
  world::ClipShape shape;
  shape.width = shape.height = 64;
  shape.num_frames = 9;
  return world::render_clip(world::sample_scene(seed), shape);
}

// The decoder with residual blocks at three levels, so that they too must add nothing at first.
TEST(DecoderStart, DecodesAsTheClosedFormCodecDoes) {
  const at::NoGradGuard no_grad;
  auto config = TrainConfig::load(std::string(FANTASCOPE_SOURCE_DIR) + "/training/trainer/configs/previz-cpu.json");
  ASSERT_TRUE(config) << config.error().to_string();
  const std::vector<std::int64_t> layers = {0, 1, 1, 1};
  config->components["vae"]["decoder_layers_per_block"] = layers;
  config->codec.num_clips = 6;
  const CellCodec codec = CellCodec::fit(config->codec,
                                         [](int index) {
                                           const world::Clip clip = small_clip(static_cast<std::uint64_t>(index));
                                           return std::pair{frames_tensor(clip), motion_weights(clip)};
                                         },
                                         {});
  auto start = decoder_start(codec, 128, layers);
  ASSERT_TRUE(start) << start.error().to_string();
  TrainableParameters parameters(at::kFloat, 1, *start);
  const SourceOf sources = [&](const std::string&) -> ParameterSource& { return parameters; };
  const TrainableFamily* family = nullptr;
  for (const auto& candidate : builtin_families()) {
    if (candidate.id == config->family) family = candidate.trainable;
  }
  ASSERT_NE(family, nullptr);
  const auto decoder = family->make_video_decoder(config->components, sources);
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
