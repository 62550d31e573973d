#include "app/jobs/job_queue.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/unit/app/library/library_fixture.h"

namespace fantascope {
namespace {

using ::testing::HasSubstr;

class JobQueueTest : public LibraryTest {
 protected:
  Job accept(AcceptFor who = AcceptFor::kAnyone) {
    const NewJob job{JobId::random(), "generate", "{}", 12};
    return queue_.accept({&job, 1}, who)->front();
  }
  std::unique_ptr<Database> database_ = open();
  JobStore store_{*database_};
  JobQueue queue_{store_, this_process()};
  JobQueue dead_{store_, "00000000-0000-0000-0000-000000000000:1:1"};  // of another boot
};

TEST_F(JobQueueTest, WalksAJobToItsEndAndTellsTheStory) {
  Job job = accept();
  EXPECT_EQ((*queue_.find(job.job_id))->state, JobState::kQueued);
  ASSERT_TRUE(queue_.start(job));
  for (const JobPhase phase : kJobPhases) ASSERT_TRUE(queue_.enter_phase(job, phase));
  ASSERT_TRUE(queue_.finish(job));
  const auto stored = *queue_.find(job.job_id);
  EXPECT_EQ(stored->state, JobState::kDone);
  EXPECT_EQ(stored->phase, JobPhase::kPublish);
  EXPECT_EQ(store_.events(job.job_id)->size(), 2u + kJobPhases.size());
}

TEST_F(JobQueueTest, RefusesMovesThatDoNotExist) {
  Job job = accept();
  EXPECT_EQ(queue_.finish(job).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ((*queue_.find(job.job_id))->state, JobState::kQueued);
  ASSERT_TRUE(queue_.cancel(job));
  EXPECT_FALSE(queue_.start(job));
  EXPECT_FALSE(queue_.requeue(job));
}

TEST_F(JobQueueTest, OneJobIsStartedOnce) {
  Job mine = accept();
  Job theirs = mine;
  ASSERT_TRUE(queue_.start(mine));
  EXPECT_EQ(dead_.start(theirs).error().code, ErrorCode::kMismatch);
}

TEST_F(JobQueueTest, AFailedJobSaysWhyAndCanBeRetried) {
  Job job = accept();
  ASSERT_TRUE(queue_.start(job));
  ASSERT_TRUE(queue_.enter_phase(job, JobPhase::kDenoise, 3));
  ASSERT_TRUE(queue_.fail(job, {ErrorCode::kModelNaN, "the model produced NaN at step 4"}));
  auto stored = *queue_.find(job.job_id);
  EXPECT_EQ(stored->error_code, "model_nan");
  EXPECT_THAT(stored->error_message, HasSubstr("step 4"));
  ASSERT_TRUE(queue_.requeue(job));
  stored = *queue_.find(job.job_id);
  EXPECT_EQ(stored->state, JobState::kQueued);
  EXPECT_EQ(stored->error_code, "");
}

TEST_F(JobQueueTest, TakesBackJobsOfEndedProcessesOnly) {
  Job mine = accept(), lost = accept(), leaving = accept();
  ASSERT_TRUE(queue_.start(mine));
  ASSERT_TRUE(dead_.start(lost));
  ASSERT_TRUE(dead_.enter_phase(lost, JobPhase::kDenoise, 5));
  ASSERT_TRUE(dead_.start(leaving));
  JobRow row = **store_.find(leaving.job_id);
  row.state = "canceling";
  ASSERT_TRUE(store_.update(row, "running", row.owner, ""));
  const auto recovered = queue_.recover();
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->size(), 2u);
  EXPECT_EQ((*queue_.find(mine.job_id))->state, JobState::kRunning);
  EXPECT_EQ((*queue_.find(leaving.job_id))->state, JobState::kCanceled);
  const auto back = *queue_.find(lost.job_id);
  EXPECT_EQ(back->state, JobState::kQueued);
  EXPECT_EQ(back->phase, JobPhase::kDenoise);
  EXPECT_EQ(back->step, 5);
}

TEST_F(JobQueueTest, ParksAfterTwoCrashesInOnePhaseButNotInTwo) {
  Job same = accept(), moving = accept();
  for (int crash = 0; crash < 2; ++crash) {
    Job job = **queue_.find(same.job_id);
    ASSERT_TRUE(dead_.start(job));
    ASSERT_TRUE(dead_.enter_phase(job, JobPhase::kDecode));
    job = **queue_.find(moving.job_id);
    ASSERT_TRUE(dead_.start(job));
    ASSERT_TRUE(dead_.enter_phase(job, crash == 0 ? JobPhase::kDenoise : JobPhase::kDecode));
    ASSERT_TRUE(queue_.recover());
  }
  EXPECT_EQ((*queue_.find(same.job_id))->state, JobState::kParked);
  EXPECT_THAT((*queue_.find(same.job_id))->reason, HasSubstr("twice in decode"));
  EXPECT_EQ((*queue_.find(moving.job_id))->state, JobState::kQueued);
}

TEST_F(JobQueueTest, AJobAcceptedForOneProcessIsLeftToIt) {
  Job reserved = accept(AcceptFor::kThisProcess);
  const Job any = accept();
  JobQueue other(store_, "other boot:1:1");
  EXPECT_EQ((*queue_.next())->job_id, reserved.job_id);
  EXPECT_EQ((*other.next())->job_id, any.job_id);
  ASSERT_TRUE(queue_.disown(reserved));
  EXPECT_EQ((*other.next())->job_id, reserved.job_id);
}

TEST_F(JobQueueTest, AJobAcceptedForAProcessThatEndedIsAnybodys) {
  const NewJob job{JobId::random(), "generate", "{}", 12};
  ASSERT_TRUE(dead_.accept({&job, 1}, AcceptFor::kThisProcess));
  EXPECT_FALSE(*queue_.next());
  ASSERT_EQ(queue_.recover()->size(), 1u);
  EXPECT_EQ((*queue_.next())->job_id, job.job_id);
  EXPECT_EQ((*queue_.next())->crashes, 0) << "it had not begun";
}

TEST_F(JobQueueTest, AProcessThatCannotBeSeenKeepsItsJobsWhileItGivesSignsOfLife) {
  const std::string here = this_process();
  JobQueue elsewhere(store_, here.substr(0, here.find('/')) + "/1:1:1");
  Job job = accept();
  ASSERT_TRUE(elsewhere.start(job));
  EXPECT_TRUE(queue_.recover()->empty());
  ASSERT_TRUE(store_.beat(job.job_id, elsewhere.owner(), monotonic_ms() - kSilenceMax_ms - 1, 0, 0));
  EXPECT_EQ(queue_.recover()->size(), 1u);
  EXPECT_EQ((*queue_.find(job.job_id))->state, JobState::kQueued);
  EXPECT_EQ(elsewhere.beat(job.job_id, 1, 1).error().code, ErrorCode::kMismatch) << "it learns that the job is gone";
  EXPECT_EQ(elsewhere.enter_phase(job, JobPhase::kDecode).error().code, ErrorCode::kMismatch);
}

TEST_F(JobQueueTest, AWishToPauseReachesTheProcessThatRunsTheJobAndSurvivesItsEnd) {
  Job mine = accept(), lost = accept();
  ASSERT_TRUE(queue_.start(mine));
  ASSERT_TRUE(dead_.start(lost));
  JobQueue other(store_, "other boot:1:1");
  for (Job* job : {&mine, &lost}) {
    Job seen = **other.find(job->job_id);
    ASSERT_TRUE(other.ask_pause(seen));
    EXPECT_EQ((*queue_.wish(job->job_id))->wish, "pause");
  }
  ASSERT_TRUE(queue_.enter_phase(mine, JobPhase::kDenoise, 2)) << "a wish changes nothing by itself";
  EXPECT_TRUE((*queue_.find(mine.job_id))->pause_wanted);
  ASSERT_TRUE(queue_.pause(mine, "paused by the user"));
  EXPECT_FALSE((*queue_.find(mine.job_id))->pause_wanted);
  ASSERT_TRUE(queue_.recover());
  EXPECT_EQ((*queue_.find(lost.job_id))->state, JobState::kPaused);
}

TEST_F(JobQueueTest, AWishToCancelStopsTheNextPhaseButNotWhatIsDone) {
  Job stopping = accept(), done = accept();
  JobQueue other(store_, "other boot:1:1");
  for (Job* job : {&stopping, &done}) {
    ASSERT_TRUE(queue_.start(*job));
    Job seen = **other.find(job->job_id);
    ASSERT_TRUE(other.ask_cancel(seen));
    EXPECT_EQ((*queue_.find(job->job_id))->state, JobState::kCanceling);
    EXPECT_EQ((*queue_.find(job->job_id))->owner, queue_.owner()) << "it is still that process's";
  }
  EXPECT_EQ(queue_.enter_phase(stopping, JobPhase::kDecode).error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(queue_.note(stopping));
  ASSERT_TRUE(queue_.cancel(stopping));
  EXPECT_EQ((*queue_.find(stopping.job_id))->state, JobState::kCanceled);
  ASSERT_TRUE(queue_.finish(done));
  EXPECT_EQ((*queue_.find(done.job_id))->state, JobState::kDone);
}

TEST_F(JobQueueTest, AReleasedJobGoesOnWithoutACrashCounted) {
  Job job = accept();
  ASSERT_TRUE(queue_.start(job));
  ASSERT_TRUE(queue_.enter_phase(job, JobPhase::kDenoise, 4));
  ASSERT_TRUE(queue_.release(job, "the program that ran it was ended"));
  const Job stored = **queue_.find(job.job_id);
  EXPECT_EQ(stored.state, JobState::kQueued);
  EXPECT_EQ(stored.step, 4);
  EXPECT_EQ(stored.crashes, 0);
  EXPECT_EQ(stored.owner, "");
}

TEST_F(JobQueueTest, APausedJobRemembersWhatItWaitsForUntilItGoesOn) {
  Job job = accept();
  ASSERT_TRUE(queue_.start(job));
  ASSERT_TRUE(queue_.pause(job, "full", "/data", 1000));
  EXPECT_EQ((*queue_.find(job.job_id))->wait_folder, "/data");
  EXPECT_EQ((*queue_.find(job.job_id))->wait_bytes, 1000u);
  ASSERT_TRUE(queue_.requeue(job));
  EXPECT_EQ((*queue_.find(job.job_id))->wait_folder, "");
  EXPECT_EQ((*queue_.find(job.job_id))->reason, "");
}

TEST_F(JobQueueTest, AChangeOfTheOrderIsNotUndoneByTheJobsOwnProgress) {
  Job first = accept(), second = accept();
  ASSERT_TRUE(queue_.start(second));
  ASSERT_TRUE(store_.move(second.job_id, [](const auto&) -> Result<std::size_t> { return std::size_t{0}; }));
  ASSERT_TRUE(queue_.enter_phase(second, JobPhase::kDenoise, 1));
  ASSERT_TRUE(queue_.release(second, ""));
  EXPECT_EQ((*queue_.next())->job_id, second.job_id);
}

/// Threads of one process on one store: under the thread sanitizer this is the test of its locks.
TEST_F(JobQueueTest, ManyThreadsStartEachJobOnce) {
  for (int i = 0; i < 40; ++i) accept();
  std::atomic<int> started = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (true) {
        auto job = queue_.next();
        ASSERT_TRUE(job);
        if (!*job) return;
        if (!queue_.start(**job)) continue;
        ++started;
        ASSERT_TRUE(queue_.beat((*job)->job_id, monotonic_ms(), 1));
        ASSERT_TRUE(queue_.finish(**job));
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(queue_.list(std::nullopt, 100));
      ASSERT_TRUE(database_->revision());
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(started, 40);
  EXPECT_EQ(queue_.list(JobState::kDone, 100)->size(), 40u);
}

TEST_F(JobQueueTest, AThousandJobsAreAcceptedQuicklyAndAllThere) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) accept();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_EQ(queue_.list(JobState::kQueued, 2000)->size(), 1000u);
}

TEST(Process, IsTheSameOnlyWhileItLives) {
  EXPECT_EQ(process_life(this_process()), ProcessLife::kAlive);
  int channel[2];
  ASSERT_EQ(::pipe(channel), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string name = this_process();
    [[maybe_unused]] const auto written = ::write(channel[1], name.data(), name.size());
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  std::string name(200, '\0');
  name.resize(static_cast<std::size_t>(::read(channel[0], name.data(), name.size())));
  EXPECT_EQ(process_life(name), ProcessLife::kDead);
  for (const char* bad : {"", ":", "::", "a:b", "x:1:1", "x:../self:1"}) EXPECT_EQ(process_life(bad), ProcessLife::kDead) << bad;
  const std::string elsewhere = name.substr(0, name.find('/')) + "/1:1:1";
  EXPECT_EQ(process_life(elsewhere), ProcessLife::kUnknown) << "another container of this machine";
}

}  // namespace
}  // namespace fantascope
