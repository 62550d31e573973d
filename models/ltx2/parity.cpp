#include "models/ltx2/parity.h"

#include <c10/core/InferenceMode.h>

#include <nlohmann/json.hpp>

#include "engine/base/json_fields.h"
#include "engine/runtime/torch_errors.h"
#include "engine/weights/loaded_parameters.h"
#include "models/ltx2/parity_fixture.h"
#include "models/ltx2/parity_stages.h"
#include "models/ltx2/pipeline_settings.h"

namespace fantascope::models::ltx2 {
namespace {

struct ParityRequest {
  GenerationRequest request;
  SamplingOptions options;
};

GuidanceSettings guidance(JsonFields& fields, const std::string& prefix) {
  return {fields.number(prefix + "guidance_scale", 1.0, -100, 100), fields.number(prefix + "stg_scale", 0.0, -100, 100),
          fields.number(prefix + "modality_scale", 1.0, -100, 100), fields.number(prefix + "guidance_rescale", 0.0, 0, 1)};
}

/// request.json in the words of this engine.
Result<ParityRequest> parse_request(const ParityFixture& fixture) {
  JsonFields fields(fixture.request(), fixture.dir() + "/request.json");
  ParityRequest r;
  GenerationRequest& q = r.request;
  q.prompt = fixture.request().value("prompt", "");
  if (fields.has("negative_prompt")) q.negative_prompt = fixture.request().value("negative_prompt", "");
  q.width = static_cast<int>(fields.integer("width", {}, 1, 1 << 16));
  q.height = static_cast<int>(fields.integer("height", {}, 1, 1 << 16));
  q.num_frames = static_cast<int>(fields.integer("num_frames", {}, 1, 1 << 16));
  q.num_inference_steps = static_cast<int>(fields.integer("num_inference_steps", 1, 1, 10000));
  const double fps = fields.number("frame_rate", 24.0, 0.001, 1000);
  q.guidance = guidance(fields, "");
  q.audio_guidance = guidance(fields, "audio_");
  q.seed = static_cast<std::uint64_t>(fields.integer("noise_seed", 0, 0, std::int64_t{1} << 53));
  r.options.stg_blocks = fields.integers("spatio_temporal_guidance_blocks", std::vector<std::int64_t>{}, 1024, 0, 1024);
  r.options.use_cross_timestep = fields.flag("use_cross_timestep", true);
  r.options.max_sequence_length = static_cast<int>(fields.integer("max_sequence_length", 1024, 1, 1 << 16));
  FANTASCOPE_TRY_VOID(fields.finish());
  FANTASCOPE_TRY(q.fps, Rational::parse(nlohmann::json(fps).dump()));
  if (fields.has("sigmas")) q.sigmas = fixture.request()["sigmas"].get<std::vector<double>>();
  return r;
}

Result<Transformer> load_transformer(const std::string& folder, const TransformerConfig& config, at::ScalarType dtype) {
  FANTASCOPE_TRY(auto weights, ShardedWeights::open(folder));
  LoadedParameters source(std::move(weights), dtype);
  Transformer transformer(config, ParameterScope(source, ""));
  FANTASCOPE_TRY_VOID(source.finish());
  return transformer;
}

Result<void> run(const ParityFixture& fixture, const LoadOptions& options, ParityReport& report) {
  const at::ScalarType dtype = options.dtype == DType::kFloat32 ? at::kFloat : at::kBFloat16;
  FANTASCOPE_TRY(const ModelSettings settings, ModelSettings::read(fixture.model_dir()));
  FANTASCOPE_TRY(const ParityRequest parsed, parse_request(fixture));
  FANTASCOPE_TRY(const Transformer transformer, load_transformer(fixture.model_dir() + "/transformer", settings.transformer, dtype));
  DenoiseRecipe recipe = make_recipe(settings, parsed.options, parsed.request);
  if (fixture.has("image.preprocessed")) recipe.clean_mask_BT = first_frame_mask(recipe.shape);
  return compare_sampling(fixture, transformer, recipe, report);
}

}  // namespace

Result<void> run_parity(const std::string& fixture_dir, const LoadOptions& options, const std::function<void(const ParityRow&)>& on_row) {
  FANTASCOPE_TRY(const ParityFixture fixture, ParityFixture::open(fixture_dir));
  ParityReport report(fixture, ParityTolerances::of(options.dtype), on_row);
  return catch_torch_errors([&]() -> Result<void> {
    const c10::InferenceMode inference;
    return run(fixture, options, report);
  });
}

}  // namespace fantascope::models::ltx2
