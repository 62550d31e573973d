// The chain of stages with one step each: what it writes, under which names, and that the family's own loader takes it.
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/weights/safetensors_file.h"
#include "tests/unit/training/trainer/small_world.h"
#include "training/report/generator.h"
#include "training/trainer/checkpoint.h"
#include "training/trainer/commands.h"

namespace fantascope::training {
namespace {

std::string config_path() { return std::string(FANTASCOPE_SOURCE_DIR) + "/training/trainer/configs/mini.json"; }

int train(const std::string& stage, const std::string& out, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{stage, "--config", config_path(), "--out", out, "--resume", "--steps", "1"};
  words.insert(words.end(), more.begin(), more.end());
  return run_train_command(words);
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class Export : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder("export");
    ASSERT_EQ(train("all", folder_->file("run")), 0);
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }
  static std::string model(const std::string& name = "") { return folder_->file("run/mini") + (name.empty() ? "" : "/" + name); }
  static std::vector<std::int64_t> shape(const std::string& file, const std::string& tensor) {
    const auto opened = SafetensorsFile::open(model(file));
    EXPECT_TRUE(opened) << opened.error().to_string();
    const auto* entry = opened ? (*opened)->find(tensor) : nullptr;
    EXPECT_NE(entry, nullptr) << file << ": " << tensor;
    return entry ? std::vector<std::int64_t>(entry->shape.begin(), entry->shape.end()) : std::vector<std::int64_t>();
  }
  static TemporaryFolder* folder_;
};
TemporaryFolder* Export::folder_ = nullptr;

// Names and shapes as the published classes have them at these configurations.
TEST_F(Export, HasThePublishedNamesAndShapes) {
  using Shape = std::vector<std::int64_t>;
  const std::string weights = "/diffusion_pytorch_model.safetensors";
  EXPECT_EQ(shape("transformer" + weights, "transformer_blocks.1.attn1.to_q.weight"), (Shape{128, 128}));
  EXPECT_EQ(shape("transformer" + weights, "transformer_blocks.0.audio_attn1.to_q.weight"), (Shape{64, 64}));
  EXPECT_EQ(shape("transformer" + weights, "proj_in.weight"), (Shape{128, 64}));
  EXPECT_EQ(shape("transformer" + weights, "scale_shift_table"), (Shape{2, 128}));
  EXPECT_EQ(shape("vae" + weights, "encoder.conv_in.conv.weight"), (Shape{64, 48, 3, 3, 3}));
  EXPECT_EQ(shape("vae" + weights, "encoder.down_blocks.0.downsamplers.0.conv.conv.weight"), (Shape{32, 64, 3, 3, 3}));
  EXPECT_EQ(shape("vae" + weights, "encoder.down_blocks.2.downsamplers.0.conv.weight"), (Shape{256, 256, 3, 3, 3}));
  EXPECT_EQ(shape("vae" + weights, "decoder.up_blocks.0.upsamplers.0.conv.conv.weight"), (Shape{1024, 128, 3, 3, 3}));
  EXPECT_EQ(shape("vae" + weights, "latents_std"), (Shape{64}));
  EXPECT_EQ(shape("audio_vae" + weights, "latents_mean"), (Shape{64}));
  EXPECT_EQ(shape("vocoder" + weights, "conv_in.weight"), (Shape{64, 128, 7}));
  EXPECT_EQ(shape("connectors" + weights, "video_connector.learnable_registers"), (Shape{16, 128}));
  EXPECT_EQ(shape("text_encoder/model.safetensors", "language_model.model.layers.1.self_attn.q_proj.weight"), (Shape{128, 128}));
}

TEST_F(Export, LoadsThroughTheFamilysOwnLoaderAndGenerates) {
  auto generator = ClipGenerator::open(model());
  ASSERT_TRUE(generator) << generator.error().to_string();
  generator->set_steps(2);
  const auto clip = generator->generate("a red ball bounces in a green meadow by day", 3);
  ASSERT_TRUE(clip) << clip.error().to_string();
  EXPECT_EQ(clip->shape.width, 96);
  EXPECT_EQ(clip->shape.height, 64);
  EXPECT_EQ(clip->shape.num_frames, 9);
  EXPECT_EQ(clip->frames.size(), 9u * 64 * 96 * 3);
  EXPECT_NEAR(static_cast<double>(clip->audio.size() / 2) / clip->shape.sample_rate, 9.0 / 12, 0.041);  // whole latents of 40 ms
  const auto again = generator->generate("a red ball bounces in a green meadow by day", 3);
  ASSERT_TRUE(again);
  EXPECT_EQ(clip->frames, again->frames);
  EXPECT_EQ(clip->audio, again->audio);
}

// Through the exported encoder and decoder: what the closed-form codec keeps, far above a grey picture.
TEST_F(Export, CodecKeepsAClip) {
  auto generator = ClipGenerator::open(model());
  ASSERT_TRUE(generator) << generator.error().to_string();
  CodecMeter coded, grey;
  for (std::uint64_t seed = 40; seed < 44; ++seed) {
    const world::Clip clip = small_clip(seed, 96, 64, 9);
    const auto back = generator->reconstruct(clip);
    ASSERT_TRUE(back) << back.error().to_string();
    coded.add(clip, frames_tensor(*back));
    grey.add(clip, frames_tensor(clip) * 0.0);
  }
  EXPECT_GT(coded.report().all_db, 18);
  EXPECT_GT(coded.report().all_db, grey.report().all_db + 8);
}

TEST_F(Export, ASecondRunFindsEverythingDone) {
  const std::string path = model("transformer/diffusion_pytorch_model.safetensors"), before = bytes_of(path);
  ASSERT_FALSE(before.empty());
  ASSERT_EQ(train("all", folder_->file("run")), 0);
  EXPECT_EQ(bytes_of(path), before);
}

// A training folder that was lost: nothing of the finished model changes but what is trained again, which goes on from what it was.
TEST_F(Export, GoesOnFromAFinishedModel) {
  const TemporaryFolder lost("lost");
  const std::string out = lost.file("run"), weights = "/diffusion_pytorch_model.safetensors";
  std::filesystem::create_directories(out);
  std::filesystem::copy(folder_->file("run/codecs.safetensors"), out + "/codecs.safetensors");
  const auto exported = [&](const std::string& component) { return bytes_of(out + "/mini/" + component + weights); };
  EXPECT_EQ(train("video-decoder", out), 1);  // there is no denoiser to draw its clips again
  ASSERT_EQ(train("export", out, {"--start", model()}), 0);
  for (const char* component : {"transformer", "connectors", "vae", "audio_vae", "vocoder"})
    EXPECT_TRUE(exported(component) == bytes_of(model(component) + weights)) << component;

  ASSERT_EQ(train("video-decoder", out, {"--start", model()}), 0);
  ASSERT_EQ(train("export", out, {"--start", model()}), 0);
  EXPECT_TRUE(exported("transformer") == bytes_of(model("transformer") + weights));
  const auto before = load_checkpoint(model("vae") + weights), after = load_checkpoint(out + "/mini/vae" + weights);
  ASSERT_TRUE(before && after);
  const std::string trained = "decoder.conv_out.conv.weight", kept = "encoder.conv_in.conv.weight";
  EXPECT_TRUE(after->at(kept).equal(before->at(kept)));
  const double moved = (after->at(trained) - before->at(trained)).to(at::kFloat).norm().item<double>();
  EXPECT_GT(moved, 0);
  EXPECT_LT(moved, 0.05 * before->at(trained).to(at::kFloat).norm().item<double>());
}

// `all` with a configuration that begins with another one: that one's model comes first, and this one goes on from it.
TEST(TrainCommand, BeginsWithTheModelOfAnotherConfiguration) {
  const TemporaryFolder folder("begins");
  const std::string out = folder.file("run"), weights = "/transformer/diffusion_pytorch_model.safetensors",
                    config = folder.file("second.json");
  auto json = nlohmann::json::parse(std::ifstream(config_path()));
  json.update({{"name", "second"}, {"begins_with", "mini.json"}});
  std::filesystem::copy(config_path(), folder.file("mini.json"));
  std::ofstream(config) << json;
  ASSERT_EQ(run_train_command(std::vector<std::string>{"all", "--config", config, "--out", out, "--steps", "1"}), 0);
  const auto before = load_checkpoint(out + "/start/mini" + weights), after = load_checkpoint(out + "/second" + weights);
  ASSERT_TRUE(before && after);
  const std::string trained = "transformer_blocks.1.attn1.to_q.weight";
  const double moved = (after->at(trained) - before->at(trained)).to(at::kFloat).norm().item<double>();
  EXPECT_GT(moved, 0);
  EXPECT_LT(moved, 0.2 * before->at(trained).to(at::kFloat).norm().item<double>());
}

TEST(TrainCommand, RefusesConfigurationsThatBeginWithEachOther) {
  const TemporaryFolder folder("circle");
  auto json = nlohmann::json::parse(std::ifstream(config_path()));
  for (const auto& [name, first] : {std::pair{"one.json", "two.json"}, std::pair{"two.json", "one.json"}}) {
    json["begins_with"] = first;
    std::ofstream(folder.file(name)) << json;
  }
  EXPECT_EQ(run_train_command(std::vector<std::string>{"all", "--config", folder.file("one.json"), "--out", folder.file("run")}), 1);
  EXPECT_FALSE(std::filesystem::exists(folder.file("run/codecs.safetensors")));  // nothing has been trained
}

TEST(TrainCommand, SaysWhatIsMissing) {
  const TemporaryFolder folder("missing");
  EXPECT_EQ(train("export", folder.file("run")), 1);  // nothing has been trained
  EXPECT_EQ(train("everything", folder.file("run")), 2);
  EXPECT_EQ(run_train_command(std::vector<std::string>{"flow", "--out", folder.file("run")}), 2);
  EXPECT_EQ(run_train_command(std::vector<std::string>{"flow", "--config", "/nowhere.json", "--out", folder.file("run")}), 1);
}

}  // namespace
}  // namespace fantascope::training
