#include "training/trainer/vocoder_start.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "tests/unit/training/trainer/small_world.h"

namespace fantascope::training {
namespace {

constexpr std::int64_t kBins = 4, kHop = 12;
constexpr double kSlope = 0.1;

nlohmann::json small_vocoder() {
  return {{"_class_name", "LTX2Vocoder"},
          {"in_channels", 2 * kBins},
          {"hidden_channels", 40},
          {"out_channels", 2},
          {"upsample_factors", {3, 2, 2}},
          {"upsample_kernel_sizes", {9, 4, 6}},
          {"resnet_kernel_sizes", {3, 5}},
          {"resnet_dilations", {{1, 3}, {1, 2}}},
          {"leaky_relu_negative_slope", kSlope},
          {"output_sampling_rate", 16000}};
}

/// Mels drawn at random, and samples that are tanh of a linear function of their rectified bins in three frames.
std::vector<MelAndWave> linear_clips(int hinges) {
  const auto random = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{5});
  std::vector<at::Tensor> mels;
  for (int i = 0; i < 6; ++i) mels.push_back(at::randn({2, 120, kBins}, random, at::kFloat) * 2 - 5);
  const at::Tensor all = at::cat(mels).flatten(0, 1), mean = all.mean(0), spread = all.std(0, /*unbiased=*/false);
  const at::Tensor basis = at::randn({3 * hinges * kBins, kHop}, random, at::kFloat) * 0.02;
  std::vector<MelAndWave> clips;
  for (const auto& mel : mels) {
    std::vector<at::Tensor> bent;
    for (int j = 0; j < hinges; ++j) bent.push_back(at::leaky_relu(mel - (mean + spread * j), kSlope));
    const at::Tensor features = at::cat(bent, 2), none = features.slice(1, 0, 1) * 0;
    const at::Tensor padded = at::cat({none, features, none}, 1);
    const at::Tensor rows = at::cat({padded.slice(1, 0, 120), padded.slice(1, 1, 121), padded.slice(1, 2, 122)}, 2);
    clips.push_back({mel, at::matmul(rows, basis).tanh().flatten(1)});
  }
  return clips;
}

/// The network with the start's weights; the channels that begin at random are silenced, so that only tones are heard.
TrainableNetwork tones_only(const nlohmann::json& vocoder, NamedTensors start, at::ScalarType dtype = at::kFloat) {
  const std::int64_t pairs = 2 * vocoder.at("out_channels").get<std::int64_t>();
  for (const char* name : {"conv_out.weight", "conv_out.bias"}) start.at(name) = start.at(name).clone();
  start.at("conv_out.weight").slice(1, pairs).zero_();
  start.at("conv_out.bias").zero_();
  const auto parameters = std::make_shared<TrainableParameters>(dtype, 1, std::move(start));
  auto network = family_of(previz_config()).make_vocoder({{"vocoder", vocoder}}, [parameters](const std::string&) -> ParameterSource& {
    return *parameters;
  });
  EXPECT_TRUE(network) << network.error().to_string();
  EXPECT_TRUE(parameters->finish());
  return [parameters, made = *network, dtype](const at::Tensor& mel) {
    const at::NoGradGuard no_grad;
    return made(mel.to(dtype)).to(at::kFloat);
  };
}

TEST(VocoderStart, GivesSamplesThatAreALinearFunctionOfRectifiedBins) {
  for (const int hinges : {1, 2}) {
    const auto clips = linear_clips(hinges);
    const auto start = vocoder_start(clips, small_vocoder(), hinges, 3);
    ASSERT_TRUE(start) << start.error().to_string();
    const at::Tensor ours = tones_only(small_vocoder(), start->weights)(clips[2].mel_CTM.unsqueeze(0))[0];
    ASSERT_EQ(ours.sizes(), clips[2].wave_CN.sizes());
    EXPECT_LT(((ours - clips[2].wave_CN).norm() / clips[2].wave_CN.norm()).item<double>(), 0.01) << hinges;
  }
}

// The channels that begin at random are heard as well, and do not reach the tones.
TEST(VocoderStart, LeavesChannelsForNoise) {
  const auto clips = linear_clips(2);
  const auto first = vocoder_start(clips, small_vocoder(), 2, 3), second = vocoder_start(clips, small_vocoder(), 2, 4);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(first->weights.at("conv_in.weight").equal(second->weights.at("conv_in.weight")));
  EXPECT_GT(first->weights.at("conv_out.weight").slice(1, 4).abs().max().item<double>(), 0.01);
  const at::Tensor mel = clips[0].mel_CTM.unsqueeze(0);
  EXPECT_TRUE(tones_only(small_vocoder(), first->weights)(mel).allclose(tones_only(small_vocoder(), second->weights)(mel), 1e-4, 1e-6));
}

// A cube that spins hums; a vocoder of the shipped model's layout hums with it, in phase, in a clip that the start was not fitted on.
TEST(VocoderStart, HumsInPhase) {
  const auto mel_of = family_of(previz_config()).make_mel(previz_config().components);
  ASSERT_TRUE(mel_of) << mel_of.error().to_string();
  const auto sound_of = [&](const world::Scene& scene) {
    world::ClipShape shape;
    shape.width = shape.height = 16;
    shape.num_frames = 25;
    const at::Tensor wave = audio_tensor(world::render_clip(scene, shape));
    return MelAndWave{(*mel_of)(wave.unsqueeze(0))[0], wave};
  };
  const auto spinning = [](std::uint64_t seed) {
    world::Scene scene;
    scene.shape = world::Shape::kCube;
    scene.action = world::Action::kSpins;
    scene.place = world::Place::kStudio;
    scene.seed = seed;
    return scene;
  };
  std::vector<MelAndWave> clips;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    clips.push_back(sound_of(spinning(seed)));
    for (std::uint64_t other = 0; other < 2; ++other) clips.push_back(sound_of(world::sample_scene(100 + 2 * seed + other)));
  }
  const auto& vocoder = previz_config().components.at("vocoder");
  const auto start = vocoder_start(clips, vocoder, previz_config().tones.hinges, 1);
  ASSERT_TRUE(start) << start.error().to_string();
  const MelAndWave other = sound_of(spinning(99));
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const at::Tensor ours = tones_only(vocoder, start->weights, dtype)(other.mel_CTM.unsqueeze(0))[0];
    const std::int64_t length = std::min(ours.size(1), other.wave_CN.size(1));
    const at::Tensor a = ours.slice(1, 0, length).flatten(), b = other.wave_CN.slice(1, 0, length).flatten();
    EXPECT_GT((a.dot(b) / (a.norm() * b.norm())).item<double>(), 0.9) << at::toString(dtype);
  }
}

// However the rest is changed, tones stay what they are.
TEST(VocoderStart, SaysWhatBelongsToTones) {
  const auto clips = linear_clips(2);
  const auto start = vocoder_start(clips, small_vocoder(), 2, 3);
  ASSERT_TRUE(start) << start.error().to_string();
  const at::Tensor mel = clips[0].mel_CTM.unsqueeze(0), before = tones_only(small_vocoder(), start->weights)(mel);
  NamedTensors changed;
  for (const auto& [name, weight] : start->weights) changed[name] = weight + 0.1 * start->learnt.at(name);
  EXPECT_TRUE(tones_only(small_vocoder(), changed)(mel).allclose(before, 1e-4, 1e-5));
  changed = start->weights;
  changed["upsamplers.1.weight"] = changed.at("upsamplers.1.weight") + 0.1 * (1 - start->learnt.at("upsamplers.1.weight"));
  EXPECT_FALSE(tones_only(small_vocoder(), changed)(mel).allclose(before, 1e-2, 1e-3));
}

TEST(VocoderStart, RefusesLayoutsThatItCannotFill) {
  const auto clips = linear_clips(2);
  const auto refusal = [&](const char* field, const nlohmann::json& value) {
    nlohmann::json vocoder = small_vocoder();
    vocoder[field] = value;
    const auto start = vocoder_start(clips, vocoder, 2, 1);
    return start ? std::string("accepted") : start.error().to_string();
  };
  EXPECT_NE(refusal("act_fn", "snake").find("vocoder.act_fn"), std::string::npos);
  EXPECT_NE(refusal("final_act_fn", "clamp").find("vocoder.final_act_fn"), std::string::npos);
  EXPECT_NE(refusal("in_channels", 10).find("vocoder.in_channels"), std::string::npos);
  EXPECT_NE(refusal("out_channels", 1).find("vocoder.out_channels"), std::string::npos);
  EXPECT_NE(refusal("upsample_kernel_sizes", {11, 4, 6}).find("vocoder.upsample_kernel_sizes"), std::string::npos);
  EXPECT_NE(refusal("upsample_kernel_sizes", {9, 5, 6}).find("vocoder.upsample_kernel_sizes"), std::string::npos);
  EXPECT_NE(refusal("upsample_kernel_sizes", {9, 4}).find("vocoder.upsample_kernel_sizes"), std::string::npos);
  EXPECT_NE(refusal("upsample_kernel_sizes", "wide").find("a list"), std::string::npos);
  EXPECT_NE(refusal("resnet_dilations", {{1, 3}}).find("vocoder.resnet_dilations"), std::string::npos);
  EXPECT_NE(refusal("hidden_channels", nullptr).find("a whole number"), std::string::npos);
  EXPECT_NE(refusal("hidden_channels", 24).find("at least 32"), std::string::npos) << refusal("hidden_channels", 24);
}

}  // namespace
}  // namespace fantascope::training
