#pragma once
/// Weights that a stage has trained, wherever they are.
#include <string>

#include "training/trainer/workshop.h"

namespace fantascope::training {

/// A component, or the half of it whose names begin with `part`; the file of its stage has `prefix` before all names.
struct Piece {
  std::string stage, component, part, prefix;
};

/// What the stage has trained in the workshop's folder, else what the finished model of --start has. Error kNotFound says what to run.
Result<NamedTensors> trained_part(const Piece& piece, const Workshop& shop, const StageOptions& options);
/// Of the denoiser: "transformer", "connectors" or "text_encoder", averaged.
Result<NamedTensors> denoiser_part(const std::string& component, const Workshop& shop, const StageOptions& options);
/// The tensors of a finished model's component whose names begin with `part`.
Result<NamedTensors> finished_part(const std::string& component, const std::string& part, const StageOptions& options);

}  // namespace fantascope::training
