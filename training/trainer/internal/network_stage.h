#pragma once
/// What the stages that fit one network share.
#include <functional>

#include "training/trainer/network_trainer.h"
#include "training/trainer/workshop.h"
#include "training/world/world.h"

namespace fantascope::training {

struct NetworkStage {
  std::string name;  ///< of the files: <name>.safetensors, <name>-state.safetensors
  DecoderConfig config;
  NetworkTask task;
};

/// Trains the network and keeps its averaged weights in <name>.safetensors.
Result<std::unique_ptr<NetworkTrainer>> run_network(Workshop& shop, const StageOptions& options, NetworkStage stage);

/// A rendered training clip for its sound, by number; of the scenes that are `wanted`, if that is given. Sound does not depend on the size
/// of the picture, so that this renders the smallest one.
world::Clip audio_clip(const TrainConfig& config, std::uint64_t index, const std::function<bool(const world::Scene&)>& wanted = {});

}  // namespace fantascope::training
