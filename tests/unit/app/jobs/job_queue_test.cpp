#include "app/jobs/job_queue.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

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
