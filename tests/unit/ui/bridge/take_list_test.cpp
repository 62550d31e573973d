#include "ui/bridge/take_list_model.h"

#include <gtest/gtest.h>

#include "tests/support/fake_backend.h"

namespace fantascope::ui {
using namespace Qt::Literals::StringLiterals;
using nlohmann::json;
namespace {

/// A library of `count` takes with numbers falling from `count` to 1.
void fill(FakeStudio& studio, std::vector<qint64>& seqs) {
  studio.backend.handlers["view takes"] = [&seqs](const json&) { return json{{"seqs", seqs}}; };
  studio.backend.handlers["view rows"] = [](const json& arguments) {
    json rows = json::array();
    for (const json& seq : arguments["seqs"])
      rows.push_back(
          {{"seq", seq}, {"take_id", "take" + seq.dump()}, {"prompt", "a red ball"}, {"keep", "draft"}, {"stars", 2}, {"duration_s", 1.5}});
    return json{{"rows", rows}};
  };
}

}  // namespace

TEST(TakeListModel, KnowsHowManyThereAreAndFetchesOnlyWhatIsLookedAt) {
  FakeStudio studio;
  std::vector<qint64> seqs;
  for (qint64 seq = 100'000; seq > 0; --seq) seqs.push_back(seq);
  fill(studio, seqs);
  studio.open();
  TakeListModel model(studio.context);
  model.refresh();
  FakeStudio::settle();
  EXPECT_EQ(model.count(), 100'000);
  EXPECT_EQ(studio.backend.count("view rows"), 0);
  EXPECT_FALSE(model.data(model.index(99'999), TakeListModel::LoadedRole).toBool());
  FakeStudio::settle();
  EXPECT_EQ(studio.backend.count("view rows"), 1);
  EXPECT_EQ(model.data(model.index(99'999), TakeListModel::TakeIdRole).toString(), u"take1"_s);
  EXPECT_EQ(model.data(model.index(99'999), TakeListModel::StarsRole).toInt(), 2);
}

TEST(TakeListModel, ANewTakeIsInsertedAndNothingElseMoves) {
  FakeStudio studio;
  std::vector<qint64> seqs = {3, 2, 1};
  fill(studio, seqs);
  studio.open();
  TakeListModel model(studio.context);
  model.refresh();
  FakeStudio::settle();
  int inserted = 0, removed = 0, resets = 0;
  QObject::connect(&model, &QAbstractItemModel::rowsInserted, [&](const QModelIndex&, int first, int last) {
    inserted += last - first + 1;
    EXPECT_EQ(first, 0);
  });
  QObject::connect(&model, &QAbstractItemModel::rowsRemoved, [&] { ++removed; });
  QObject::connect(&model, &QAbstractItemModel::modelReset, [&] { ++resets; });
  seqs.insert(seqs.begin(), 4);
  model.refresh();
  FakeStudio::settle();
  EXPECT_EQ(model.count(), 4);
  EXPECT_EQ(inserted, 1);
  EXPECT_EQ(removed + resets, 0);
}

TEST(TakeListModel, AnOlderAnswerDoesNotReplaceANewerOne) {
  FakeStudio studio;
  std::vector<qint64> seqs = {1};
  fill(studio, seqs);
  studio.open();
  TakeListModel model(studio.context);
  model.setFilter(u"red"_s);
  seqs = {5, 4};
  model.setFilter(u"red ball"_s);
  FakeStudio::settle();
  EXPECT_EQ(model.count(), 2);
}

TEST(TakeListModel, SaysWhatIsWrongWithASearch) {
  FakeStudio studio;
  studio.backend.handlers["view takes"] = [](const json&) -> Result<json> {
    return Error{ErrorCode::kInvalidArgument, "the search cannot be understood", "stars", "9", "0 to 5", ""};
  };
  studio.open();
  TakeListModel model(studio.context);
  model.setFilter(u"stars:9"_s);
  FakeStudio::settle();
  EXPECT_EQ(model.count(), 0);
  EXPECT_FALSE(model.problem().isEmpty());
}

TEST(TakeActions, KeepIsUndoneToWhatWasBefore) {
  FakeStudio studio;
  json written;
  studio.backend.handlers["view marks"] = [](const json&) {
    return json{{"marks", {{{"take_id", "x"}, {"keep", "dropped"}, {"stars", 3}, {"tags", {"dusk"}}}}}};
  };
  studio.backend.handlers["mark takes"] = [&written](const json& arguments) {
    written = arguments["marks"];
    return json::object();
  };
  studio.open();
  studio.takes.keep({u"x"_s});
  FakeStudio::settle();
  EXPECT_EQ(written[0]["keep"], "kept");
  EXPECT_FALSE(written[0].contains("stars"));
  EXPECT_FALSE(studio.notices.action().isEmpty());
  studio.undo.undo();
  FakeStudio::settle();
  EXPECT_EQ(written[0]["keep"], "dropped");
  EXPECT_EQ(written[0]["stars"], 3);
}

}  // namespace fantascope::ui
