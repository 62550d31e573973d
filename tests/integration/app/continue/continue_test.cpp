// Sketch and finish, extend and remix as jobs, on the family that computes nothing. What the tensors do is tested with their family.
#include "app/operations/continue.h"

#include <gmock/gmock.h>

#include "app/library/lineage_store.h"
#include "app/operations/reproduce.h"
#include "app/operations/views.h"
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

// A clip made from a take looks like it: what nobody says anew is the take's, not the model's.
TEST_F(Continue, WhatIsLeftOutIsAsInTheTake) {
  GenerateRequest slow = request();
  slow.steps = 7;
  slow.guidance = 3.5;
  const Recipe plain = need(request()).recipe;
  ASSERT_THAT(plain.dtype, ::testing::AnyOf("fp32", "bf16")) << "a recipe says what \"auto\" was";
  slow.dtype = plain.dtype == "fp32" ? "bf16" : "fp32";
  const GeneratedTake parent = need(slow);
  ASSERT_NE(plain.steps, 7);
  ASSERT_NE(plain.dtype, parent.recipe.dtype);
  for (const GenerateRequest& made : {extend_request(parent.take_id, ""), remix_request(parent.take_id, "a blue cube", 0.5)}) {
    const Recipe recipe = need(made).recipe;
    EXPECT_EQ(recipe.steps, 7);
    EXPECT_EQ(recipe.guidance.guidance_scale, 3.5);
    EXPECT_EQ(recipe.dtype, parent.recipe.dtype);
  }
  GenerateRequest quick = remix_request(parent.take_id, "a blue cube", 0.5);
  quick.steps = 5;
  EXPECT_EQ(need(quick).recipe.steps, 5) << "what is said holds";
}

class Retake : public Continue {
 protected:
  /// 33 frames at 12 fps, five latent frames.
  GeneratedTake parent() {
    GenerateRequest longer = request();
    longer.frames = 33;
    return need(longer);
  }
  /// The fake model's latents: 16 numbers, in the order of time.
  std::string latents(const GeneratedTake& take) const {
    const std::string file = read_text(scratch_.home() + "/takes/" + take.take_id + "/latents.safetensors");
    return file.substr(file.find('\n') + 1);
  }
};

TEST_F(Retake, MakesOnlyTheLatentFramesOfItsRangeAnewAndSaysHowFarThatIs) {
  const GeneratedTake before = parent();
  GenerateRequest asked = retake_request(before.take_id, "", 1.0, 1.5);  // frames 12 to 17 are in latent frames 2 and 3
  asked.seed = 8;
  const GeneratedTake take = need(asked);
  EXPECT_EQ(take.recipe.prompt, before.recipe.prompt);
  EXPECT_EQ(take.recipe.frames, 33);
  ASSERT_TRUE(take.recipe.continuation);
  EXPECT_EQ(take.recipe.continuation->first_latent_frame, 2);
  EXPECT_EQ(take.recipe.continuation->num_latent_frames, 2);
  const std::string was = latents(before), is = latents(take);
  ASSERT_EQ(is.size(), 16U * 8);
  // Value i is of latent frame i * 5 / 16: 7 to 12 are of frames 2 and 3.
  EXPECT_EQ(is.substr(0, 7 * 8), was.substr(0, 7 * 8));
  EXPECT_EQ(is.substr(13 * 8), was.substr(13 * 8));
  for (std::size_t i = 7; i < 13; ++i) EXPECT_NE(is.substr(i * 8, 8), was.substr(i * 8, 8)) << i;
  EXPECT_THAT(take.warnings, ::testing::Contains(HasSubstr("widened to whole latent frames: 0.75 to 2.08 s, frames 10 to 25")));
  ASSERT_EQ(take.seams.size(), 2U);
  EXPECT_EQ(take.seams[0]["frame"], 9);
  EXPECT_EQ(take.seams[1]["frame"], 25);
  EXPECT_EQ(parents(take)[0].relation, "retake");
  EXPECT_EQ(parents(take)[0].parent_id.text(), before.take_id);
  const auto read = read_recipe(scratch_.home() + "/takes/" + take.take_id + "/recipe.json");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(*read, take.recipe);
  // It is reproduced, without its parent too.
  fs::remove_all(scratch_.home() + "/takes/" + before.take_id);
  OperationContext call = context();
  const auto again = reproduce(call, take.take_id);
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_TRUE(again->equal);
}

TEST_F(Retake, TheWindowAsksForTheRangeAndQueuesIt) {
  const GeneratedTake before = parent();
  OperationContext call = context();
  const auto range = run_by_name(call, "view retake", {{"take", before.take_id}, {"from", 0.0}, {"to", 0.05}});
  ASSERT_TRUE(range) << range.error().to_string();
  EXPECT_EQ((*range)["first_frame"], 1);
  EXPECT_EQ((*range)["last_frame"], 1);  // the first latent frame is one frame
  EXPECT_EQ((*range)["widened"], false);
  const auto queued = run_by_name(call, "queue retake",
                                  {{"take", before.take_id}, {"prompt", "a green cone"}, {"from", 1.0}, {"to", 1.5}, {"keep_sound", true}});
  ASSERT_TRUE(queued) << queued.error().to_string();
  EXPECT_EQ((*queued)["jobs"].size(), 1U);
  const auto said = run_operation(*find_operation("retake"), call, {{"take", before.take_id}, {"from", 0.8}, {"to", 1.4}});
  ASSERT_TRUE(said) << said.error().to_string();
  EXPECT_EQ((*said)["range"]["first_frame"], 10);
  EXPECT_EQ((*said)["range"]["last_frame"], 17);
  EXPECT_EQ((*said)["parent"]["relation"], "retake");
}

TEST_F(Retake, RefusesRangesThatCannotBeRetaken) {
  const GeneratedTake take = parent();  // 2.75 s
  struct Case {
    double from, to;
    const char* told;
  };
  for (const Case& c :
       {Case{1.0, 1.0, "is empty"}, Case{1.5, 1.0, "is empty"}, Case{2.0, 4.0, "0 to 2.75 s"}, Case{3.0, 4.0, "no such range"},
        Case{-1.0, 1.0, "no such range"}, Case{0, 2.75, "remix it"}, Case{0.0, 2.4, "remix it"}}) {
    const auto made = make(retake_request(take.take_id, "x", c.from, c.to));
    ASSERT_FALSE(made) << c.from << " to " << c.to;
    EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(made.error().to_string(), HasSubstr(c.told));
  }
  GenerateRequest longer = retake_request(take.take_id, "x", 1, 2);
  longer.frames = 41;
  EXPECT_THAT(make(longer).error().message, HasSubstr("as long as its take"));
  GenerateRequest pictured = retake_request(take.take_id, "x", 1, 2);
  pictured.last_image = "there.png";
  EXPECT_EQ(make(pictured).error().subject, "last_image");
  fs::remove(scratch_.home() + "/takes/" + take.take_id + "/latents.safetensors");
  EXPECT_THAT(make(retake_request(take.take_id, "x", 1, 2)).error().message, HasSubstr("latents are gone"));
  EXPECT_EQ(scratch_.num_work_folders(), 0U);
}

TEST_F(Continue, TheVeryClipThatIsAskedForIsFoundAndNoOther) {
  GenerateRequest first = request();
  first.frames = 17;
  const GeneratedTake take = need(first);
  OperationContext call = context();
  nlohmann::json asked = {{"prompt", first.prompt}, {"model", "tiny"}, {"seed", 7}, {"frames", 17}};
  const auto found = [&](const nlohmann::json& change) {
    nlohmann::json arguments = asked;
    arguments.update(change);
    const auto answer = run_by_name(call, "view same take", arguments);
    EXPECT_TRUE(answer) << answer.error().to_string();
    return answer ? answer->value("take_id", "") : "";
  };
  EXPECT_EQ(found(nlohmann::json::object()), take.take_id);
  for (const nlohmann::json& change :
       {nlohmann::json{{"seed", 8}}, nlohmann::json{{"frames", 25}}, nlohmann::json{{"steps", 3}},
        nlohmann::json{{"prompt", "a red ball."}}, nlohmann::json{{"negative", "rain"}}, nlohmann::json{{"guidance", 2.5}},
        nlohmann::json{{"sketch", true}}, nlohmann::json{{"size", "32x32"}}})
    EXPECT_EQ(found(change), "") << change.dump();
  asked.erase("seed");
  EXPECT_EQ(found(nlohmann::json::object()), "");
  asked["seed"] = 7;
  const nlohmann::json dropped = {{"take", take.take_id}};
  ASSERT_TRUE(run_operation(*find_operation("library drop"), call, dropped));
  EXPECT_EQ(found(nlohmann::json::object()), "") << "a dropped one is as good as gone";
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
