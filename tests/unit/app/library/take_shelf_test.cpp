#include "app/library/take_shelf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/library/measure_store.h"
#include "app/library/shot_store.h"
#include "tests/support/temp_dir.h"

namespace fantascope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TakeShelfTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = Database::open(dir_.path(), Database::Access::kReadWrite);
    ASSERT_TRUE(opened) << opened.error().to_string();
    database_ = *std::move(opened);
  }
  Take add(const std::string& prompt, const std::string& model = "previz") {
    NewTake take;
    take.take_id = TakeId::random();
    take.job_id = JobId::random();
    take.prompt = prompt;
    take.model = model;
    take.family = "f";
    take.width = 192;
    take.height = 128;
    take.num_frames = 25;
    take.fps = "16";
    take.recipe = "{}";
    take.recipe_sha256 = take.latents_sha256 = take.unsigned_sha256 = std::string(64, 'a');
    auto made = TakeStore(*database_).insert(take);
    EXPECT_TRUE(made) << made.error().to_string();
    return *made;
  }
  std::vector<std::int64_t> find(const std::string& text) {
    auto filter = parse_take_filter(text);
    EXPECT_TRUE(filter);
    auto found = TakeShelf(*database_).find(*filter);
    EXPECT_TRUE(found) << found.error().to_string();
    return *found;
  }
  fantascope::testing::TempDir dir_;
  std::unique_ptr<Database> database_;
};

TEST_F(TakeShelfTest, FindsByWordsStateModelStarsAndTagTogether) {
  const Take gulls = add("gulls over a lighthouse"), harbour = add("a harbour with gulls", "other"), ball = add("a red ball");
  TakeShelf shelf(*database_);
  ASSERT_TRUE(shelf.mark({{gulls.take_id, Keep::kKept, 4, std::vector<std::string>{"dusk"}}, {ball.take_id, Keep::kDropped, {}, {}}}));
  EXPECT_THAT(find(""), ElementsAre(harbour.seq, gulls.seq)) << "dropped ones are left out";
  EXPECT_THAT(find("gul"), ElementsAre(harbour.seq, gulls.seq));
  EXPECT_THAT(find("gulls kept:yes"), ElementsAre(gulls.seq));
  EXPECT_THAT(find("model:other"), ElementsAre(harbour.seq));
  EXPECT_THAT(find("stars:4 tag:dusk light"), ElementsAre(gulls.seq));
  EXPECT_THAT(find("stars:5"), IsEmpty());
  EXPECT_THAT(find("kept:dropped"), ElementsAre(ball.seq));
}

TEST_F(TakeShelfTest, OrdersByAgeAndByStars) {
  const Take a = add("a"), b = add("b"), c = add("c");
  ASSERT_TRUE(TakeShelf(*database_).mark({{a.take_id, {}, 5, {}}, {b.take_id, {}, 2, {}}}));
  TakeFilter filter;
  filter.order = TakeOrder::kOldest;
  EXPECT_THAT(*TakeShelf(*database_).find(filter), ElementsAre(a.seq, b.seq, c.seq));
  filter.order = TakeOrder::kStars;
  EXPECT_THAT(*TakeShelf(*database_).find(filter), ElementsAre(a.seq, b.seq, c.seq));
  filter.stars_min = 2;
  EXPECT_EQ(TakeShelf(*database_).find(filter)->size(), 2u);
}

TEST_F(TakeShelfTest, OrdersByWhatWasMeasuredWithTheWorstFirst) {
  const Take early = add("a ball"), plain = add("a ball"), late = add("a ball"), unknown = add("a ball"), silent = add("a ball");
  MeasureStore measures(*database_);
  ASSERT_TRUE(measures.put(early.take_id, {.av_offset_ms = -292.0, .flicker_levels = 0.5, .frozen_frames = 9, .rms_dbfs = -20.0}));
  ASSERT_TRUE(measures.put(plain.take_id, {.av_offset_ms = 21.0, .flicker_levels = 3, .frozen_frames = 2, .rms_dbfs = -30.0}));
  ASSERT_TRUE(measures.put(late.take_id, {.av_offset_ms = 250.0, .flicker_levels = 1, .frozen_frames = 4, .rms_dbfs = -10.0}));
  ASSERT_TRUE(measures.put(silent.take_id, {.flicker_levels = 0, .frozen_frames = 24}));
  TakeFilter filter;
  const auto ordered = [&](TakeOrder order) {
    filter.order = order;
    return *TakeShelf(*database_).find(filter);
  };
  EXPECT_THAT(ordered(TakeOrder::kSoundOffset), ElementsAre(early.seq, late.seq, plain.seq, silent.seq, unknown.seq));
  EXPECT_THAT(ordered(TakeOrder::kFlicker), ElementsAre(plain.seq, late.seq, early.seq, silent.seq, unknown.seq));
  EXPECT_THAT(ordered(TakeOrder::kLoudness), ElementsAre(late.seq, early.seq, plain.seq, silent.seq, unknown.seq));
  filter.words = "ball";
  filter.stars_min = 0;
  EXPECT_THAT(ordered(TakeOrder::kFrozen), ElementsAre(silent.seq, early.seq, late.seq, plain.seq, unknown.seq)) << "with words as well";
  EXPECT_THAT(*measures.missing(10), ElementsAre(unknown.take_id));
}

TEST_F(TakeShelfTest, MeasuresComeBackAsTheyWereWrittenAndAreReplaced) {
  const Take take = add("a ball");
  MeasureStore measures(*database_);
  EXPECT_FALSE(measures.find(take.take_id)->has_value());
  ASSERT_TRUE(measures.put(take.take_id,
                           {.av_offset_ms = 250.0, .av_agreement = 0.8, .black_frames = 3, .peak_dbfs = -1.5, .measured_frames = 25}));
  ASSERT_TRUE(measures.put(take.take_id, {.av_agreement = 0.25, .colour_drift_levels = 7.5, .rms_dbfs = -21.0, .measured_frames = 24}));
  const auto found = *measures.find(take.take_id);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->av_offset_ms.has_value());
  EXPECT_FALSE(found->peak_dbfs.has_value());
  EXPECT_EQ(found->av_agreement, 0.25);
  EXPECT_EQ(found->colour_drift_levels, 7.5);
  EXPECT_EQ(found->rms_dbfs, -21.0);
  EXPECT_EQ(found->measured_frames, 24);
  EXPECT_EQ(found->black_frames, 0);
  EXPECT_EQ(measures.put(TakeId::random(), {}).error().code, ErrorCode::kNotFound);
}

TEST(TakeOrders, HaveNamesThatAreReadBack) {
  for (int i = 0; i <= static_cast<int>(TakeOrder::kLoudness); ++i)
    EXPECT_EQ(parse_take_order(take_order_name(static_cast<TakeOrder>(i))), static_cast<TakeOrder>(i));
  EXPECT_FALSE(parse_take_order("best"));
}

TEST_F(TakeShelfTest, RefusesFiltersThatItDoesNotUnderstand) {
  EXPECT_FALSE(parse_take_filter("kept:maybe"));
  EXPECT_FALSE(parse_take_filter("stars:9"));
  EXPECT_EQ(parse_take_filter("stars:9").error().subject, "stars");
}

TEST_F(TakeShelfTest, MarksAllOrNone) {
  const Take a = add("a");
  TakeShelf shelf(*database_);
  EXPECT_FALSE(shelf.mark({{a.take_id, Keep::kKept, {}, {}}, {TakeId::random(), Keep::kKept, {}, {}}}));
  EXPECT_FALSE(shelf.mark({{a.take_id, {}, 6, {}}}));
  EXPECT_FALSE(shelf.mark({{a.take_id, {}, {}, std::vector<std::string>{"two words"}}}));
  const auto marks = shelf.marks({a.take_id});
  ASSERT_TRUE(marks);
  EXPECT_EQ(marks->front().keep, Keep::kDraft);
  EXPECT_EQ(marks->front().stars, 0);
}

TEST_F(TakeShelfTest, RowsComeInTheOrderAskedForWithTagsAndShot) {
  const Take a = add("a"), b = add("b");
  ShotStore shots(*database_);
  const Shot shot{ShotId::random(), "Name", "words", "{}", {}, "", 0};
  ASSERT_TRUE(shots.put(shot));
  ASSERT_TRUE(shots.attach_jobs(shot.shot_id, {a.job_id}));
  ASSERT_TRUE(TakeShelf(*database_).mark({{a.take_id, {}, {}, std::vector<std::string>{"sea", "dusk"}}}));
  const auto rows = TakeShelf(*database_).rows({a.seq, 999, b.seq});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_THAT(rows->front().tags, ElementsAre("dusk", "sea"));
  EXPECT_EQ(rows->front().shot_id, shot.shot_id.text());
  EXPECT_EQ(rows->back().shot_id, "");
  TakeFilter filter;
  filter.shot_id = shot.shot_id.text();
  EXPECT_THAT(*TakeShelf(*database_).find(filter), ElementsAre(a.seq));
  EXPECT_THAT(*TakeShelf(*database_).tags(), ElementsAre("dusk", "sea"));
}

TEST_F(TakeShelfTest, TheStoryboardKeepsItsOrderAndItsText) {
  ShotStore shots(*database_);
  std::vector<ShotId> ids;
  for (const char* name : {"one", "two", "three"}) {
    ids.push_back(ShotId::random());
    ASSERT_TRUE(shots.put({ids.back(), name, name, "{}", {}, "", 0}));
  }
  ASSERT_TRUE(shots.set_board({ids[2], ids[0]}));
  auto board = shots.board();
  ASSERT_EQ(board->size(), 2u);
  EXPECT_EQ(board->front().name, "three");
  EXPECT_FALSE(shots.set_board({ids[0], ShotId::random()})) << "an unknown shot changes nothing";
  EXPECT_EQ(shots.board()->size(), 2u);
  ASSERT_TRUE(shots.set_text("world", "cold blue light"));
  EXPECT_EQ(*shots.text("world"), "cold blue light");
  ASSERT_TRUE(shots.remove(ids[0]));
  EXPECT_EQ(shots.board()->size(), 1u);
  EXPECT_FALSE(shots.find(ids[0])->has_value());
}

}  // namespace
}  // namespace fantascope
