#include <gmock/gmock.h>

#include "app/library/job_store.h"
#include "app/library/licence_store.h"
#include "app/library/model_store.h"
#include "app/library/take_store.h"
#include "app/library/timing_store.h"
#include "tests/unit/app/library/library_fixture.h"

namespace fantascope {
namespace {

using ::testing::HasSubstr;

NewTake a_take(const std::string& prompt) {
  NewTake take;
  take.take_id = TakeId::random();
  take.job_id = JobId::random();
  take.prompt = prompt;
  take.model = "tiny";
  take.family = "fake";
  take.width = 64;
  take.height = 48;
  take.num_frames = 9;
  take.fps = "24000/1001";
  take.seed = INT64_MAX;
  take.recipe = "{}";
  take.recipe_sha256 = take.latents_sha256 = take.unsigned_sha256 = std::string(64, 'a');
  take.files = {{"clip.mp4", 10, std::string(64, 'b')}, {"recipe.json", 2, std::string(64, 'c')}};
  return take;
}

class TakeStoreTest : public LibraryTest {
 protected:
  std::unique_ptr<Database> database_ = open();
  TakeStore takes_{*database_};
  std::vector<std::string> found(const std::string& text) {
    std::vector<std::string> prompts;
    const auto takes = takes_.search(text, 100);
    EXPECT_TRUE(takes) << text << ": " << takes.error().to_string();
    if (takes) {
      for (const Take& take : *takes) prompts.push_back(take.prompt);
    }
    return prompts;
  }
};

TEST_F(TakeStoreTest, GivesBackWhatWasPutInByteForByte) {
  const NewTake take = a_take("it's '; DROP TABLE take; -- %n </script>\n<img src=file:x> \xE2\x80\xAE \xF0\x9F\xA6\x8A e\xCC\x81");
  ASSERT_TRUE(takes_.insert(take));
  const auto found = takes_.find(take.take_id);
  ASSERT_TRUE(found && found->has_value());
  EXPECT_EQ((*found)->prompt, take.prompt);
  EXPECT_EQ((*found)->seed, INT64_MAX);
  EXPECT_EQ((*found)->fps, "24000/1001");
  EXPECT_EQ((*found)->keep, Keep::kDraft);
  ASSERT_EQ((*found)->files.size(), 2u);
  EXPECT_EQ((*found)->files[0].sha256, std::string(64, 'b'));
}

TEST_F(TakeStoreTest, InsertingAgainIsOneTakeAndAnotherJobsIsRefused) {
  NewTake take = a_take("ball");
  ASSERT_TRUE(takes_.insert(take));
  ASSERT_TRUE(takes_.insert(take));
  EXPECT_EQ(*takes_.count(), 1);
  take.job_id = JobId::random();
  EXPECT_EQ(takes_.insert(take).error().code, ErrorCode::kMismatch);
}

TEST_F(TakeStoreTest, ABadRowLeavesNothing) {
  NewTake take = a_take("ball");
  take.recipe_sha256 = "short";
  EXPECT_FALSE(takes_.insert(take));
  take = a_take("ball");
  take.files.push_back(take.files[0]);
  EXPECT_FALSE(takes_.insert(take));
  EXPECT_EQ(*takes_.count(), 0);
  EXPECT_THAT(found("ball"), ::testing::IsEmpty());
}

TEST_F(TakeStoreTest, FindsByWordsInAnyScriptAndByBeginnings) {
  for (const char* prompt :
       {"A red ball bounces", "a RED cube; bouncing", "Ein grüner Würfel", "一只红色的球在弹跳", "красный мяч", "foxes 🦊 run"})
    ASSERT_TRUE(takes_.insert(a_take(prompt)));
  EXPECT_THAT(found("red"), ::testing::ElementsAre("a RED cube; bouncing", "A red ball bounces"));
  EXPECT_THAT(found("red ball"), ::testing::ElementsAre("A red ball bounces"));
  EXPECT_THAT(found("bounc"), ::testing::SizeIs(2));
  EXPECT_THAT(found("ball red"), ::testing::SizeIs(1));
  EXPECT_THAT(found("wurfel"), ::testing::SizeIs(1)) << "without its accent";
  EXPECT_THAT(found("红色"), ::testing::SizeIs(1)) << "inside a text without spaces";
  EXPECT_THAT(found("мяч"), ::testing::SizeIs(1));
  EXPECT_THAT(found("tiny"), ::testing::SizeIs(6)) << "by model";
  EXPECT_THAT(found("zebra"), ::testing::IsEmpty());
}

TEST_F(TakeStoreTest, AnyTextIsResultsOrNotUnderstoodNeverAnErrorOfTheDatabase) {
  ASSERT_TRUE(takes_.insert(a_take("A red ball")));
  std::vector<std::string> texts = {"\"",
                                    "NEAR(",
                                    "NEAR(a b, 5)",
                                    "*",
                                    "-",
                                    "a OR b",
                                    "a NOT b",
                                    "words:ball",
                                    "{words}: x",
                                    "^ball",
                                    "ball*",
                                    "(((",
                                    "'",
                                    ";",
                                    "\\",
                                    "%",
                                    "a\"b\"c",
                                    "+",
                                    "\n",
                                    "🦊",
                                    "\xE2\x80\xAE",
                                    std::string("a\0b", 3),
                                    "\xff\xfe",
                                    std::string(5000, 'x'),
                                    "AND",
                                    "OR",
                                    "NOT"};
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "w" + std::to_string(i) + " ";
  texts.push_back(many);
  std::uint32_t random = 1;
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int k = 0; k < 12; ++k) {
      random = random * 1664525u + 1013904223u;
      text += "\"*()^-+:{} abAND\\';%\x01\xc3\xa9"[(random >> 16) % 24];
    }
    texts.push_back(text);
  }
  for (const std::string& text : texts) {
    const auto result = takes_.search(text, 10);
    if (!result) {
      EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument) << text << ": " << result.error().to_string();
    }
  }
}

TEST_F(TakeStoreTest, ListsPageByPageAndHidesDroppedOnes) {
  std::vector<TakeId> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(takes_.insert(a_take("take " + std::to_string(i)))->take_id);
  }
  ASSERT_TRUE(takes_.set_keep(ids[4], Keep::kDropped));
  ASSERT_TRUE(takes_.set_keep(ids[3], Keep::kKept));
  const auto first = takes_.list(std::nullopt, 2);
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)[0].prompt, "take 3");
  const auto second = takes_.list(std::nullopt, 10, first->back().seq);
  EXPECT_THAT(*second, ::testing::SizeIs(2));
  EXPECT_THAT(*takes_.list(Keep::kDropped, 10), ::testing::SizeIs(1));
  EXPECT_THAT(*takes_.list(Keep::kKept, 10), ::testing::SizeIs(1));
  EXPECT_THAT(*takes_.list_all(10), ::testing::SizeIs(5));
  EXPECT_THAT(found("take"), ::testing::SizeIs(4));
  EXPECT_EQ(takes_.set_keep(TakeId::random(), Keep::kKept).error().code, ErrorCode::kNotFound);
}

TEST_F(TakeStoreTest, FindsByTheStartOfAnId) {
  const TakeId id = takes_.insert(a_take("ball"))->take_id;
  EXPECT_EQ(takes_.find_by_text(id.text().substr(0, 4))->take_id, id);
  EXPECT_EQ(takes_.find_by_text(id.text())->take_id, id);
  for (const std::string& text : {std::string("abc"), std::string("../../x"), std::string("%%%%"), std::string("____"), std::string(),
                                  id.text() + "0", std::string("zzzz\0zzz", 8)}) {
    EXPECT_EQ(takes_.find_by_text(text).error().code, ErrorCode::kNotFound) << text;
  }
}

TEST(Ids, AreSafeAsFolderNames) {
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(TakeId::parse(TakeId::random().text()));
  EXPECT_NE(TakeId::random(), TakeId::random());
  for (const char* bad : {"", ".", "..", "../../../../etc", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "0123456789abcde/",
                          "0123456789abcdeé", "ilou6789abcdefgh"})
    EXPECT_FALSE(TakeId::parse(bad)) << bad;
}

class JobStoreTest : public LibraryTest {
 protected:
  std::unique_ptr<Database> database_ = open();
  JobStore jobs_{*database_};
  JobRow a_job() {
    JobRow row;
    row.job_id = JobId::random();
    row.take_id = TakeId::random();
    row.kind = "generate";
    row.state = "queued";
    row.phase = "prepare";
    row.recipe = "{}";
    return row;
  }
};

TEST_F(JobStoreTest, ChangesOnlyTheRowThatWasExpected) {
  JobRow row = a_job();
  ASSERT_TRUE(jobs_.insert({&row, 1}, "accepted"));
  row.state = "running";
  row.owner = "me";
  ASSERT_TRUE(jobs_.update(row, "queued", "", "started"));
  EXPECT_EQ(jobs_.update(row, "queued", "", "again").error().code, ErrorCode::kMismatch);
  EXPECT_EQ(jobs_.update(row, "running", "you", "stolen").error().code, ErrorCode::kMismatch);
  const auto events = jobs_.events(row.job_id);
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ((*events)[1].message, "started");
}

TEST_F(JobStoreTest, RefusesWordsThatAreNoStates) {
  JobRow row = a_job();
  row.state = "sleeping";
  EXPECT_FALSE(jobs_.insert({&row, 1}, ""));
  row = a_job();
  row.phase = "lunch";
  EXPECT_FALSE(jobs_.insert({&row, 1}, ""));
  EXPECT_TRUE(jobs_.list("", 10)->empty());
}

TEST_F(JobStoreTest, ListsInTheOrderOfAcceptance) {
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    const JobRow row = a_job();
    ASSERT_TRUE(jobs_.insert({&row, 1}, ""));
    ids.push_back(row.job_id.text());
  }
  std::vector<std::string> listed;
  const auto rows = jobs_.list("queued", 10);
  ASSERT_TRUE(rows);
  for (const JobRow& row : *rows) listed.push_back(row.job_id.text());
  EXPECT_EQ(listed, ids);
}

class TimingStoreTest : public LibraryTest {
 protected:
  std::unique_ptr<Database> database_ = open();
  TimingStore timing_{*database_};
  TimingKey key_{"tiny", "cpu", "bf16", "denoise"};
};

TEST_F(TimingStoreTest, KnowsNothingAtFirst) {
  const auto estimate = timing_.estimate(key_, 100);
  ASSERT_TRUE(estimate);
  EXPECT_FALSE(estimate->has_value());
}

TEST_F(TimingStoreTest, GivesTheMedianOfTheSameSizeAndScalesFromTheNearest) {
  for (const double seconds : {1.0, 9.0, 2.0}) ASSERT_TRUE(timing_.record(key_, 100, seconds));
  ASSERT_TRUE(timing_.record(key_, 1000, 50));
  const auto same = *timing_.estimate(key_, 100);
  ASSERT_TRUE(same);
  EXPECT_TRUE(same->same_size);
  EXPECT_EQ(same->num_runs, 3);
  EXPECT_DOUBLE_EQ(same->seconds, 2.0);
  EXPECT_DOUBLE_EQ(same->seconds_min, 1.0);
  EXPECT_DOUBLE_EQ(same->seconds_max, 9.0);
  const auto scaled = *timing_.estimate(key_, 2000);
  ASSERT_TRUE(scaled);
  EXPECT_FALSE(scaled->same_size);
  EXPECT_DOUBLE_EQ(scaled->seconds, 100.0);
  EXPECT_FALSE((*timing_.estimate({"other", "cpu", "bf16", "denoise"}, 100)).has_value());
}

TEST_F(TimingStoreTest, ForgetsOldRuns) {
  ASSERT_TRUE(timing_.record(key_, 7, 1000));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(timing_.record(key_, 100, 1));
  const auto estimate = *timing_.estimate(key_, 7);
  ASSERT_TRUE(estimate);
  EXPECT_FALSE(estimate->same_size) << "the run of 7 units is gone";
}

class ModelStoreTest : public LibraryTest {
 protected:
  std::unique_ptr<Database> database_ = open();
  ModelStore models_{*database_};
};

TEST_F(ModelStoreTest, AHashIsGoodForOneVersionOfAFile) {
  const FileIdentity file{"/w", 10, 20, 30};
  ASSERT_TRUE(models_.remember_hashes({{file, std::string(64, 'a')}}));
  EXPECT_EQ(*models_.find_hash(file), std::string(64, 'a'));
  for (const FileIdentity& other :
       {FileIdentity{"/w", 11, 20, 30}, FileIdentity{"/w", 10, 21, 30}, FileIdentity{"/w", 10, 20, 31}, FileIdentity{"/v", 10, 20, 30}}) {
    EXPECT_FALSE((*models_.find_hash(other)).has_value());
  }
  ASSERT_TRUE(models_.remember_hashes({{FileIdentity{"/w", 10, 21, 30}, std::string(64, 'b')}}));
  EXPECT_FALSE((*models_.find_hash(file)).has_value());
}

TEST_F(ModelStoreTest, LinksAreKeptOnce) {
  ASSERT_TRUE(models_.link("/b"));
  ASSERT_TRUE(models_.link("/a"));
  ASSERT_TRUE(models_.link("/b"));
  EXPECT_THAT(*models_.links(), ::testing::ElementsAre("/a", "/b"));
  EXPECT_TRUE(*models_.unlink("/a"));
  EXPECT_FALSE(*models_.unlink("/a"));
}

TEST_F(ModelStoreTest, AnAcceptanceIsForOneFolderAndOneText) {
  LicenceStore licences(*database_);
  const std::string text(64, 'a'), changed(64, 'b');
  EXPECT_FALSE((*licences.accepted_ms("/m", text)).has_value());
  ASSERT_TRUE(licences.accept("/m", text, "Some Licence"));
  const auto first = *licences.accepted_ms("/m", text);
  ASSERT_TRUE(first.has_value());
  EXPECT_GT(*first, 0);
  EXPECT_FALSE((*licences.accepted_ms("/m", changed)).has_value());
  EXPECT_FALSE((*licences.accepted_ms("/n", text)).has_value());
  ASSERT_TRUE(licences.accept("/m", text, "Some Licence"));
  EXPECT_EQ(*licences.accepted_ms("/m", text), first) << "the first time stays";
  EXPECT_FALSE(licences.accept("/m", "short", "Some Licence"));
  ASSERT_TRUE(models_.link("/m"));
  ASSERT_TRUE(models_.unlink("/m"));
  EXPECT_EQ(*licences.accepted_ms("/m", text), first) << "outlives the link";
}

}  // namespace
}  // namespace fantascope
