#include "app/operations/recipe.h"

#include <gmock/gmock.h>

namespace fantascope {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

Recipe a_recipe() {
  Recipe recipe;
  recipe.prompt = "it's \"quoted\" ünï 🦊\nline";
  recipe.model = "tiny";
  recipe.family = "fake";
  recipe.weights = {{"b.safetensors", std::string(64, 'b')}, {"a/a.safetensors", std::string(64, 'a')}};
  recipe.configs = {{"model_index.json", std::string(64, 'c')}};
  recipe.scheduler = "S";
  recipe.sampler = "E";
  recipe.sigmas = {1, 0.1 + 0.2, 0};
  recipe.guidance.guidance_scale = 3.5;
  recipe.seed = INT64_MAX;
  recipe.width = 64;
  recipe.height = 48;
  recipe.frames = 9;
  recipe.steps = 2;
  recipe.fps = {24000, 1001};
  recipe.conditioning = {{"first_image", std::string(64, 'd'), "first_image.png"}};
  recipe.engine_version = "0.1.0";
  recipe.device = "cpu";
  recipe.device_name = "x";
  recipe.dtype = "bf16";
  recipe.num_threads = 2;
  return recipe;
}

TEST(RecipeTest, ReadsBackExactly) {
  const auto read = recipe_from_json(json::parse(recipe_to_json(a_recipe()).dump(2)), "recipe.json");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(*read, a_recipe());
  EXPECT_EQ(recipe_sha256(*read), recipe_sha256(a_recipe()));
}

TEST(RecipeTest, ARetakeNamesItsRangeAndNothingElse) {
  Recipe recipe = a_recipe();
  recipe.continuation = RecipeContinuation{"retake", 9, 0, 1.0, 1, 1, true};
  json written = recipe_to_json(recipe);
  EXPECT_EQ(written["continuation"],
            (json{{"kind", "retake"}, {"parent_frames", 9}, {"first_latent_frame", 1}, {"num_latent_frames", 1}, {"keeps_sound", true}}));
  const auto read = recipe_from_json(written, "recipe.json");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(*read, recipe);
  const auto refused = [&](const char* field, const json& value) {
    json changed = written;
    if (value.is_discarded())
      changed["continuation"].erase(field);
    else
      changed["continuation"][field] = value;
    const auto answer = recipe_from_json(changed, "recipe.json");
    return !answer && answer.error().to_string().find(field) != std::string::npos;
  };
  EXPECT_TRUE(refused("first_latent_frame", -1));
  EXPECT_TRUE(refused("num_latent_frames", 0));
  EXPECT_TRUE(refused("keeps_sound", "yes"));
  EXPECT_TRUE(refused("keeps_sound", json(json::value_t::discarded)));
  EXPECT_TRUE(refused("kind", "reprise"));
  EXPECT_TRUE(refused("strength", 0.5)) << "of a remix only";
}

/// The hash is in take rows and in clips' credentials: a change of the form needs a new schema version.
TEST(RecipeTest, TheCanonicalFormIsFrozen) {
  const std::string text = canonical_recipe(a_recipe());
  EXPECT_TRUE(text.starts_with(
      R"({"audio_guidance":{"guidance_scale":1.0,"modality_scale":1.0,"rescale":0.0,"stg_scale":0.0},"cameos":[],"conditioning":[{"file":"first_image.png",)"))
      << text;
  EXPECT_THAT(text, HasSubstr("\"prompt\":\"it's \\\"quoted\\\" ünï 🦊\\nline\""));
  EXPECT_THAT(text, HasSubstr("\"sigmas\":[1.0,0.30000000000000004,0.0]"));
  std::vector<std::string> keys;
  const json canonical = json::parse(text);
  for (const auto& [key, value] : canonical.items()) keys.push_back(key);
  EXPECT_THAT(keys, ::testing::ElementsAre("audio_guidance", "cameos", "conditioning", "configs", "device", "device_name", "dtype",
                                           "engine_version", "family", "fps", "frames", "given_sigmas", "guidance", "loras", "mode",
                                           "model", "negative", "num_threads", "prompt", "sampler", "scheduler", "schema_version", "seed",
                                           "sigmas", "size", "steps", "weights"));
}

TEST(RecipeTest, WhenAndWhereItWasMadeDoesNotCount) {
  json with_made = recipe_to_json(a_recipe());
  with_made["made"] = {{"created_ms", 5}, {"take_id", "x"}};
  const auto read = recipe_from_json(with_made, "recipe.json");
  ASSERT_TRUE(read);
  EXPECT_EQ(recipe_sha256(*read), recipe_sha256(a_recipe()));
}

TEST(RecipeTest, EveryInputChangesTheHash) {
  const std::string hash = recipe_sha256(a_recipe());
  const auto changed = [&](auto change) {
    Recipe recipe = a_recipe();
    change(recipe);
    EXPECT_EQ(compare_recipes(a_recipe(), recipe).size(), 1u);
    return recipe_sha256(recipe) != hash;
  };
  EXPECT_TRUE(changed([](Recipe& r) { r.prompt += " "; }));
  EXPECT_TRUE(changed([](Recipe& r) { r.negative = ""; }));
  EXPECT_TRUE(changed([](Recipe& r) { --r.seed; }));
  EXPECT_TRUE(changed([](Recipe& r) { r.sigmas[1] = 0.3; }));
  EXPECT_TRUE(changed([](Recipe& r) { r.audio_guidance.rescale = 0.5; }));
  EXPECT_TRUE(changed([](Recipe& r) { r.weights["b.safetensors"][0] = 'f'; }));
  EXPECT_TRUE(changed([](Recipe& r) { r.weights.erase("b.safetensors"); }));
  EXPECT_TRUE(changed([](Recipe& r) { r.fps = {24, 1}; }));
  EXPECT_TRUE(changed([](Recipe& r) { r.conditioning.clear(); }));
  EXPECT_TRUE(changed([](Recipe& r) { r.image_crf = 33; }));
  EXPECT_TRUE(changed([](Recipe& r) { r.two_stages = true; }));
  EXPECT_TRUE(changed([](Recipe& r) { r.dtype = "fp32"; }));
  EXPECT_TRUE(changed([](Recipe& r) { r.engine_version = "0.2.0"; }));
}

TEST(RecipeTest, RefusesANewerVersion) {
  json recipe = recipe_to_json(a_recipe());
  recipe["schema_version"] = 2;
  recipe["hologram"] = true;
  const auto refused = recipe_from_json(recipe, "recipe.json");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(refused.error().message, HasSubstr("newer version"));
}

TEST(RecipeTest, RefusesEachBadFieldByName) {
  const std::pair<const char*, json> cases[] = {
      {"seed", json::parse("1208925819614629174706176")},
      {"seed", -1},
      {"seed", "7"},
      {"steps", 1'000'000'000},
      {"steps", 0},
      {"steps", 1.5},
      {"frames", -1},
      {"size", "0x0"},
      {"size", 64},
      {"fps", "0"},
      {"fps", json::array()},
      {"prompt", ""},
      {"model", "../../other"},
      {"prompt", 5},
      {"prompt", std::string(40'000, 'x')},
      {"prompt", std::string("a\0b", 3)},
      {"weights", json::array()},
      {"weights", {{"x", "short"}}},
      {"sigmas", "none"},
      {"sigmas", {1, "a"}},
      {"sigmas", {-1}},
      {"guidance", 3},
      {"guidance", {{"guidance_scale", 1}}},
      {"conditioning", {{{"kind", "first_image"}, {"sha256", std::string(64, 'a')}, {"file", "../../etc/passwd"}}}},
      {"conditioning", {{{"kind", "spell"}, {"sha256", std::string(64, 'a')}, {"file", "x"}}}},
      {"loras", {"x"}},
      {"cameos", {"someone"}},
      {"image_crf", 52},
      {"image_crf", 0},
      {"two_stages", true},
      {"two_stages", json::object()},
      {"two_stages", {{"refine_sigmas", {"x"}}}},
      {"mode", "fast"},
      {"num_threads", 0},
      {"schema_version", 0},
      {"schema_version", "1"},
      {"surprise", 1}};
  for (const auto& [field, value] : cases) {
    json recipe = recipe_to_json(a_recipe());
    recipe[field] = value;
    const auto refused = recipe_from_json(recipe, "recipe.json");
    ASSERT_FALSE(refused) << field << " " << value.dump().substr(0, 60);
    EXPECT_THAT(refused.error().subject, HasSubstr(field)) << refused.error().to_string();
    EXPECT_FALSE(refused.error().found.empty()) << field;
    EXPECT_FALSE(refused.error().allowed.empty()) << field;
  }
  const json whole = recipe_to_json(a_recipe());
  for (const auto& [key, value] : whole.items()) {
    json recipe = recipe_to_json(a_recipe());
    recipe.erase(key);
    EXPECT_FALSE(recipe_from_json(recipe, "recipe.json")) << key << " is required";
  }
  EXPECT_FALSE(recipe_from_json(json::array(), "recipe.json"));
}

TEST(RecipeTest, NamesTheFileThatDiffers) {
  Recipe now = a_recipe();
  now.weights["b.safetensors"] = std::string(64, 'e');
  now.weights["new.safetensors"] = std::string(64, 'f');
  now.configs.clear();
  const auto differences = compare_recipes(a_recipe(), now);
  std::vector<std::string> fields;
  for (const RecipeDifference& difference : differences) fields.push_back(difference.field);
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("weights: b.safetensors", "weights: new.safetensors", "configs: model_index.json"));
  EXPECT_TRUE(compare_recipes(now, now).empty());
}

}  // namespace
}  // namespace fantascope
