// Sketch and finish, extend and remix as jobs, on the family that computes nothing. What the tensors do is tested with their family.
#include "app/operations/continue.h"

#include <gmock/gmock.h>

#include "app/library/lineage_store.h"
#include "app/operations/reproduce.h"
#include "tests/integration/app/scratch.h"

namespace fantascope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Continue : public ::testing::Test {
 protected:
  void SetUp() override {
    scratch_.add_model("tiny");
    auto studio = Studio::create(scratch_.options());
    ASSERT_TRUE(studio) << studio.error().to_string();
    studio_ = *std::move(studio);
  }
  OperationContext context() {
    return {*studio_, {}, [](const Progress&) {}};
  }
  static GenerateRequest request() {
    GenerateRequest request;
    request.prompt = "a red ball";
    request.model = "tiny";
    request.seed = 7;
    return request;
  }
  Result<GeneratedTake> make(const GenerateRequest& request) {
    OperationContext call = context();
    FANTASCOPE_TRY(const auto takes, generate(call, request));
    return takes.front();
  }
  GeneratedTake need(const GenerateRequest& request) {
    auto take = make(request);
    EXPECT_TRUE(take) << take.error().to_string();
    return take ? *take : GeneratedTake{};
  }
  nlohmann::json recipe_file(const GeneratedTake& take) const {
    return nlohmann::json::parse(read_text(scratch_.home() + "/takes/" + take.take_id + "/recipe.json"), nullptr, false);
  }
  std::vector<TakeLink> parents(const GeneratedTake& take) {
    auto links = LineageStore(**studio_->library()).parents(*TakeId::parse(take.take_id));
    EXPECT_TRUE(links);
    return *links;
  }

  Scratch scratch_;
  std::unique_ptr<Studio> studio_;
};

TEST_F(Continue, AFinishedSketchHasTheBytesAndTheRecipeOfARunInOneGo) {
  const GeneratedTake whole = need(request());
  GenerateRequest sketching = request();
  sketching.sketch = true;
  const GeneratedTake sketch = need(sketching);
  EXPECT_EQ(sketch.recipe.sketch_steps, 2);  // a third of four, rounded up
  EXPECT_NE(sketch.recipe_sha256, whole.recipe_sha256);
  EXPECT_NE(sketch.latents_sha256, whole.latents_sha256);
  const GeneratedTake finished = need(finish_request(sketch.take_id));
  EXPECT_EQ(finished.unsigned_sha256, whole.unsigned_sha256);
  EXPECT_EQ(finished.latents_sha256, whole.latents_sha256);
  EXPECT_EQ(finished.recipe_sha256, whole.recipe_sha256);
  ASSERT_EQ(parents(finished).size(), 1U);
  EXPECT_EQ(parents(finished)[0].parent_id.text(), sketch.take_id);
  EXPECT_EQ(parents(finished)[0].relation, "finish");
  EXPECT_EQ(recipe_file(finished)["made"]["parent"]["take_id"], sketch.take_id);
  // Both can be made again.
  OperationContext call = context();
  for (const GeneratedTake* take : {&sketch, &finished}) {
    const auto again = reproduce(call, take->take_id);
    ASSERT_TRUE(again) << again.error().to_string();
    EXPECT_TRUE(again->equal);
    EXPECT_TRUE(again->differences.empty());
  }
}

TEST_F(Continue, AnExtensionKeepsItsParentsLatentsAndSaysWhereItWasJoined) {
  const GeneratedTake parent = need(request());
  GenerateRequest longer = extend_request(parent.take_id, "the ball stops");
  longer.frames = 33;
  longer.seed = 8;
  const GeneratedTake take = need(longer);
  EXPECT_EQ(take.recipe.frames, 33);
  EXPECT_EQ(take.recipe.width, parent.recipe.width);
  ASSERT_TRUE(take.recipe.continuation);
  EXPECT_EQ(take.recipe.continuation->parent_frames, 9);
  const std::string folder = scratch_.home() + "/takes/";
  EXPECT_EQ(read_text(folder + take.take_id + "/parent.safetensors"), read_text(folder + parent.take_id + "/latents.safetensors"));
  // The fake model's frames are eight to a latent; its windows hold an anchor, one kept and one new latent frame.
  ASSERT_EQ(take.seams.size(), 3U);
  EXPECT_EQ(take.seams[0]["frame"], 9);
  EXPECT_EQ(take.seams[2]["frame"], 25);
  EXPECT_EQ(recipe_file(take)["made"]["seams"], take.seams);
  EXPECT_EQ(parents(take)[0].relation, "extend");
  OperationContext asking = context();
  const auto shown = run_operation(*find_operation("library show"), asking, {{"take", parent.take_id}});
  ASSERT_TRUE(shown) << shown.error().to_string();
  EXPECT_EQ((*shown)["children"][0]["take_id"], take.take_id);
  EXPECT_TRUE((*shown)["parents"].empty());
  // The take does not depend on its parent staying.
  fs::remove_all(folder + parent.take_id);
  OperationContext call = context();
  const auto again = reproduce(call, take.take_id);
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_TRUE(again->equal);
}

TEST_F(Continue, ARemixIsAsLongAsItsTakeAndNamesIt) {
  const GeneratedTake parent = need(request());
  const GeneratedTake take = need(remix_request(parent.take_id, "a blue cube", 0.5));
  EXPECT_EQ(take.recipe.frames, parent.recipe.frames);
  EXPECT_EQ(take.recipe.prompt, "a blue cube");
  EXPECT_EQ(take.recipe.continuation->strength, 0.5);
  EXPECT_EQ(parents(take)[0].relation, "remix");
  const auto read = read_recipe(scratch_.home() + "/takes/" + take.take_id + "/recipe.json");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(*read, take.recipe);
}

TEST_F(Continue, RefusesWhatCannotBeContinuedAndSaysWhatToDo) {
  GenerateRequest sketching = request();
  sketching.sketch_steps = 1;
  sketching.sketch = true;
  const GeneratedTake sketch = need(sketching), take = need(request());
  EXPECT_THAT(make(extend_request(sketch.take_id, "x")).error().to_string(), HasSubstr("fantascope finish " + sketch.take_id));
  EXPECT_THAT(make(finish_request(take.take_id)).error().message, HasSubstr("finished already"));
  EXPECT_EQ(make(extend_request("nosuchtake", "x")).error().code, ErrorCode::kNotFound);
  GenerateRequest other_size = extend_request(take.take_id, "x");
  other_size.size = "32x32";
  EXPECT_THAT(make(other_size).error().to_string(), HasSubstr("64x48"));
  GenerateRequest shorter = extend_request(take.take_id, "x");
  shorter.frames = 9;
  EXPECT_THAT(make(shorter).error().to_string(), HasSubstr("17 frames or more"));
  sketching.sketch_steps = 4;
  EXPECT_THAT(make(sketching).error().to_string(), HasSubstr("1 to 3"));
  fs::remove(scratch_.home() + "/takes/" + take.take_id + "/latents.safetensors");
  EXPECT_THAT(make(remix_request(take.take_id, "x", 0.5)).error().message, HasSubstr("latents are gone"));
  EXPECT_EQ(scratch_.num_work_folders(), 0U);
}

}  // namespace
}  // namespace fantascope::testing
