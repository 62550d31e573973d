// What an action would cost, said before it, against what its run then did. Steps and windows of a real pipeline: unit/models/*/work.
#include <gmock/gmock.h>

#include <set>

#include "app/operations/continue.h"
#include "app/operations/estimate.h"
#include "app/operations/views.h"
#include "tests/integration/app/scratch.h"

namespace fantascope::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

class Price : public ::testing::Test {
 protected:
  void SetUp() override {
    scratch_.add_model("tiny", {{"step_ms", 30}});
    auto studio = Studio::create(scratch_.options());
    ASSERT_TRUE(studio) << studio.error().to_string();
    studio_ = *std::move(studio);
  }
  /// Remembers the steps of denoising that are done from here on.
  json run(const std::string& name, const json& arguments) {
    steps_.clear();
    OperationContext context{*studio_, {}, [this](const Progress& progress) {
                               if (progress.phase == "denoise" && progress.note.empty()) steps_.insert(progress.step);
                             }};
    const auto answer = run_by_name(context, name, arguments);
    EXPECT_TRUE(answer) << name << ": " << answer.error().to_string();
    return answer ? *answer : json::object();
  }
  json price(const std::string& name, json arguments) {
    arguments["estimate"] = true;
    return run(name, arguments);
  }
  json make(int frames = 17, int steps = 12) {
    return run("generate", {{"prompt", "a red ball"}, {"model", "tiny"}, {"seed", 7}, {"frames", frames}, {"steps", steps}});
  }
  /// Done by the run, without the one that it began after.
  int steps_done() const { return static_cast<int>(steps_.size()) - 1; }
  /// Everything below the home, with when it was last written.
  std::set<std::string> files() const {
    std::set<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(scratch_.home())) {
      const std::string path = entry.path().string();
      if (path.ends_with("-shm") || path.ends_with("-wal")) continue;  // readers touch these
      found.insert(path + " " + std::to_string(fs::last_write_time(entry).time_since_epoch().count()));
    }
    return found;
  }

  Scratch scratch_;
  std::unique_ptr<Studio> studio_;
  std::set<int> steps_;
};

TEST_F(Price, AFinishCostsTheStepsThatItsSketchLeft) {
  const json sketch = run("generate", {{"prompt", "a"}, {"model", "tiny"}, {"frames", 17}, {"steps", 12}, {"sketch_steps", 5}});
  make();
  const json said = price("finish", {{"take", sketch["take_id"]}});
  EXPECT_TRUE(steps_.empty()) << "it was run";
  EXPECT_EQ(said["action"], "finish");
  EXPECT_EQ(said["run"]["steps"], 7);
  EXPECT_EQ(said["run"]["all_steps"], 12);
  EXPECT_TRUE(said["fits"]);
  // A whole run of this size was measured: seven twelfths of it are known, not guessed.
  const json whole = run("estimate", {{"prompt", "a"}, {"model", "tiny"}, {"frames", 17}, {"steps", 12}});
  EXPECT_TRUE(said["phases_s"]["denoise"]["same_size"]);
  EXPECT_NEAR(said["phases_s"]["denoise"]["seconds"], whole["phases_s"]["denoise"]["seconds"].get<double>() * 7 / 12, 1e-9);
  const json made = run("finish", {{"take", sketch["take_id"]}});
  EXPECT_EQ(steps_done(), said["run"]["steps"]);
  EXPECT_EQ(made["frames"], said["frames"]);
}

TEST_F(Price, ARetakeAndReproductionCostWhatTheyRun) {
  const json take = make(33);
  json arguments = {{"take", take["take_id"]}, {"from", 1.0}, {"to", 1.5}};
  const json said = price("retake", arguments);
  EXPECT_EQ(said["action"], "retake");
  EXPECT_EQ(said["run"], (json{{"steps", 12}, {"all_steps", 12}, {"windows", 1}, {"sampled_frames", 33}}));
  EXPECT_EQ(said["range"]["first_frame"], 10);
  const json made = run("retake", arguments);
  EXPECT_EQ(steps_done(), 12);
  EXPECT_EQ(made["range"], said["range"]);

  const json again = price("reproduce", {{"take", take["take_id"]}});
  EXPECT_EQ(again["action"], "reproduce");
  EXPECT_EQ(again["run"]["steps"], 12);
  EXPECT_FALSE(again["phases_s"].contains("sign")) << "nothing is signed when bytes are compared";
  EXPECT_GE(again["total_s"], 0.36);
  run("reproduce", {{"take", take["take_id"]}});
  EXPECT_EQ(steps_done(), 12);
}

TEST_F(Price, ARemixCostsItsShareAndAnExtensionItsWindows) {
  const json take = make();
  const json all = price("remix", {{"take", take["take_id"]}, {"prompt", "b"}, {"steps", 12}, {"strength", 1.0}});
  const json half = price("remix", {{"take", take["take_id"]}, {"prompt", "b"}, {"steps", 12}, {"strength", 0.5}});
  EXPECT_EQ(half["run"]["steps"], 6);
  EXPECT_NEAR(half["phases_s"]["denoise"]["seconds"], all["phases_s"]["denoise"]["seconds"].get<double>() / 2, 1e-9);
  EXPECT_EQ(half["phases_s"]["decode"], all["phases_s"]["decode"]) << "all of the picture is decoded";

  // The fake model's windows have three latent frames: an anchor, one that is kept, one that is new.
  const json longer = price("extend", {{"take", take["take_id"]}, {"prompt", "b"}, {"steps", 12}, {"frames", 41}});
  EXPECT_EQ(longer["run"], (json{{"steps", 36}, {"all_steps", 36}, {"windows", 3}, {"sampled_frames", 51}}));
  EXPECT_TRUE(longer["phases_s"]["denoise"]["same_size"]) << "each window is as long as the clip that was measured";
  EXPECT_NEAR(longer["phases_s"]["denoise"]["seconds"], all["phases_s"]["denoise"]["seconds"].get<double>() * 3, 1e-9);
  const json made = run("extend", {{"take", take["take_id"]}, {"prompt", "b"}, {"steps", 12}, {"frames", 41}});
  EXPECT_EQ(made["seams"].size(), longer["run"]["windows"]);
  EXPECT_EQ(made["frames"], longer["frames"]);
  EXPECT_GT(longer["disk_bytes"], all["disk_bytes"]);
  EXPECT_GT(longer["memory_bytes_min"], all["memory_bytes_min"]);
}

TEST_F(Price, IsSaidWithoutMakingOrWritingAnything) {
  const json take = make(33), sketch = run("generate", {{"prompt", "a"}, {"model", "tiny"}, {"sketch", true}});
  // As the next program sees it.
  studio_.reset();
  studio_ = *Studio::create(scratch_.options());
  const auto before = files();
  for (const auto& [name, arguments] :
       std::vector<std::pair<std::string, json>>{{"finish", {{"take", sketch["take_id"]}}},
                                                 {"extend", {{"take", take["take_id"]}, {"prompt", "b"}}},
                                                 {"remix", {{"take", take["take_id"]}, {"prompt", "b"}}},
                                                 {"retake", {{"take", take["take_id"]}, {"from", 1.0}, {"to", 1.5}}},
                                                 {"reproduce", {{"take", take["take_id"]}}}})
    EXPECT_TRUE(price(name, arguments).contains("total_s")) << name;
  EXPECT_EQ(files(), before);
  EXPECT_EQ(run("queue list", {{"all", true}})["jobs"].size(), 2U);
  // Nor does it make a home where there is none.
  Scratch elsewhere;
  elsewhere.add_model("tiny");
  const auto fresh = Studio::create(elsewhere.options());
  OperationContext context{**fresh, {}, {}};
  for (const char* name : {"finish", "reproduce"}) {
    const auto refused = run_by_name(context, name, {{"take", "0123456789abcdef"}, {"estimate", true}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  }
  EXPECT_FALSE(fs::exists(elsewhere.home()));
}

TEST_F(Price, WhatCannotBeDoneHasNoPriceButAReason) {
  const json take = make();
  OperationContext context{*studio_, {}, {}};
  const auto refused = [&](const std::string& name, json arguments) {
    arguments["estimate"] = true;
    const auto answer = run_by_name(context, name, arguments);
    EXPECT_FALSE(answer) << name;
    return answer ? std::string() : answer.error().message;
  };
  EXPECT_THAT(refused("finish", {{"take", take["take_id"]}}), HasSubstr("finished already"));
  EXPECT_THAT(refused("extend", {{"take", take["take_id"]}, {"prompt", "b"}, {"frames", 9}}), HasSubstr("not longer"));
  EXPECT_THAT(refused("retake", {{"take", take["take_id"]}, {"from", 0.0}, {"to", 1.4}}), HasSubstr("nothing would stay"));
  // The window's own question for a longer clip: the nearest length, and refused if it is none.
  const auto asked = run_by_name(context, "queue extend", {{"take", take["take_id"]}, {"prompt", "b"}, {"seconds", 3.0}});
  ASSERT_TRUE(asked) << asked.error().to_string();
  EXPECT_EQ((*asked)["jobs"][0]["frames"], 33);
  EXPECT_FALSE(run_by_name(context, "queue extend", {{"take", take["take_id"]}, {"prompt", "b"}, {"seconds", 1e300}}));
  EXPECT_FALSE(run_by_name(context, "queue extend", {{"take", take["take_id"]}, {"prompt", "b"}, {"seconds", "long"}}));
}

}  // namespace
}  // namespace fantascope::testing
