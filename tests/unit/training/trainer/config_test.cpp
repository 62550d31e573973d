#include "training/trainer/config.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/training/trainer/small_world.h"

namespace fantascope::training {
namespace {

nlohmann::json mini_json() {
  std::ifstream file(std::string(FANTASCOPE_SOURCE_DIR) + "/training/trainer/configs/mini.json");
  return nlohmann::json::parse(file);
}

Result<TrainConfig> loaded(const nlohmann::json& json) {
  const TemporaryFolder folder("config");
  std::ofstream(folder.file("config.json")) << json.dump();
  return TrainConfig::load(folder.file("config.json"));
}

TEST(TrainConfig, PhasesHoldUntilTheirStep) {
  nlohmann::json json = mini_json();
  json["flow"]["batch"] = 64;
  json["flow"]["phases"] = {{{"until_step", 100}, {"flow", {{"batch", 16}, {"steps", 100}}}, {"latents", {{"initial_shards", 9}}}},
                            {{"until_step", 150}, {"flow", {{"batch", 8}}}, {"latents", {{"mirror_share", 0}}}}};
  const auto config = loaded(json);
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->flow_at(0).batch, 16);
  EXPECT_EQ(config->flow_at(99).steps, 100);
  EXPECT_EQ(config->latents_at(99).initial_shards, 9);
  EXPECT_EQ(config->flow_at(100).batch, 8);
  EXPECT_EQ(config->latents_at(100).mirror_share, 0);
  EXPECT_EQ(config->latents_at(150).mirror_share, 0.5);
  EXPECT_EQ(config->flow_at(100).steps, config->flow.steps);
  EXPECT_EQ(config->latents_at(100).initial_shards, config->latents.initial_shards);
  EXPECT_EQ(config->flow_at(150).batch, 64);
}

TEST(TrainConfig, CellsAreWhatTheDecoderSpreads) {
  nlohmann::json json = mini_json();
  json["components"]["vae"]["upsample_type"] = {"temporal", "spatiotemporal", "spatiotemporal"};
  json["buckets"] = {{{"width", 80}, {"height", 48}, {"num_frames", 17}, {"fps", 12}, {"share", 1}}};
  const auto fine = loaded(json);
  ASSERT_TRUE(fine) << fine.error().to_string();
  EXPECT_EQ(fine->buckets[0].latent_frames(), 3);
  EXPECT_EQ(fine->buckets[0].latent_height(), 3);
  EXPECT_EQ(fine->buckets[0].latent_width(), 5);
  json["components"]["vae"]["upsample_type"] = {"spatial", "spatiotemporal", "spatiotemporal"};
  const auto no_such_width = loaded(json);
  ASSERT_FALSE(no_such_width);
  EXPECT_NE(no_such_width.error().to_string().find("multiples of 32, frames 4k+1"), std::string::npos);
  json["components"]["vae"]["upsample_type"] = {"spatiotemporal", "spatiotemporal"};
  const auto too_many = loaded(json);
  ASSERT_FALSE(too_many);
  EXPECT_NE(too_many.error().to_string().find("video_codec.components"), std::string::npos);
}

TEST(TrainConfig, RefusesWhatCannotBeRun) {
  const auto refusal = [](const char* pointer, const nlohmann::json& value) {
    nlohmann::json json = mini_json();
    json[nlohmann::json::json_pointer(pointer)] = value;
    const auto config = loaded(json);
    return config ? std::string("accepted") : config.error().to_string();
  };
  EXPECT_NE(refusal("/buckets/0/width", 90).find("buckets"), std::string::npos);
  EXPECT_NE(refusal("/buckets", nlohmann::json::array()).find("buckets"), std::string::npos);
  EXPECT_NE(refusal("/flow/batch", 0).find("flow.batch"), std::string::npos);
  EXPECT_NE(refusal("/flow/parts", 0).find("flow.parts"), std::string::npos);
  EXPECT_NE(refusal("/flow/clips_at_once", -1).find("flow.clips_at_once"), std::string::npos);
  EXPECT_NE(refusal("/video_decoder/redrawn_share", 1.5).find("redrawn_share"), std::string::npos);
  EXPECT_NE(refusal("/latents/steps_per_shard", 0).find("steps_per_shard"), std::string::npos);
  EXPECT_NE(refusal("/latents/hard_scene_weight", 0.5).find("0.5"), std::string::npos);
  EXPECT_NE(refusal("/latents/mirror_share", 0.7).find("mirror_share"), std::string::npos);
  EXPECT_NE(refusal("/flow/phases", {{{"until_step", 0}}}).find("until_step"), std::string::npos);
  EXPECT_NE(refusal("/seed", "many").find("cannot be read"), std::string::npos);
  EXPECT_EQ(TrainConfig::load("/nowhere/config.json").error().code, ErrorCode::kNotFound);
}

TEST(TrainConfig, CommittedOnesLoad) {
  for (const char* name : {"previz-cpu", "previz-coarse", "previz-gpu", "mini"}) EXPECT_GT(load_config(name).flow.steps, 0) << name;
}

}  // namespace
}  // namespace fantascope::training
