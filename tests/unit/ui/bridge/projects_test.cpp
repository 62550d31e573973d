#include "ui/bridge/projects.h"

#include <gtest/gtest.h>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

/// A library with projects in a table, as app/operations answers for it.
struct ProjectsTest : ::testing::Test {
  void SetUp() override {
    auto& handlers = studio.backend.handlers;
    handlers["view projects"] = [this](const json&) {
      json rows = json::array();
      for (const auto& [id, name] : names)
        rows.push_back({{"project_id", id}, {"name", name}, {"num_shots", 1}, {"num_takes", 2}, {"created_ms", 5}});
      return json{{"projects", rows}, {"num_takes", 9}};
    };
    handlers["put project"] = [this](const json& arguments) -> Result<json> {
      const std::string id = arguments.value("project_id", "new"), name = arguments["name"];
      for (const auto& [other, taken] : names)
        if (taken == name && other != id)
          return Error{ErrorCode::kInvalidArgument, "there is a project of this name", "name", name, "another name", ""};
      names[id] = name;
      put = arguments;
      return json{{"project_id", id}, {"name", name}, {"created_ms", arguments.value("created_ms", 5)}};
    };
    handlers["remove project"] = [this](const json& arguments) {
      const bool there = names.erase(arguments["project_id"]) > 0;
      return json{{"shots", there ? json{"s1", "s2"} : json::array()}};
    };
    handlers["move takes"] = [this](const json& arguments) {
      moved.push_back(arguments);
      return json{{"moved", {{{"shot_id", "s1"}, {"project_id", "old"}}}}, {"num_shots", 1}, {"num_takes", 3}};
    };
    handlers["move shots"] = [this](const json& arguments) {
      moved.push_back(arguments);
      return json{{"moved", json::array()}, {"num_takes", 3}};
    };
    studio.open();
  }
  FakeStudio studio;
  Projects& projects = studio.projects;
  std::map<std::string, std::string> names = {{"p1", "Film"}, {"p2", "Sea"}};
  json put;
  std::vector<json> moved;
};

TEST_F(ProjectsTest, TheOpenOneIsRememberedWithItsName) {
  EXPECT_EQ(projects.list().size(), 2);
  EXPECT_EQ(projects.allTakes(), 9);
  EXPECT_EQ(projects.currentName(), QString());
  int changes = 0;
  QObject::connect(&projects, &Projects::currentChanged, [&] { ++changes; });
  projects.select(u"p2"_s);
  projects.select(u"p2"_s);
  EXPECT_EQ(changes, 1);
  EXPECT_EQ(studio.preferences.value(u"project"_s).toString(), u"p2"_s);
  Projects again;
  again.setContext(studio.context);
  EXPECT_EQ(again.currentName(), u"Sea"_s) << "before the library is read";
}

TEST_F(ProjectsTest, ANewOneIsOpenAndCanBeTakenBack) {
  int named = 0;
  QObject::connect(&projects, &Projects::named, [&] { ++named; });
  projects.create(u"Short film"_s);
  FakeStudio::settle();
  EXPECT_EQ(named, 1);
  EXPECT_EQ(projects.currentName(), u"Short film"_s);
  EXPECT_EQ(names.size(), 3u);
  studio.undo.undo();
  FakeStudio::settle();
  EXPECT_EQ(names.size(), 2u);
  EXPECT_EQ(projects.currentId(), QString()) << "what is gone is not open";
  studio.undo.redo();
  FakeStudio::settle();
  EXPECT_EQ(names["new"], "Short film");
}

TEST_F(ProjectsTest, ARefusedNameIsSaidWhereItIsTyped) {
  int named = 0;
  QObject::connect(&projects, &Projects::named, [&] { ++named; });
  projects.create(u"Sea"_s);
  FakeStudio::settle();
  EXPECT_TRUE(projects.problem().contains(u"There is a project of this name"_s)) << projects.problem().toStdString();
  EXPECT_EQ(named, 0);
  EXPECT_EQ(studio.notices.text(), QString());
  EXPECT_EQ(studio.undo.undoText(), QString());
  projects.wantName({});
  EXPECT_EQ(projects.problem(), QString());
}

TEST_F(ProjectsTest, RenamingIsUndoneAndFollowsTheOpenOne) {
  projects.select(u"p1"_s);
  projects.rename(u"p1"_s, u"Feature"_s);
  FakeStudio::settle();
  EXPECT_EQ(projects.currentName(), u"Feature"_s);
  studio.undo.undo();
  FakeStudio::settle();
  EXPECT_EQ(names["p1"], "Film");
  EXPECT_EQ(projects.currentName(), u"Film"_s);
  names["p1"] = "Changed elsewhere";
  Q_EMIT studio.jobs.takesChanged();
  FakeStudio::settle();
  EXPECT_EQ(projects.currentName(), u"Changed elsewhere"_s);
}

TEST_F(ProjectsTest, RemovingAsksNothingAndIsTakenBackWithItsShots) {
  projects.select(u"p1"_s);
  projects.remove(u"p1"_s);
  FakeStudio::settle();
  EXPECT_EQ(names.count("p1"), 0u);
  EXPECT_EQ(projects.currentId(), QString());
  EXPECT_EQ(studio.notices.action(), u"Undo"_s);
  studio.undo.undo();
  FakeStudio::settle();
  EXPECT_EQ(put, (json{{"project_id", "p1"}, {"name", "Film"}, {"created_ms", 5}, {"shots", {"s1", "s2"}}}));
  EXPECT_EQ(projects.currentName(), u"Film"_s) << "and open as it was";
}

TEST_F(ProjectsTest, TakesAreMovedAndPutBackWhereTheyWere) {
  projects.moveTakes({u"t1"_s, u"t2"_s}, u"p2"_s);
  FakeStudio::settle();
  EXPECT_EQ(moved.front(), (json{{"takes", {"t1", "t2"}}, {"project_id", "p2"}}));
  EXPECT_TRUE(studio.notices.text().contains(u"“Sea”"_s));
  studio.undo.undo();
  FakeStudio::settle();
  EXPECT_EQ(moved.back()["shots"][0], (json{{"shot_id", "s1"}, {"project_id", "old"}}));
  projects.create(u"Fog"_s, {u"t3"_s});
  FakeStudio::settle();
  EXPECT_EQ(moved.back(), (json{{"takes", {"t3"}}, {"project_id", "new"}}));
  EXPECT_EQ(projects.currentId(), QString()) << "moving takes does not switch";
}

TEST_F(ProjectsTest, OneThatAnotherProgramRemovedIsClosed) {
  projects.select(u"p1"_s);
  names.erase("p1");
  Q_EMIT studio.jobs.takesChanged();
  FakeStudio::settle();
  EXPECT_EQ(projects.currentId(), QString());
}

}  // namespace
}  // namespace fantascope::ui
