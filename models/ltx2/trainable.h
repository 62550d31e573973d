#pragma once
/// This family's networks for training/ (engine/runtime/tensors/trainable.h).
#include "engine/runtime/tensors/trainable.h"

namespace fantascope::models::ltx2 {

const TrainableFamily& trainable_family();

/// Transformer, text encoder and connectors as one function from noisy tokens and token ids to velocities.
Result<std::unique_ptr<TrainableDenoiser>> make_trainable_denoiser(const nlohmann::json& configs, const SourceOf& sources);

}  // namespace fantascope::models::ltx2
