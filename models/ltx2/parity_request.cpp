#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <nlohmann/json.hpp>

#include "engine/base/json_fields.h"
#include "engine/diffusion/patchify.h"
#include "models/ltx2/parity_stages.h"

namespace fantascope::models::ltx2 {
namespace {

std::string text_of(const nlohmann::json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

GuidanceSettings guidance(JsonFields& fields, const std::string& prefix) {
  return {fields.number(prefix + "guidance_scale", 1.0, -100, 100), fields.number(prefix + "stg_scale", 0.0, -100, 100),
          fields.number(prefix + "modality_scale", 1.0, -100, 100), fields.number(prefix + "guidance_rescale", 0.0, 0, 1)};
}

/// "conditions": [{"index", "strength", "num_frames"}, …], in the reference's terms: index is a latent frame.
Result<std::vector<PlacedFrames>> conditions(const ParityFixture& fixture) {
  std::vector<PlacedFrames> placed;
  const auto it = fixture.request().find("conditions");
  if (it == fixture.request().end() || it->is_null()) return placed;
  for (const nlohmann::json& json : *it) {
    const std::string name = "condition" + std::to_string(placed.size());
    JsonFields fields(json, fixture.dir() + "/request.json: " + name);
    PlacedFrames item;
    item.latent_frame = fields.integer("index", {}, 0, 1 << 16);
    item.given.strength = fields.number("strength", 1.0, 0, 1);
    item.num_frames = fields.integer("num_frames", 1, 1, 1 << 16);
    FANTASCOPE_TRY_VOID(fields.finish());
    const at::Tensor latents = fixture.find(name + ".latents");
    if (!latents.defined() || latents.dim() != 5 || !fixture.has(name + ".preprocessed"))
      return Error{ErrorCode::kBadFile, "The fixture has no pictures of a condition", fixture.dir() + "/inputs.safetensors: " + name};
    item.num_latent_frames = latents.size(2);
    item.appended = item.latent_frame > 0;
    placed.push_back(item);
  }
  return placed;
}

}  // namespace

DenoiseRecipe parity_recipe(const ModelSettings& settings, const ParityFixture& fixture, const ParityRequest& request,
                            const at::Tensor& given_BGC) {
  DenoiseRecipe recipe = make_recipe(settings, request.options, request.request);
  recipe.clean_mask_BT = given_frames_mask(recipe.shape, fixture.has("image.preprocessed"));
  if (request.conditions.empty()) return recipe;
  const std::int64_t own = recipe.shape.num_video_tokens(), appended = num_appended_tokens(request.conditions, recipe.shape);
  recipe.schedule =
      make_flow_match_schedule(settings.scheduler, request.request.num_inference_steps, request.request.sigmas, own + appended);
  recipe.clean_mask_BT = strengths(request.conditions, recipe.shape, {}).to(fixture.device());
  const at::Tensor nothing = at::zeros({1, own, given_BGC.size(2)}, given_BGC.options());
  recipe.clean_BTC = with_given_tokens(request.conditions, recipe.shape, nothing, given_BGC);
  recipe.appended_coords = appended_coords(settings.transformer, recipe.shape, request.conditions);
  return recipe;
}

at::Tensor expected_given_tokens(const ParityFixture& fixture, const ParityRequest& request) {
  std::vector<at::Tensor> tokens;
  for (std::size_t i = 0; i < request.conditions.size(); ++i)
    tokens.push_back(patchify_video(fixture.find("condition" + std::to_string(i) + ".latents")));
  return tokens.empty() ? at::Tensor() : at::cat(tokens, 1);
}

Result<ParityRequest> parse_parity_request(const ParityFixture& fixture) {
  JsonFields fields(fixture.request(), fixture.dir() + "/request.json");
  ParityRequest r;
  GenerationRequest& q = r.request;
  q.prompt = text_of(fixture.request(), "prompt");
  if (fields.has("negative_prompt")) q.negative_prompt = text_of(fixture.request(), "negative_prompt");
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
  if (fields.has("noise_scale")) r.noise_scale = fields.number("noise_scale", 0.0, 0, 1);
  FANTASCOPE_TRY_VOID(fields.finish());
  FANTASCOPE_TRY(r.conditions, conditions(fixture));
  FANTASCOPE_TRY(q.fps, Rational::parse(nlohmann::json(fps).dump()));
  if (fields.has("sigmas")) {
    for (const nlohmann::json& sigma : fixture.request()["sigmas"]) {
      if (!sigma.is_number())
        return Error{ErrorCode::kBadFile, "sigmas must be numbers", fixture.dir() + "/request.json: sigmas", sigma.dump(), "numbers", ""};
      q.sigmas.push_back(sigma.get<double>());
    }
  }
  return r;
}

}  // namespace fantascope::models::ltx2
