#include "models/ltx2/video_vae_learning.h"

#include <ATen/TensorOperators.h>

#include <nlohmann/json.hpp>

#include "codec_test_support.h"
#include "models/ltx2/video_vae.h"

namespace fantascope::models::ltx2 {
namespace {

nlohmann::json constant_width(bool causal) {
  return nlohmann::json{{"latent_channels", 12},
                        {"block_out_channels", {8, 8, 16, 16}},
                        {"layers_per_block", {1, 1, 1, 1, 1}},
                        {"decoder_block_out_channels", {16, 16, 16}},
                        {"decoder_layers_per_block", {1, 1, 2, 1}},
                        {"decoder_causal", causal},
                        {"upsample_factor", {1, 1, 1}},
                        {"upsample_residual", {false, false, false}},
                        {"decoder_spatial_padding_mode", "zeros"}};
}

struct Learner {
  test::KeptParameters parameters;
  std::unique_ptr<VideoVae> vae;

  Learner(const nlohmann::json& json, double side_taps) : parameters(at::kFloat, side_taps) {
    const auto config = VideoVaeConfig::from_json(json);
    if (!config) throw std::runtime_error(config.error().to_string());
    vae = std::make_unique<VideoVae>(*config, ParameterScope(parameters, ""));
    for (auto& [name, tensor] : parameters.tensors) tensor.requires_grad_();
  }

  /// Gradients by name of the mean square of what `decode` gives, and with them that of the latents.
  template <typename Decode>
  std::map<std::string, at::Tensor> gradients(const Decode& decode, at::Tensor latents) {
    latents = latents.clone().requires_grad_();
    decode(latents).square().mean().backward();
    std::map<std::string, at::Tensor> result{{"latents", latents.grad()}};
    for (auto& [name, tensor] : parameters.tensors) {
      if (tensor.grad().defined()) result[name] = tensor.grad().clone();
      tensor.mutable_grad() = at::Tensor();
    }
    return result;
  }
};

const std::string kUpsampler = "decoder.up_blocks.1.upsamplers.0.conv.conv.weight",
                  kBlock = "decoder.up_blocks.1.resnets.0.conv1.conv.weight";

// The sum of squares of a kernel's gradient outside the centre tap.
double beside_the_centre(const at::Tensor& gradient) {
  const at::Tensor centre = gradient.select(4, 1).select(3, 1).select(2, 1);
  return (gradient.square().sum() - centre.square().sum()).item<double>();
}

class VideoVaeLearning : public ::testing::TestWithParam<bool> {};

TEST_P(VideoVaeLearning, IsTheReferenceWithItsGradients) {
  Learner learner(constant_width(GetParam()), 1.0);
  ASSERT_TRUE(LearningVideoDecoder::supports(learner.vae->decoder()));
  const LearningVideoDecoder learning(learner.vae->decoder());
  const at::Tensor latents = test::normal_tensor({2, 12, 2, 2, 3}, 1);
  EXPECT_LT(test::error_ratio(learning.forward(latents), learner.vae->decode_reference(latents)), 1e-5);

  const auto expected = learner.gradients([&](const at::Tensor& x) { return learner.vae->decode_reference(x); }, latents);
  const auto found = learner.gradients([&](const at::Tensor& x) { return learning.forward(x); }, latents);
  ASSERT_GT(expected.size(), 20u);
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, gradient] : expected) EXPECT_LT(test::error_ratio(found.at(name), gradient), 1e-4) << name;
}
INSTANTIATE_TEST_SUITE_P(Borders, VideoVaeLearning, ::testing::Bool());

// Kernels of one tap: those between the levels stay so, those of residual blocks grow.
TEST(VideoVaeLearning, LoneCentresBetweenTheLevelsStayAlone) {
  Learner learner(constant_width(false), 0.0);
  const LearningVideoDecoder learning(learner.vae->decoder());
  const at::Tensor latents = test::normal_tensor({1, 12, 2, 2, 3}, 2);
  EXPECT_LT(test::error_ratio(learning.forward(latents), learner.vae->decode_reference(latents)), 1e-5);

  const auto found = learner.gradients([&](const at::Tensor& x) { return learning.forward(x); }, latents);
  const auto reference = learner.gradients([&](const at::Tensor& x) { return learner.vae->decode_reference(x); }, latents);
  EXPECT_EQ(beside_the_centre(found.at(kUpsampler)), 0);
  EXPECT_GT(beside_the_centre(reference.at(kUpsampler)), 0);
  EXPECT_GT(found.at(kUpsampler).abs().max().item<double>(), 0);
  EXPECT_GT(beside_the_centre(found.at(kBlock)), 0);
}

TEST(VideoVaeLearning, LeavesOtherLayoutsToTheReference) {
  auto residual = constant_width(false);
  residual["upsample_residual"] = {true, false, false};
  EXPECT_FALSE(LearningVideoDecoder::supports(Learner(residual, 1.0).vae->decoder()));
  auto reflecting = constant_width(false);
  reflecting["decoder_spatial_padding_mode"] = "reflect";
  EXPECT_FALSE(LearningVideoDecoder::supports(Learner(reflecting, 1.0).vae->decoder()));
}

}  // namespace
}  // namespace fantascope::models::ltx2
