#pragma once
/// What several tests of the trainer need: the shipped model's configuration, small rendered clips, a codec fitted on a few of them.
#include <gtest/gtest.h>

#include "engine/runtime/model_family.h"
#include "engine/runtime/tensors/trainable.h"
#include "models/registry.h"
#include "training/trainer/cell_codec.h"
#include "training/trainer/config.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {

inline const TrainConfig& previz_config() {
  static const TrainConfig config = [] {
    auto loaded = TrainConfig::load(std::string(FANTASCOPE_SOURCE_DIR) + "/training/trainer/configs/previz-cpu.json");
    EXPECT_TRUE(loaded) << loaded.error().to_string();
    return *loaded;
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

/// Fitted on 24 clips of 64x64x9, with the shipped model's numbers of components.
inline const CellCodec& small_codec() {
  static const CellCodec codec = [] {
    CellCodecConfig config = previz_config().codec;
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

}  // namespace fantascope::training
