/// Changing the queue without running it.
#include "app/operations/queue.h"

#include "app/media/image.h"
#include "app/operations/operation.h"
#include "tests/integration/app/queue_fixture.h"

namespace fantascope::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Queue : public QueueFixture {
 protected:
  void SetUp() override {
    scratch_.add_model("tiny");
    open();
  }
  std::vector<std::string> prompts() {
    OperationContext call = context();
    std::vector<std::string> prompts;
    const auto listed = queue_list(call);
    EXPECT_TRUE(listed);
    for (const QueueEntry& entry : *listed) prompts.push_back(entry.prompt);
    return prompts;
  }
  std::string write(const std::string& name, const std::string& text) {
    const std::string path = scratch_.root() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  GenerateRequest tiny() {
    GenerateRequest common;
    common.model = "tiny";
    return common;
  }
  Error batch_error(const std::string& name, const std::string& text) {
    OperationContext call = context();
    const auto refused = queue_add_batch(call, write(name, text), tiny());
    EXPECT_FALSE(refused);
    EXPECT_TRUE(prompts().empty()) << "all or nothing";
    return refused ? Error{} : refused.error();
  }
};

TEST_F(Queue, AddedJobsAreThereForAnotherProgramAndCountSeedsUp) {
  GenerateRequest three = request();
  three.takes = 3;
  OperationContext call = context();
  const auto added = queue_add(call, three);
  ASSERT_TRUE(added) << added.error().to_string();
  ASSERT_EQ(added->size(), 3u);
  open();
  OperationContext other = context();
  const auto listed = queue_list(other);
  ASSERT_EQ(listed->size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*listed)[i].job_id, (*added)[i].job_id);
    EXPECT_EQ((*listed)[i].seed, 7 + i);
    EXPECT_EQ((*listed)[i].state, JobState::kQueued);
  }
  EXPECT_EQ(scratch_.num_work_folders(), 0u) << "a job without pictures needs no folder yet";
}

TEST_F(Queue, RefusesWhatGenerateRefusesAndStoresNothing) {
  GenerateRequest bad = request();
  bad.size = "63x48";
  OperationContext call = context();
  const auto refused = queue_add(call, bad);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().subject, "size");
  EXPECT_FALSE(std::filesystem::exists(scratch_.home()));
}

TEST_F(Queue, MovesJobsToAnyPlace) {
  const std::string a = add(request("a")), b = add(request("b")), c = add(request("c")), d = add(request("d"));
  OperationContext call = context();
  ASSERT_TRUE(queue_move(call, d, QueuePlace::kTop));
  EXPECT_THAT(prompts(), ElementsAre("d", "a", "b", "c"));
  ASSERT_TRUE(queue_move(call, a, QueuePlace::kBottom));
  EXPECT_THAT(prompts(), ElementsAre("d", "b", "c", "a"));
  ASSERT_TRUE(queue_move(call, a, QueuePlace::kBefore, c));
  EXPECT_THAT(prompts(), ElementsAre("d", "b", "a", "c"));
  ASSERT_TRUE(queue_move(call, d, QueuePlace::kAfter, b.substr(0, 6)));
  EXPECT_THAT(prompts(), ElementsAre("b", "d", "a", "c"));
  EXPECT_FALSE(queue_move(call, a, QueuePlace::kBefore, a));
  EXPECT_FALSE(queue_move(call, a, QueuePlace::kBefore, "zzzz"));
  ASSERT_TRUE(queue_cancel(call, b));
  EXPECT_FALSE(queue_move(call, b, QueuePlace::kTop)) << "it is over";
  EXPECT_FALSE(queue_move(call, a, QueuePlace::kAfter, b));
  add(request("e"));
  EXPECT_THAT(prompts(), ElementsAre("d", "a", "c", "e"));
}

TEST_F(Queue, APausedJobStaysWhereItIsUntilItIsResumed) {
  const std::string a = add(request("a")), b = add(request("b"));
  OperationContext call = context();
  const auto paused = queue_pause(call, a);
  ASSERT_TRUE(paused) << paused.error().to_string();
  EXPECT_EQ(paused->state, JobState::kPaused);
  EXPECT_EQ(paused->reason, "paused by the user");
  EXPECT_EQ(work().done.size(), 1u);
  EXPECT_EQ(find(b).state, JobState::kDone);
  EXPECT_FALSE(queue_pause(call, b));
  ASSERT_TRUE(queue_resume(call, a));
  EXPECT_FALSE(queue_resume(call, a)) << "it is not paused any more";
  EXPECT_EQ(work().done.size(), 1u);
  EXPECT_EQ(find(a).state, JobState::kDone);
}

TEST_F(Queue, HoldsEverythingUntilItGoesOnAlsoAfterARestart) {
  const std::string a = add(request("a")), b = add(request("b"));
  OperationContext call = context();
  ASSERT_TRUE(queue_pause(call, b));
  ASSERT_TRUE(queue_pause_all(call)->held);
  open();
  const auto summary = work();
  EXPECT_TRUE(summary.done.empty());
  EXPECT_EQ(summary.waiting, "the queue is paused");
  EXPECT_THAT(told_.reasons, ElementsAre("the queue is paused"));
  OperationContext again = context();
  ASSERT_TRUE(queue_resume_all(again));
  EXPECT_EQ(work().done.size(), 2u) << "single paused ones go on too";
}

TEST_F(Queue, DuplicatesWithTheSameOrANewSeedAndItsPicture) {
  const std::string path = scratch_.root() + "/first.png";
  ASSERT_TRUE(write_png(path, {32, 32, std::vector<std::uint8_t>(32 * 32 * 3, 200)}));
  GenerateRequest with_image = request();
  with_image.image = path;
  const std::string job = add(with_image);
  OperationContext call = context();
  const auto waiting = queue_duplicate(call, job, DuplicateSeed::kSame);
  ASSERT_TRUE(waiting) << waiting.error().to_string();
  ASSERT_EQ(work().done.size(), 2u);
  std::filesystem::remove(path);
  const auto same = queue_duplicate(call, job, DuplicateSeed::kSame), fresh = queue_duplicate(call, job, DuplicateSeed::kNew);
  ASSERT_TRUE(same && fresh);
  EXPECT_EQ(same->seed, 7u);
  EXPECT_NE(fresh->seed, 7u);
  ASSERT_EQ(work().done.size(), 2u);
  ASSERT_EQ(told_.takes.size(), 4u);
  EXPECT_EQ(told_.takes[1].unsigned_sha256, told_.takes[0].unsigned_sha256);
  EXPECT_EQ(told_.takes[2].unsigned_sha256, told_.takes[0].unsigned_sha256);
  EXPECT_NE(told_.takes[3].unsigned_sha256, told_.takes[0].unsigned_sha256);
}

TEST_F(Queue, ForgetsWhatIsOverButNotTheTakes) {
  const std::string done = add(request());
  work();
  const std::string canceled = add(request()), open_one = add(request());
  OperationContext call = context();
  ASSERT_TRUE(queue_cancel(call, canceled));
  EXPECT_EQ(queue_list(call, QueueFilter::kAll)->size(), 3u);
  EXPECT_EQ(*queue_clear(call), 2);
  EXPECT_EQ(queue_list(call, QueueFilter::kAll)->size(), 1u);
  EXPECT_EQ(scratch_.takes().size(), 1u);
  EXPECT_FALSE(queue_find(call, done));
  EXPECT_EQ(find(open_one.substr(0, 5)).job_id, open_one);
}

TEST_F(Queue, ItsRevisionChangesWithEveryChangeOfAnyProgram) {
  OperationContext call = context();
  EXPECT_EQ(*queue_revision(call), 0);
  const std::string job = add(request());
  const auto first = *queue_revision(call);
  EXPECT_EQ(*queue_revision(call), first);
  auto other = Studio::create(scratch_.options());
  OperationContext elsewhere{**other, {}, {}};
  ASSERT_TRUE(queue_pause(elsewhere, job));
  EXPECT_NE(*queue_revision(call), first);
}

TEST_F(Queue, TakesOnePromptALine) {
  OperationContext call = context();
  const auto added = queue_add_batch(call,
                                     write("prompts.txt",
                                           "\xEF\xBB\xBF"
                                           "a ball, \"red\"\r\n\n# a remark\n  a cube\n"),
                                     tiny());
  ASSERT_TRUE(added) << added.error().to_string();
  EXPECT_THAT(prompts(), ElementsAre("a ball, \"red\"", "  a cube"));
  EXPECT_NE((*added)[0].seed, (*added)[1].seed);
}

TEST_F(Queue, TakesATableWhoseColumnsAreParameters) {
  OperationContext call = context();
  GenerateRequest common = tiny();
  common.steps = 3;
  common.seconds = 2;
  const auto added = queue_add_batch(
      call, write("prompts.CSV", "prompt,seed,size,frames,takes\n\"a ball, \"\"red\"\"\nand round\",5,64x64,9,2\na cube,,,,\n"), common);
  ASSERT_TRUE(added) << added.error().to_string();
  ASSERT_EQ(added->size(), 3u);
  EXPECT_EQ((*added)[0].prompt, "a ball, \"red\"\nand round");
  EXPECT_EQ((*added)[1].seed, 6u);
  EXPECT_EQ((*added)[0].size, "64x64");
  EXPECT_EQ((*added)[0].frames, 9);
  EXPECT_EQ((*added)[2].size, "64x48");
  EXPECT_EQ((*added)[2].frames, 25) << "the seconds given for all";
  EXPECT_EQ((*added)[2].num_steps, 3);
}

TEST_F(Queue, NamesTheLinesOfABatchThatCannotBeUsed) {
  EXPECT_THAT(batch_error("a.csv", "prompt,seed\ngood,1\nbad,x\ngood,2\n,3\n").found,
              ::testing::AllOf(HasSubstr("line 3: "), HasSubstr("seed"), HasSubstr("line 5: ")));
  EXPECT_THAT(batch_error("a.csv", "prompt,seed\n\"two\nlines\",1\nbad,-1\n").found, HasSubstr("line 4: "));
  EXPECT_THAT(batch_error("a.csv", "prompt,size\na,64x48\nb,63x48\n").found, HasSubstr("line 3: "));
  EXPECT_THAT(batch_error("a.csv", "prompt,colour\na,red\n").found, HasSubstr("colour"));
  EXPECT_THAT(batch_error("a.csv", "seed\n1\n").message, HasSubstr("no column prompt"));
  EXPECT_THAT(batch_error("a.csv", "prompt,prompt\na,b\n").message, HasSubstr("twice"));
  EXPECT_THAT(batch_error("a.csv", "prompt\n\"never closed\n").found, HasSubstr("line 2: "));
  EXPECT_THAT(batch_error("a.csv", "prompt\n\"a\" b\n").found, HasSubstr("line 2: "));
  EXPECT_THAT(batch_error("a.csv", "prompt,seed\na,1,2\n").found, HasSubstr("line 2: "));
  EXPECT_THAT(batch_error("a.csv", "prompt,out\na,/tmp/x.mp4\nb,/tmp/x.mp4\n").found, HasSubstr("lines 2 and 3"));
  EXPECT_THAT(batch_error("a.txt", "good\nbad \xff byte\n").found, HasSubstr("line 2: "));
  EXPECT_THAT(batch_error("a.txt", "\n\n").message, HasSubstr("no prompts"));
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += "a\n";
  EXPECT_THAT(batch_error("a.txt", many).message, HasSubstr("too many"));
  std::string bad;
  for (int i = 0; i < 20; ++i) bad += "\xff\n";
  EXPECT_THAT(batch_error("a.txt", bad).found, HasSubstr("and 15 more"));
  OperationContext call = context();
  EXPECT_FALSE(queue_add_batch(call, scratch_.root() + "/none.txt", tiny()));
}

TEST_F(Queue, TheRuleIsCheckedAndKept) {
  OperationContext call = context();
  const auto set = [&](nlohmann::json arguments) { return run_operation(*find_operation("queue rule"), call, arguments); };
  EXPECT_FALSE(set({{"from", "25:00"}, {"until", "6:00"}}));
  EXPECT_FALSE(set({{"from", "22:00"}})) << "a beginning without an end";
  for (const char* bad : {"22", "22:0", "22:60", "-1:00", "aa:bb", "22:000", ":30", ""}) EXPECT_FALSE(parse_minute(bad, "from")) << bad;
  EXPECT_EQ(*parse_minute("6:05", "from"), 365);
  const auto kept = set({{"from", "22:00"}, {"until", "06:30"}, {"load_max", 0.5}});
  ASSERT_TRUE(kept) << kept.error().to_string();
  open();
  OperationContext again = context();
  EXPECT_EQ(*queue_rule(again), (QueueRule{false, 1320, 390, 0.5}));
  ASSERT_TRUE(run_operation(*find_operation("queue rule"), again, {{"always", true}}));
  EXPECT_EQ(*queue_rule(again), QueueRule{});
}

}  // namespace
}  // namespace fantascope::testing
