#pragma once
/// The recipe of this family from request to clip, as LTX2Pipeline and LTX2ImageToVideoPipeline of diffusers have it. Phases are separate
/// so that a job can stop between them; their states can be stored and read back bit for bit. One thread at a time.
#include <memory>
#include <string>

#include "engine/runtime/generation.h"
#include "engine/runtime/model_family.h"

namespace fantascope::models::ltx2 {

/// Reads a model folder. Every component is opened, so that a damaged folder is refused here and not after an hour.
Result<std::unique_ptr<Pipeline>> load_pipeline(const std::string& dir, const LoadOptions& options);

}  // namespace fantascope::models::ltx2
