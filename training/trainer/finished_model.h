#pragma once
/// The weights of a finished model's folder, as the export stage writes it: what training goes on from where its own state is lost.
#include <string>

#include "engine/base/result.h"
#include "training/trainer/parameters.h"

namespace fantascope::training {

/// The name of a component's weights file in its folder.
std::string weights_file(const std::string& component);

/// All tensors of one component folder ("transformer", "vae", …) by their names in the file, in memory of their own. Error kNotFound or
/// kBadFile names the file.
Result<NamedTensors> finished_component(const std::string& model_folder, const std::string& component);

}  // namespace fantascope::training
