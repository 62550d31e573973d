#include "ui/screens/library/library_model.h"

#include <gtest/gtest.h>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

/// `count` takes, numbered from `count` down; a filter of n letters leaves the first n hundred.
void fill(FakeStudio& studio, int count) {
  studio.backend.handlers["view takes"] = [count](const json& arguments) {
    const auto letters = static_cast<int>(arguments["filter"].get<std::string>().size());
    json seqs = json::array();
    for (int seq = count; seq > std::max(0, letters == 0 ? 0 : count - 100 * letters); --seq) seqs.push_back(seq);
    return json{{"seqs", seqs}};
  };
  studio.backend.handlers["view rows"] = [](const json& arguments) {
    json rows = json::array();
    for (const json& seq : arguments["seqs"])
      rows.push_back(
          {{"seq", seq}, {"take_id", "take" + seq.dump()}, {"prompt", "a red ball"}, {"keep", "draft"}, {"stars", 0}, {"duration_s", 1.5}});
    return json{{"rows", rows}};
  };
}

std::string last_filter(const FakeStudio& studio) {
  std::string filter;
  for (const auto& [name, arguments] : studio.backend.asked)
    if (name == "view takes") filter = arguments["filter"].get<std::string>();
  return filter;
}

}  // namespace

TEST(LibraryModel, ALetterIsSearchedAtOnceAndThoseTypedMeanwhileTogether) {
  FakeStudio studio;
  fill(studio, 1000);
  studio.open();
  LibraryModel model(studio.context);
  FakeStudio::settle();
  const int before = studio.backend.count("view takes");
  model.setSearch(u"b"_s);
  EXPECT_EQ(studio.backend.count("view takes"), before + 1) << "the first letter waits for nothing";
  model.setSearch(u"ba"_s);
  model.setSearch(u"bal"_s);
  EXPECT_EQ(studio.backend.count("view takes"), before + 1) << "one question at a time";
  FakeStudio::settle();
  EXPECT_EQ(studio.backend.count("view takes"), before + 2);
  EXPECT_EQ(last_filter(studio), "bal");
  EXPECT_EQ(model.countText(), u"300 take(s)"_s);
}

TEST(LibraryModel, RowsThatComeDoNotMoveTheCurrentTake) {
  FakeStudio studio;
  fill(studio, 1000);
  studio.open();
  LibraryModel model(studio.context);
  FakeStudio::settle();
  int moved = 0;
  QObject::connect(&model, &LibraryModel::currentChanged, [&] { ++moved; });
  auto* list = qobject_cast<TakeListModel*>(model.takeList());
  (void)list->data(list->index(900), TakeListModel::NameRole);  // scrolled into sight: a page is fetched
  FakeStudio::settle();
  EXPECT_TRUE(list->data(list->index(900), TakeListModel::LoadedRole).toBool());
  EXPECT_EQ(moved, 0);
  model.setCurrent(900);
  EXPECT_EQ(moved, 1);
  model.setSearch(u"x"_s);  // 100 takes are left
  FakeStudio::settle();
  EXPECT_EQ(model.current(), 99);
  EXPECT_EQ(moved, 2);
}

TEST(LibraryModel, SelectionIsOfTakesAndSaysWhenItChanges) {
  FakeStudio studio;
  fill(studio, 150);
  studio.open();
  LibraryModel model(studio.context);
  FakeStudio::settle();
  auto* list = qobject_cast<TakeListModel*>(model.takeList());
  (void)list->data(list->index(0), TakeListModel::NameRole);
  FakeStudio::settle();
  int changes = 0;
  QObject::connect(&model, &LibraryModel::selectionChanged, [&] { ++changes; });
  const int revision = model.selectionRevision();
  model.click(120, false, false);
  EXPECT_TRUE(model.isSelected(u"take30"_s));
  EXPECT_GT(model.selectionRevision(), revision);
  EXPECT_EQ(changes, 1);
  EXPECT_EQ(model.countText(), u"150 take(s) · 1 selected"_s);
  model.setSearch(u"x"_s);  // take30 is not among the 100 that are left
  FakeStudio::settle();
  EXPECT_EQ(changes, 1);
  EXPECT_TRUE(model.isSelected(u"take30"_s));
  EXPECT_EQ(model.countText(), u"100 take(s) · 1 selected · 1 not shown"_s);
}

TEST(LibraryModel, ShowsWhatIsOfTheOpenProjectAndSaysSo) {
  FakeStudio studio;
  fill(studio, 12);
  studio.backend.handlers["view projects"] = [](const json&) {
    return json{{"projects", {{{"project_id", "p1"}, {"name", "Film"}, {"num_takes", 12}}}}, {"num_takes", 40}};
  };
  json moved;
  studio.backend.handlers["move takes"] = [&moved](const json& arguments) {
    moved = arguments;
    return json{{"moved", json::array()}, {"num_takes", 1}};
  };
  studio.open();
  LibraryModel model(studio.context);
  FakeStudio::settle();
  EXPECT_EQ(model.countText(), u"12 take(s)"_s);
  studio.projects.select(u"p1"_s);
  FakeStudio::settle();
  EXPECT_EQ(studio.backend.asked.back().first, "view takes");
  EXPECT_EQ(studio.backend.asked.back().second["project_id"], "p1");
  EXPECT_EQ(model.countText(), u"12 take(s) in “Film”"_s);
  model.setSearch(u"project:other"_s);
  FakeStudio::settle();
  EXPECT_EQ(model.countText().contains(u"Film"_s), false) << "a search that names its own project";
  model.setSearch({});
  FakeStudio::settle();
  auto* list = qobject_cast<TakeListModel*>(model.takeList());
  (void)list->data(list->index(0), TakeListModel::NameRole);
  FakeStudio::settle();
  int asked = 0;
  QObject::connect(&model, &LibraryModel::moveWanted, [&] { ++asked; });
  model.click(2, false, false);
  model.wantMove();
  EXPECT_EQ(asked, 1);
  model.moveTo(u"p1"_s);
  FakeStudio::settle();
  EXPECT_EQ(moved, (json{{"takes", {"take10"}}, {"project_id", "p1"}}));
}

TEST(LibraryModel, AnEmptyProjectLeadsToAllOfThem) {
  FakeStudio studio;
  studio.backend.handlers["view projects"] = [](const json&) {
    return json{{"projects", {{{"project_id", "p1"}, {"name", "Film"}, {"num_takes", 0}}}}, {"num_takes", 40}};
  };
  studio.preferences.setValue(u"project"_s, u"p1"_s);
  studio.preferences.setValue(u"project_name"_s, u"Film"_s);
  studio.projects.setContext(studio.context);
  studio.open();
  LibraryModel model(studio.context);
  FakeStudio::settle();
  EXPECT_TRUE(model.emptyText().contains(u"“Film”"_s));
  EXPECT_EQ(model.emptyAction(), u"Show all projects"_s);
  model.emptyAct();
  EXPECT_EQ(studio.projects.currentId(), QString());
}

}  // namespace fantascope::ui
