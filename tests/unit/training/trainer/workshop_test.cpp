#include "training/trainer/workshop.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/training/trainer/small_world.h"
#include "training/trainer/checkpoint.h"
#include "training/trainer/finished_model.h"

namespace fantascope::training {
namespace {

const std::string kConfigs = std::string(FANTASCOPE_SOURCE_DIR) + "/training/trainer/configs/";
const std::string kPreviz = std::string(FANTASCOPE_SOURCE_DIR) + "/assets/models/previz";

// The codecs beside the configuration are those that the shipped denoiser was trained with: its folder has their statistics in bf16.
TEST(Workshop, CommittedCodecsAreTheShippedModels) {
  const TemporaryFolder folder("codecs");
  auto shop = Workshop::open(kConfigs + "previz-cpu.json", folder.file("run"));
  ASSERT_TRUE(shop) << shop.error().to_string();
  const auto codecs = shop->codecs();
  ASSERT_TRUE(codecs) << codecs.error().to_string();
  EXPECT_TRUE(shop->has("codecs.safetensors"));
  const auto video = finished_component(kPreviz, "vae"), audio = finished_component(kPreviz, "audio_vae");
  ASSERT_TRUE(video && audio);
  EXPECT_TRUE(at::equal(video->at("latents_std"), (*codecs)->video_std_C.to(at::kBFloat16)));
  EXPECT_TRUE(at::equal(audio->at("latents_mean"), (*codecs)->audio_mean_D.to(at::kBFloat16)));
  EXPECT_TRUE(at::equal(audio->at("latents_std"), (*codecs)->audio_std_D.to(at::kBFloat16)));
}

TEST(Workshop, RefusesCodecsOfAnotherConfiguration) {
  const TemporaryFolder folder("mismatch");
  auto json = nlohmann::json::parse(std::ifstream(kConfigs + "previz-coarse.json"));
  json["video_codec"]["components"] = {48, 128, 96, 128};
  json["video_codec"]["fitted"] = kConfigs + "previz-codecs.safetensors";
  std::ofstream(folder.file("other.json")) << json;
  auto shop = Workshop::open(folder.file("other.json"), folder.file("run"));
  ASSERT_TRUE(shop) << shop.error().to_string();
  const auto refused = shop->codecs();
  ASSERT_FALSE(refused);
  const std::string error = refused.error().to_string();
  EXPECT_NE(error.find("level2.basis"), std::string::npos) << error;
  EXPECT_NE(error.find("previz-codecs.safetensors"), std::string::npos) << error;
}

// Those of an earlier fit that still lie in the folder of a run.
TEST(Workshop, RefusesOtherCodecsThanTheConfigurationNames) {
  const TemporaryFolder folder("stale");
  const std::string run = folder.file("run");
  auto codecs = load_checkpoint(kConfigs + "previz-codecs.safetensors");
  ASSERT_TRUE(codecs);
  codecs->at("audio_std") = codecs->at("audio_std") * 1.1;
  std::filesystem::create_directories(run);
  ASSERT_TRUE(save_checkpoint(run + "/codecs.safetensors", *codecs));
  auto shop = Workshop::open(kConfigs + "previz-cpu.json", run);
  ASSERT_TRUE(shop) << shop.error().to_string();
  const auto refused = shop->codecs();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().to_string().find("audio_std"), std::string::npos) << refused.error().to_string();
}

}  // namespace
}  // namespace fantascope::training
