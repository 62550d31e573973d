/// A model whose licence was not accepted makes nothing, by any door; what only looks is answered.
#include <gmock/gmock.h>

#include "app/cli/command_line.h"
#include "tests/integration/app/queue_fixture.h"

namespace fantascope::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

constexpr char kTerms[] = "Example License\n\nEntities with revenues above 10 must pay.\nNot in the Territory of Nowhere.\n";

class Licences : public ::testing::Test {
 protected:
  void SetUp() override {
    scratch_.add_model("tiny");
    dir_ = make_fake_model(scratch_.root() + "/elsewhere", "bound", {{"licence", ""}});
    std::ofstream(dir_ + "/LICENSE") << kTerms;
    good("models add", {{"dir", dir_}});
  }
  Result<json> ask(const std::string& name, const json& arguments) {
    FANTASCOPE_TRY(const auto studio, Studio::create(scratch_.options()));
    OperationContext context{*studio, {}, {}};
    return run_operation(*find_operation(name), context, arguments);
  }
  json good(const std::string& name, const json& arguments) {
    const auto answer = ask(name, arguments);
    EXPECT_TRUE(answer) << name << ": " << (answer ? "" : answer.error().to_string());
    return answer ? *answer : json::object();
  }
  void expect_refused(const std::string& name, const json& arguments) {
    SCOPED_TRACE(name + " " + arguments.dump());
    const auto takes = scratch_.takes();
    const auto jobs = good("queue list", {{"all", true}})["jobs"].size();
    const auto refused = ask(name, arguments);
    ASSERT_FALSE(refused) << refused->dump();
    EXPECT_THAT(refused.error().to_string(), HasSubstr("the licence of the model bound is not accepted yet"));
    EXPECT_EQ(scratch_.takes(), takes);
    EXPECT_EQ(good("queue list", {{"all", true}})["jobs"].size(), jobs);
  }
  json listed(const std::string& name) {
    const json answer = good("models list", json::object());
    for (const json& model : answer["models"]) {
      if (model["name"] == name) return model;
    }
    return json::object();
  }
  Scratch scratch_;
  std::string dir_;
};

TEST_F(Licences, EveryDoorRefusesAndNamesTheModelTheLicenceAndWhatToDo) {
  const json prompt = {{"prompt", "a ball"}, {"model", "bound"}};
  const auto refused = ask("generate", prompt);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().subject, "model");
  EXPECT_EQ(refused.error().found, "Example License");
  EXPECT_THAT(refused.error().hint, HasSubstr("fantascope models accept bound"));
  expect_refused("generate", prompt);
  expect_refused("generate", {{"prompt", "a ball"}, {"model", dir_}});
  expect_refused("queue add", prompt);
  std::ofstream(scratch_.root() + "/two.csv") << "prompt,model\na ball,tiny\na cube,bound\n";
  const auto batch = ask("queue batch", {{"file", scratch_.root() + "/two.csv"}});
  ASSERT_FALSE(batch);
  EXPECT_THAT(batch.error().to_string(), HasSubstr("is not accepted yet"));
  EXPECT_TRUE(good("queue list", json::object())["jobs"].empty()) << "nor the good line of the batch";
  expect_refused("bench clip", {{"model", "bound"}, {"repeats", 1}});
  const std::string take = good("generate", {{"prompt", "a ball"}, {"model", "tiny"}})["take_id"];
  EXPECT_FALSE(take.empty()) << "another model is as free as before";
}

TEST_F(Licences, WhereNothingIsStatedThatIsSaidAndNothingAsked) {
  const std::string silent = make_fake_model(scratch_.root() + "/elsewhere", "silent", {{"licence", ""}});
  const json prompt = {{"prompt", "a ball"}, {"model", silent}};
  const json estimated = good("estimate", prompt);
  EXPECT_EQ(estimated["licence_needs_acceptance"], false);
  EXPECT_THAT(estimated["notes"].dump(), HasSubstr("the files of silent state no licence"));
  EXPECT_FALSE(good("generate", prompt)["take_id"].empty());
  std::ofstream(silent + "/LICENSE") << kTerms;
  EXPECT_THAT(ask("generate", prompt).error().to_string(), HasSubstr("is not accepted yet"));
}

TEST_F(Licences, WhatOnlyLooksIsAnswered) {
  const json estimated = good("estimate", {{"prompt", "a ball"}, {"model", "bound"}});
  EXPECT_EQ(estimated["licence_needs_acceptance"], true);
  EXPECT_THAT(estimated["notes"].dump(), HasSubstr("models accept bound"));
  EXPECT_EQ(good("estimate", {{"prompt", "a ball"}, {"model", "tiny"}})["licence_needs_acceptance"], false);
  EXPECT_EQ(good("models show", {{"model", "bound"}})["licence_needs_acceptance"], true);
  EXPECT_EQ(good("models verify", {{"model", "bound"}})["ok"], true);
  const json row = listed("bound");
  EXPECT_EQ(row["licence_needs_acceptance"], true);
  EXPECT_EQ(row["licence_accepted_at"], nullptr);
  EXPECT_EQ(row["licence_file"], "LICENSE");
  EXPECT_EQ(row["licence_state"], "terms");
  EXPECT_EQ(row["licence"], "Example License");
  EXPECT_EQ(listed("tiny")["licence_needs_acceptance"], false);
  EXPECT_EQ(listed("tiny")["licence_accepted_at"], nullptr);
  const json licence = good("models licence", {{"model", "bound"}});
  EXPECT_EQ(licence["text"], kTerms);
  ASSERT_EQ(licence["terms"].size(), 2u);
  EXPECT_EQ(licence["terms"][0]["text"], "Entities with revenues above 10 must pay.");
}

TEST_F(Licences, AcceptedOnceItIsUsedUntilItsTextChanges) {
  const json accepted = good("models accept", {{"model", "bound"}});
  EXPECT_EQ(accepted["licence_needs_acceptance"], false);
  EXPECT_THAT(accepted["licence_accepted_at"].get<std::string>(), ::testing::EndsWith("Z"));
  const json made = good("generate", {{"prompt", "a ball"}, {"model", "bound"}, {"seed", 7}});
  good("generate", {{"prompt", "a ball"}, {"model", dir_}, {"seed", 8}});
  EXPECT_EQ(listed("bound")["licence_accepted_at"], accepted["licence_accepted_at"]);
  const json twice = good("models accept", {{"model", "bound"}});
  EXPECT_EQ(twice["licence_accepted_at"], accepted["licence_accepted_at"]);
  const std::string sketch = good("generate", {{"prompt", "a ball"}, {"model", "bound"}, {"sketch", true}})["take_id"];
  const json waiting = good("queue add", {{"prompt", "a cube"}, {"model", "bound"}})["jobs"][0];

  std::ofstream(dir_ + "/LICENSE", std::ios::app) << "One more term.\n";
  const std::string take = made["take_id"];
  expect_refused("generate", {{"prompt", "a ball"}, {"model", "bound"}});
  expect_refused("extend", {{"take", take}, {"prompt", "it goes on"}});
  expect_refused("remix", {{"take", take}, {"prompt", "another"}});
  expect_refused("retake", {{"take", take}, {"from", 0.0}, {"to", 0.05}});
  expect_refused("finish", {{"take", sketch}});
  expect_refused("reproduce", {{"take", take}});
  expect_refused("queue duplicate", {{"job", waiting["job_id"]}});
  EXPECT_EQ(good("library show", {{"take", take}})["take_id"], take) << "takes stay";
  // What waits in the queue asks again when it runs.
  const json worked = good("worker", {{"until_idle", true}});
  ASSERT_EQ(worked["failed"].size(), 1u);
  EXPECT_THAT(worked["failed"][0]["error"]["message"].get<std::string>(), HasSubstr("is not accepted yet"));
  good("models accept", {{"model", "bound"}});
  good("queue retry", {{"job", waiting["job_id"]}});
  EXPECT_EQ(good("worker", {{"until_idle", true}})["done"].size(), 1u);
  EXPECT_EQ(good("reproduce", {{"take", take}})["equal"], true);
}

TEST_F(Licences, ATextThatChangedWhileItWasReadIsNotAccepted) {
  const std::string shown = good("models licence", {{"model", "bound"}})["licence_sha256"];
  std::ofstream(dir_ + "/LICENSE", std::ios::app) << "One more term.\n";
  const auto refused = ask("models accept", {{"model", "bound"}, {"licence_sha256", shown}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kMismatch);
  expect_refused("generate", {{"prompt", "a ball"}, {"model", "bound"}});
  const std::string now = good("models licence", {{"model", "bound"}})["licence_sha256"];
  good("models accept", {{"model", "bound"}, {"licence_sha256", now}});
  good("generate", {{"prompt", "a ball"}, {"model", "bound"}});
}

TEST_F(Licences, ALicenceThatCannotBeReadCannotBeAccepted) {
  fs::remove(dir_ + "/LICENSE");
  fs::create_symlink("/etc/hostname", dir_ + "/LICENSE");
  EXPECT_EQ(listed("bound")["licence_state"], "unreadable");
  EXPECT_THAT(listed("bound")["licence_problem"].get<std::string>(), HasSubstr("leads out"));
  EXPECT_FALSE(ask("models accept", {{"model", "bound"}}));
  expect_refused("generate", {{"prompt", "a ball"}, {"model", "bound"}});
}

TEST_F(Licences, UnlinkingForgetsTheFolderAndNothingElse) {
  good("models accept", {{"model", "bound"}});
  const std::string take = good("generate", {{"prompt", "a ball"}, {"model", "bound"}})["take_id"];
  const std::string job = good("queue add", {{"prompt", "a cube"}, {"model", "bound"}})["jobs"][0]["job_id"];
  const json unlinked = good("models unlink", {{"model", "bound"}});
  EXPECT_EQ(unlinked["num_waiting_jobs"], 1);
  EXPECT_EQ(unlinked["dir"], dir_);
  EXPECT_TRUE(fs::exists(dir_ + "/weights.safetensors"));
  EXPECT_TRUE(listed("bound").empty());
  EXPECT_EQ(good("library show", {{"take", take}})["take_id"], take);
  const json worked = good("worker", {{"until_idle", true}});
  ASSERT_EQ(worked["failed"].size(), 1u);
  EXPECT_THAT(worked["failed"][0]["error"]["message"].get<std::string>(), HasSubstr("was unlinked"));
  EXPECT_FALSE(ask("models unlink", {{"model", "bound"}})) << "not twice";
  good("models add", {{"dir", dir_}});
  EXPECT_EQ(listed("bound")["licence_needs_acceptance"], false) << "linked again, it is accepted still";
  good("queue retry", {{"job", job}});
  EXPECT_EQ(good("worker", {{"until_idle", true}})["done"].size(), 1u);
}

TEST_F(Licences, OnlyLinkedModelsAreUnlinkedAlsoWhereTheirFolderIsGone) {
  const auto shipped = ask("models unlink", {{"model", "tiny"}});
  ASSERT_FALSE(shipped);
  EXPECT_THAT(shipped.error().message, HasSubstr("comes with the program"));
  EXPECT_FALSE(ask("models unlink", {{"model", "nosuch"}}));
  EXPECT_FALSE(ask("models unlink", {{"model", scratch_.assets() + "/models/tiny"}}));
  fs::remove_all(dir_);
  EXPECT_EQ(good("models list", json::object())["broken"].size(), 1u);
  EXPECT_EQ(good("models unlink", {{"model", dir_}})["unlinked"], true);
  EXPECT_TRUE(good("models list", json::object())["broken"].empty());
}

TEST_F(Licences, TheProgramPrintsTheTextAndWhatToDo) {
  const auto text = scratch_.run({"models", "licence", "bound"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, HasSubstr("Entities with revenues above 10 must pay.\n"));
  EXPECT_THAT(text.out, HasSubstr("LICENSE, line 3: Entities"));
  EXPECT_THAT(text.out, HasSubstr("fantascope models accept bound"));
  EXPECT_THAT(scratch_.run({"models", "list"}).out, HasSubstr("(not accepted yet)"));
  const auto refused = scratch_.run({"generate", "a ball", "--model", "bound", "--json"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("is not accepted yet"));
  EXPECT_EQ(scratch_.run({"models", "accept", "bound"}).status, 0);
  EXPECT_THAT(scratch_.run({"models", "licence", "bound"}).out, HasSubstr("accepted at 20"));
  EXPECT_EQ(scratch_.run({"generate", "a ball", "--model", "bound"}).status, 0);
  EXPECT_THAT(scratch_.run({"models", "unlink", "bound"}).out, HasSubstr("its files stay in"));
}

}  // namespace
}  // namespace fantascope::testing
