#pragma once
/// Parts of the parity run, by network. Each compares what it computes from the fixture's own recorded inputs.
#include <optional>

#include "models/ltx2/parity_fixture.h"
#include "models/ltx2/pipeline_denoiser.h"
#include "models/ltx2/pipeline_settings.h"

namespace fantascope::models::ltx2 {

/// What the connectors of the reference gave, [negative, prompt] or the prompt alone; none if the fixture does not hold it.
std::optional<PromptEmbeds> expected_prompt_embeds(const ParityFixture& fixture, bool with_negative);

/// Rows of one step: velocity after guidance, latents after the step.
void report_step(const ParityFixture& fixture, const Denoiser& denoiser, int step, const LatentTokens& velocity, const LatentTokens& latents,
                 const std::string& prefix, double tolerance, ParityReport& report);

/// Schedule, rotary tables, timestep embeddings, transformer calls with their blocks, guidance and steps.
Result<void> compare_sampling(const ParityFixture& fixture, const Transformer& transformer, const DenoiseRecipe& recipe, ParityReport& report);

}  // namespace fantascope::models::ltx2
