// Training on another device than the CPU, as far as it can be tried without one: with the same values on a pretended device that refuses
// what mixes devices.
#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include "engine/runtime/tensors/device.h"
#include "tests/support/pretend_device.h"
#include "tests/unit/training/trainer/small_world.h"
#include "training/trainer/checkpoint.h"
#include "training/trainer/flow_trainer.h"
#include "training/trainer/network_trainer.h"

namespace fantascope::training {
namespace {

c10::Device other_device() {
  const auto device = find_device(fantascope::testing::other_device_name());
  EXPECT_TRUE(device) << device.error().to_string();
  return *device;
}

// Relative L2 of everything whose name begins so.
double apart(const NamedTensors& a, const NamedTensors& b, const std::string& prefix) {
  double difference = 0, size = 0;
  for (const auto& [name, tensor] : a) {
    if (!name.starts_with(prefix)) continue;
    difference += (tensor.to(at::kFloat) - b.at(name)).square().sum().item<double>();
    size += tensor.to(at::kFloat).square().sum().item<double>();
  }
  return size > 0 ? std::sqrt(difference / size) : 1.0;
}

TEST(OtherDevice, RefusesWhatMixesDevices) {
  const at::Tensor here = at::ones({2, 3}), there = at::ones({2, 3}).to(other_device());
  EXPECT_EQ((there + there).cpu().sum().item<double>(), 12);
  EXPECT_THROW(static_cast<void>(there + here), c10::Error);
  EXPECT_THROW(static_cast<void>(at::matmul(there, here.t())), c10::Error);
}

TEST(OtherDevice, TheDenoiserTrainsTheSame) {
  const auto captions = CaptionEncoder::create();
  ASSERT_TRUE(captions);
  TrainConfig config = tiny_config();
  config.components["text_encoder"]["text_config"]["vocab_size"] = captions->vocab_size();
  config.flow.caption_loss_weight = 0.5;
  config.flow.optimiser.gradient_clip = 0;
  const TemporaryFolder folder("device");
  LatentStore store(config, tiny_codecs(), folder.file("latents"));
  const auto run = [&](const std::string& name, c10::Device device, bool resume, std::int64_t until) {
    auto trainer = FlowTrainer::create(config, family_of(config), store, *captions, folder.file(name), {resume, device, {}});
    ASSERT_TRUE(trainer) << trainer.error().to_string();
    const auto result = (*trainer)->run(
        until, [] { return true; }, [](const FlowStepReport&) {});
    ASSERT_TRUE(result) << result.error().to_string();
    const StreamPair samples = (*trainer)->sample({"a red ball bounces"}, {.num_steps = 2, .guidance_scale = 2.0, .shift = 1.0}, 3);
    EXPECT_TRUE(samples.video_BTC.device().is_cpu());
  };
  run("here", at::kCPU, false, 2);
  run("there", other_device(), false, 2);
  const auto here = load_checkpoint(folder.file("here")), there = load_checkpoint(folder.file("there"));
  ASSERT_TRUE(here && there);
  EXPECT_LT(apart(*here, *there, "first/"), 0.05);  // fused operations here, plain ones there, bf16 both
  EXPECT_LT(apart(*here, *there, "master/"), 0.02);
  run("there", at::kCPU, true, 3);  // a checkpoint of one serves the other
  run("here", other_device(), true, 3);
}

struct NetworkCase {
  const char* name;
  std::function<Result<TrainableNetwork>(const nlohmann::json&, const SourceOf&)> TrainableFamily::*make;
  std::vector<std::int64_t> input;
};

class OtherDeviceNetwork : public ::testing::TestWithParam<NetworkCase> {};

TEST_P(OtherDeviceNetwork, GivesTheSame) {
  const TrainConfig& config = tiny_config();
  const auto forward = [&](c10::Device device) {
    TrainableParameters parameters(at::kFloat, 1, {}, device);
    const auto network =
        (family_of(config).*GetParam().make)(config.components, [&](const std::string&) -> ParameterSource& { return parameters; });
    EXPECT_TRUE(network) << network.error().to_string();
    const at::Tensor output = (*network)(at::ones(GetParam().input, at::kFloat).to(device));
    output.square().mean().backward();
    int reached = 0;
    for (const auto& parameter : parameters.all()) reached += parameter.leaf.grad().defined();
    EXPECT_GT(reached, 3);
    return output.detach().cpu();
  };
  const at::Tensor here = forward(at::kCPU), there = forward(other_device());
  EXPECT_LE((here - there).abs().max().item<double>(), 1e-4 * here.abs().max().item<double>() + 1e-7);
}

std::vector<NetworkCase> network_cases() {
  const auto& components = tiny_config().components;
  const std::int64_t latent = components.at("vae").at("latent_channels");
  const auto& audio = components.at("audio_vae");
  const std::int64_t channels = audio.at("in_channels"), bins = audio.at("mel_bins"), audio_latent = audio.at("latent_channels");
  return {{"VideoDecoder", &TrainableFamily::make_video_decoder, {1, latent, 2, 1, 2}},
          {"VideoEncoder", &TrainableFamily::make_video_encoder, {1, 3, 9, 32, 64}},
          {"AudioDecoder", &TrainableFamily::make_audio_decoder, {1, audio_latent, 5, bins / 4}},
          {"AudioEncoder", &TrainableFamily::make_audio_encoder, {1, channels, 17, bins}},
          {"Vocoder", &TrainableFamily::make_vocoder, {1, channels, 16, bins}}};
}

INSTANTIATE_TEST_SUITE_P(Family, OtherDeviceNetwork, ::testing::ValuesIn(network_cases()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace fantascope::training
