#include "ui/screens/shot/lineage_model.h"

#include <gtest/gtest.h>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

json take(const char* id, int seq, const json& more = json::object()) {
  json made = {{"take_id", id},     {"seq", seq},   {"prompt", std::string("a ") + id}, {"keep", "draft"}, {"shot_id", ""},
               {"sketch_steps", 0}, {"gone", false}};
  made.update(more);
  return made;
}
json link(const char* child, const char* parent, const char* relation) {
  return {{"take_id", child}, {"parent_id", parent}, {"relation", relation}};
}

struct LineageTest : ::testing::Test {
  void SetUp() override {
    studio.backend.handlers["view lineage"] = [this](const json&) { return answer; };
    studio.open();
  }
  QStringList ids(const LineageModel& model) {
    QStringList all;
    for (int row = 0; row < model.count(); ++row) all << model.data(model.index(row), LineageModel::TakeIdRole).toString();
    return all;
  }
  FakeStudio studio;
  json answer = {{"takes", json::array()}, {"links", json::array()}};
};

TEST_F(LineageTest, ChildrenStandUnderTheirParentInTheOrderOfMaking) {
  answer = {{"takes", {take("remix", 4), take("sketch", 1, {{"sketch_steps", 4}}), take("whole", 2), take("longer", 3)}},
            {"links", {link("remix", "whole", "remix"), link("longer", "whole", "retake"), link("whole", "sketch", "finish")}}};
  LineageModel model(studio.context);
  model.setTake(u"remix"_s);
  FakeStudio::settle();
  EXPECT_EQ(ids(model), QStringList({u"sketch"_s, u"whole"_s, u"longer"_s, u"remix"_s}));
  const auto at = [&](int row, int role) { return model.data(model.index(row), role); };
  EXPECT_EQ(at(0, LineageModel::ParentRowRole).toInt(), -1);
  EXPECT_EQ(at(0, LineageModel::RelationTextRole).toString(), u"sketch"_s);
  EXPECT_EQ(at(1, LineageModel::RelationTextRole).toString(), u"finished"_s);
  EXPECT_EQ(at(2, LineageModel::DepthRole).toInt(), 2);
  EXPECT_EQ(at(2, LineageModel::RelationTextRole).toString(), u"retaken"_s);
  EXPECT_EQ(at(3, LineageModel::ParentRowRole).toInt(), 1);
  EXPECT_TRUE(at(3, LineageModel::CurrentRole).toBool());
  EXPECT_FALSE(at(0, LineageModel::CurrentRole).toBool());
}

TEST_F(LineageTest, ATakeOfItsOwnHasNoLineage) {
  answer["takes"] = {take("alone", 1)};
  LineageModel model(studio.context);
  model.setTake(u"alone"_s);
  FakeStudio::settle();
  EXPECT_EQ(model.count(), 0);
}

TEST_F(LineageTest, AParentThatIsGoneIsSaidAndALoopEnds) {
  answer = {{"takes", {take("child", 2), take("lost", 0, {{"gone", true}}), take("x", 3), take("y", 4)}},
            {"links", {link("child", "lost", "extend"), link("x", "y", "remix"), link("y", "x", "remix"), link("x", "x", "remix")}}};
  LineageModel model(studio.context);
  model.setTake(u"child"_s);
  FakeStudio::settle();
  ASSERT_GE(model.count(), 2);
  EXPECT_EQ(model.data(model.index(0), LineageModel::RelationTextRole).toString(), u"gone"_s);
  EXPECT_TRUE(model.data(model.index(0), LineageModel::GoneRole).toBool());
  EXPECT_LE(model.count(), 4);
}

TEST_F(LineageTest, WalkingInTheFamilyMovesTheMarkAndKeepsTheRows) {
  answer = {{"takes", {take("a", 1), take("b", 2)}}, {"links", {link("b", "a", "extend")}}};
  LineageModel model(studio.context);
  model.setTake(u"a"_s);
  FakeStudio::settle();
  int resets = 0;
  QObject::connect(&model, &QAbstractItemModel::modelReset, [&] { ++resets; });
  model.setTake(u"b"_s);
  FakeStudio::settle();
  EXPECT_EQ(resets, 0);
  EXPECT_TRUE(model.data(model.index(1), LineageModel::CurrentRole).toBool());
}

}  // namespace
}  // namespace fantascope::ui
