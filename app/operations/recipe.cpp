#include "app/operations/recipe.h"

#include <algorithm>
#include <cmath>

#include "app/files/sha256.h"
#include "app/operations/param_spec.h"
#include "app/operations/prompt_text.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

using nlohmann::json;

constexpr std::size_t kRecipeBytesMax = 4 << 20;
constexpr std::size_t kFilesMax = 4096;
constexpr std::size_t kSigmasMax = 1001;

json guidance_to_json(const RecipeGuidance& guidance) {
  return {{"guidance_scale", guidance.guidance_scale},
          {"stg_scale", guidance.stg_scale},
          {"modality_scale", guidance.modality_scale},
          {"rescale", guidance.rescale}};
}

/// Takes fields out of an object one by one; the first problem is kept, and what was not asked for is a problem too.
class FieldReader {
 public:
  FieldReader(const json& object, std::string subject) : object_(object), subject_(std::move(subject)) {
    if (!object.is_object()) refuse("", "must be an object", object.type_name(), "object");
  }

  const json* get(const std::string& key, bool required = true) {
    known_.push_back(key);
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    if (found != object_.end()) return &*found;
    if (required) refuse(key, "is missing", "nothing", "the field " + key);
    return nullptr;
  }
  std::string text(const std::string& key, std::size_t bytes_max) {
    const json* value = get(key);
    if (value == nullptr) return {};
    if (!value->is_string() || value->get_ref<const std::string&>().size() > bytes_max ||
        first_invalid_utf8(value->get_ref<const std::string&>())) {
      refuse(key, "is not allowed", shown(*value), "text of at most " + std::to_string(bytes_max) + " bytes");
      return {};
    }
    return value->get<std::string>();
  }
  std::int64_t integer(const std::string& key, std::int64_t min, std::int64_t max) {
    const json* value = get(key);
    if (value == nullptr) return min;
    const bool whole =
        value->is_number_integer() && !(value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX));
    if (!whole || value->get<std::int64_t>() < min || value->get<std::int64_t>() > max) {
      refuse(key, "is not allowed", shown(*value), "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
      return min;
    }
    return value->get<std::int64_t>();
  }
  double number(const std::string& key, double min, double max) {
    const json* value = get(key);
    if (value == nullptr) return min;
    if (!value->is_number() || !std::isfinite(value->get<double>()) || value->get<double>() < min || value->get<double>() > max) {
      refuse(key, "is not allowed", shown(*value), "a number from " + json(min).dump() + " to " + json(max).dump());
      return min;
    }
    return value->get<double>();
  }
  void refuse(const std::string& key, const std::string& problem, const std::string& found, const std::string& allowed) {
    if (error_) return;
    const std::string field = key.empty() ? subject_ : subject_ + ": " + key;
    error_ = Error{ErrorCode::kBadFile,
                   (key.empty() ? "the recipe" : "the recipe's " + key) + " " + problem,
                   field,
                   found,
                   allowed,
                   "Use a recipe as Fantascope wrote it"};
  }
  Result<void> finish() {
    if (object_.is_object()) {
      for (const auto& [key, value] : object_.items()) {
        if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
          refuse(key.substr(0, 60), "is not a field that this version knows", shown(value),
                 "the fields of schema " + std::to_string(Recipe::kSchemaVersion));
        }
      }
    }
    return error_ ? Result<void>(*error_) : Result<void>();
  }
  const std::string& subject() const { return subject_; }
  static std::string shown(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 60); }

 private:
  const json& object_;
  std::string subject_;
  std::vector<std::string> known_;
  std::optional<Error> error_;
};

bool is_sha256(const json& value) {
  return value.is_string() && value.get_ref<const std::string&>().size() == 64 &&
         value.get_ref<const std::string&>().find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::map<std::string, std::string> read_hashes(FieldReader& fields, const std::string& key) {
  std::map<std::string, std::string> hashes;
  const json* value = fields.get(key);
  if (value == nullptr) return hashes;
  if (!value->is_object() || value->size() > kFilesMax) {
    fields.refuse(key, "is not allowed", value->type_name(), "an object of at most 4096 hashes by file name");
    return hashes;
  }
  for (const auto& [name, hash] : value->items()) {
    if (!is_sha256(hash))
      fields.refuse(key + "." + name.substr(0, 60), "is not a SHA-256", FieldReader::shown(hash), "64 hex digits");
    else
      hashes[name] = hash.get<std::string>();
  }
  return hashes;
}

Result<RecipeGuidance> read_guidance(FieldReader& parent, const std::string& key) {
  RecipeGuidance guidance;
  const json* value = parent.get(key);
  if (value == nullptr) return guidance;
  FieldReader fields(*value, parent.subject() + ": " + key);
  guidance.guidance_scale = fields.number("guidance_scale", 0, 100);
  guidance.stg_scale = fields.number("stg_scale", 0, 100);
  guidance.modality_scale = fields.number("modality_scale", 0, 100);
  guidance.rescale = fields.number("rescale", 0, 1);
  FANTASCOPE_TRY_VOID(fields.finish());
  return guidance;
}

std::vector<double> read_sigmas(FieldReader& fields, const std::string& key) {
  std::vector<double> sigmas;
  const json* value = fields.get(key);
  if (value == nullptr) return sigmas;
  bool good = value->is_array() && value->size() <= kSigmasMax;
  for (std::size_t i = 0; good && i < value->size(); ++i) {
    good = (*value)[i].is_number() && (*value)[i].get<double>() >= 0 && (*value)[i].get<double>() <= 1e6;
    if (good) sigmas.push_back((*value)[i].get<double>());
  }
  if (!good) fields.refuse(key, "is not allowed", FieldReader::shown(*value), "a list of at most 1001 numbers of 0 or more");
  return sigmas;
}

Result<std::vector<RecipeConditioning>> read_conditioning(FieldReader& parent) {
  std::vector<RecipeConditioning> items;
  const json* value = parent.get("conditioning");
  if (value == nullptr) return items;
  if (!value->is_array() || value->size() > 16) {
    parent.refuse("conditioning", "is not allowed", FieldReader::shown(*value), "a list of at most 16 items");
    return items;
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    FieldReader fields((*value)[i], parent.subject() + ": conditioning[" + std::to_string(i) + "]");
    RecipeConditioning item{fields.text("kind", 32), fields.text("sha256", 64), fields.text("file", 64)};
    if (item.kind != "first_image" && item.kind != "last_image" && item.kind != kParentLatents)
      fields.refuse("kind", "is not allowed", item.kind, "first_image|last_image|parent_latents");
    if (!is_sha256(item.sha256)) fields.refuse("sha256", "is not a SHA-256", item.sha256, "64 hex digits");
    // A plain name: a recipe must not lead out of its folder.
    if (item.file.empty() || item.file.front() == '.' || item.file.find('/') != std::string::npos)
      fields.refuse("file", "is not allowed", item.file, "a plain file name");
    FANTASCOPE_TRY_VOID(fields.finish());
    items.push_back(std::move(item));
  }
  return items;
}

Result<RecipeContinuation> read_continuation(const json& value, const std::string& subject) {
  FieldReader fields(value, subject + ": continuation");
  RecipeContinuation continuation;
  continuation.kind = fields.text("kind", 16);
  if (continuation.kind != "extend" && continuation.kind != "remix" && continuation.kind != "retake")
    fields.refuse("kind", "is not allowed", continuation.kind, "extend|remix|retake");
  continuation.parent_frames = static_cast<int>(fields.integer("parent_frames", 1, 100'000));
  if (continuation.kind == "extend") {
    continuation.kept_latent_frames = static_cast<int>(fields.integer("kept_latent_frames", 1, 1000));
  } else if (continuation.kind == "retake") {
    continuation.first_latent_frame = static_cast<int>(fields.integer("first_latent_frame", 0, 100'000));
    continuation.num_latent_frames = static_cast<int>(fields.integer("num_latent_frames", 1, 100'000));
    const json* keeps = fields.get("keeps_sound");
    if (keeps != nullptr && !keeps->is_boolean()) fields.refuse("keeps_sound", "is not allowed", FieldReader::shown(*keeps), "true|false");
    continuation.keeps_sound = keeps != nullptr && keeps->is_boolean() && keeps->get<bool>();
  } else {
    continuation.strength = fields.number("strength", 0, 1);
  }
  FANTASCOPE_TRY_VOID(fields.finish());
  return continuation;
}

/// Fields that only some takes have are written only there, so that all others keep the hash they always had.
void add_optional_fields(const Recipe& recipe, json& object) {
  if (const auto& from = recipe.continuation) {
    json& written = object["continuation"] = {{"kind", from->kind}, {"parent_frames", from->parent_frames}};
    if (from->kind == "extend")
      written["kept_latent_frames"] = from->kept_latent_frames;
    else if (from->kind == "remix")
      written["strength"] = from->strength;
    else
      written.update({{"first_latent_frame", from->first_latent_frame},
                      {"num_latent_frames", from->num_latent_frames},
                      {"keeps_sound", from->keeps_sound}});
  }
  if (recipe.window_frames > 0)
    object["windows"] = {{"frames", recipe.window_frames}, {"kept_latent_frames", recipe.window_kept_latent_frames}};
  if (recipe.image_crf > 0) object["image_crf"] = recipe.image_crf;
  if (recipe.two_stages) object["two_stages"] = {{"refine_sigmas", recipe.refine_sigmas}};
  if (recipe.sketch_steps > 0) object["sketch_steps"] = recipe.sketch_steps;
}

}  // namespace

json recipe_to_json(const Recipe& recipe) {
  json conditioning = json::array();
  for (const RecipeConditioning& item : recipe.conditioning)
    conditioning.push_back({{"kind", item.kind}, {"sha256", item.sha256}, {"file", item.file}});
  json object = {{"schema_version", Recipe::kSchemaVersion},
                 {"prompt", recipe.prompt},
                 {"negative", recipe.negative ? json(*recipe.negative) : json(nullptr)},
                 {"model", recipe.model},
                 {"family", recipe.family},
                 {"weights", recipe.weights},
                 {"configs", recipe.configs},
                 {"scheduler", recipe.scheduler},
                 {"sampler", recipe.sampler},
                 {"sigmas", recipe.sigmas},
                 {"given_sigmas", recipe.given_sigmas},
                 {"guidance", guidance_to_json(recipe.guidance)},
                 {"audio_guidance", guidance_to_json(recipe.audio_guidance)},
                 {"seed", recipe.seed},
                 {"size", PixelSize{recipe.width, recipe.height}.to_string()},
                 {"frames", recipe.frames},
                 {"fps", recipe.fps.to_string()},
                 {"steps", recipe.steps},
                 {"conditioning", conditioning},
                 {"loras", json::array()},
                 {"cameos", json::array()},
                 {"engine_version", recipe.engine_version},
                 {"device", recipe.device},
                 {"device_name", recipe.device_name},
                 {"num_threads", recipe.num_threads},
                 {"dtype", recipe.dtype},
                 {"mode", "exact"}};
  add_optional_fields(recipe, object);
  return object;
}

Result<Recipe> recipe_from_json(const json& object, const std::string& subject) {
  FieldReader fields(object, subject);
  if (const json* version = fields.get("schema_version");
      version != nullptr && version->is_number_integer() && version->get<std::int64_t>() > Recipe::kSchemaVersion) {
    return Error{ErrorCode::kUnsupported, "the recipe was made by a newer version of Fantascope", subject + ": schema_version",
                 version->dump(),         "at most " + std::to_string(Recipe::kSchemaVersion),    "Use the newer program"};
  }
  fields.integer("schema_version", 1, Recipe::kSchemaVersion);
  Recipe recipe;
  recipe.prompt = fields.text("prompt", kPromptBytesMax);
  if (object.is_object() && object.contains("prompt") && object["prompt"].is_string()) {
    if (auto good = check_prompt(recipe.prompt); !good) fields.refuse("prompt", "is not allowed", good.error().found, good.error().allowed);
  }
  if (const json* negative = fields.get("negative"); negative != nullptr && !negative->is_null())
    recipe.negative = fields.text("negative", kPromptBytesMax);
  recipe.model = fields.text("model", 256);
  // A name, never a path: a recipe from elsewhere must not lead to files outside the model folders.
  if (recipe.model.find('/') != std::string::npos || recipe.model.starts_with("."))
    fields.refuse("model", "is not allowed", recipe.model, "the name of a model");
  recipe.family = fields.text("family", 64);
  recipe.weights = read_hashes(fields, "weights");
  recipe.configs = read_hashes(fields, "configs");
  recipe.scheduler = fields.text("scheduler", 128);
  recipe.sampler = fields.text("sampler", 128);
  recipe.sigmas = read_sigmas(fields, "sigmas");
  recipe.given_sigmas = read_sigmas(fields, "given_sigmas");
  FANTASCOPE_TRY(recipe.guidance, read_guidance(fields, "guidance"));
  FANTASCOPE_TRY(recipe.audio_guidance, read_guidance(fields, "audio_guidance"));
  recipe.seed = static_cast<std::uint64_t>(fields.integer("seed", 0, INT64_MAX));
  if (const std::string text = fields.text("size", 32); !text.empty()) {
    if (auto size = parse_size(text))
      recipe.width = size->width, recipe.height = size->height;
    else
      fields.refuse("size", "is not allowed", text, size.error().allowed);
  }
  recipe.frames = static_cast<int>(fields.integer("frames", 1, 100'000));
  if (const std::string text = fields.text("fps", 32); !text.empty()) {
    if (auto fps = Rational::parse(text))
      recipe.fps = *fps;
    else
      fields.refuse("fps", "is not allowed", text, fps.error().allowed);
  }
  recipe.steps = static_cast<int>(fields.integer("steps", 1, 1000));
  FANTASCOPE_TRY(recipe.conditioning, read_conditioning(fields));
  if (const json* from = fields.get("continuation", false); from != nullptr) {
    FANTASCOPE_TRY(recipe.continuation, read_continuation(*from, subject));
  }
  if (const json* windows = fields.get("windows", false); windows != nullptr) {
    FieldReader inner(*windows, subject + ": windows");
    recipe.window_frames = static_cast<int>(inner.integer("frames", 1, 100'000));
    recipe.window_kept_latent_frames = static_cast<int>(inner.integer("kept_latent_frames", 1, 1000));
    FANTASCOPE_TRY_VOID(inner.finish());
  }
  if (object.is_object() && object.contains("image_crf")) recipe.image_crf = static_cast<int>(fields.integer("image_crf", 1, 51));
  if (const json* stages = fields.get("two_stages", false); stages != nullptr) {
    FieldReader inner(*stages, subject + ": two_stages");
    recipe.two_stages = true;
    recipe.refine_sigmas = read_sigmas(inner, "refine_sigmas");
    FANTASCOPE_TRY_VOID(inner.finish());
  }
  if (object.is_object() && object.contains("sketch_steps"))
    recipe.sketch_steps = static_cast<int>(fields.integer("sketch_steps", 1, 1000));
  for (const char* key : {"loras", "cameos"}) {
    const json* list = fields.get(key);
    if (list != nullptr && (!list->is_array() || !list->empty()))
      fields.refuse(key, "is not something this version can use", FieldReader::shown(*list), "an empty list");
  }
  recipe.engine_version = fields.text("engine_version", 128);
  recipe.device = fields.text("device", 64);
  recipe.device_name = fields.text("device_name", 256);
  recipe.num_threads = static_cast<int>(fields.integer("num_threads", 1, 100'000));
  recipe.dtype = fields.text("dtype", 16);
  if (const std::string mode = fields.text("mode", 16); mode != "exact") fields.refuse("mode", "is not allowed", mode, "exact");
  (void)fields.get("made", false);
  FANTASCOPE_TRY_VOID(fields.finish());
  return recipe;
}

Result<Recipe> read_recipe(const std::string& path) {
  FANTASCOPE_TRY(const json object, read_bounded_json(path, {.max_bytes = kRecipeBytesMax, .max_depth = 8}));
  return recipe_from_json(object, path);
}

std::string canonical_recipe(const Recipe& recipe) { return recipe_to_json(recipe).dump(); }

std::string recipe_sha256(const Recipe& recipe) { return sha256_text(canonical_recipe(recipe)); }

std::vector<RecipeDifference> compare_recipes(const Recipe& expected, const Recipe& found) {
  std::vector<RecipeDifference> differences;
  json left = recipe_to_json(expected);
  json right = recipe_to_json(found);
  // Some fields are only there where they mean something.
  for (const char* key : {"continuation", "windows", "image_crf", "two_stages", "sketch_steps"}) {
    left.emplace(key, nullptr);
    right.emplace(key, nullptr);
  }
  const auto text = [](const json& value) { return value.is_string() ? value.get<std::string>() : value.dump().substr(0, 200); };
  for (const auto& [key, value] : left.items()) {
    if (value == right.at(key)) continue;
    if (key != "weights" && key != "configs") {
      differences.push_back({key, text(value), text(right.at(key))});
      continue;
    }
    for (const auto& [file, hash] : value.items()) {
      if (!right.at(key).contains(file))
        differences.push_back({key + ": " + file, text(hash), "the file is missing"});
      else if (right.at(key).at(file) != hash)
        differences.push_back({key + ": " + file, text(hash), text(right.at(key).at(file))});
    }
    for (const auto& [file, hash] : right.at(key).items()) {
      if (!value.contains(file)) differences.push_back({key + ": " + file, "no such file", text(hash)});
    }
  }
  return differences;
}

}  // namespace fantascope
