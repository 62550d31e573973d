#include "app/operations/internal/same_take.h"

#include <sstream>

#include "app/files/sha256.h"
#include "app/operations/internal/model_catalog.h"
#include "app/operations/internal/request_rules.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

constexpr int kCandidates = 200;
constexpr int kWords = 16;  // of the prompt that are searched for; the whole of it is compared

std::string first_words(const std::string& prompt) {
  std::istringstream words(prompt);
  std::string text, word;
  for (int i = 0; i < kWords && words >> word; ++i) text += word + " ";
  return text;
}

/// What the request's pictures would be in a recipe.
Result<std::vector<RecipeConditioning>> pictures_of(const GenerateRequest& request) {
  std::vector<RecipeConditioning> pictures;
  for (const auto& [kind, path] : {std::pair{"first_image", request.image}, std::pair{"last_image", request.last_image}}) {
    if (!path) continue;
    FANTASCOPE_TRY(const std::string hash, sha256_file(*path));
    pictures.push_back({kind, hash, ""});
  }
  return pictures;
}

/// Whether both ask for the same clip of the same model; what is known only once a job has begun is compared by the caller.
bool asks_for_the_same(Recipe made, Recipe asked) {
  if (made.conditioning.size() != asked.conditioning.size()) return false;
  for (std::size_t i = 0; i < made.conditioning.size(); ++i) {
    if (made.conditioning[i].kind != asked.conditioning[i].kind || made.conditioning[i].sha256 != asked.conditioning[i].sha256)
      return false;
  }
  for (Recipe* recipe : {&made, &asked}) {
    recipe->conditioning.clear();
    recipe->weights.clear();
    recipe->configs.clear();
    recipe->sigmas.clear();
    recipe->scheduler = recipe->sampler = recipe->engine_version = recipe->device = recipe->device_name = "";
    recipe->num_threads = 0;
  }
  return made == asked;
}

}  // namespace

Result<std::optional<Take>> find_same_take(OperationContext& context, const GenerateRequest& request) {
  std::optional<Take> none;
  if (!request.seed || request.from || request.sketch) return none;
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return none;
  FANTASCOPE_TRY(PlannedGeneration plan, plan_generation(context.studio, request, 0));
  FANTASCOPE_TRY(plan.recipe.conditioning, pictures_of(request));
  const auto candidates = TakeStore(*database).search(first_words(request.prompt), kCandidates);
  if (!candidates) return none;  // no words to search for
  for (const Take& take : *candidates) {
    if (take.seed != *request.seed || take.prompt != request.prompt || take.model != plan.recipe.model) continue;
    const std::string subject = "take " + take.take_id.text();
    FANTASCOPE_TRY(const nlohmann::json json, parse_bounded_json(take.recipe, subject, {.max_bytes = 8 << 20, .max_depth = 10}));
    FANTASCOPE_TRY(const Recipe made, recipe_from_json(json, subject));
    if (!asks_for_the_same(made, plan.recipe)) continue;
    FANTASCOPE_TRY(const ModelFiles files, hash_model(context, plan.model.info.dir, HashCache::kUse));
    if (made.weights == files.weights && made.configs == files.configs) return std::optional<Take>(take);
  }
  return none;
}

}  // namespace fantascope
