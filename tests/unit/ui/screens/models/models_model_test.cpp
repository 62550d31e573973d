#include "ui/screens/models/models_model.h"

#include <gtest/gtest.h>

#include <QLocale>
#include <algorithm>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

struct ModelsTest : ::testing::Test {
  void SetUp() override {
    QLocale::setDefault(QLocale::c());
    auto& handlers = studio.backend.handlers;
    handlers["view memory"] = [](const json&) { return json{{"total_bytes", 20'000'000'000}, {"used_bytes", 1}}; };
    handlers["models list"] = [this](const json&) {
      json large = {{"name", "large"},
                    {"dir", "/l"},
                    {"weights_bytes", 44'000'000'000},
                    {"origin", "linked"},
                    {"defaults", usual},
                    {"licence", "Example License"},
                    {"licence_state", state},
                    {"licence_needs_acceptance", !accepted},
                    {"licence_accepted_at", accepted ? json("2026-03-04T12:00:00Z") : json(nullptr)}};
      if (state == "unreadable") large["licence_problem"] = "it is a link that leads out";
      if (!linked) return json{{"models", json::array()}, {"broken", json::array()}};
      return json{{"models",
                   {{{"name", "small"},
                     {"dir", "/s"},
                     {"weights_bytes", 60'000'000},
                     {"origin", "shipped"},
                     {"defaults", usual},
                     {"licence", "Apache-2.0"},
                     {"licence_state", "free"},
                     {"licence_needs_acceptance", false},
                     {"licence_accepted_at", nullptr}},
                    large}},
                  {"broken", {{{"dir", "/b"}, {"error", {{"message", "the file is incomplete"}}}}}}};
    };
    handlers["models licence"] = [this](const json&) {
      return json{
          {"text", text},
          {"licence_sha256", "h1"},
          {"licence_file", "LICENSE"},
          {"licence_link", link},
          {"terms", {{{"topic", "revenue"}, {"file", "LICENSE"}, {"line", 3}, {"text", "Entities with revenues above 10 must pay."}}}}};
    };
    handlers["models accept"] = [this](const json&) -> Result<json> {
      if (changed) return Error{ErrorCode::kMismatch, "the licence's text was changed since it was shown", "/l", "", "", ""};
      accepted = true;
      return json{{"name", "large"}};
    };
    handlers["models unlink"] = [this](const json&) {
      linked = false;
      return json{{"name", "large"}, {"dir", "/l"}, {"num_waiting_jobs", waiting}};
    };
    handlers["models add"] = [this](const json&) {
      linked = true;
      return json{{"name", "large"}};
    };
    handlers["models verify"] = [this](const json&) { return verify; };
    studio.open();
  }
  QVariantMap model(const ModelsModel& models, int i) { return models.models().value(i).toMap(); }
  FakeStudio studio;
  json verify = {{"ok", true}, {"num_files", 7}}, link = nullptr;
  const json usual = {{"size", "192x128"}, {"frames", 25}, {"fps", "12"}, {"steps", 12}};
  std::string state = "terms", text = "Example License\n";
  bool accepted = false, linked = true, changed = false;
  int waiting = 0;
};

TEST_F(ModelsTest, SaysWhatFitsThisMachineWithNumbers) {
  ModelsModel models(studio.context);
  FakeStudio::settle();
  EXPECT_TRUE(model(models, 0)[u"fits"_s].toBool());
  EXPECT_FALSE(model(models, 1)[u"fits"_s].toBool());
  EXPECT_TRUE(model(models, 1)[u"fitText"_s].toString().contains(u"44.0 GB"_s));
  EXPECT_TRUE(model(models, 0)[u"usual"_s].toString().contains(u"192×128"_s));
  ASSERT_EQ(models.broken().size(), 1);
  EXPECT_EQ(models.broken()[0].toMap()[u"title"_s], u"the file is incomplete"_s);
}

TEST_F(ModelsTest, CheckingAModelNamesWhatIsWrong) {
  ModelsModel models(studio.context);
  FakeStudio::settle();
  models.checkFiles(u"/s"_s);
  EXPECT_FALSE(models.checks().value(u"/s"_s).toString().isEmpty()) << "says that it reads";
  FakeStudio::settle();
  EXPECT_TRUE(models.checks().value(u"/s"_s).toString().contains(QLatin1Char('7')));
  verify = {{"ok", false}, {"problems", {"vae.safetensors ends at 1.2 of 4.9 GB"}}};
  models.checkFiles(u"/s"_s);
  FakeStudio::settle();
  EXPECT_EQ(models.checks().value(u"/s"_s).toString(), u"vae.safetensors ends at 1.2 of 4.9 GB"_s);
}

TEST_F(ModelsTest, AFolderThatCannotBeLinkedIsSaid) {
  studio.backend.handlers["models add"] = [](const json&) -> Result<json> {
    return Error{ErrorCode::kBadFile, "this is not a model", "/x", "", "", ""};
  };
  ModelsModel models(studio.context);
  FakeStudio::settle();
  models.link(u"/x"_s);
  FakeStudio::settle();
  EXPECT_TRUE(studio.notices.isError());
}

TEST_F(ModelsTest, WhatMustBeAcceptedShowsItsTermsAtOnce) {
  ModelsModel models(studio.context);
  FakeStudio::settle();
  EXPECT_FALSE(model(models, 0)[u"mustAccept"_s].toBool());
  EXPECT_TRUE(model(models, 0)[u"licenceText"_s].toString().contains(u"nothing to accept"_s));
  EXPECT_TRUE(model(models, 1)[u"mustAccept"_s].toBool());
  EXPECT_TRUE(model(models, 1)[u"canAccept"_s].toBool());
  EXPECT_TRUE(model(models, 1)[u"licenceText"_s].toString().contains(u"Example License"_s));
  EXPECT_FALSE(models.licences().contains(u"/s"_s)) << "asked for where it matters";
  const QVariantMap licence = models.licences()[u"/l"_s].toMap();
  EXPECT_EQ(licence[u"text"_s], u"Example License\n"_s);
  EXPECT_TRUE(licence[u"hasText"_s].toBool());
  const QVariantMap term = licence[u"terms"_s].toList().value(0).toMap();
  EXPECT_EQ(term[u"text"_s], u"“Entities with revenues above 10 must pay.”"_s);
  EXPECT_EQ(term[u"place"_s], u"LICENSE, line 3"_s);
}

TEST_F(ModelsTest, AcceptingIsOfTheTextThatWasShown) {
  ModelsModel models(studio.context);
  models.accept(u"/l"_s);
  EXPECT_EQ(studio.backend.count("models accept"), 0) << "nothing was shown yet";
  FakeStudio::settle();
  models.accept(u"/l"_s);
  FakeStudio::settle();
  const auto asked = std::ranges::find(studio.backend.asked, "models accept", [](const auto& question) { return question.first; });
  ASSERT_NE(asked, studio.backend.asked.end());
  EXPECT_EQ(asked->second, (json{{"model", "/l"}, {"licence_sha256", "h1"}}));
  EXPECT_FALSE(model(models, 1)[u"mustAccept"_s].toBool());
  EXPECT_TRUE(model(models, 1)[u"licenceText"_s].toString().contains(u"2026"_s));
  EXPECT_TRUE(model(models, 1)[u"licenceText"_s].toString().contains(u"Accepted on"_s));
}

TEST_F(ModelsTest, ATextThatChangedMeanwhileIsShownAgain) {
  ModelsModel models(studio.context);
  FakeStudio::settle();
  changed = true;
  text = "Other terms\n";
  models.accept(u"/l"_s);
  FakeStudio::settle();
  EXPECT_TRUE(studio.notices.isError());
  EXPECT_TRUE(model(models, 1)[u"mustAccept"_s].toBool());
  EXPECT_EQ(models.licences()[u"/l"_s].toMap()[u"text"_s], u"Other terms\n"_s);
}

TEST_F(ModelsTest, ALicenceThatCannotBeShownCannotBeAccepted) {
  state = "unreadable";
  ModelsModel models(studio.context);
  FakeStudio::settle();
  EXPECT_TRUE(model(models, 1)[u"mustAccept"_s].toBool());
  EXPECT_FALSE(model(models, 1)[u"canAccept"_s].toBool());
  EXPECT_TRUE(model(models, 1)[u"licenceText"_s].toString().contains(u"leads out"_s));
}

TEST_F(ModelsTest, EachKindOfLicenceHasItsSentence) {
  for (const auto& [kind, words] : {std::pair{"not_stated", u"state no licence"_s}, std::pair{"differs", u"other text"_s}}) {
    state = kind;
    ModelsModel models(studio.context);
    FakeStudio::settle();
    EXPECT_TRUE(model(models, 1)[u"licenceText"_s].toString().contains(words)) << kind;
  }
  text.clear();
  link = "https://example.org/licence";
  ModelsModel models(studio.context);
  FakeStudio::settle();
  EXPECT_TRUE(models.licences()[u"/l"_s].toMap()[u"text"_s].toString().contains(u"https://example.org/licence"_s));
  EXPECT_FALSE(models.licences()[u"/l"_s].toMap()[u"hasText"_s].toBool());
}

TEST_F(ModelsTest, AVeryLongTextIsCutAndSaysWhereItGoesOn) {
  text = std::string(300'000, 'x');
  ModelsModel models(studio.context);
  FakeStudio::settle();
  const QString shown = models.licences()[u"/l"_s].toMap()[u"text"_s].toString();
  EXPECT_LT(shown.size(), 201'000);
  EXPECT_TRUE(shown.endsWith(u"goes on in LICENSE in the model's folder."_s));
}

TEST_F(ModelsTest, UnlinkingCanBeUndoneAndSaysWhatWaits) {
  waiting = 2;
  ModelsModel models(studio.context);
  FakeStudio::settle();
  models.unlink(u"/l"_s, u"large"_s);
  FakeStudio::settle();
  EXPECT_TRUE(models.models().isEmpty());
  EXPECT_TRUE(studio.notices.text().contains(u"2"_s));
  EXPECT_EQ(studio.undo.undoText(), u"unlink “large”"_s);
  studio.notices.act();
  FakeStudio::settle();
  EXPECT_EQ(models.models().size(), 2);
  EXPECT_EQ(studio.backend.asked.back().first == "models licence" ? studio.backend.count("models add") : 0, 1);
  EXPECT_TRUE(studio.undo.redo());
  FakeStudio::settle();
  EXPECT_TRUE(models.models().isEmpty());
}

TEST_F(ModelsTest, TheSameListAgainLeavesTheCardsAsTheyAre) {
  ModelsModel models(studio.context);
  FakeStudio::settle();
  int times = 0;
  QObject::connect(&models, &ModelsModel::modelsChanged, &models, [&times] { ++times; });
  models.refresh();
  FakeStudio::settle();
  EXPECT_EQ(times, 0);
  accepted = true;
  models.refresh();
  FakeStudio::settle();
  EXPECT_EQ(times, 1);
}

}  // namespace
}  // namespace fantascope::ui
