#include "ui/screens/shot/sketch_grid.h"

#include <gtest/gtest.h>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

json cell(const char* sketch, const char* take, int sketch_steps) {
  return {{"sketch_id", sketch}, {"take_id", take},    {"clip", std::string("/") + take},
          {"size", "192x128"},   {"keep", "draft"},    {"sketch_steps", sketch_steps},
          {"num_steps", 12},     {"prompt", "a ball"}, {"seed", 7}};
}

struct SketchGridTest : ::testing::Test {
  void SetUp() override {
    studio.backend.handlers["view sketches"] = [this](const json&) { return json{{"cells", cells}}; };
    studio.open();
  }
  FakeStudio studio;
  json cells = {cell("s1", "s1", 4), cell("s2", "s2", 4), cell("s3", "s3", 4)};
  QString shot = u"0123456789abcdef"_s;
};

TEST_F(SketchGridTest, CellsAreInASquareAsFarAsTheyGo) {
  SketchGrid grid(studio.context);
  EXPECT_EQ(grid.columns(), 1);
  grid.setShot(shot);
  FakeStudio::settle();
  EXPECT_EQ(grid.count(), 3);
  EXPECT_EQ(grid.columns(), 2);
  EXPECT_EQ(grid.data(grid.index(1), SketchGrid::StateRole).toString(), u"Sketch, 4 of 12 steps"_s);
  EXPECT_TRUE(grid.data(grid.index(1), SketchGrid::CanFinishRole).toBool());
}

TEST_F(SketchGridTest, EachSketchSaysWhatFinishingItTakes) {
  studio.backend.handlers["finish"] = [](const json& arguments) -> Result<json> {
    EXPECT_EQ(arguments["estimate"], true);
    if (arguments["take"] == "s3") return Error{ErrorCode::kNotFound, "its latents are gone"};
    return json{{"measured", true}, {"total_s", arguments["take"] == "s1" ? 24.0 : 4.0}};
  };
  SketchGrid grid(studio.context);
  grid.setShot(shot);
  FakeStudio::settle();
  EXPECT_EQ(grid.get(0)[u"price"_s], u"~25 s"_s);
  EXPECT_EQ(grid.get(1)[u"price"_s], u"~4 s"_s);
  EXPECT_EQ(grid.get(2)[u"price"_s], QString());
}

TEST_F(SketchGridTest, TheSketchThatIsBeingFinishedSaysHowFarItIsAndCannotBeFinishedTwice) {
  SketchGrid grid(studio.context);
  grid.setShot(shot);
  FakeStudio::settle();
  studio.jobs.on_job({{"job_id", "j"},
                      {"state", "running"},
                      {"phase", "denoise"},
                      {"step", 6},
                      {"num_steps", 12},
                      {"parent", {{"take_id", "s2"}, {"relation", "finish"}}}});
  FakeStudio::settle(200);
  EXPECT_TRUE(grid.data(grid.index(1), SketchGrid::BusyRole).toBool());
  EXPECT_FALSE(grid.data(grid.index(1), SketchGrid::CanFinishRole).toBool());
  EXPECT_TRUE(grid.data(grid.index(1), SketchGrid::StateRole).toString().contains(u"step 6 of 12"_s));
  EXPECT_TRUE(grid.data(grid.index(0), SketchGrid::CanFinishRole).toBool());
}

TEST_F(SketchGridTest, TheFinishedTakeStandsInItsSketchsPlaceAndNothingElseMoves) {
  SketchGrid grid(studio.context);
  grid.setShot(shot);
  FakeStudio::settle();
  int resets = 0;
  QObject::connect(&grid, &QAbstractItemModel::modelReset, [&] { ++resets; });
  cells[1] = cell("s2", "whole", 0);
  Q_EMIT studio.jobs.takesChanged();
  FakeStudio::settle();
  EXPECT_EQ(resets, 0);
  EXPECT_EQ(grid.rowOf(u"whole"_s), 1);
  EXPECT_EQ(grid.shownFor(u"s2"_s), u"whole"_s);
  EXPECT_EQ(grid.shownFor(u"s1"_s), u"s1"_s);
  EXPECT_EQ(grid.data(grid.index(1), SketchGrid::StateRole).toString(), u"Finished from the sketch"_s);
  EXPECT_FALSE(grid.data(grid.index(1), SketchGrid::CanFinishRole).toBool());
}

TEST_F(SketchGridTest, WithoutAShotThereIsNothing) {
  SketchGrid grid(studio.context);
  grid.setShot(u"none"_s);
  FakeStudio::settle();
  EXPECT_EQ(grid.count(), 0);
  EXPECT_EQ(studio.backend.count("view sketches"), 0);
}

}  // namespace
}  // namespace fantascope::ui
