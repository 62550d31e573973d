#include "ui/screens/create/create_model.h"

#include <gtest/gtest.h>

#include "tests/support/fake_backend.h"
#include "ui/screens/create/prompt_builder.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

constexpr int kAfterEstimate_ms = 220;

/// A studio with one model, whose estimate takes `seconds`.
struct CreateTest : ::testing::Test {
  void SetUp() override {
    QLocale::setDefault(QLocale::c());
    studio.backend.handlers["models list"] = [this](const json&) {
      return json{{"models",
                   {{{"name", "m"},
                     {"licence_needs_acceptance", bound},
                     {"size_multiple", 32},
                     {"size_min", 32},
                     {"size_max", 512},
                     {"frames_multiple", 8},
                     {"frames_max", 97},
                     {"steps_max", 50},
                     {"defaults", {{"size", "192x128"}, {"frames", 25}, {"fps", "16"}, {"steps", 12}, {"guidance", 3.0}}}}}},
                  {"broken", json::array()}};
    };
    studio.backend.handlers["estimate"] = [this](const json& arguments) -> Result<json> {
      estimates.push_back(arguments);
      if (wrong) return Error{ErrorCode::kInvalidArgument, "the width is not possible", "size", "200", "192 or 224", "Take one of them"};
      return json{{"model", "m"},
                  {"measured", true},
                  {"total_s", 38.0},
                  {"total_s_min", 33.0},
                  {"total_s_max", 52.0},
                  {"memory_bytes_min", 2'100'000'000},
                  {"available_memory_bytes", fits ? 20'400'000'000 : 1'000'000'000},
                  {"disk_bytes", 18'000'000},
                  {"fits", fits},
                  {"licence_needs_acceptance", bound},
                  {"notes", {"not enough free memory"}}};
    };
    studio.backend.handlers["put shot"] = [](const json&) { return json{{"shot_id", "0123456789abcdef"}}; };
    studio.backend.handlers["queue add"] = [this](const json& arguments) {
      added.push_back(arguments);
      return json{{"job_id", "j1"}, {"jobs", {{{"job_id", "j1"}, {"state", "queued"}, {"prompt", arguments["prompt"]}, {"seed", 7}}}}};
    };
    studio.backend.handlers["attach jobs"] = [this](const json& arguments) {
      attached = arguments;
      return json::object();
    };
    studio.preferences.setValue(u"form"_s, QVariantMap{{u"prompt"_s, u"a ball"_s}});
    studio.open();
  }
  FakeStudio studio;
  std::vector<json> estimates, added, asked_same;
  json attached;
  bool wrong = false, fits = true, bound = false;
};

}  // namespace

TEST_F(CreateTest, StartsWithTheModelsOwnUsualValues) {
  CreateModel model(studio.context);
  FakeStudio::settle();
  EXPECT_EQ(model.size(), u"192x128"_s);
  EXPECT_EQ(model.frames(), 25);
  EXPECT_EQ(model.steps(), 12);
}

TEST_F(CreateTest, AsksOnceAfterTypingAndShowsTimeMemoryAndVerdict) {
  CreateModel model(studio.context);
  FakeStudio::settle(kAfterEstimate_ms);
  estimates.clear();
  for (const char* text : {"a", "a r", "a re", "a red ball"}) model.setPrompt(QString::fromLatin1(text));
  EXPECT_FALSE(model.estimateFresh());
  EXPECT_FALSE(model.estimateTime().isEmpty()) << "old numbers stay while new ones come";
  FakeStudio::settle(kAfterEstimate_ms);
  ASSERT_EQ(estimates.size(), 1u);
  EXPECT_EQ(estimates[0]["prompt"], "a red ball");
  EXPECT_NE(model.estimateTime().indexOf(u"40 s"_s), -1) << model.estimateTime().toStdString();
  EXPECT_NE(model.estimateSpace().indexOf(u"2.1 GB of 20.4 GB"_s), -1) << model.estimateSpace().toStdString();
  EXPECT_TRUE(model.canGenerate());
}

TEST_F(CreateTest, AWrongValueSaysWhatIsPossibleAndStopsGenerate) {
  wrong = true;
  CreateModel model(studio.context);
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_FALSE(model.canGenerate());
  EXPECT_NE(model.problem().value(u"cause"_s).toString().indexOf(u"192 or 224"_s), -1);
  EXPECT_TRUE(model.problem().value(u"snap"_s).toBool());
}

TEST_F(CreateTest, ALicenceThatIsNotAcceptedLeadsToModelsAndBack) {
  bound = true;
  studio.navigator.setScreens({u"create"_s, u"models"_s});
  CreateModel model(studio.context);
  studio.navigator.go(u"create"_s);
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_FALSE(model.canGenerate());
  EXPECT_NE(model.problem().value(u"title"_s).toString().indexOf(u"licence of m is not accepted"_s), -1);
  model.solveProblem();
  EXPECT_EQ(studio.navigator.screen(), u"models"_s);
  bound = false;  // accepted there
  studio.navigator.go(u"create"_s);
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_TRUE(model.problem().isEmpty());
  EXPECT_TRUE(model.canGenerate());
  const auto asked = studio.backend.count("estimate");
  studio.navigator.go(u"models"_s);
  studio.navigator.go(u"create"_s);
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_EQ(studio.backend.count("estimate"), asked) << "nothing changed, nothing is asked again";
}

TEST_F(CreateTest, WhatDoesNotFitIsSaidWithItsReason) {
  fits = false;
  CreateModel model(studio.context);
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_FALSE(model.canGenerate());
  EXPECT_NE(model.estimateVerdict().indexOf(u"Does not fit in memory: needs 2.1 GB"_s), -1);
}

TEST_F(CreateTest, AClipThatIsThereAlreadyIsSaidAndCanBeMadeAgain) {
  studio.backend.handlers["view same take"] = [this](const json& arguments) {
    asked_same.push_back(arguments);
    return arguments.value("seed", 0) == 7 ? json{{"take_id", "t4"}, {"shot_id", "fedcba9876543210"}} : json::object();
  };
  studio.navigator.setScreens({u"create"_s, u"shot"_s});
  CreateModel model(studio.context);
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_TRUE(asked_same.empty()) << "with a seed of its own every clip is a new one";
  model.setSeed(u"7"_s);
  model.setSeedLocked(true);
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_FALSE(model.sameTake().isEmpty());
  EXPECT_TRUE(model.canGenerate()) << "it may be made again";
  model.setSeed(u"8"_s);
  EXPECT_TRUE(model.sameTake().isEmpty()) << "at once, not with the next answer";
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_TRUE(model.sameTake().isEmpty());
  model.setSeed(u"7"_s);
  FakeStudio::settle(kAfterEstimate_ms);
  model.showSameTake();
  FakeStudio::settle();
  EXPECT_EQ(studio.navigator.subject(), u"fedcba9876543210"_s);
  EXPECT_EQ(studio.navigator.query().value(u"takes"_s), u"t4"_s);
}

TEST_F(CreateTest, GenerateMakesTheShotFirstThenItsJobs) {
  CreateModel model(studio.context);
  FakeStudio::settle(kAfterEstimate_ms);
  model.generate();
  FakeStudio::settle(kAfterEstimate_ms);
  ASSERT_EQ(added.size(), 1u);
  EXPECT_EQ(added[0]["prompt"], "a ball");
  EXPECT_FALSE(added[0].contains("seed")) << "an unlocked seed is drawn anew";
  EXPECT_EQ(attached["jobs"][0], "j1");
  EXPECT_EQ(model.shotId(), u"0123456789abcdef"_s);
  model.generate();
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_EQ(studio.backend.count("put shot"), 1) << "more takes belong to the same shot";
}

TEST_F(CreateTest, WhatIsMadeAfterASwitchIsAShotOfThatProject) {
  studio.backend.handlers["view projects"] = [](const json&) {
    return json{{"projects", {{{"project_id", "p1"}, {"name", "Film"}}}}, {"num_takes", 1}};
  };
  Q_EMIT studio.jobs.takesChanged();
  CreateModel model(studio.context);
  FakeStudio::settle();
  model.generate();
  FakeStudio::settle(kAfterEstimate_ms);
  const auto put = [this] {
    json last;
    for (const auto& [question, arguments] : studio.backend.asked)
      if (question == "put shot") last = arguments;
    return last;
  };
  EXPECT_EQ(put()["project_id"], "");
  const QString words = model.prompt();
  studio.projects.select(u"p1"_s);
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_EQ(model.shotId(), QString()) << "the shot stays in the project it was made in";
  EXPECT_EQ(model.prompt(), words);
  model.generate();
  FakeStudio::settle(kAfterEstimate_ms);
  EXPECT_EQ(put()["project_id"], "p1");
  EXPECT_EQ(studio.backend.count("put shot"), 2);
}

TEST_F(CreateTest, ALockedSeedGoesWithTheRequest) {
  CreateModel model(studio.context);
  FakeStudio::settle();
  model.setSeed(u"184 220 913"_s);
  model.setSeedLocked(true);
  model.generate();
  FakeStudio::settle(kAfterEstimate_ms);
  ASSERT_EQ(added.size(), 1u);
  EXPECT_EQ(added[0]["seed"], 184220913);
}

TEST_F(CreateTest, WithoutWordsNothingStartsAndThePromptIsAskedFor) {
  CreateModel model(studio.context);
  FakeStudio::settle();
  model.setPrompt(u"  "_s);
  int wanted = 0;
  QObject::connect(&model, &CreateModel::promptWanted, [&wanted] { ++wanted; });
  model.generate();
  FakeStudio::settle();
  EXPECT_TRUE(added.empty());
  EXPECT_EQ(wanted, 1);
}

TEST_F(CreateTest, AddingAPhraseCanBeUndone) {
  CreateModel model(studio.context);
  FakeStudio::settle();
  model.addPhrase(u"slow pan left"_s);
  EXPECT_EQ(model.prompt(), u"a ball, slow pan left"_s);
  studio.undo.undo();
  EXPECT_EQ(model.prompt(), u"a ball"_s);
}

TEST_F(CreateTest, OffersOnlySizesAndLengthsThatTheModelCanMake) {
  CreateModel model(studio.context);
  FakeStudio::settle();
  for (const QVariant& row : model.sizes()) {
    const QStringList sides = row.toMap()[u"value"_s].toString().split(QLatin1Char('x'));
    ASSERT_EQ(sides.size(), 2);
    for (const QString& side : sides) {
      EXPECT_EQ(side.toInt() % 32, 0);
      EXPECT_LE(side.toInt(), 512);
    }
  }
  for (const QVariant& row : model.lengths()) {
    EXPECT_EQ(row.toMap()[u"value"_s].toInt() % 8, 1);
    EXPECT_LE(row.toMap()[u"value"_s].toInt(), 97);
  }
}

TEST_F(CreateTest, SaysWhyAFileCannotBeAReference) {
  CreateModel model(studio.context);
  FakeStudio::settle();
  EXPECT_TRUE(model.refusal(u"/a/b.PNG"_s).isEmpty());
  EXPECT_FALSE(model.refusal(u"/a/b.wav"_s).isEmpty());
}

TEST_F(CreateTest, SketchesAreAsManyAsChosenAndFourToBeginWith) {
  studio.backend.handlers["view operations"] = [](const json&) { return json{{"queue add", {"prompt", "sketch"}}}; };
  CreateModel model(studio.context);
  FakeStudio::settle();
  model.sketch();
  FakeStudio::settle(kAfterEstimate_ms);
  model.setSketches(9);
  model.sketch();
  FakeStudio::settle(kAfterEstimate_ms);
  ASSERT_EQ(added.size(), 2u);
  EXPECT_EQ(added[0]["takes"], 4);
  EXPECT_EQ(added[0]["sketch"], true);
  EXPECT_EQ(added[1]["takes"], 9);
}

TEST_F(CreateTest, ARouteWithAFrameStartsANewClipWithIt) {
  studio.navigator.setScreens({u"create"_s, u"shot"_s});
  studio.preferences.setValue(u"shot"_s, u"0123456789abcdef"_s);
  CreateModel model(studio.context);
  FakeStudio::settle();
  studio.navigator.go(Route{u"create"_s, {}, {{u"image"_s, u"/x y.png"_s}, {u"prompt"_s, u"a cube"_s}, {u"clip"_s, u"new"_s}}}.toString());
  EXPECT_TRUE(model.shotId().isEmpty());
  EXPECT_EQ(model.firstImage(), u"/x y.png"_s);
  EXPECT_EQ(model.prompt(), u"a cube"_s);
  EXPECT_EQ(studio.navigator.route(), u"create"_s) << "coming back here does not empty the shot again";
}

TEST_F(CreateTest, AJobThatDidNotFitComesBackWithHalfThePixels) {
  studio.navigator.setScreens({u"create"_s});
  CreateModel model(studio.context);
  FakeStudio::settle();
  studio.jobs.setJobs({{{"job_id", "j"},
                        {"state", "failed"},
                        {"prompt", "a cone"},
                        {"model", "m"},
                        {"size", "512x384"},
                        {"frames", 49},
                        {"fps", "24"},
                        {"seed", 11},
                        {"steps", 20},
                        {"guidance", 5.5}}});
  studio.navigator.go(u"create?job=j&size=smaller"_s);
  EXPECT_EQ(model.prompt(), u"a cone"_s);
  EXPECT_EQ(model.size(), u"352x256"_s);
  EXPECT_EQ(model.frames(), 49);
  EXPECT_EQ(model.seed(), u"11"_s);
  EXPECT_EQ(model.guidance(), 5.5);
  studio.undo.undo();
  EXPECT_EQ(model.prompt(), u"a ball"_s);
}

TEST(PromptBuilder, JoinsPhrasesAsOneWouldWriteThem) {
  EXPECT_EQ(with_phrase({}, u"a red ball"_s), u"A red ball"_s);
  EXPECT_EQ(with_phrase(u"A red ball"_s, u"bounces"_s), u"A red ball bounces"_s);
  EXPECT_EQ(with_phrase(u"A red ball bounces,"_s, u"slow pan left"_s), u"A red ball bounces, slow pan left"_s);
  EXPECT_EQ(with_phrase(u"A ball, slow pan left"_s, u"slow pan left"_s), u"A ball, slow pan left"_s);
}

TEST(PromptBuilder, HasTheCamerasWholeGrammar) {
  const QVariantList parts = prompt_parts();
  ASSERT_EQ(parts.size(), 6);
  EXPECT_GE(parts[3].toMap()[u"phrases"_s].toList().size(), 10);
}

}  // namespace fantascope::ui
