#pragma once
/// What several tests of the trainer need: the shipped model's configuration, small rendered clips, a codec fitted on a few of them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "engine/runtime/model_family.h"
#include "engine/runtime/tensors/trainable.h"
#include "models/registry.h"
#include "training/trainer/cell_codec.h"
#include "training/trainer/codec_stage.h"
#include "training/trainer/config.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {

inline TrainConfig load_config(const std::string& name) {
  auto loaded = TrainConfig::load(std::string(FANTASCOPE_SOURCE_DIR) + "/training/trainer/configs/" + name + ".json");
  EXPECT_TRUE(loaded) << loaded.error().to_string();
  return *loaded;
}

inline const TrainConfig& previz_config() {
  static const TrainConfig config = load_config("previz-cpu");
  return config;
}

/// The miniature model's configuration, cut down to what a unit test has time for.
inline const TrainConfig& tiny_config() {
  static const TrainConfig config = [] {
    TrainConfig tiny = load_config("mini");
    tiny.codec.num_clips = 8;
    tiny.latents = {.shard_clips = 6, .initial_shards = 1, .max_shards = 3, .steps_per_shard = 2};
    tiny.flow.batch = 4;
    tiny.flow.steps = 4;
    tiny.flow.warmup_steps = 2;
    return tiny;
  }();
  return config;
}

inline const TrainableFamily& family_of(const TrainConfig& config) {
  for (const auto& candidate : builtin_families()) {
    if (candidate.id == config.family) return *candidate.trainable;
  }
  ADD_FAILURE() << "no family " << config.family;
  static const TrainableFamily none;
  return none;
}

inline world::Clip small_clip(std::uint64_t seed, int width = 64, int height = 64, int frames = 9) {
  world::ClipShape shape;
  shape.width = width;
  shape.height = height;
  shape.num_frames = frames;
  return world::render_clip(world::sample_scene(seed), shape);
}

/// The shipped model's components with a VAE of 128 numbers for 8 frames of 32x32 pixels, and a codec of such cells.
inline nlohmann::json coarse_components() {
  nlohmann::json components = previz_config().components;
  components["vae"].update({{"latent_channels", 128},
                            {"block_out_channels", {256, 256, 256}},
                            {"downsample_type", {"spatiotemporal", "conv", "conv"}},
                            {"decoder_block_out_channels", {128, 128, 128}},
                            {"down_block_types", {"LTX2VideoDownBlock3D", "LTX2VideoDownBlock3D", "LTX2VideoDownBlock3D"}},
                            {"layers_per_block", {0, 0, 0, 0}},
                            {"spatio_temporal_scaling", {true, true, true}},
                            {"decoder_layers_per_block", {0, 1, 1, 1}},
                            {"decoder_spatio_temporal_scaling", {true, true, true}},
                            {"decoder_inject_noise", {false, false, false, false}},
                            {"upsample_type", {"spatiotemporal", "spatiotemporal", "spatiotemporal"}},
                            {"upsample_residual", {false, false, false}},
                            {"upsample_factor", {1, 1, 1}},
                            {"spatial_compression_ratio", 32},
                            {"temporal_compression_ratio", 8}});
  return components;
}

/// Fitted on 24 clips of 64x64x9.
inline const CellCodec& coarse_codec() {
  static const CellCodec codec = [] {
    CellCodecConfig config = previz_config().codec;
    config.merges = {{2, 2}, {2, 2}, {2, 2}};
    config.components = {48, 128, 128, 128};
    config.num_clips = 24;
    return CellCodec::fit(config,
                          [](int index) {
                            const world::Clip clip = small_clip(static_cast<std::uint64_t>(index));
                            return std::pair{frames_tensor(clip), motion_weights(clip)};
                          },
                          {});
  }();
  return codec;
}

/// The same with 112 numbers for 4 frames of 16x16 pixels: the codec is coarse_codec() without its last level and a few components.
inline nlohmann::json fine_components() {
  nlohmann::json components = previz_config().components;
  components["vae"].update({{"latent_channels", 112},
                            {"block_out_channels", {448, 448}},
                            {"down_block_types", {"LTX2VideoDownBlock3D", "LTX2VideoDownBlock3D"}},
                            {"layers_per_block", {0, 0, 0}},
                            {"spatio_temporal_scaling", {true, true}},
                            {"downsample_type", {"spatiotemporal", "conv"}},
                            {"decoder_block_out_channels", {128, 128}},
                            {"decoder_layers_per_block", {0, 1, 2}},
                            {"decoder_spatio_temporal_scaling", {true, true}},
                            {"decoder_inject_noise", {false, false, false}},
                            {"upsample_type", {"spatiotemporal", "spatiotemporal"}},
                            {"upsample_residual", {false, false}},
                            {"upsample_factor", {1, 1}},
                            {"spatial_compression_ratio", 16},
                            {"temporal_compression_ratio", 4}});
  return components;
}

inline const CellCodec& fine_codec() {
  static const CellCodec codec = [] {
    CellCodecConfig config = previz_config().codec;
    config.merges = {{2, 2}, {2, 2}};
    config.components = {48, 128, 112};
    const auto cut = CellCodec::from_tensors(coarse_codec().tensors(), config);
    EXPECT_TRUE(cut) << cut.error().to_string();
    return *cut;
  }();
  return codec;
}

/// Fitted on the clips of tiny_config().
inline const Codecs& tiny_codecs() {
  static const Codecs codecs = [] {
    const auto mel = family_of(tiny_config()).make_mel(tiny_config().components);
    EXPECT_TRUE(mel) << mel.error().to_string();
    auto fitted = fit_codecs(tiny_config(), *mel, [](const std::string&) {});
    EXPECT_TRUE(fitted) << fitted.error().to_string();
    return *fitted;
  }();
  return codecs;
}

/// A folder of its own, empty at first and gone at the end.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / ("fantascope-" + name + "-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace fantascope::training
