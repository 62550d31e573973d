#include "models/ltx2/vocoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>

#include <nlohmann/json.hpp>
#include <numbers>

#include "codec_test_support.h"
#include "models/ltx2/mel.h"
#include "models/ltx2/vocoder_filters.h"

namespace fantascope::models::ltx2 {
namespace {

using test::error_ratio;
using test::fixture_tensor;
using Shape = std::vector<std::int64_t>;

nlohmann::json small_config() {
  return {{"_class_name", "LTX2Vocoder"}, {"in_channels", 8},           {"hidden_channels", 8},        {"upsample_kernel_sizes", {4, 4}},
          {"upsample_factors", {2, 2}},   {"resnet_kernel_sizes", {3}}, {"resnet_dilations", {{1, 3}}}};
}

nlohmann::json small_extension() {
  auto json = small_config();
  json["_class_name"] = "LTX2VocoderWithBWE";
  json.update({{"bwe_in_channels", 8},
               {"bwe_hidden_channels", 8},
               {"bwe_upsample_kernel_sizes", {5, 4}},
               {"bwe_upsample_factors", {3, 2}},
               {"bwe_resnet_kernel_sizes", {3}},
               {"bwe_resnet_dilations", {{1}}},
               {"filter_length", 16},
               {"hop_length", 3},
               {"window_length", 16},
               {"num_mel_channels", 4},
               {"input_sampling_rate", 1000},
               {"output_sampling_rate", 2000}});
  return json;
}

class VocoderParity : public ::testing::TestWithParam<const char*> {};

TEST_P(VocoderParity, SoundsAsTheReference) {
  FANTASCOPE_FIXTURE_OR_SKIP(fixture, GetParam());
  at::NoGradGuard no_grad;
  const auto vocoder = test::load_from_folder<Vocoder>(fixture + "/model/vocoder");
  ASSERT_TRUE(vocoder) << vocoder.error().to_string();
  VocoderTrace trace;
  const auto waveform = (*vocoder)->forward(fixture_tensor(fixture, "expected", "audio.mel"), &trace);
  EXPECT_LE(error_ratio(waveform, fixture_tensor(fixture, "expected", "audio.waveform")), 2e-5);
  const auto first = fixture_tensor(fixture, "expected", "audio.waveform_16k");
  if (!first.defined()) return;
  EXPECT_LE(error_ratio(trace.first_waveform, first), 2e-5);
  EXPECT_LE(error_ratio(trace.mel, fixture_tensor(fixture, "expected", "audio.bwe_mel")), 2e-5);
  EXPECT_LE(error_ratio(trace.residual, fixture_tensor(fixture, "expected", "audio.bwe_residual")), 2e-5);
}
INSTANTIATE_TEST_SUITE_P(Fixtures, VocoderParity, ::testing::Values("ltx2", "ltx2.3", "ltx2-i2v", "ltx2-refine"));

TEST(Vocoder, EveryActivationSoundsAsTheReference) {
  at::NoGradGuard no_grad;
  for (const char* name : {"snake", "snakebeta_antialias", "leaky_even_kernels"}) {
    const std::string folder = std::string(FANTASCOPE_SOURCE_DIR) + "/tests/fixtures/ltx2/sound/" + name;
    const auto vocoder = test::load_from_folder<Vocoder>(folder);
    ASSERT_TRUE(vocoder) << vocoder.error().to_string();
    EXPECT_LE(error_ratio((*vocoder)->forward(fixture_tensor(folder, "tensors", "mel")), fixture_tensor(folder, "tensors", "waveform")),
              2e-5)
        << name;
  }
}

TEST(Vocoder, LengthFollowsTheFactorsAlsoWhereHopsDoNotFit) {
  at::NoGradGuard no_grad;
  test::RandomParameters parameters;
  for (const auto& json : {small_config(), small_extension()}) {
    const auto vocoder = Vocoder::make(json, ParameterScope(parameters, ""));
    ASSERT_TRUE(vocoder) << vocoder.error().to_string();
    for (const std::int64_t frames : {1, 2, 7}) {
      const auto waveform = (*vocoder)->forward(test::normal_tensor({2, 2, frames, 4}, 1));
      EXPECT_EQ(waveform.sizes(), (Shape{2, 2, frames * (*vocoder)->samples_per_frame()})) << json["_class_name"];
      EXPECT_LE(waveform.abs().max().item<double>(), 1.0);
    }
  }
}

TEST(Vocoder, GradientsReachTheMel) {
  test::RandomParameters parameters;
  const auto vocoder = Vocoder::make(small_config(), ParameterScope(parameters, ""));
  ASSERT_TRUE(vocoder);
  auto mel = test::normal_tensor({1, 2, 5, 4}, 1).requires_grad_(true);
  (*vocoder)->forward(mel).square().mean().backward();
  EXPECT_GT(mel.grad().abs().sum().item<double>(), 0.0);
}

TEST(Vocoder, RefusesOtherClassesAndSillyValues) {
  test::RandomParameters parameters;
  const ParameterScope scope(parameters, "");
  auto other = small_config();
  other["_class_name"] = "SomeVocoder";
  const auto refused = Vocoder::make(other, scope);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(refused.error().to_string().find("SomeVocoder"), std::string::npos);
  EXPECT_FALSE(Vocoder::make(nlohmann::json::array(), scope));
  const std::vector<std::pair<const char*, nlohmann::json>> cases = {
      {"hidden_channels", 3},           {"upsample_factors", {2, 2, 2}},    {"upsample_factors", {0, 2}}, {"upsample_kernel_sizes", {1, 4}},
      {"resnet_dilations", {{1}, {1}}}, {"resnet_dilations", {{1, "two"}}}, {"resnet_dilations", {1, 3}}, {"act_fn", "relu"},
      {"final_act_fn", "softmax"},      {"output_sampling_rate", 1e300},    {"antialias", true},          {"out_channels", -2},
  };
  for (const auto& [key, value] : cases) {
    auto json = small_config();
    json[key] = value;
    EXPECT_FALSE(Vocoder::make(json, scope)) << key << " " << value;
  }
  const std::vector<std::pair<const char*, nlohmann::json>> extension_cases = {
      {"output_sampling_rate", 1500},
      {"output_sampling_rate", 1000},
      {"bwe_upsample_factors", {2, 2}},
      {"bwe_upsample_kernel_sizes", {4, 4}},
      {"filter_length", 15},
      {"num_mel_channels", 5},
      {"bwe_out_channels", 1},
  };
  for (const auto& [key, value] : extension_cases) {
    auto json = small_extension();
    json[key] = value;
    EXPECT_FALSE(Vocoder::make(json, scope)) << key << " " << value;
  }
}

TEST(VocoderFilters, KaiserFilterIsThatOfTheCheckpoint) {
  FANTASCOPE_FIXTURE_OR_SKIP(fixture, "ltx2.3");
  const auto stored = fixture_tensor(fixture + "/model/vocoder", "diffusion_pytorch_model", "vocoder.act_out.upsample.filter");
  ASSERT_TRUE(stored.defined());
  EXPECT_LE(error_ratio(kaiser_sinc_filter(0.25, 0.3, 12), stored), 1.0 / 128);  // stored in bf16
}

TEST(LogMel, IsWhatTorchaudioGives) {
  at::NoGradGuard no_grad;
  const std::string folder = std::string(FANTASCOPE_SOURCE_DIR) + "/tests/fixtures/ltx2/sound";
  EXPECT_LE(error_ratio(slaney_mel_filters(16000, 513, 64), fixture_tensor(folder, "log_mel", "filters")), 1e-5);
  const auto mel = LogMel(16000, 160, 64).forward(fixture_tensor(folder, "log_mel", "waveform"));
  EXPECT_LE(error_ratio(mel, fixture_tensor(folder, "log_mel", "mel")), 2e-5);
}

TEST(LogMel, SilenceIsTheFloorAndATonePeaksAtItsBin) {
  at::NoGradGuard no_grad;
  const LogMel log_mel(16000, 160, 64);
  const auto silence = log_mel.forward(at::zeros({1, 2, 1600}));
  EXPECT_EQ(silence.sizes(), (Shape{1, 2, 11, 64}));
  EXPECT_NEAR(silence.max().item<double>(), std::log(1e-5), 1e-5);
  const auto tone = (at::arange(16000, at::kFloat) * (2.0 * std::numbers::pi * 1000.0 / 16000.0)).sin().view({1, 1, -1});
  const auto bin = log_mel.forward(tone)[0][0].mean(0).argmax().item<std::int64_t>();
  const auto filters = slaney_mel_filters(16000, 513, 64);
  EXPECT_GT(filters[bin][64].item<double>(), 0.0);  // 1 kHz is frequency 64 of 513
}

}  // namespace
}  // namespace fantascope::models::ltx2
