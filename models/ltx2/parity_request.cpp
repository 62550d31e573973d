#include <nlohmann/json.hpp>

#include "engine/base/json_fields.h"
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

}  // namespace

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
