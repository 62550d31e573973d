#include "app/operations/internal/job_order.h"

#include "app/files/sha256.h"
#include "app/media/compressed_image.h"
#include "app/media/image.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {
constexpr std::size_t kOrderBytesMax = 8 << 20;
}

std::string work_dir(const Home& home, const JobId& id) { return home.work() + "/" + id.text(); }
std::string take_dir(const Home& home, const TakeId& id) { return home.takes() + "/" + id.text(); }

std::string order_to_text(const JobOrder& order) {
  nlohmann::json json = {{"recipe", recipe_to_json(order.recipe)},
                         {"model_dir", order.model_dir},
                         {"write_wav", order.write_wav},
                         {"write_png", order.write_png}};
  if (!order.out.empty()) {
    json["out"] = order.out;
    json["out_with_latents"] = order.out_with_latents;
  }
  if (!order.parent_take.empty()) json["parent"] = {{"take_id", order.parent_take}, {"relation", order.relation}};
  if (!order.resume_file.empty()) json["resume_file"] = order.resume_file;
  if (order.linked) json["linked"] = true;
  return json.dump();
}

Result<JobOrder> order_from_text(const std::string& text, const std::string& subject) {
  FANTASCOPE_TRY(const nlohmann::json json, parse_bounded_json(text, subject, {.max_bytes = kOrderBytesMax, .max_depth = 10}));
  const auto is = [&](const char* key, nlohmann::json::value_t type) {
    return json.is_object() && json.contains(key) && json[key].type() == type;
  };
  if (!is("recipe", nlohmann::json::value_t::object) || !is("model_dir", nlohmann::json::value_t::string) ||
      !is("write_wav", nlohmann::json::value_t::boolean) || !is("write_png", nlohmann::json::value_t::boolean)) {
    return Error{ErrorCode::kBadFile,
                 "the job's order is damaged",
                 subject,
                 "",
                 "recipe, model_dir, write_wav, write_png",
                 "Cancel this job and make a new one"};
  }
  JobOrder order;
  FANTASCOPE_TRY(order.recipe, recipe_from_json(json["recipe"], subject));
  order.model_dir = json["model_dir"];
  order.write_wav = json["write_wav"];
  order.write_png = json["write_png"];
  if (is("parent", nlohmann::json::value_t::object)) {
    const auto text = [&](const char* key) {
      const nlohmann::json value = json["parent"].value(key, nlohmann::json());
      return value.is_string() ? value.get<std::string>() : std::string();
    };
    order.parent_take = text("take_id");
    order.relation = text("relation");
  }
  if (is("resume_file", nlohmann::json::value_t::string)) order.resume_file = json["resume_file"];
  if (is("linked", nlohmann::json::value_t::boolean)) order.linked = json["linked"];
  if (is("out", nlohmann::json::value_t::string)) order.out = json["out"];
  if (is("out_with_latents", nlohmann::json::value_t::boolean)) order.out_with_latents = json["out_with_latents"];
  return order;
}

Result<GenerationRequest> make_request(const Recipe& recipe, const std::string& dir) {
  GenerationRequest request;
  request.prompt = recipe.prompt;
  request.negative_prompt = recipe.negative;
  request.width = recipe.width;
  request.height = recipe.height;
  request.num_frames = recipe.frames;
  request.fps = recipe.fps;
  request.num_inference_steps = recipe.steps;
  request.sigmas = recipe.given_sigmas;
  const auto guidance = [](const RecipeGuidance& from) {
    return GuidanceSettings{from.guidance_scale, from.stg_scale, from.modality_scale, from.rescale};
  };
  request.guidance = guidance(recipe.guidance);
  request.audio_guidance = guidance(recipe.audio_guidance);
  request.seed = recipe.seed;
  request.windows.num_frames = recipe.window_frames;
  request.windows.kept_latent_frames = recipe.window_kept_latent_frames;
  request.two_stages = {recipe.two_stages, recipe.refine_sigmas};
  if (recipe.continuation) {
    request.parent.kept_latent_frames = recipe.continuation->kept_latent_frames;
    request.parent.remix_strength = recipe.continuation->strength;
    request.parent.retake_latent_frame = recipe.continuation->first_latent_frame;
    request.parent.retake_latent_frames = recipe.continuation->num_latent_frames;
    request.parent.retake_keeps_sound = recipe.continuation->keeps_sound;
  }
  for (const RecipeConditioning& item : recipe.conditioning) {
    const std::string path = dir + "/" + item.file;
    FANTASCOPE_TRY(const std::string hash, sha256_file(path));
    if (hash != item.sha256)
      return Error{ErrorCode::kMismatch,   "a file that this take is made from was changed", path, hash, item.sha256,
                   "Put the original back"};
    if (item.kind == kParentLatents) continue;
    FANTASCOPE_TRY(const RgbImage image, load_image(path));
    FANTASCOPE_TRY((item.kind == "first_image" ? request.first_image : request.last_image),
                   compress_image(fit_image(image, recipe.width, recipe.height), recipe.image_crf));
  }
  return request;
}

}  // namespace fantascope
