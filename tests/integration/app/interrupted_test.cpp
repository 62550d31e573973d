/// Ends the program at every named point, as kill -9 does, and looks at what is left and at how it goes on.
#include <gmock/gmock.h>

#include "app/media/clip_reader.h"
#include "app/operations/library_operations.h"
#include "tests/integration/app/scratch.h"

namespace fantascope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kPoints[] = {"before prepare",
                                   "after prepare",
                                   "before encode_prompt",
                                   "after encode_prompt",
                                   "before denoise",
                                   "step 1",
                                   "step 2",
                                   "step 3",
                                   "step 4",
                                   "after denoise",
                                   "before decode",
                                   "after decode",
                                   "before audio",
                                   "after audio",
                                   "before mux",
                                   "after mux",
                                   "before sign",
                                   "after sign",
                                   "before verify",
                                   "after verify",
                                   "before publish",
                                   "staged",
                                   "published",
                                   "after publish",
                                   "done"};

std::vector<std::string> generate_words() {
  return {"generate", "a red ball rolls", "--model", "tiny", "--seed", "7", "--json", "--quiet"};
}

/// Checkpoint after every step.
void write_settings(const Scratch& scratch) {
  fs::create_directories(scratch.home());
  std::ofstream(scratch.home() + "/settings.json") << R"({"checkpoint_interval_s": 0})";
}

class Killed : public ::testing::TestWithParam<const char*> {};

/// What a run that nothing disturbs gives.
const nlohmann::json& undisturbed() {
  static const nlohmann::json response = [] {
    Scratch scratch;
    scratch.add_model("tiny");
    return scratch.run(generate_words()).json();
  }();
  return response;
}

TEST_P(Killed, LeavesNoHalfTakeAndGoesOnToTheSameBytes) {
  ASSERT_TRUE(undisturbed().is_object());
  Scratch scratch;
  scratch.add_model("tiny");
  write_settings(scratch);
  const auto killed = scratch.run(generate_words(), {{"FANTASCOPE_TEST_KILL_AT", GetParam()}});
  ASSERT_EQ(killed.status, 1000 + SIGKILL) << killed.err;
  for (const std::string& take : scratch.takes()) {
    EXPECT_TRUE(probe_clip(scratch.home() + "/takes/" + take + "/clip.mp4")) << "a visible clip is whole";
    EXPECT_TRUE(fs::exists(scratch.home() + "/takes/" + take + "/recipe.json"));
  }
  const auto worked = scratch.run({"worker", "--until-idle", "--json"});
  ASSERT_EQ(worked.status, 0) << worked.err;
  const auto studio = Studio::create(scratch.options());
  ASSERT_TRUE(studio);
  OperationContext context{**studio, {}, {}};
  const auto listed = run_operation(*find_operation("library list"), context, nlohmann::json::object());
  ASSERT_TRUE(listed) << listed.error().to_string();
  ASSERT_EQ((*listed)["takes"].size(), 1u) << "neither lost nor doubled";
  for (const char* key : {"unsigned_sha256", "latents_sha256", "recipe_sha256"})
    EXPECT_EQ((*listed)["takes"][0][key], undisturbed()[key]) << key;
  EXPECT_EQ(scratch.takes().size(), 1u);
  EXPECT_EQ(scratch.num_work_folders(), 0u);
  const auto check = check_library(context, Repair::kNo);
  ASSERT_TRUE(check) << check.error().to_string();
  EXPECT_TRUE(check->findings.empty()) << check->to_json().dump(2);
}
INSTANTIATE_TEST_SUITE_P(AtEveryPoint, Killed, ::testing::ValuesIn(kPoints));

TEST(Killed, RepeatsNoStepThatWasSaved) {
  Scratch scratch;
  scratch.add_model("tiny");
  write_settings(scratch);
  ASSERT_EQ(scratch.run(generate_words(), {{"FANTASCOPE_TEST_KILL_AT", "step 3"}}).status, 1000 + SIGKILL);
  const auto worked = scratch.run({"worker", "--until-idle", "--json"});
  ASSERT_EQ(worked.status, 0);
  EXPECT_THAT(worked.err, HasSubstr("denoise 3/4"));
  EXPECT_EQ(worked.err.find("denoise 1/4"), std::string::npos) << worked.err;
}

TEST(Killed, ADamagedCheckpointIsNotUsed) {
  Scratch scratch;
  scratch.add_model("tiny");
  write_settings(scratch);
  ASSERT_EQ(scratch.run(generate_words(), {{"FANTASCOPE_TEST_KILL_AT", "step 3"}}).status, 1000 + SIGKILL);
  int damaged = 0;
  for (const auto& entry : fs::recursive_directory_iterator(scratch.home() + "/work")) {
    if (!entry.path().filename().string().starts_with("checkpoint") || entry.path().extension() != ".safetensors") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(20);
    file.put('!');
    ++damaged;
  }
  ASSERT_EQ(damaged, 2) << "two slots";
  ASSERT_EQ(scratch.run({"worker", "--until-idle", "--json"}).status, 0);
  EXPECT_EQ(scratch.run({"library", "list", "--json"}).json()["takes"][0]["latents_sha256"], undisturbed()["latents_sha256"]);
}

TEST(Killed, TwiceInOnePhaseParksTheJobAndTheQueueGoesOn) {
  Scratch scratch;
  scratch.add_model("tiny");
  ASSERT_EQ(scratch.run(generate_words(), {{"FANTASCOPE_TEST_KILL_AT", "after decode"}}).status, 1000 + SIGKILL);
  ASSERT_EQ(scratch.run({"worker", "--until-idle"}, {{"FANTASCOPE_TEST_KILL_AT", "after decode"}}).status, 1000 + SIGKILL);
  ASSERT_EQ(scratch.run({"queue", "add", "a cube", "--model", "tiny"}).status, 0);
  const auto worked = scratch.run({"worker", "--until-idle", "--json"});
  EXPECT_EQ(worked.status, 0);
  EXPECT_EQ(worked.json()["done"].size(), 1u) << "the queue goes on";
  const auto jobs = scratch.run({"queue", "list", "--json"}).json()["jobs"];
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0]["state"], "parked");
  EXPECT_THAT(jobs[0]["reason"].get<std::string>(), HasSubstr("twice in decode"));
  ASSERT_EQ(scratch.run({"queue", "retry", jobs[0]["job_id"]}).status, 0);
  EXPECT_EQ(scratch.run({"worker", "--until-idle"}).status, 0);
  EXPECT_EQ(scratch.takes().size(), 2u);
}

TEST(Killed, AModelThatWasChangedMeanwhileStopsTheJob) {
  Scratch scratch;
  scratch.add_model("tiny");
  write_settings(scratch);
  ASSERT_EQ(scratch.run(generate_words(), {{"FANTASCOPE_TEST_KILL_AT", "step 2"}}).status, 1000 + SIGKILL);
  scratch.add_model("tiny", nlohmann::json::object(), "other weights");
  const auto worked = scratch.run({"worker", "--until-idle", "--json"});
  EXPECT_EQ(worked.status, 1);
  EXPECT_THAT(worked.out, HasSubstr("the model was changed"));
  EXPECT_TRUE(scratch.takes().empty());
}

class Interrupted : public ::testing::TestWithParam<const char*> {};

TEST_P(Interrupted, ExitsWith130AndLeavesNothing) {
  Scratch scratch;
  scratch.add_model("tiny");
  const auto stopped = scratch.run(generate_words(), {{"FANTASCOPE_TEST_INTERRUPT_AT", GetParam()}});
  EXPECT_EQ(stopped.status, 130) << stopped.err;
  EXPECT_EQ(stopped.json()["error"]["code"], "cancelled");
  EXPECT_TRUE(scratch.takes().empty());
  EXPECT_TRUE(fs::is_empty(scratch.home() + "/takes"));
  EXPECT_EQ(scratch.num_work_folders(), 0u);
  EXPECT_EQ(scratch.run({"queue", "list", "--json"}).json()["jobs"].size(), 0u);
}
INSTANTIATE_TEST_SUITE_P(ByCtrlC, Interrupted,
                         ::testing::Values("before prepare", "before encode_prompt", "step 1", "step 3", "before decode", "before mux",
                                           "before sign", "before publish", "staged"));

}  // namespace
}  // namespace fantascope::testing
