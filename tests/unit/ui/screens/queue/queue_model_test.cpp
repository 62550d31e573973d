#include "ui/screens/queue/queue_model.h"

#include <gtest/gtest.h>

#include <QLocale>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

struct QueueTest : ::testing::Test {
  void SetUp() override {
    QLocale::setDefault(QLocale::c());
    auto& handlers = studio.backend.handlers;
    handlers["queue list"] = [this](const json&) { return json{{"jobs", jobs}, {"rule", rule}}; };
    for (const char* name :
         {"queue retry", "queue resume", "queue cancel", "queue pause", "queue duplicate", "queue add", "queue move", "queue rule"})
      handlers[name] = [this, name](const json& arguments) {
        asked.emplace_back(name, arguments);
        return json::object();
      };
    studio.navigator.setScreens({u"create"_s, u"models"_s, u"settings"_s, u"queue"_s});
    studio.open();
  }
  /// A job that the feed knows.
  void add(json job) {
    job.update({{"job_id", "j"},
                {"kind", "generate"},
                {"prompt", "a ball"},
                {"model", "m"},
                {"size", "192x128"},
                {"frames", 25},
                {"fps", "12"},
                {"seed", 7},
                {"steps", 12}});
    jobs = json::array({job});
    studio.jobs.setJobs(jobs);
    FakeStudio::settle(150);
  }
  static QStringList actions(const QVariantMap& remedy) {
    QStringList ids;
    for (const QVariant& action : remedy[u"actions"_s].toList()) ids << action.toMap()[u"id"_s].toString();
    return ids;
  }
  static json failed(const char* code, const char* phase = "denoise", int step = 3) {
    return {{"state", "failed"}, {"phase", phase}, {"step", step}, {"num_steps", 12}, {"error", {{"code", code}, {"message", "it broke"}}}};
  }
  FakeStudio studio;
  json jobs = json::array(), rule = {{"held", false}, {"from", nullptr}, {"until", nullptr}};
  std::vector<std::pair<std::string, json>> asked;
};

TEST_F(QueueTest, EveryReasonHasItsOwnRemedyFirst) {
  QueueModel model(studio.context);
  const auto first = [&](const json& job) {
    add(job);
    return actions(model.remedy(u"j"_s)).value(0);
  };
  EXPECT_EQ(first(failed("out_of_memory")), u"smaller"_s);
  EXPECT_EQ(first(failed("out_of_memory", "decode", 12)), u"retry"_s) << "sampling is safe, decoding alone is repeated";
  EXPECT_EQ(first(failed("model_nan")), u"fp32"_s);
  json full = failed("model_nan");
  full["dtype"] = "fp32";
  EXPECT_EQ(first(full), u"models"_s) << "it had full precision";
  EXPECT_EQ(first(failed("not_found", "prepare", 0)), u"models"_s);
  EXPECT_EQ(first(failed("bad_file", "prepare", 0)), u"models"_s);
  EXPECT_EQ(first(failed("io", "mux", 12)), u"space"_s);
  EXPECT_EQ(first(failed("mismatch", "prepare", 0)), u"duplicate"_s);
  EXPECT_EQ(first(failed("internal")), u"retry"_s);
  EXPECT_EQ(first({{"state", "parked"}, {"phase", "decode"}, {"step", 12}}), u"smaller"_s);
  EXPECT_EQ(first({{"state", "paused"}, {"phase", "mux"}, {"waits_for", {{"folder", "/x"}, {"bytes", 310'000'000}}}}), u"space"_s);
}

TEST_F(QueueTest, WhatNeedsNobodyHasNoRemedy) {
  QueueModel model(studio.context);
  add({{"state", "queued"}, {"phase", "prepare"}});
  EXPECT_TRUE(model.remedy(u"j"_s).isEmpty());
  add({{"state", "paused"}, {"phase", "denoise"}, {"reason", "paused by the user"}});
  EXPECT_TRUE(model.remedy(u"j"_s).isEmpty());
  EXPECT_TRUE(model.remedy(u"gone"_s).isEmpty());
}

TEST_F(QueueTest, AFullDiskIsSaidWithFolderAndNumber) {
  QueueModel model(studio.context);
  add({{"state", "paused"}, {"phase", "mux"}, {"waits_for", {{"folder", "/home/exports"}, {"bytes", 310'000'000}}}});
  const QString text = model.remedy(u"j"_s)[u"text"_s].toString();
  EXPECT_TRUE(text.contains(u"/home/exports"_s) && text.contains(u"310 MB"_s)) << text.toStdString();
}

TEST_F(QueueTest, FullPrecisionQueuesTheSameRequestAnewAndTakesTheOldJobAway) {
  QueueModel model(studio.context);
  add(failed("model_nan"));
  model.applyRemedy(u"j"_s, u"fp32"_s);
  FakeStudio::settle();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].first, "queue add");
  EXPECT_EQ(asked[0].second["dtype"], "fp32");
  EXPECT_EQ(asked[0].second["seed"], 7);
  EXPECT_EQ(asked[0].second["steps"], 12);
  EXPECT_EQ(asked[1].first, "queue cancel");
}

TEST_F(QueueTest, WhatGoesOnFromATakeKeepsItsPrecision) {
  QueueModel model(studio.context);
  json job = failed("model_nan");
  job["parent"] = {{"take_id", "t"}, {"relation", "extend"}};
  add(job);
  EXPECT_FALSE(actions(model.remedy(u"j"_s)).contains(u"fp32"_s));
}

TEST_F(QueueTest, RemediesGoWhereTheCauseCanBeMended) {
  QueueModel model(studio.context);
  add(failed("out_of_memory"));
  model.applyRemedy(u"j"_s, u"smaller"_s);
  EXPECT_EQ(studio.navigator.route(), u"create?job=j&size=smaller"_s);
  model.applyRemedy(u"j"_s, u"models"_s);
  EXPECT_EQ(studio.navigator.screen(), u"models"_s);
  model.applyRemedy(u"j"_s, u"space"_s);
  EXPECT_EQ(studio.navigator.screen(), u"settings"_s);
  model.applyRemedy(u"j"_s, u"retry"_s);
  FakeStudio::settle();
  ASSERT_FALSE(asked.empty());
  EXPECT_EQ(asked.back().first, "queue retry");
}

TEST_F(QueueTest, TheRuleIsSaidInWords) {
  rule = {{"held", true}, {"from", nullptr}, {"until", nullptr}};
  QueueModel model(studio.context);
  FakeStudio::settle();
  EXPECT_TRUE(model.held());
  EXPECT_FALSE(model.ruleText().isEmpty());
  rule = {{"held", false}, {"from", "22:00"}, {"until", "07:00"}};
  Q_EMIT studio.jobs.takesChanged();
  FakeStudio::settle();
  EXPECT_TRUE(model.overnight());
  EXPECT_TRUE(model.ruleText().contains(u"22:00"_s));
}

TEST_F(QueueTest, CancelCanBeTakenBackByQueueingAgain) {
  QueueModel model(studio.context);
  add({{"state", "queued"}, {"phase", "prepare"}});
  model.cancel(u"j"_s);
  FakeStudio::settle();
  EXPECT_EQ(asked.back().first, "queue cancel");
  studio.notices.act();
  FakeStudio::settle();
  EXPECT_EQ(asked.back().first, "queue duplicate");
}

}  // namespace
}  // namespace fantascope::ui
