#include "ui/screens/storyboard/storyboard_model.h"

#include <gtest/gtest.h>

#include <QLocale>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

/// Three shots; the first has a take.
struct StoryboardTest : ::testing::Test {
  void SetUp() override {
    QLocale::setDefault(QLocale::c());
    auto& handlers = studio.backend.handlers;
    handlers["view board"] = [this](const json&) { return json{{"shots", shots}, {"world", world}}; };
    handlers["set board"] = [this](const json& arguments) {
      order = arguments["shots"];
      return json::object();
    };
    handlers["set world"] = [this](const json& arguments) {
      world = arguments["text"];
      return json::object();
    };
    handlers["put shot"] = [this](const json& arguments) {
      put = arguments;
      for (json& shot : shots)
        if (shot["shot_id"] == arguments.value("shot_id", "")) shot.update(arguments);
      return json{{"shot_id", "new"}};
    };
    handlers["queue add"] = [this](const json& arguments) {
      added.push_back(arguments);
      return json{{"job_id", "j"}, {"jobs", {{{"job_id", "j"}, {"state", "queued"}}}}};
    };
    handlers["attach jobs"] = [](const json&) { return json::object(); };
    handlers["library frame"] = [](const json& arguments) {
      return json{{"path", "/" + arguments["take"].get<std::string>() + "-last.png"}, {"frame", 25}};
    };
    studio.open();
  }
  static json shot(const char* id, const char* prompt, const json& take = nullptr, const json& form = {{"seconds", 2.0}}) {
    return {{"shot_id", id}, {"prompt", prompt}, {"form", form}, {"take", take}};
  }
  FakeStudio studio;
  json shots = {shot("s1", "a ball", {{"take_id", "t1"}, {"duration_s", 3.0}, {"frames", 25}, {"size", "192x128"}}), shot("s2", "a cube"),
                shot("s3", "a cone")};
  json order, put;
  std::string world = "at dusk";
  std::vector<json> added;
};

TEST_F(StoryboardTest, WordsOfTheWorldGoWithEveryPrompt) {
  StoryboardModel model(studio.context);
  FakeStudio::settle();
  EXPECT_EQ(model.wholePrompt(1), u"a cube, at dusk"_s);
  model.setWorld({});
  FakeStudio::settle();
  EXPECT_EQ(model.wholePrompt(1), u"a cube"_s);
  studio.undo.undo();
  FakeStudio::settle();
  EXPECT_EQ(world, "at dusk");
}

TEST_F(StoryboardTest, IsOfTheOpenProjectInEveryQuestion) {
  StoryboardModel model(studio.context);
  FakeStudio::settle();
  studio.backend.handlers["put project"] = [](const json&) { return json{{"project_id", "p1"}, {"name", "Film"}}; };
  studio.backend.handlers["view projects"] = [](const json&) {
    return json{{"projects", {{{"project_id", "p1"}, {"name", "Film"}}}}, {"num_takes", 1}};
  };
  studio.projects.create(u"Film"_s);
  FakeStudio::settle();
  ASSERT_EQ(studio.projects.currentId(), u"p1"_s);
  const auto last = [this](const std::string& name) {
    json found;
    for (const auto& [question, arguments] : studio.backend.asked)
      if (question == name) found = arguments;
    return found;
  };
  EXPECT_EQ(last("view board")["project_id"], "p1");
  model.addShot(u"a cone"_s);
  FakeStudio::settle();
  EXPECT_EQ(put["project_id"], "p1");
  EXPECT_EQ(last("set board")["project_id"], "p1");
  model.setWorld(u"in fog"_s);
  studio.projects.select({});
  FakeStudio::settle();
  EXPECT_EQ(last("view board")["project_id"], "");
  studio.undo.undo();
  FakeStudio::settle();
  EXPECT_EQ(last("set world"), (json{{"text", "at dusk"}, {"project_id", "p1"}})) << "what was changed in the project is taken back there";
}

TEST_F(StoryboardTest, LengthIsThatOfTakesOrOfWhatWasAskedFor) {
  StoryboardModel model(studio.context);
  FakeStudio::settle();
  EXPECT_EQ(model.missing(), 2);
  EXPECT_TRUE(model.lengthText().contains(u"7.00 s"_s)) << model.lengthText().toStdString();
}

TEST_F(StoryboardTest, AShotThatFollowsStartsWithTheLastFrameOfTheOneBefore) {
  StoryboardModel model(studio.context);
  FakeStudio::settle();
  model.setFollows(1, true);
  FakeStudio::settle();
  EXPECT_EQ(put["form"]["first_frame"], "previous");
  EXPECT_EQ(put["form"]["seconds"], 2.0) << "the rest of the form stays";
  EXPECT_TRUE(model.data(model.index(1), StoryboardModel::FollowsRole).toBool());
  model.generate(1);
  FakeStudio::settle();
  ASSERT_EQ(added.size(), 1u);
  EXPECT_EQ(added[0]["image"], "/t1-last.png");
  studio.undo.undo();
  FakeStudio::settle();
  EXPECT_EQ(put["form"].value("first_frame", ""), "");
}

TEST_F(StoryboardTest, AShotWaitsForTheOneBeforeAndIsMadeWhenItsTakeIsThere) {
  for (json& shot : shots) shot["form"]["first_frame"] = "previous";
  StoryboardModel model(studio.context);
  FakeStudio::settle();
  EXPECT_FALSE(model.data(model.index(0), StoryboardModel::FollowsRole).toBool()) << "nothing is before the first";
  model.generate(2);
  FakeStudio::settle();
  EXPECT_TRUE(added.empty());
  EXPECT_TRUE(model.data(model.index(2), StoryboardModel::WaitsRole).toBool());
  shots[1]["take"] = {{"take_id", "t2"}, {"duration_s", 2.0}, {"frames", 25}, {"size", "192x128"}};
  Q_EMIT studio.jobs.takesChanged();
  FakeStudio::settle(60);
  ASSERT_EQ(added.size(), 1u);
  EXPECT_EQ(added[0]["image"], "/t2-last.png");
  EXPECT_EQ(added[0]["prompt"], "a cone, at dusk");
  Q_EMIT studio.jobs.takesChanged();
  FakeStudio::settle(60);
  EXPECT_EQ(added.size(), 1u) << "once";
}

TEST_F(StoryboardTest, MovingAndTakingOutCanBeUndone) {
  StoryboardModel model(studio.context);
  FakeStudio::settle();
  model.move(2, -1);
  FakeStudio::settle();
  EXPECT_EQ(order, (json{"s1", "s3", "s2"}));
  studio.undo.undo();
  FakeStudio::settle();
  EXPECT_EQ(order, (json{"s1", "s2", "s3"}));
  model.remove(0);
  FakeStudio::settle();
  EXPECT_EQ(order, (json{"s2", "s3"}));
  studio.notices.act();
  FakeStudio::settle();
  EXPECT_EQ(order, (json{"s1", "s2", "s3"}));
}

TEST_F(StoryboardTest, GenerateMissingLeavesWhatHasATake) {
  StoryboardModel model(studio.context);
  FakeStudio::settle();
  model.generateMissing();
  FakeStudio::settle();
  ASSERT_EQ(added.size(), 2u);
  EXPECT_EQ(added[0]["prompt"], "a cube, at dusk");
  EXPECT_EQ(added[0]["seconds"], 2.0);
  EXPECT_FALSE(added[0].contains("image"));
}

}  // namespace
}  // namespace fantascope::ui
