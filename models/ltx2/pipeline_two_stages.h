#pragma once
/// A run is one stage, or two (TwoStages of engine/runtime/generation.h): small first, then enlarged by the latent upsampler and sampled
/// again from the second stage's first sigma. After LTX2LatentUpsamplePipeline and the `latents` and `noise_scale` arguments of
/// LTX2Pipeline (diffusers), whose second stage takes its sigmas as they are and draws its noise in the shape of the tokens.
#include <vector>

#include "engine/base/result.h"
#include "models/ltx2/pipeline_settings.h"
#include "models/ltx2/pipeline_windows.h"

namespace fantascope::models::ltx2 {

/// Steps of a run that have one size.
struct Stage {
  GenerationRequest request;                ///< as a run of this stage alone would ask: its size, its sigmas, pictures at its size
  const ModelSettings* settings = nullptr;  ///< borrowed; of the second stage those of refine_settings()
  ClipPlan plan;
  int first_step = 0;  ///< of the run
  int end() const { return first_step + plan.num_steps(); }
};

/// The same model with the scheduler of a second stage.
ModelSettings refine_settings(ModelSettings settings);

/// The request of each stage. The request must be valid.
GenerationRequest first_stage(const GenerationRequest& request);
GenerationRequest second_stage(const ModelSettings& settings, const GenerationRequest& request);

/// Refuses what cannot be made in two stages; nothing is said of a request that does not ask for them.
Result<void> check_two_stages(const ModelSettings& settings, const GenerationRequest& request);

/// The stage that the state after `step` steps belongs to: between two stages still the first.
const Stage& stage_at(const std::vector<Stage>& stages, int step);

}  // namespace fantascope::models::ltx2
