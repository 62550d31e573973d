// The two layouts of a model folder. That an original checkpoint gives what the reference computed is tests/parity/original_test.py's.
#include "models/ltx2/model_folder.h"

#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/diffusion/flow_match_euler.h"
#include "engine/weights/safetensors_file.h"
#include "models/ltx2/config.h"
#include "models/ltx2/connectors_config.h"
#include "models/ltx2/original_names.h"
#include "models/ltx2/pipeline_settings.h"
#include "models/ltx2/video_vae_config.h"
#include "models/ltx2/vocoder_config.h"
#include "tests/support/temp_dir.h"

namespace fantascope::models::ltx2 {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Lists of blocks as the published 2.0 checkpoint has them.
json published_config() {
  const auto stack = [](int layers) { return json::array({"res_x", {{"num_layers", layers}}}); };
  const auto down = [](const char* kind) { return json::array({kind, {{"multiplier", 2}}}); };
  const json up = json::array({"compress_all", {{"residual", true}, {"multiplier", 2}}});
  const json vae = {{"_class_name", "CausalVideoAutoencoder"},
                    {"latent_channels", 128},
                    {"timestep_conditioning", false},
                    {"encoder_blocks", json::array({stack(4), down("compress_space_res"), stack(6), down("compress_time_res"), stack(6),
                                                    down("compress_all_res"), stack(2), down("compress_all_res"), stack(2)})},
                    {"decoder_blocks", json::array({stack(5), up, stack(6), up, stack(7), up, stack(8)})}};
  return {{"transformer", {{"audio_num_attention_heads", 32}, {"frequencies_precision", "float64"}}},
          {"vae", vae},
          {"audio_vae", json::object()},
          {"vocoder", json::object()}};
}

class OriginalFolder : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& config) {
    const auto bottleneck = at::zeros({1024, 1, 1, 1, 1}, at::kBFloat16);
    const auto mels = at::zeros({1024, 128, 7}, at::kBFloat16);
    const auto text = at::zeros({1, 3840 * 49}, at::kBFloat16);
    ASSERT_TRUE(write_safetensors(dir_ / name,
                                  {{"vae.decoder.conv_in.conv.weight", bottleneck},
                                   {"vocoder.conv_pre.weight", mels},
                                   {"text_embedding_projection.aggregate_embed.weight", text}},
                                  {{"config", config}}));
  }
  void write(const std::string& name, const json& config) { write(name, config.dump()); }
  void SetUp() override {
    fs::create_directories(dir_ / "text_encoder");
    std::ofstream(dir_ / "text_encoder/config.json") << "{}";
  }
  testing::TempDir dir_;
};

TEST_F(OriginalFolder, GivesThePublishedConfigs) {
  write("ltx-2-19b-dev.safetensors", published_config());
  EXPECT_TRUE(ModelFolder::holds_original(dir_.path()));
  const auto folder = ModelFolder::open(dir_.path());
  ASSERT_TRUE(folder) << folder.error().to_string();

  const auto vae_json = folder->config("vae");
  ASSERT_TRUE(vae_json);
  const auto vae = VideoVaeConfig::from_json(vae_json->json, vae_json->subject);
  ASSERT_TRUE(vae) << vae.error().to_string();
  using List = std::vector<std::int64_t>;
  EXPECT_EQ(vae->block_out_channels, (List{256, 512, 1024, 2048}));
  EXPECT_EQ(vae->layers_per_block, (List{4, 6, 6, 2, 2}));
  EXPECT_EQ(vae->downsample_type, (std::vector<std::string>{"spatial", "temporal", "spatiotemporal", "spatiotemporal"}));
  EXPECT_EQ(vae->decoder_block_out_channels, (List{256, 512, 1024}));
  EXPECT_EQ(vae->decoder_layers_per_block, (List{5, 6, 7, 8}));
  EXPECT_EQ(vae->upsample_factor, (List{2, 2, 2}));
  EXPECT_EQ(vae->upsample_residual, (std::vector<bool>{true, true, true}));
  EXPECT_EQ(vae->decoder_spatial_padding_mode, "reflect");

  const auto transformer = TransformerConfig::from_json(folder->config("transformer")->json, "t");
  ASSERT_TRUE(transformer) << transformer.error().to_string();
  EXPECT_EQ(transformer->num_layers, 48);
  EXPECT_TRUE(transformer->use_prompt_embeddings);
  EXPECT_FALSE(transformer->gated_attn);
  EXPECT_EQ(transformer->rope_type, RopeType::kSplit);
  EXPECT_TRUE(transformer->rope_double_precision);
  EXPECT_EQ(transformer->vae_scale_factors, (std::array<std::int64_t, 3>{8, 32, 32}));
  EXPECT_EQ(transformer->cross_attn_timestep_scale_multiplier, 1);  // what the reference takes where the file is silent

  const auto connectors = ConnectorsConfig::from_json(folder->config("connectors")->json, "c");
  ASSERT_TRUE(connectors) << connectors.error().to_string();
  EXPECT_EQ(connectors->text_proj_in_factor, 49);
  EXPECT_FALSE(connectors->per_modality_projections);
  EXPECT_EQ(connectors->rope_base_seq_len, 1);

  const auto vocoder = VocoderConfig::from_json(folder->config("vocoder")->json, "v");
  ASSERT_TRUE(vocoder) << vocoder.error().to_string();
  EXPECT_EQ(vocoder->in_channels, 128);
  EXPECT_EQ(vocoder->final_act_fn, "tanh");

  // Gemma's folder holds its tokenizer too; one beside it goes before.
  EXPECT_EQ(folder->tokenizer_dir(), dir_ / "text_encoder");
  fs::create_directories(dir_ / "tokenizer");
  EXPECT_EQ(folder->tokenizer_dir(), dir_ / "tokenizer");
}

TEST_F(OriginalFolder, IsSampledAsItsNameOrItsSchedulerSays) {
  const auto schedule = [&] {
    const auto folder = ModelFolder::open(dir_.path());
    const auto json = folder ? folder->config("scheduler") : folder.error();
    EXPECT_TRUE(json);
    return *FlowMatchEulerConfig::from_json(json ? json->json : nlohmann::json());
  };
  write("ltx-2-19b-dev.safetensors", published_config());
  EXPECT_TRUE(schedule().use_dynamic_shifting);
  EXPECT_EQ(schedule().shift_terminal, 0.1);
  fs::rename(dir_ / "ltx-2-19b-dev.safetensors", dir_ / "ltx-2-19b-Distilled.safetensors");
  EXPECT_FALSE(schedule().use_dynamic_shifting);
  EXPECT_FALSE(schedule().shift_terminal);
  fs::create_directories(dir_ / "scheduler");
  std::ofstream(dir_ / "scheduler/scheduler_config.json") << R"({"shift": 3.5})";
  EXPECT_EQ(schedule().shift, 3.5);
}

TEST_F(OriginalFolder, HasOneScheduleForAllSizesIfItsCardSaysSo) {
  write("ltx-2-19b-dev.safetensors", published_config());
  const auto sigma_after_one = [&](int width) {
    const auto settings = ModelSettings::read(dir_.path());
    EXPECT_TRUE(settings) << settings.error().to_string();
    GenerationRequest request = settings->info.defaults;
    request.width = width;
    request.num_inference_steps = 4;
    return static_cast<double>(make_schedule(*settings, request).sigmas[1]);
  };
  EXPECT_GT(std::abs(sigma_after_one(256) - sigma_after_one(1024)), 0.01);
  std::ofstream(dir_ / "fantascope.json") << R"({"shift_by_size": false})";
  EXPECT_EQ(sigma_after_one(256), sigma_after_one(1024));
  // mu = 2.05, as Lightricks' scheduler has it without a latent, then stretched so that the last of the four is 0.1.
  const auto shifted = [](double s) { return std::exp(2.05) / (std::exp(2.05) + 1 / s - 1); };
  EXPECT_NEAR(sigma_after_one(256), 1 - (1 - shifted(0.75)) * 0.9 / (1 - shifted(0.25)), 1e-6);
}

TEST_F(OriginalFolder, OfAnotherKindIsNotClaimed) {
  write("lora.safetensors", json{{"transformer", {{"num_attention_heads", 32}}}});
  write("damaged.safetensors", std::string("{\"transformer\": {"));
  std::ofstream(dir_ / "text.safetensors") << "no tensors";
  EXPECT_FALSE(ModelFolder::holds_original(dir_.path()));
  write("model.safetensors", published_config());
  EXPECT_TRUE(ModelFolder::holds_original(dir_.path()));
  EXPECT_TRUE(ModelFolder::open(dir_.path()));  // the others do not disturb it
}

TEST_F(OriginalFolder, SaysWhatIsWrong) {
  const auto message = [&] {
    const auto folder = ModelFolder::open(dir_.path());
    return folder ? std::string("opened") : folder.error().to_string();
  };
  json config = published_config();
  config["vae"]["decoder_blocks"][1][0] = "attn_res_x";
  write("model.safetensors", config);
  EXPECT_THAT(message(), ::testing::AllOf(::testing::HasSubstr("decoder_blocks"), ::testing::HasSubstr("attn_res_x")));
  config = published_config();
  config["vae"]["encoder_blocks"].erase(2);
  write("model.safetensors", config);
  EXPECT_THAT(message(), ::testing::HasSubstr("encoder_blocks"));
  config = published_config();
  config["vae"]["_class_name"] = "CausalDiffusionVAE";
  write("model.safetensors", config);
  EXPECT_THAT(message(), ::testing::HasSubstr("CausalDiffusionVAE"));
  config = published_config();
  config["vocoder"] = {{"vocoder", {{"resblock", "1"}}}, {"bwe", {{"resblock", "AMP1"}}}};
  write("model.safetensors", config);
  EXPECT_THAT(message(), ::testing::HasSubstr("AMP1"));
  // Values of the wrong kind reach the readers of the component configs, which name them.
  config = published_config();
  config["transformer"]["num_layers"] = "many";
  config["transformer"]["positional_embedding_max_pos"] = 20;
  config["transformer"]["caption_channels"] = json::array();
  config["vae"]["latent_channels"] = -3;
  write("model.safetensors", config);
  const auto folder = ModelFolder::open(dir_.path());
  ASSERT_TRUE(folder) << folder.error().to_string();
  const auto refused = TransformerConfig::from_json(folder->config("transformer")->json, "t");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().to_string(), ::testing::AllOf(::testing::HasSubstr("num_layers"), ::testing::HasSubstr("pos_embed_max_pos")));
  EXPECT_FALSE(ConnectorsConfig::from_json(folder->config("connectors")->json, "c"));
  EXPECT_FALSE(VideoVaeConfig::from_json(folder->config("vae")->json, "v"));

  write("model.safetensors", published_config());
  write("other.safetensors", published_config());
  EXPECT_THAT(message(), ::testing::HasSubstr("several models"));
  fs::remove(dir_ / "other.safetensors");
  fs::remove_all(dir_ / "text_encoder");
  EXPECT_THAT(message(), ::testing::HasSubstr("text encoder is not beside"));
}

TEST(OriginalName, PutsBlocksIntoOneList) {
  EXPECT_EQ(original_name("vae", "encoder.down_blocks.2.resnets.1.conv1.conv.weight", 4),
            "vae.encoder.down_blocks.4.res_blocks.1.conv1.conv.weight");
  EXPECT_EQ(original_name("vae", "encoder.mid_block.resnets.0.conv2.conv.bias", 4),
            "vae.encoder.down_blocks.8.res_blocks.0.conv2.conv.bias");
  EXPECT_EQ(original_name("vae", "decoder.up_blocks.1.upsamplers.0.conv.conv.weight", 4), "vae.decoder.up_blocks.3.conv.conv.weight");
  EXPECT_EQ(original_name("vae", "latents_std", 4), "vae.per_channel_statistics.std-of-means");
  EXPECT_EQ(original_name("transformer", "audio_time_embed.linear.weight", 4), "model.diffusion_model.audio_adaln_single.linear.weight");
  EXPECT_EQ(original_name("transformer", "transformer_blocks.3.attn1.norm_q.weight", 4),
            "model.diffusion_model.transformer_blocks.3.attn1.q_norm.weight");
  EXPECT_EQ(original_name("connectors", "audio_text_proj_in.bias", 4), "text_embedding_projection.audio_aggregate_embed.bias");
}

}  // namespace
}  // namespace fantascope::models::ltx2
