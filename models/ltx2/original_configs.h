#pragma once
/// The `config` metadata of an original single-file checkpoint as the component configs of a diffusers folder. What the metadata leaves out
/// is what the reference's configurators take then, or follows from the shapes of the tensors.
/// Source: Lightricks/LTX-2 ltx-core (model_configurator.py of each part), diffusers 0.42.1 scripts/convert_ltx2_to_diffusers.py.
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/result.h"
#include "engine/weights/sharded_weights.h"

namespace fantascope::models::ltx2 {

/// By part as in model_index.json, "scheduler" too (the file says nothing of it: the published development model's, or the distilled one's
/// if `distilled`). `subject` names the file in errors. Fails with kUnsupported for blocks that this build has no layer for.
Result<std::map<std::string, nlohmann::json>> configs_of_original(const nlohmann::json& metadata, const ShardedWeights& weights,
                                                                  bool distilled, const std::string& subject);

}  // namespace fantascope::models::ltx2
