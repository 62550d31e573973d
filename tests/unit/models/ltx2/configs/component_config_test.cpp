// Case 31 of the bad inputs: what a config.json may hold. No LibTorch in here, so that the sanitizers' build of it is quick.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "models/ltx2/audio_vae_config.h"
#include "models/ltx2/connectors_config.h"
#include "models/ltx2/text_encoder_config.h"
#include "models/ltx2/video_vae_config.h"
#include "models/ltx2/vocoder_config.h"

namespace fantascope::models::ltx2 {
namespace {

struct BadField {
  const char* key;
  const char* value;
  const char* message;
};

class BadEncoderConfig : public ::testing::TestWithParam<BadField> {};

TEST_P(BadEncoderConfig, IsRefusedByName) {  // case 31
  nlohmann::json json = {{"model_type", "gemma3"}, {"text_config", {{"num_hidden_layers", 2}, {"hidden_size", 16}}}};
  const nlohmann::json::json_pointer pointer(GetParam().key);
  json[pointer] = nlohmann::json::parse(GetParam().value);
  const auto config = TextEncoderConfig::from_json(json, "text_encoder/config.json");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().message.find(GetParam().message), std::string::npos) << config.error().to_string();
  EXPECT_NE(config.error().message.find("text_encoder/config.json"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Cases, BadEncoderConfig,
                         ::testing::Values(BadField{"/text_config/num_hidden_layers", "10000", "num_hidden_layers value outside 1…512"},
                                           BadField{"/text_config/hidden_size", "-1", "hidden_size value outside 1…65536"},
                                           BadField{"/text_config/hidden_size", "\"big\"", "hidden_size must be a whole number"},
                                           BadField{"/text_config/vocab_size", "1e30", "vocab_size value outside"},
                                           BadField{"/text_config/head_dim", "7", "head_dim must be even"},
                                           BadField{"/text_config/num_key_value_heads", "3", "must divide"},
                                           BadField{"/text_config/rms_norm_eps", "\"x\"", "rms_norm_eps must be a number"},
                                           BadField{"/text_config/layer_types", "[\"full_attention\"]", "layer_types must name"},
                                           BadField{"/text_config/layer_types", "[\"full_attention\",\"other\"]",
                                                    "layer_types holds a kind"},
                                           BadField{"/text_config/rope_scaling", "{\"rope_type\":\"yarn\",\"factor\":2}",
                                                    "rope_type is not one that this build knows"},
                                           BadField{"/text_config/use_bidirectional_attention", "true", "use_bidirectional_attention"},
                                           BadField{"/text_config", "[]", "must be an object"},
                                           BadField{"/model_type", "\"t5\"", "model_type is not one that this build knows"},
                                           BadField{"/text_config/attention_bias", "3", "attention_bias must be true or false"}));

TEST(TextEncoderConfig, ReadsBothStylesOfRope) {
  const auto four = TextEncoderConfig::from_json(
      nlohmann::json::parse(R"({"rope_theta":5e5,"rope_local_base_freq":2e4,"rope_scaling":{"rope_type":"linear","factor":8}})"), "c");
  const auto five = TextEncoderConfig::from_json(
      nlohmann::json::parse(
          R"({"rope_parameters":{"full_attention":{"rope_type":"linear","factor":8,"rope_theta":5e5},"sliding_attention":{"rope_type":"default","rope_theta":2e4}}})"),
      "c");
  ASSERT_TRUE(four && five);
  for (const auto* config : {&*four, &*five}) {
    EXPECT_EQ(config->full_rope.theta, 5e5);
    EXPECT_EQ(config->full_rope.factor, 8);
    EXPECT_EQ(config->sliding_rope.theta, 2e4);
    EXPECT_EQ(config->sliding_rope.factor, 1);
  }
  EXPECT_EQ(four->is_sliding.size(), 26u);
  EXPECT_FALSE(four->is_sliding[5]);
  EXPECT_TRUE(four->is_sliding[6]);
}

TEST(ConnectorsConfig, RefusesWidthsThatDoNotMeetAndForeignClasses) {
  const auto refuse = [](const char* text) {
    const auto config = ConnectorsConfig::from_json(nlohmann::json::parse(text), "connectors/config.json");
    EXPECT_FALSE(config);
    return config ? std::string() : config.error().message;
  };
  EXPECT_NE(refuse(R"({"caption_channels":64})").find("must be caption_channels"), std::string::npos);
  EXPECT_NE(refuse(R"({"_class_name":"Other"})").find("_class_name"), std::string::npos);
  EXPECT_NE(refuse(R"({"video_connector_num_layers":10000})").find("value outside 0…512"), std::string::npos);
}

nlohmann::json small_video_config() {
  return nlohmann::json{{"latent_channels", 12},
                        {"block_out_channels", {8, 8, 16, 16}},
                        {"layers_per_block", {1, 1, 1, 1, 1}},
                        {"decoder_block_out_channels", {8, 16, 32}},
                        {"decoder_layers_per_block", {1, 1, 1, 1}},
                        {"decoder_causal", false},
                        {"decoder_spatial_padding_mode", "reflect"}};
}

TEST(VideoVaeConfig, MissingKeysTakeTheReferenceDefaults) {
  const auto config = VideoVaeConfig::from_json(nlohmann::json::object());
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->block_out_channels, (std::vector<std::int64_t>{256, 512, 1024, 2048}));
  EXPECT_TRUE(config->decoder_causal);
  EXPECT_EQ(config->scale_factors.time, 8);
  EXPECT_EQ(config->scale_factors.width, 32);
}

TEST(VideoVaeConfig, RefusesWhatDoesNotFitAndNamesTheField) {
  const std::vector<std::pair<const char*, nlohmann::json>> cases = {
      {"latent_channels", 0},
      {"latent_channels", 1000000000},
      {"patch_size", "four"},
      {"patch_size_t", 2},
      {"layers_per_block", {1, 1}},
      {"layers_per_block", {1, 1, 1, 1, 100000}},
      {"block_out_channels", nlohmann::json::array()},
      {"block_out_channels", {8, 8, 16, 7}},
      {"decoder_block_out_channels", {8, 16, 33}},
      {"upsample_factor", {0, 2, 2}},
      {"upsample_factor", {2, 2, 3}},
      {"upsample_type", {"spatial", "diagonal", "temporal"}},
      {"upsample_type", {"spatial", "spatial", "spatial"}},
      {"upsample_residual", {true, true}},
      {"downsample_type", nlohmann::json("spatial")},
      {"timestep_conditioning", true},
      {"decoder_inject_noise", true},
      {"decoder_spatial_padding_mode", "mirror"},
      {"spatial_compression_ratio", 16},
      {"temporal_compression_ratio", 4},
      {"scaling_factor", 0.0},
      {"encoder_causal", 1},
  };
  for (const auto& [key, value] : cases) {
    auto json = small_video_config();
    json[key] = value;
    const auto config = VideoVaeConfig::from_json(json, "vae/config.json");
    ASSERT_FALSE(config) << key << " " << value;
    EXPECT_NE(config.error().to_string().find("vae/config.json"), std::string::npos) << key;
  }
  EXPECT_FALSE(VideoVaeConfig::from_json(nlohmann::json::array()));
}

nlohmann::json small_audio_config() {
  return nlohmann::json{{"base_channels", 8}, {"latent_channels", 2}, {"mel_bins", 16}, {"num_res_blocks", 1}};
}

TEST(AudioVaeConfig, DefaultsAreThePublishedModel) {
  const auto config = AudioVaeConfig::from_json(nlohmann::json::object());
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->latent_mel_bins(), 16);
  EXPECT_DOUBLE_EQ(config->latents_per_second(), 25.0);
  EXPECT_EQ(config->mel_frames(9), 33);
}

TEST(AudioVaeConfig, RefusesWhatDoesNotFit) {
  const std::vector<std::pair<const char*, nlohmann::json>> cases = {
      {"base_channels", 0},   {"base_channels", 16},  {"ch_mult", {1, 2}},         {"ch_mult", {1, 2, 1000}},
      {"norm_type", "layer"}, {"norm_type", "group"}, {"causality_axis", "depth"}, {"mel_bins", 18},
      {"num_res_blocks", -1}, {"sample_rate", 1e12},  {"mel_hop_length", "fast"},  {"latent_channels", nullptr},
  };
  for (const auto& [key, value] : cases) {
    auto json = small_audio_config();
    json[key] = value;
    const auto config = AudioVaeConfig::from_json(json);
    ASSERT_FALSE(config) << key << " " << value;
    EXPECT_NE(config.error().to_string().find("audio_vae/config.json"), std::string::npos);
  }
}

/// Whatever a vocoder's config.json holds, the answer is a config or a refusal that names the file.
TEST(VocoderConfig, RefusesSillyValues) {
  const std::vector<std::pair<const char*, nlohmann::json>> cases = {
      {"hidden_channels", 3},
      {"hidden_channels", "many"},
      {"upsample_factors", {2, 2, 2}},
      {"upsample_factors", {0, 2}},
      {"upsample_kernel_sizes", {1, 4}},
      {"resnet_dilations", {{1}, {1}}},
      {"resnet_dilations", {{1, "two"}}},
      {"resnet_dilations", {1, 3}},
      {"act_fn", "relu"},
      {"output_sampling_rate", 1e300},
      {"out_channels", -2},
      {"resnet_kernel_sizes", {3, 5}},
  };
  for (const auto& [key, value] : cases) {
    nlohmann::json json = {{"hidden_channels", 8},
                           {"upsample_factors", {2, 2}},
                           {"upsample_kernel_sizes", {4, 4}},
                           {"resnet_kernel_sizes", {3}},
                           {"resnet_dilations", {{1, 3}}}};
    ASSERT_TRUE(VocoderConfig::from_json(json, "vocoder/config.json"));
    json[key] = value;
    const auto config = VocoderConfig::from_json(json, "vocoder/config.json");
    ASSERT_FALSE(config) << key << " " << value;
    EXPECT_NE(config.error().to_string().find("vocoder/config.json"), std::string::npos) << key;
  }
}

}  // namespace
}  // namespace fantascope::models::ltx2
