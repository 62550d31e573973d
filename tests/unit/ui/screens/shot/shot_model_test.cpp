#include "ui/screens/shot/shot_model.h"

#include <gtest/gtest.h>

#include <QLocale>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

constexpr char kShot[] = "0123456789abcdef";

/// A shot with three takes, t3 the newest; t1 is a sketch.
struct ShotTest : ::testing::Test {
  void SetUp() override {
    QLocale::setDefault(QLocale::c());
    auto& handlers = studio.backend.handlers;
    handlers["view takes"] = [](const json&) { return json{{"seqs", {3, 2, 1}}}; };
    handlers["view rows"] = [](const json& arguments) {
      json rows = json::array();
      for (const json& seq : arguments["seqs"])
        rows.push_back({{"seq", seq},
                        {"take_id", "t" + seq.dump()},
                        {"prompt", "a red ball"},
                        {"keep", "draft"},
                        {"stars", 0},
                        {"duration_s", 2.0},
                        {"frames", 25}});
      return json{{"rows", rows}};
    };
    handlers["view take"] = [this](const json& arguments) {
      const std::string id = arguments["take_id"];
      return json{{"take_id", id},
                  {"clip", "/" + id},
                  {"prompt", "a red ball"},
                  {"keep", "draft"},
                  {"size", "192x128"},
                  {"model", "m"},
                  {"fps", "12"},
                  {"seed", 7},
                  {"sketch_steps", id == "t1" ? 4 : 0},
                  {"stars", 0},
                  {"frames", 25},
                  {"duration_s", 2.0},
                  {"size_bytes", 1000},
                  {"warnings", json::array()},
                  {"timings_s", {{"total", 3.0}}},
                  {"measures", measured ? json{{"flicker_levels", 9.0}, {"warnings", {"flicker_levels"}}} : json(nullptr)},
                  {"recipe", {{"model", "m"}, {"steps", 12}, {"weights", json::array()}}}};
    };
    handlers["view operations"] = [](const json&) {
      return json{{"finish", json::array()}, {"extend", json::array()}, {"remix", json::array()}, {"retake", json::array()}};
    };
    handlers["view marks"] = [](const json& arguments) {
      return json{{"marks", {{{"take_id", arguments["takes"][0]}, {"keep", "draft"}, {"stars", 0}, {"tags", json::array()}}}}};
    };
    handlers["mark takes"] = [this](const json& arguments) {
      marks = arguments["marks"];
      return json::object();
    };
    for (const char* action : {"queue finish", "queue extend", "queue remix", "queue retake"})
      handlers[action] = [this, action](const json& arguments) {
        queued = {{"action", action}, {"arguments", arguments}};
        return json{{"job_id", "j"}, {"jobs", {{{"job_id", "j"}, {"state", "queued"}}}}};
      };
    for (const char* action : {"finish", "extend", "remix", "retake", "reproduce"})
      handlers[action] = [this, action](const json& arguments) {
        EXPECT_EQ(arguments["estimate"], true) << action << " would be made while it is looked at";
        priced[action] = arguments;
        return json{{"action", action},    {"measured", true},    {"total_s", 25.0},
                    {"total_s_min", 20.0}, {"total_s_max", 30.0}, {"fits", true}};
      };
    handlers["view retake"] = [this](const json& arguments) -> Result<json> {
      if (refused) return Error{ErrorCode::kInvalidArgument, "the range touches every latent frame"};
      asked = arguments;
      return json{{"from", 0.75}, {"to", 1.4167}, {"first_frame", 10}, {"last_frame", 17}, {"widened", true}};
    };
    handlers["attach jobs"] = [this](const json& arguments) {
      attached = arguments;
      return json::object();
    };
    handlers["library measure"] = [this](const json&) {
      measured = true;
      return json::object();
    };
    handlers["library frame"] = [this](const json& arguments) {
      frame = arguments;
      return json{{"path", "/home/references/t2-18.png"}, {"frame", arguments["frame"]}};
    };
    handlers["view lineage"] = [](const json&) {
      return json{{"takes",
                   {{{"take_id", "t2"}, {"seq", 2}, {"prompt", "a"}},
                    {{"take_id", "elsewhere"}, {"seq", 1}, {"prompt", "b"}, {"shot_id", "fedcba9876543210"}}}},
                  {"links", {{{"take_id", "t2"}, {"parent_id", "elsewhere"}, {"relation", "remix"}}}}};
    };
    handlers["view sketches"] = [](const json&) {
      return json{
          {"cells",
           {{{"sketch_id", "t1"}, {"take_id", "t1"}, {"sketch_steps", 4}, {"num_steps", 12}}, {{"sketch_id", "t2"}, {"take_id", "t2"}}}}};
    };
    studio.navigator.setScreens({u"shot"_s, u"create"_s, u"queue"_s, u"library"_s});
    studio.open();
  }
  void open(const QString& query) {
    studio.navigator.go(QString::fromLatin1("shot/") + QString::fromLatin1(kShot) + query);
    FakeStudio::settle(60);
  }
  QString focused(const ShotModel& model) { return model.focused().value(u"takeId"_s).toString(); }

  FakeStudio studio;
  json marks, queued, attached, frame, asked, priced = json::object();
  bool refused = false;
  bool measured = true;
};

TEST_F(ShotTest, TheRouteSaysWhatIsComparedAndTheFocusWhatIsDone) {
  ShotModel model(studio.context);
  open(u"?takes=t2,t3&view=wipe"_s);
  EXPECT_EQ(model.view(), u"wipe"_s);
  EXPECT_EQ(focused(model), u"t2"_s);
  model.focusTake(true);
  FakeStudio::settle();
  EXPECT_EQ(focused(model), u"t3"_s);
  model.keep();
  FakeStudio::settle();
  EXPECT_EQ(marks[0]["take_id"], "t3");
  EXPECT_EQ(marks[0]["keep"], "kept");
}

TEST_F(ShotTest, OnlyASketchCanBeFinishedAndTheJobBelongsToTheShot) {
  ShotModel model(studio.context);
  open(u"?takes=t2&view=one"_s);
  EXPECT_FALSE(model.finishReason().isEmpty());
  model.finish();
  FakeStudio::settle();
  EXPECT_TRUE(queued.is_null());
  model.show(u"t1"_s);
  FakeStudio::settle(60);
  EXPECT_TRUE(model.finishReason().isEmpty()) << model.finishReason().toStdString();
  model.finish();
  FakeStudio::settle();
  EXPECT_EQ(queued["action"], "queue finish");
  EXPECT_EQ(queued["arguments"]["take"], "t1");
  EXPECT_EQ(attached["shot_id"], kShot);
}

TEST_F(ShotTest, ExtendAndRemixGoOnFromTheTakeInFocus) {
  ShotModel model(studio.context);
  open(u"?takes=t2&view=one"_s);
  model.extend(u"the ball rolls on"_s);
  FakeStudio::settle();
  EXPECT_EQ(queued["arguments"], (json{{"take", "t2"}, {"prompt", "the ball rolls on"}}));
  model.remix(u"a blue ball"_s, 0.4);
  FakeStudio::settle();
  EXPECT_EQ(queued["arguments"]["strength"], 0.4);
}

TEST_F(ShotTest, ARangeIsRetakenWhenItIsMarkedAndSaidBeforehand) {
  ShotModel model(studio.context);
  open(u"?takes=t2&view=one"_s);
  auto& range = *qobject_cast<ClipRange*>(model.range());
  EXPECT_TRUE(model.retakeReason().contains(u"Mark the part"_s));
  QStringList wanted;
  QObject::connect(&model, &ShotModel::wordsWanted, [&](const QString& action) { wanted << action; });
  model.wantRetake();
  EXPECT_TRUE(wanted.isEmpty());
  range.setIn(12);
  range.setOut(15);
  EXPECT_EQ(model.retakeReason(), QString());
  model.wantRetake();
  EXPECT_EQ(wanted, QStringList{u"retake"_s});
  model.askRetake();
  FakeStudio::settle();
  EXPECT_EQ(asked["from"], 1.0);
  EXPECT_NEAR(asked["to"].get<double>(), 16 / 12.0, 1e-12);
  EXPECT_TRUE(model.retakeText().startsWith(u"Frames 10 to 17 (0.75 to 1.42 s)"_s)) << model.retakeText().toStdString();
  EXPECT_TRUE(model.retakeText().contains(u"in groups"_s));
  model.retake(u"a green cone"_s, true);
  FakeStudio::settle();
  EXPECT_EQ(queued["action"], "queue retake");
  EXPECT_EQ(queued["arguments"]["take"], "t2");
  EXPECT_EQ(queued["arguments"]["prompt"], "a green cone");
  EXPECT_EQ(queued["arguments"]["keep_sound"], true);
  EXPECT_EQ(queued["arguments"]["from"], 1.0);
  EXPECT_EQ(attached["shot_id"], kShot);
  refused = true;
  model.askRetake();
  FakeStudio::settle();
  EXPECT_TRUE(model.retakeText().isEmpty());
  EXPECT_FALSE(model.retakeProblem().isEmpty());
}

TEST_F(ShotTest, EveryActionHasItsPriceBeforeItIsPressed) {
  constexpr int kAfterAsking_ms = 220;
  ShotModel model(studio.context);
  open(u"?takes=t2&view=one"_s);
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_EQ(priced["reproduce"]["take"], "t2");
  EXPECT_EQ(qobject_cast<ActionPrice*>(model.reproducePrice())->shortTime(), u"~25 s"_s);
  EXPECT_TRUE(qobject_cast<ActionPrice*>(model.finishPrice())->shortTime().isEmpty()) << "it is finished";
  model.show(u"t1"_s);
  FakeStudio::settle(60 + kAfterAsking_ms);
  EXPECT_EQ(priced["finish"]["take"], "t1");
  EXPECT_EQ(qobject_cast<ActionPrice*>(model.finishPrice())->shortTime(), u"~25 s"_s);
  model.show(u"t2"_s);
  FakeStudio::settle(60);
  EXPECT_TRUE(qobject_cast<ActionPrice*>(model.finishPrice())->shortTime().isEmpty());

  auto& price = *qobject_cast<ActionPrice*>(model.price());
  model.priceExtend(u" 6,5"_s);
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_EQ(priced["extend"]["seconds"], 6.5);
  EXPECT_EQ(priced["extend"]["snap"], true);
  model.priceExtend({});
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_FALSE(priced["extend"].contains("seconds"));
  model.priceExtend(u"long"_s);
  EXPECT_FALSE(price.problem().isEmpty());
  model.priceRemix(0.3);
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_EQ(priced["remix"]["strength"], 0.3);
  EXPECT_TRUE(price.problem().isEmpty());
  auto& range = *qobject_cast<ClipRange*>(model.range());
  range.setIn(12);
  model.priceRetake(true);
  FakeStudio::settle(kAfterAsking_ms);
  EXPECT_EQ(priced["retake"]["from"], 1.0);
  EXPECT_EQ(priced["retake"]["keep_sound"], true);
  EXPECT_TRUE(queued.is_null()) << "nothing was pressed";
  model.extend(u"on"_s, u"6.5"_s);
  FakeStudio::settle();
  EXPECT_EQ(queued["arguments"]["seconds"], 6.5);
}

TEST_F(ShotTest, PointsStayAmongTheTakesOfAShotAndNoLonger) {
  ShotModel model(studio.context);
  open(u"?takes=t2&view=one"_s);
  auto& range = *qobject_cast<ClipRange*>(model.range());
  range.setIn(3);
  model.show(u"t3"_s);
  FakeStudio::settle(60);
  EXPECT_EQ(range.first(), 3);
  model.show(u"t1"_s);
  FakeStudio::settle(60);
  EXPECT_TRUE(model.retakeReason().contains(u"sketch"_s));
  studio.navigator.go(u"shot/fedcba9876543210?takes=t2&view=one"_s);
  FakeStudio::settle(60);
  EXPECT_FALSE(range.isSet());
}

TEST_F(ShotTest, AGridShowsAllWalksThroughItsCellsAndFinishesTheOneThatIsPressed) {
  ShotModel model(studio.context);
  open(u"?view=grid"_s);
  EXPECT_EQ(model.view(), u"grid"_s);
  EXPECT_TRUE(model.takeB().isEmpty());
  model.show(u"t1"_s);
  FakeStudio::settle(60);
  EXPECT_EQ(focused(model), u"t1"_s);
  model.nextTake();
  FakeStudio::settle(60);
  EXPECT_EQ(focused(model), u"t2"_s);
  model.finishTake(u"t1"_s);
  FakeStudio::settle();
  EXPECT_EQ(queued["arguments"]["take"], "t1") << "whatever is in focus";
}

TEST_F(ShotTest, WhatIsUnusualIsMarkedOnTheTakeAndListedInThePanel) {
  ShotModel model(studio.context);
  open(u"?takes=t2&view=one"_s);
  EXPECT_TRUE(model.takeA().value(u"measuredBad"_s).toBool());
  EXPECT_EQ(model.measures().size(), 6);
  EXPECT_EQ(studio.backend.count("library measure"), 0);
}

TEST_F(ShotTest, ATakeThatWasNeverMeasuredIsMeasuredOnceWhenItIsLookedAt) {
  measured = false;
  ShotModel model(studio.context);
  open(u"?takes=t2&view=one"_s);
  FakeStudio::settle(60);
  EXPECT_EQ(studio.backend.count("library measure"), 1);
  EXPECT_EQ(model.measures().size(), 6);
}

TEST_F(ShotTest, AFrameBecomesTheFirstOneOfANewClip) {
  ShotModel model(studio.context);
  open(u"?takes=t2&view=one"_s);
  model.useFrame(17);
  FakeStudio::settle();
  EXPECT_EQ(frame, (json{{"take", "t2"}, {"frame", 18}}));
  EXPECT_EQ(studio.navigator.screen(), u"create"_s);
  EXPECT_EQ(studio.navigator.query().value(u"image"_s), u"/home/references/t2-18.png"_s);
  EXPECT_EQ(studio.navigator.query().value(u"prompt"_s), u"a red ball"_s);
}

TEST_F(ShotTest, ARelativeOfAnotherShotIsOpenedThere) {
  ShotModel model(studio.context);
  open(u"?takes=t2&view=one"_s);
  ASSERT_EQ(qobject_cast<LineageModel*>(model.lineage())->count(), 2);
  model.openRelative(0);
  FakeStudio::settle();
  EXPECT_EQ(studio.navigator.subject(), u"fedcba9876543210"_s);
  EXPECT_EQ(studio.navigator.query().value(u"takes"_s), u"elsewhere"_s);
}

}  // namespace
}  // namespace fantascope::ui
