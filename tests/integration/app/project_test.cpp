#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "app/operations/generate.h"
#include "app/operations/queue.h"
#include "app/operations/views.h"
#include "tests/integration/app/scratch.h"

namespace fantascope::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// Projects as a person at the command line meets them, and as the window asks for them.
class ProjectTest : public ::testing::Test {
 protected:
  void SetUp() override {
    scratch_.add_model("tiny");
    auto studio = Studio::create(scratch_.options());
    ASSERT_TRUE(studio) << studio.error().to_string();
    studio_ = *std::move(studio);
  }
  Result<json> ask(const std::string& name, const json& arguments = json::object()) {
    OperationContext context{*studio_, {}, {}};
    return run_by_name(context, name, arguments);
  }
  json good(const std::string& name, const json& arguments = json::object()) {
    const auto answer = ask(name, arguments);
    EXPECT_TRUE(answer) << name << ": " << answer.error().to_string();
    return answer ? *answer : json::object();
  }
  json make(const std::string& prompt, const json& more = json::object()) {
    json arguments = {{"prompt", prompt}, {"model", "tiny"}, {"seed", 7}};
    arguments.update(more);
    return good("generate", arguments);
  }
  std::vector<std::string> prompts(const json& response) {
    std::vector<std::string> found;
    for (const json& take : response["takes"]) found.push_back(take["prompt"]);
    return found;
  }

  Scratch scratch_;
  std::unique_ptr<Studio> studio_;
};

TEST_F(ProjectTest, AClipIsMadeIntoAProjectAndFoundThere) {
  EXPECT_EQ(good("project list")["projects"].size(), 0u);
  good("project create", {{"name", "Short Film"}});
  const json made = make("a red ball", {{"project", "short film"}, {"takes", 2}});
  make("a green cone");
  EXPECT_THAT(prompts(good("library list", {{"project", "Short film"}})), ::testing::ElementsAre("a red ball", "a red ball"));
  EXPECT_EQ(good("library list")["takes"].size(), 3u);
  EXPECT_EQ(good("library search", {{"text", "cone"}, {"project", "short film"}})["takes"].size(), 0u);
  EXPECT_EQ(good("library search", {{"text", "ball"}, {"project", "short film"}, {"limit", 1}})["takes"].size(), 1u);
  const json shown = good("library show", {{"take", made["take_id"]}});
  EXPECT_EQ(shown["project"], "Short Film");
  const json project = good("project list")["projects"][0];
  EXPECT_EQ(project["num_shots"], 1) << "two takes of one request are one shot";
  EXPECT_EQ(project["num_takes"], 2);
  const json queued = good("queue add", {{"prompt", "a blue cube"}, {"model", "tiny"}, {"project", "Short Film"}});
  EXPECT_EQ(good("project list")["projects"][0]["num_shots"], 2) << "before it is made";
  good("queue duplicate", {{"job", queued["job_id"]}, {"new_seed", true}});
  good("worker", {{"until_idle", true}});
  EXPECT_EQ(good("project list")["projects"][0]["num_takes"], 4) << "the duplicate belongs to the same shot";
  EXPECT_EQ(good("project list")["projects"][0]["num_shots"], 2);
}

TEST_F(ProjectTest, WhatGoesOnFromATakeStaysInItsShot) {
  good("project create", {{"name", "Film"}});
  const json sketch = make("a red ball", {{"project", "Film"}, {"sketch", true}});
  const auto finished = ask("finish", {{"take", sketch["take_id"]}});
  ASSERT_TRUE(finished) << finished.error().to_string();
  const json project = good("project list")["projects"][0];
  EXPECT_EQ(project["num_takes"], 2);
  EXPECT_EQ(project["num_shots"], 1);
}

TEST_F(ProjectTest, ABatchIsAShotOfTheProjectForEveryLine) {
  good("project create", {{"name", "Film"}});
  good("project create", {{"name", "Sea"}});
  std::ofstream(scratch_.root() + "/clips.csv") << "prompt,project\na wave,sea\na ball,\na cone,Film\n";
  good("queue batch", {{"file", scratch_.root() + "/clips.csv"}, {"model", "tiny"}, {"project", "film"}});
  const json projects = good("project list")["projects"];
  EXPECT_EQ(projects[0]["num_shots"], 2) << projects.dump();
  EXPECT_EQ(projects[1]["num_shots"], 1);
  std::ofstream(scratch_.root() + "/bad.csv") << "prompt,project\na wave,sea\na ball,nowhere\n";
  const auto refused = ask("queue batch", {{"file", scratch_.root() + "/bad.csv"}, {"model", "tiny"}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().to_string(), HasSubstr("no such project"));
  EXPECT_EQ(good("project list")["projects"], projects) << "nothing of a bad batch is left";
}

TEST_F(ProjectTest, AnUnknownProjectIsRefusedBeforeAnythingIsDone) {
  good("project create", {{"name", "Film"}});
  good("project create", {{"name", "sea"}});
  for (const char* name : {"generate", "queue add", "estimate"}) {
    const auto refused = ask(name, {{"prompt", "x"}, {"model", "tiny"}, {"project", "Flim"}});
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(refused.error().allowed, "Film, sea") << name;
    EXPECT_THAT(refused.error().hint, HasSubstr("project create"));
  }
  EXPECT_EQ(good("queue list")["jobs"].size(), 0u);
  EXPECT_EQ(good("project list")["projects"][0]["num_shots"], 0);
  EXPECT_THAT(ask("library list", {{"project", "Flim"}}).error().allowed, HasSubstr("Film"));
  EXPECT_THAT(ask("project remove", {{"name", "Flim"}}).error().allowed, HasSubstr("Film"));
  EXPECT_FALSE(ask("project create", {{"name", "FILM"}}));
  EXPECT_FALSE(ask("project rename", {{"name", "sea"}, {"new_name", "film"}}));
  EXPECT_EQ(ask("project create", {{"name", std::string("a\nb")}}).error().subject, "name");
}

TEST_F(ProjectTest, RenamedMovedReleasedAndRemovedWithoutLosingATake) {
  const json ball = make("a red ball"), cone = make("a green cone");
  good("project create", {{"name", "Film"}});
  const json moved = good("project add", {{"name", "Film"}, {"items", {ball["take_id"], cone["take_id"].get<std::string>().substr(0, 6)}}});
  EXPECT_EQ(moved["num_takes"], 2);
  EXPECT_EQ(moved["moved"][0]["project_id"], "");
  EXPECT_EQ(good("project rename", {{"name", "film"}, {"new_name", "Feature"}})["name_before"], "Film");
  EXPECT_EQ(good("library list", {{"project", "Feature"}})["takes"].size(), 2u);
  EXPECT_FALSE(ask("project add", {{"name", "Feature"}, {"items", {ball["take_id"], "zzzz"}}})) << "no take of this id";
  const std::string shot = good("library show", {{"take", ball["take_id"]}})["shot_id"];
  EXPECT_EQ(good("project release", {{"items", {shot}}})["num_shots"], 1);
  EXPECT_THAT(prompts(good("library list", {{"project", "Feature"}})), ::testing::ElementsAre("a green cone"));
  EXPECT_EQ(good("project remove", {{"name", "feature"}})["shots"].size(), 1u);
  EXPECT_EQ(good("library list")["takes"].size(), 2u);
  EXPECT_EQ(good("project list")["projects"].size(), 0u);
}

TEST_F(ProjectTest, WhatTheWindowDoesCanBeTakenBackExactly) {
  const json ball = make("a red ball");
  const json film = good("put project", {{"name", "Film"}});
  const json moved = good("move takes", {{"takes", {ball["take_id"]}}, {"project_id", film["project_id"]}});
  EXPECT_EQ(good("view takes", {{"filter", ""}, {"project_id", film["project_id"]}})["seqs"].size(), 1u);
  EXPECT_EQ(good("view rows", {{"seqs", {1}}})["rows"][0]["project"], "Film");
  json removed = good("remove project", {{"project_id", film["project_id"]}});
  EXPECT_EQ(good("view takes", {{"filter", ""}, {"project_id", film["project_id"]}})["seqs"].size(), 0u);
  removed.update(film);
  EXPECT_EQ(good("put project", removed), film) << "the same id and time of making";
  EXPECT_EQ(good("view projects")["projects"][0]["num_takes"], 1);
  good("move shots", {{"shots", moved["moved"]}});
  EXPECT_EQ(good("view projects")["projects"][0]["num_takes"], 0);
  const json shot = good("put shot", {{"prompt", "x"}, {"project_id", film["project_id"]}});
  EXPECT_EQ(good("view shot", shot)["project_id"], film["project_id"]);
  EXPECT_FALSE(ask("put shot", {{"prompt", "x"}, {"project_id", "0123456789abcdef"}}));
  good("set board", {{"shots", {shot["shot_id"]}}, {"project_id", film["project_id"]}});
  good("set world", {{"text", "at dusk"}, {"project_id", film["project_id"]}});
  EXPECT_EQ(good("view board", {{"project_id", film["project_id"]}})["world"], "at dusk");
  EXPECT_EQ(good("view board")["world"], "");
  EXPECT_EQ(good("view board")["shots"].size(), 1u) << "all projects";
}

TEST_F(ProjectTest, TheProgramSaysItInWordsAndInJson) {
  EXPECT_EQ(scratch_.run({"project", "create", "Short film"}).out, "project Short film\n");
  const auto twice = scratch_.run({"project", "create", "SHORT FILM", "--json"});
  EXPECT_EQ(twice.status, 2);
  const auto made = scratch_.run({"generate", "a red ball", "--model", "tiny", "--project", "short film", "--json"});
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(scratch_.run({"project", "list"}).out, "Short film  1 shot  1 take\n");
  EXPECT_EQ(scratch_.run({"project", "release", made.json()["take_id"]}).out, "1 shot with 1 take of no project now\n");
  EXPECT_EQ(scratch_.run({"project", "add", "Short film", made.json()["take_id"]}).out, "1 shot with 1 take moved to project Short film\n");
  const auto unknown = scratch_.run({"generate", "a red ball", "--model", "tiny", "--project", "nowhere"});
  EXPECT_NE(unknown.status, 0);
  EXPECT_THAT(unknown.err, HasSubstr("Short film"));
  EXPECT_THAT(unknown.err, HasSubstr("project create"));
  EXPECT_EQ(scratch_.run({"library", "list", "--project", "short film", "--json"}).json()["takes"].size(), 1u);
  EXPECT_THAT(scratch_.run({"project", "remove", "short film"}).out, HasSubstr("stay in the library"));
}

}  // namespace
}  // namespace fantascope::testing
