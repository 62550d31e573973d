#pragma once
/// Parts of the parity run, by network. Each compares what it computes from the fixture's own recorded inputs.
#include <optional>
#include <vector>

#include "models/ltx2/parity_fixture.h"
#include "models/ltx2/pipeline_conditions.h"
#include "models/ltx2/pipeline_parts.h"

namespace fantascope::models::ltx2 {

/// request.json in the words of this engine.
struct ParityRequest {
  GenerationRequest request;
  SamplingOptions options;
  std::optional<double> noise_scale;     ///< second stage: start from init.video and init.audio
  std::vector<PlacedFrames> conditions;  ///< given frames, whose pictures are the fixture's tensors conditionN.preprocessed
};
Result<ParityRequest> parse_parity_request(const ParityFixture& fixture);

/// `given_BGC`: tokens of the request's conditions, one after the other; undefined if it has none.
DenoiseRecipe parity_recipe(const ModelSettings& settings, const ParityFixture& fixture, const ParityRequest& request,
                            const at::Tensor& given_BGC);
/// Those that the reference recorded; undefined if there are none.
at::Tensor expected_given_tokens(const ParityFixture& fixture, const ParityRequest& request);

/// What the connectors of the reference gave, [negative, prompt] or the prompt alone; none if the fixture does not hold it.
std::optional<PromptEmbeds> expected_prompt_embeds(const ParityFixture& fixture, bool with_negative);

/// Rows of one step: velocity after guidance, latents after the step.
void report_step(const ParityFixture& fixture, const Denoiser& denoiser, int step, const LatentTokens& velocity,
                 const LatentTokens& latents, const std::string& prefix, double tolerance, ParityReport& report);

/// Token ids (those of tokenizer_cases.json too), the text encoder's states, connectors.
Result<void> compare_text(const ParityFixture& fixture, const TextPath& text, at::ScalarType dtype, const ParityRequest& request,
                          ParityReport& report);

/// Schedule, rotary tables, timestep embeddings, transformer calls with their blocks, guidance and steps.
Result<void> compare_sampling(const ParityFixture& fixture, const Transformer& transformer, const DenoiseRecipe& recipe,
                              ParityReport& report);

/// Image encoder, de-normalisation, video decoder, audio decoder, vocoder.
Result<void> compare_codecs(const ParityFixture& fixture, const PipelineParts& parts, const ParityRequest& request, ParityReport& report);

/// A fixture of the latent upsampler's own pipeline, whose model folder holds no transformer.
Result<void> compare_upsampling(const ParityFixture& fixture, at::ScalarType dtype, ParityReport& report);

/// From prompt and noise to frames and samples, on our own numbers all the way.
Result<void> compare_chain(const ParityFixture& fixture, const PipelineParts& parts, const ParityRequest& request, ParityReport& report);

}  // namespace fantascope::models::ltx2
