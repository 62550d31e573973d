#pragma once
/// A model family for tests of app/: tiny, deterministic, without a tensor library. Its weights are bytes that go into every latent, so
/// other weights give other clips. How it misbehaves is written in its model_index.json.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/runtime/model_family.h"

namespace fantascope::testing {

/// Fields of model_index.json, all optional:
///   "licence": text         what its settings say; Apache-2.0 if left out
///   "nan_at_step": n        the step fails as a real pipeline does when it meets NaN
///   "decode_error": text    decode_video fails with kOutOfMemory, as long as no file `decode_good` lies in the model's folder
///   "nan_sound": true       the waveform holds NaN
///   "step_ms", "decode_ms", "load_ms", "preview_ms": how long these take
///   "hang_at_step": n       the step does not end before a file `go_on` lies in the model's folder
const std::vector<ModelFamily>& fake_families();
/// How many of its models are loaded in this process.
int fake_models_loaded();

/// Makes a model folder <parent>/<name>; `behaviour` is merged into model_index.json, `weights` into the clip.
std::string make_fake_model(const std::string& parent, const std::string& name, const nlohmann::json& behaviour = nlohmann::json::object(),
                            const std::string& weights = "weights");

}  // namespace fantascope::testing
