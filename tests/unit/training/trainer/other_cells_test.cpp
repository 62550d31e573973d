#include "training/trainer/other_cells.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/weights/safetensors_file.h"
#include "tests/unit/training/trainer/small_world.h"
#include "training/trainer/internal/trained_part.h"
#include "training/trainer/vae_embedding.h"

namespace fantascope::training {
namespace {

// What is read of a finished model with coarse_codec()'s latents: its VAE.
void write_coarse_model(const std::string& folder) {
  std::filesystem::create_directories(folder + "/vae");
  const nlohmann::json vae = coarse_components().at("vae");
  std::ofstream(folder + "/vae/config.json") << vae;
  auto tensors = encoder_start(coarse_codec(), vae), decoder = decoder_start(coarse_codec(), vae);
  ASSERT_TRUE(tensors) << tensors.error().to_string();
  ASSERT_TRUE(decoder) << decoder.error().to_string();
  tensors->merge(*decoder);
  // Residual blocks that can be told apart.
  tensors->at("decoder.up_blocks.0.resnets.0.conv2.conv.bias").fill_(1);
  tensors->at("decoder.up_blocks.1.resnets.0.conv2.conv.bias").fill_(2);
  const at::Tensor& spread = coarse_codec().last_level().stddev_K;
  tensors->insert({{"latents_mean", at::zeros_like(spread)}, {"latents_std", spread}});
  const std::vector<std::pair<std::string, at::Tensor>> stored(tensors->begin(), tensors->end());
  ASSERT_TRUE(write_safetensors(folder + "/vae/diffusion_pytorch_model.safetensors", stored, {}, SyncToDisk::kNo));
}

// The tiny configuration with fine_codec()'s latents.
TrainConfig fine_config() {
  TrainConfig config = tiny_config();
  config.components["vae"] = fine_components().at("vae");
  config.codec.merges = fine_codec().merges();
  for (auto& bucket : config.buckets) bucket.cell = cell_size(config.codec.merges);
  return config;
}

Codecs fine_codecs() {
  Codecs codecs = tiny_codecs();
  codecs.video = fine_codec();
  codecs.video_std_C = fine_codec().last_level().stddev_K;
  codecs.video_mean_C = at::zeros_like(codecs.video_std_C);
  return codecs;
}

// Without the last level a codec's latents are smaller cells, of which there are more.
TEST(CellCodec, IsCutToFewerLevelsAndComponents) {
  const CellCodec &whole = coarse_codec(), &cut = fine_codec();
  EXPECT_EQ(cut.num_levels(), 3);
  EXPECT_TRUE(at::equal(cut.level(1).basis_DK, whole.level(1).basis_DK));
  EXPECT_TRUE(at::equal(cut.level(2).basis_DK, whole.level(2).basis_DK.slice(1, 0, 112)));
  const at::Tensor clip = frames_tensor(small_clip(300));
  const auto error = [&](const CellCodec& codec) { return (codec.decode(codec.encode(clip)) - clip).square().mean().item<double>(); };
  EXPECT_EQ(whole.encode(clip).sizes(), at::IntArrayRef({128, 2, 2, 2}));
  EXPECT_EQ(cut.encode(clip).sizes(), at::IntArrayRef({112, 3, 4, 4}));
  EXPECT_LT(error(cut), 0.8 * error(whole));

  CellCodecConfig config = previz_config().codec;
  config.merges = {{2, 2}, {2, 2}};
  config.components = {48, 96, 112};
  const auto refused = CellCodec::from_tensors(whole.tensors(), config);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().to_string().find("level1.basis"), std::string::npos) << refused.error().to_string();
}

TEST(OtherCells, AreToldByTheConfiguration) {
  const TemporaryFolder folder("told");
  write_coarse_model(folder.file("coarse"));
  EXPECT_FALSE(*has_other_cells(folder.file("coarse"), coarse_components().at("vae")));
  EXPECT_TRUE(*has_other_cells(folder.file("coarse"), fine_components().at("vae")));
  EXPECT_FALSE(has_other_cells(folder.file("nothing"), fine_components().at("vae")));
}

// The first channel of each is the mean brightness of a cell: what is said of the one must be said of the other.
TEST(OtherCells, LatentsAreTranslatedBothWays) {
  const at::NoGradGuard no_grad;
  const TemporaryFolder folder("translated");
  write_coarse_model(folder.file("coarse"));
  const auto map = translate_latents(fine_config(), family_of(tiny_config()), fine_codecs(), folder.file("coarse"), 16);
  ASSERT_TRUE(map) << map.error().to_string();
  EXPECT_EQ(map->to_older_ON.sizes(), at::IntArrayRef({128, 112}));
  EXPECT_EQ(map->to_newer_NO.sizes(), at::IntArrayRef({112, 128}));
  EXPECT_GT(std::abs(map->to_older_ON[0][0].item<double>()), 0.7);
  EXPECT_GT(std::abs(map->to_newer_NO[0][0].item<double>()), 0.7);

  NamedTensors transformer{{"proj_in.weight", at::eye(128)}, {"proj_out.weight", at::eye(128)}, {"proj_out.bias", at::ones({128})}};
  translate_denoiser(*map, transformer);
  EXPECT_TRUE(at::equal(transformer.at("proj_in.weight"), map->to_older_ON.to(at::kFloat)));
  EXPECT_TRUE(at::equal(transformer.at("proj_out.weight"), map->to_newer_NO.to(at::kFloat)));
  EXPECT_TRUE(at::allclose(transformer.at("proj_out.bias"), map->to_newer_NO.sum(1).to(at::kFloat)));
}

TEST(OtherCells, LargerOnesAreNotTranslated) {
  const TemporaryFolder folder("larger");
  write_coarse_model(folder.file("coarse"));
  TrainConfig config = fine_config();
  config.codec.merges = {{2, 2}, {2, 2}, {2, 2}, {2, 2}};
  const auto refused = translate_latents(config, family_of(config), fine_codecs(), folder.file("coarse"), 1);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().to_string().find("16 frames of 64x64"), std::string::npos) << refused.error().to_string();
}

TEST(OtherCells, DecoderKeepsWhatLiesBehindThem) {
  const TemporaryFolder folder("behind");
  write_coarse_model(folder.file("coarse"));
  const nlohmann::json vae = fine_components().at("vae");
  const auto kept = decoder_behind(folder.file("coarse"), vae);
  ASSERT_TRUE(kept) << kept.error().to_string();
  const auto fresh = decoder_start(fine_codec(), vae);
  ASSERT_TRUE(fresh) << fresh.error().to_string();
  EXPECT_FALSE(kept->contains("decoder.conv_in.conv.weight"));
  EXPECT_EQ(kept->at("decoder.mid_block.resnets.0.conv2.conv.bias")[0].item<float>(), 1);
  EXPECT_EQ(kept->at("decoder.up_blocks.0.resnets.0.conv2.conv.bias")[0].item<float>(), 2);
  // Of a decoder in closed form it is the same as the closed form of the smaller cells, but for the components that those leave out.
  for (const char* name : {"decoder.conv_out.conv.weight", "decoder.up_blocks.1.upsamplers.0.conv.conv.weight"})
    EXPECT_TRUE(at::equal(kept->at(name), fresh->at(name))) << name;

  nlohmann::json other = vae;
  other["upsample_type"] = {"spatiotemporal", "temporal"};
  const auto refused = decoder_behind(folder.file("coarse"), other);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().to_string().find("upsample_type"), std::string::npos) << refused.error().to_string();
}

// What a finished model of other cells knows of latents does not get into a folder of these.
TEST(OtherCells, ExportTakesNoPartThatKnowsTheOlderOnes) {
  const TemporaryFolder folder("parts");
  write_coarse_model(folder.file("coarse"));
  auto json = nlohmann::json::parse(std::ifstream(std::string(FANTASCOPE_SOURCE_DIR) + "/training/trainer/configs/mini.json"));
  const auto part_for = [&](const nlohmann::json& vae, const nlohmann::json& components) {
    json["components"]["vae"] = vae;
    json["video_codec"]["components"] = components;
    std::ofstream(folder.file("config.json")) << json;
    const auto shop = Workshop::open(folder.file("config.json"), folder.file("run"));
    EXPECT_TRUE(shop) << shop.error().to_string();
    StageOptions options;
    options.start = folder.file("coarse");
    return trained_part({"video-encoder", "vae", "encoder.", ""}, *shop, options);
  };
  EXPECT_TRUE(part_for(coarse_components().at("vae"), {48, 128, 128, 128}));
  const auto refused = part_for(fine_components().at("vae"), {48, 128, 112});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().to_string().find("train video-encoder"), std::string::npos) << refused.error().to_string();
}

}  // namespace
}  // namespace fantascope::training
