#include "ui/bridge/action_price.h"

#include <gtest/gtest.h>

#include <QLocale>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

constexpr int kAfterAsking_ms = 220;

struct ActionPriceTest : ::testing::Test {
  void SetUp() override {
    QLocale::setDefault(QLocale::c());
    for (const char* action : {"finish", "extend", "remix", "retake", "reproduce"})
      studio.backend.handlers[action] = [this, action](const json& arguments) -> Result<json> {
        asked.push_back(arguments);
        if (refused)
          return Error{
              ErrorCode::kInvalidArgument, "the extended clip is not longer than the take", "seconds", "9 frames", "17 frames or more", ""};
        answer["action"] = action;
        return answer;
      };
    studio.open();
  }
  FakeStudio studio;
  std::vector<json> asked;
  bool refused = false;
  json answer = {{"measured", true},
                 {"total_s", 38.0},
                 {"total_s_min", 33.0},
                 {"total_s_max", 52.0},
                 {"steps", 12},
                 {"frames", 97},
                 {"duration_s", 8.08},
                 {"run", {{"steps", 7}, {"all_steps", 12}, {"windows", 1}, {"sampled_frames", 49}}},
                 {"memory_bytes_min", 2'100'000'000},
                 {"available_memory_bytes", 20'400'000'000},
                 {"disk_bytes", 18'000'000},
                 {"free_bytes", 9'000'000'000},
                 {"fits", true}};
};

TEST_F(ActionPriceTest, IsAskedForOnceAfterTheLastChangeAndNeverMakesAnything) {
  ActionPrice price(studio.context);
  for (const double strength : {0.3, 0.4, 0.5}) price.ask("remix", {{"take", "t"}, {"strength", strength}});
  EXPECT_FALSE(price.fresh());
  EXPECT_TRUE(asked.empty());
  FakeStudio::settle(kAfterAsking_ms);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0]["strength"], 0.5);
  EXPECT_EQ(asked[0]["estimate"], true) << "without this it would be made";
  EXPECT_TRUE(price.fresh());
  EXPECT_EQ(price.time(), u"About 40 s (35 s to 50 s), measured here"_s) << price.time().toStdString();
  EXPECT_EQ(price.shortTime(), u"~40 s"_s);
  EXPECT_EQ(price.extent(), u"Runs 7 of 12 steps."_s);
  EXPECT_EQ(price.space(), u"Memory 2.1 GB of 20.4 GB · disk 18 MB"_s) << price.space().toStdString();
  EXPECT_EQ(price.verdict(), u"Fits. Starts at once."_s);
}

TEST_F(ActionPriceTest, ALicenceThatIsNotAcceptedIsSaidBeforeTheButtonIsPressed) {
  answer["model"] = "grand";
  answer["licence_needs_acceptance"] = true;
  ActionPrice price(studio.context);
  price.ask("remix", {{"take", "t"}});
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_EQ(price.problem(), u"The licence of grand is not accepted yet."_s);
  EXPECT_FALSE(price.cause().isEmpty());
  EXPECT_TRUE(price.shortTime().isEmpty()) << "no price on a button that would be refused";
  answer["licence_needs_acceptance"] = false;
  price.ask("remix", {{"take", "t"}});
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_TRUE(price.problem().isEmpty());
}

TEST_F(ActionPriceTest, OldWordsTurnOldAndThoseOfAnotherTakeGo) {
  ActionPrice price(studio.context);
  price.ask("remix", {{"take", "t"}, {"strength", 0.5}});
  FakeStudio::settle(kAfterAsking_ms);
  price.ask("remix", {{"take", "t"}, {"strength", 0.6}});
  EXPECT_FALSE(price.fresh());
  EXPECT_FALSE(price.time().isEmpty()) << "old numbers turn grey, not blank";
  price.ask("remix", {{"take", "u"}, {"strength", 0.6}});
  EXPECT_TRUE(price.time().isEmpty());
}

TEST_F(ActionPriceTest, EachActionSaysWhatItRuns) {
  ActionPrice price(studio.context);
  const auto extent = [&](const char* action) {
    price.ask(action, {{"take", "t"}});
    FakeStudio::settle(kAfterAsking_ms);
    return price.extent();
  };
  EXPECT_EQ(extent("finish"), u"7 of 12 steps are left."_s);
  EXPECT_EQ(extent("retake"), QString());
  answer["run"] = {{"steps", 24}, {"all_steps", 24}, {"windows", 2}};
  const QString longer = extent("extend");
  EXPECT_TRUE(longer.startsWith(u"The clip becomes 8.08 s long: 97 frames."_s)) << longer.toStdString();
  EXPECT_TRUE(longer.contains(u"2 stretch"_s));
  EXPECT_EQ(price.length(), u"8.08"_s);
  extent("reproduce");
  EXPECT_EQ(price.verdict(), u"Fits."_s) << "it does not wait in the queue";
}

TEST_F(ActionPriceTest, WhatDoesNotFitOrCannotBeIsSaidWithItsNumbers) {
  ActionPrice price(studio.context);
  answer["fits"] = false;
  price.ask("extend", {{"take", "t"}});
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_FALSE(price.fits());
  EXPECT_TRUE(price.verdict().startsWith(u"Does not fit on the disk: needs 18 MB"_s)) << price.verdict().toStdString();
  answer["available_memory_bytes"] = 1'000'000'000;
  price.ask("extend", {{"take", "t"}, {"seconds", 9}});
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_EQ(price.verdict(), u"Does not fit in memory: needs 2.1 GB, 1.0 GB free."_s);
  refused = true;
  price.ask("extend", {{"take", "t"}, {"seconds", 1}});
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_FALSE(price.problem().isEmpty());
  EXPECT_TRUE(price.shortTime().isEmpty());
  EXPECT_TRUE(price.summary().startsWith(price.problem()));
  refused = false;
  price.ask("extend", {{"take", "t"}, {"seconds", 9}});
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_TRUE(price.problem().isEmpty());
}

TEST_F(ActionPriceTest, OnlyJobsThatGoOnByThemselvesComeBeforeIt) {
  ActionPrice price(studio.context);
  json jobs = json::array();
  for (const char* state : {"running", "queued", "paused", "failed", "parked"})
    jobs.push_back({{"job_id", std::string("j-") + state}, {"state", state}});
  studio.jobs.setJobs(jobs);
  price.ask("remix", {{"take", "t"}});
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_TRUE(price.verdict().startsWith(u"Fits. Starts after 2 job"_s)) << price.verdict().toStdString();
}

TEST_F(ActionPriceTest, WhatWasNeverRunHereHasNoTimeButAllElse) {
  ActionPrice price(studio.context);
  answer["measured"] = false;
  answer["total_s"] = nullptr;
  price.ask("finish", {{"take", "t"}});
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_TRUE(price.shortTime().isEmpty());
  EXPECT_TRUE(price.time().startsWith(u"No runs like this here yet"_s));
  EXPECT_EQ(price.verdict(), u"Fits. Starts at once."_s);
}

TEST_F(ActionPriceTest, AnAnswerThatComesAfterARefusalIsNotShown) {
  ActionPrice price(studio.context);
  price.ask("extend", {{"take", "t"}});
  price.refuse(u"This is not a length in seconds."_s);
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(price.problem(), u"This is not a length in seconds."_s);
}

}  // namespace
}  // namespace fantascope::ui
