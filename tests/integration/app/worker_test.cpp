/// Running the queue: order, stopping and going on, other programs, hours, full disks, hangs.

#include <atomic>
#include <cstdlib>

#include "app/library/job_store.h"
#include "app/operations/views.h"
#include "app/operations/worker.h"
#include "tests/integration/app/queue_fixture.h"

namespace fantascope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Work : public QueueFixture {
 protected:
  /// A model whose steps take long enough to be stopped between.
  void open_slow(int step_ms = 10) {
    scratch_.add_model("tiny", {{"step_ms", step_ms}});
    open();
  }
  static GenerateRequest long_request(int seed = 7) {
    GenerateRequest many = request("a red ball", seed);
    many.steps = 20;
    return many;
  }
  /// Does something once, when a step is reached.
  void at_step(int step, std::function<void()> act) {
    told_.on_progress = [=, done = std::make_shared<bool>(false)](const Progress& progress) {
      if (*done || progress.phase != "denoise" || progress.step < step) return;
      *done = true;
      act();
    };
  }
  /// The rest of a job that was stopped on its way: no step again, the same bytes.
  void expect_goes_on_exactly(const std::string& job, int from_step) {
    told_.on_progress = nullptr;
    told_.steps.clear();
    ASSERT_EQ(work().done.size(), 1u);
    EXPECT_EQ(find(job).state, JobState::kDone);
    ASSERT_FALSE(told_.steps.empty());
    EXPECT_GE(told_.steps.front(), from_step) << "no step is repeated";
    ASSERT_EQ(told_.takes.size(), 1u);
    EXPECT_EQ(told_.takes[0].unsigned_sha256, undisturbed(long_request()));
    EXPECT_EQ(scratch_.num_work_folders(), 0u);
  }
  int starts(const std::string& job) {
    int count = 0;
    const auto events = JobStore(**studio_->library()).events(*JobId::parse(job));
    for (const JobEventRow& event : *events) count += event.message == "started" ? 1 : 0;
    return count;
  }
};

TEST_F(Work, RunsInQueueOrderAndTells) {
  scratch_.add_model("tiny");
  open();
  const std::string a = add(request("a")), b = add(request("b"));
  OperationContext call = context();
  ASSERT_TRUE(queue_move(call, b, QueuePlace::kTop));
  EXPECT_EQ(work().done.size(), 2u);
  EXPECT_THAT(told_.changes, ElementsAre(b + " running", b + " done", a + " running", a + " done"));
  EXPECT_EQ(told_.takes.size(), 2u);
  EXPECT_EQ(fake_models_loaded(), 0) << "an idle worker gives the model back";
}

TEST_F(Work, ATakeIsMeasuredWhenItIsDoneAndAClipThatIsGoneFailsNoJob) {
  scratch_.add_model("tiny");
  StudioOptions broken = scratch_.options();
  bool take_clips = false;
  broken.fail_point = [&](const std::string& point) {
    if (!take_clips || point.find("published") == std::string::npos) return;
    for (const auto& folder : std::filesystem::directory_iterator(studio_->home().takes()))
      std::filesystem::remove(folder.path() / "clip.mp4");
  };
  open(broken);
  add(request("a"));
  ASSERT_EQ(work().done.size(), 1u);
  OperationContext call = context();
  const std::string measured = told_.takes.at(0).take_id;
  auto shown = run_by_name(call, "library show", {{"take", measured}});
  ASSERT_TRUE(shown) << shown.error().to_string();
  ASSERT_TRUE((*shown)["measures"].is_object());
  EXPECT_GT((*shown)["measures"]["measured_frames"], 0);

  take_clips = true;
  add(request("b"));
  EXPECT_EQ(work().done.size(), 1u) << "measuring never fails a job";
  const std::string lost = told_.takes.at(1).take_id;
  shown = run_by_name(call, "library show", {{"take", lost}});
  EXPECT_TRUE((*shown)["measures"].is_null());
  const auto again = run_by_name(call, "library measure", {{"missing", true}});
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)["failed"].size(), 1u) << "and says why when asked";
  const auto listed = run_by_name(call, "library list", {{"sort", "flicker"}});
  ASSERT_TRUE(listed);
  EXPECT_EQ((*listed)["takes"][0]["take_id"], measured);
  EXPECT_TRUE((*listed)["takes"][1]["measures"].is_null());
}

TEST_F(Work, KeepsTheModelBetweenJobsOfOneModelOnly) {
  scratch_.add_model("tiny");
  scratch_.add_model("other");
  open();
  add(request("a"));
  add(request("b"));
  GenerateRequest other = request("c");
  other.model = "other";
  add(other);
  std::vector<int> loaded;
  at_step(0, [&] { loaded.push_back(fake_models_loaded()); });
  EXPECT_EQ(work().done.size(), 3u);
  EXPECT_THAT(loaded, ElementsAre(1));
}

TEST_F(Work, APauseAtAStepGivesTheMemoryBackAndGoesOnExactly) {
  open_slow();
  const std::string job = add(long_request());
  Worker worker(*studio_, options());
  at_step(5, [&] {
    EXPECT_EQ(fake_models_loaded(), 1);
    EXPECT_TRUE(worker.request_pause(job));
    EXPECT_FALSE(worker.request_pause("0123456789abcdef"));
  });
  const auto summary = worker.run({}, WorkUntil::kIdle);
  ASSERT_TRUE(summary);
  ASSERT_EQ(summary->paused.size(), 1u);
  EXPECT_EQ(fake_models_loaded(), 0);
  const QueueEntry paused = find(job);
  EXPECT_EQ(paused.state, JobState::kPaused);
  EXPECT_EQ(paused.step, 5);
  OperationContext call = context();
  ASSERT_TRUE(queue_resume(call, job));
  expect_goes_on_exactly(job, 5);
}

TEST_F(Work, AnotherProgramCanPauseARunningJob) {
  open_slow();
  const std::string job = add(long_request());
  auto elsewhere = Studio::create(scratch_.options());
  OperationContext call{**elsewhere, {}, {}};
  at_step(3, [&] {
    const auto asked = queue_pause(call, job);
    ASSERT_TRUE(asked) << asked.error().to_string();
    EXPECT_EQ(asked->state, JobState::kRunning);
    EXPECT_TRUE(asked->pause_wanted);
    EXPECT_TRUE(asked->runs_here);
  });
  EXPECT_EQ(work().paused.size(), 1u);
  const int step = find(job).step;
  EXPECT_GE(step, 3);
  ASSERT_TRUE(queue_retry(call, job));
  expect_goes_on_exactly(job, step);
}

TEST_F(Work, AnotherProgramCanCancelARunningJob) {
  open_slow();
  const std::string job = add(long_request()), next = add(request("next"));
  auto elsewhere = Studio::create(scratch_.options());
  OperationContext call{**elsewhere, {}, {}};
  at_step(3, [&] { EXPECT_EQ(queue_cancel(call, job)->state, JobState::kCanceling); });
  EXPECT_EQ(work().done.size(), 1u) << "the queue goes on";
  EXPECT_EQ(find(job).state, JobState::kCanceled);
  EXPECT_EQ(find(next).state, JobState::kDone);
  EXPECT_EQ(scratch_.num_work_folders(), 0u);
  EXPECT_EQ(scratch_.takes().size(), 1u);
}

TEST_F(Work, AJobThatWasDoneBeforeTheWishWasReadIsDone) {
  scratch_.add_model("tiny");
  StudioOptions options = scratch_.options();
  std::string job;
  options.fail_point = [&](const std::string& point) {
    OperationContext call = context();
    if (point == "after publish") {
      EXPECT_TRUE(queue_cancel(call, job));
    }
  };
  open(std::move(options));
  job = add(request());
  WorkerOptions slow = this->options();
  slow.poll_s = 60;
  EXPECT_EQ(work(slow).done.size(), 1u);
  EXPECT_EQ(find(job).state, JobState::kDone);
  EXPECT_EQ(scratch_.takes().size(), 1u);
}

TEST_F(Work, AStoppedWorkerPutsItsJobBack) {
  open_slow();
  const std::string job = add(long_request());
  std::stop_source stop;
  at_step(4, [&] { stop.request_stop(); });
  Worker worker(*studio_, options());
  ASSERT_TRUE(worker.run(stop.get_token(), WorkUntil::kStopped));
  EXPECT_EQ(find(job).state, JobState::kQueued);
  EXPECT_EQ(find(job).step, 4);
  EXPECT_EQ(find(job).crashes, 0) << "that was no crash";
  EXPECT_EQ(fake_models_loaded(), 0);
  expect_goes_on_exactly(job, 4);
}

TEST_F(Work, AStopInDecodeKeepsTheSampling) {
  scratch_.add_model("tiny");
  StudioOptions options = scratch_.options();
  std::stop_source stop;
  options.fail_point = [&](const std::string& point) {
    if (point == "before decode") stop.request_stop();
  };
  open(std::move(options));
  const std::string job = add(long_request());
  Worker worker(*studio_, this->options());
  ASSERT_TRUE(worker.run(stop.get_token(), WorkUntil::kStopped));
  EXPECT_EQ(find(job).state, JobState::kQueued);
  open();
  told_.steps.clear();
  EXPECT_EQ(work().done.size(), 1u);
  EXPECT_TRUE(told_.steps.empty()) << "sampling is never repeated";
  EXPECT_EQ(told_.takes.at(0).unsigned_sha256, undisturbed(long_request()));
}

TEST_F(Work, HoldingTheQueueSendsTheRunningJobBackAtItsNextStep) {
  open_slow();
  const std::string job = add(long_request());
  OperationContext call = context();
  at_step(3, [&] { ASSERT_TRUE(queue_pause_all(call)); });
  const auto summary = work();
  EXPECT_EQ(summary.waiting, "the queue is paused");
  EXPECT_EQ(find(job).state, JobState::kQueued);
  const int step = find(job).step;
  EXPECT_GE(step, 3);
  ASSERT_TRUE(queue_resume_all(call));
  expect_goes_on_exactly(job, step);
}

TEST_F(Work, RunsOnlyInTheHoursOfTheRule) {
  open_slow();
  const std::string job = add(long_request());
  OperationContext call = context();
  ASSERT_TRUE(queue_set_rule(call, {false, 22 * 60, 6 * 60, -1}));
  std::atomic<int> minute = 12 * 60;
  WorkerOptions at_night = options();
  at_night.minute_of_day = [&] { return minute.load(); };
  EXPECT_EQ(work(at_night).waiting, "jobs run between 22:00 and 06:00");
  EXPECT_EQ(find(job).state, JobState::kQueued);
  minute = 23 * 60;
  at_step(6, [&] { minute = 6 * 60; });
  EXPECT_EQ(work(at_night).waiting, "jobs run between 22:00 and 06:00");
  const int step = find(job).step;
  EXPECT_GE(step, 6);
  EXPECT_EQ(find(job).state, JobState::kQueued) << "the morning stops it at a step";
  ASSERT_TRUE(queue_set_rule(call, {}));
  expect_goes_on_exactly(job, step);
}

TEST_F(Work, WaitsWhileTheMachineIsBusyAndCountsItsOwnLoadOut) {
  open_slow();
  add(long_request());
  OperationContext call = context();
  ASSERT_TRUE(queue_set_rule(call, {false, -1, -1, 0.5}));
  std::atomic<double> load = 3;
  WorkerOptions polite = options();
  polite.load_average = [&] { return load.load(); };
  EXPECT_THAT(work(polite).waiting, HasSubstr("busy (load 3.0"));
  load = 0.4;
  at_step(2, [&] { load = 0.4 + std::max(1u, std::thread::hardware_concurrency()); });  // what the job itself adds
  // Put back afterwards: recipes of the tests that follow in this process say how many threads there were.
  const char* set = std::getenv("OMP_NUM_THREADS");
  const std::string before = set != nullptr ? set : "";
  ::setenv("OMP_NUM_THREADS", std::to_string(std::max(1u, std::thread::hardware_concurrency())).c_str(), 1);
  EXPECT_EQ(work(polite).done.size(), 1u);
  before.empty() ? ::unsetenv("OMP_NUM_THREADS") : ::setenv("OMP_NUM_THREADS", before.c_str(), 1);
}

TEST_F(Work, AWorkerThatWaitsStartsWhatIsAdded) {
  scratch_.add_model("tiny");
  open();
  add(request("first"));
  Worker worker(*studio_, options());
  std::stop_source stop;
  std::thread thread([&] { EXPECT_TRUE(worker.run(stop.get_token(), WorkUntil::kStopped)); });
  EXPECT_TRUE(eventually([&] { return scratch_.takes().size() == 1; }));
  add(request("second"));
  worker.wake();
  EXPECT_TRUE(eventually([&] { return scratch_.takes().size() == 2; }));
  stop.request_stop();
  thread.join();
}

TEST_F(Work, SeveralWorkersRunEachJobOnce) {
  open_slow(1);
  std::vector<std::string> jobs;
  for (int i = 0; i < 12; ++i) jobs.push_back(add(request("a", i)));
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto mine = Studio::create(scratch_.options());
      Worker worker(**mine, {.previews_per_second = 0, .poll_s = 0.01});
      const auto summary = worker.run({}, WorkUntil::kIdle);
      ::_exit(summary && summary->failed.empty() ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  for (const std::string& job : jobs) {
    EXPECT_EQ(find(job).state, JobState::kDone);
    EXPECT_EQ(starts(job), 1) << job;
  }
  EXPECT_EQ(scratch_.takes().size(), 12u);
}

TEST_F(Work, AWorkerLeavesTheJobsOfARunningGenerateAlone) {
  scratch_.add_model("tiny");
  StudioOptions options = scratch_.options();
  options.fail_point = [&](const std::string& point) {
    if (point != "before prepare") return;
    auto other = Studio::create(scratch_.options());
    Worker worker(**other, {.poll_s = 0.01});
    const auto summary = worker.run({}, WorkUntil::kIdle);  // of this very process: a second take of it is not free either
    EXPECT_TRUE(summary);
  };
  open(std::move(options));
  OperationContext call = context();
  ASSERT_TRUE(queue_pause_all(call));
  const auto takes = generate(call, request());
  ASSERT_TRUE(takes) << takes.error().to_string() << " (generate asks neither for hours nor for a held queue)";
}

TEST_F(Work, AFullDiskPausesTheJobAndRoomLetsItGoOn) {
  scratch_.add_model("tiny");
  StudioOptions options = scratch_.options();
  std::atomic<std::uint64_t> free = std::uint64_t{1} << 40;
  options.free_space = [&](const std::string&) -> Result<std::uint64_t> { return free.load(); };
  options.fail_point = [&](const std::string& point) {
    if (point == "after denoise") free = 1000;
  };
  open(std::move(options));
  const std::string job = add(long_request());
  const auto summary = work();
  ASSERT_EQ(summary.paused.size(), 1u);
  EXPECT_TRUE(summary.failed.empty());
  const QueueEntry paused = find(job);
  EXPECT_EQ(paused.state, JobState::kPaused);
  EXPECT_THAT(paused.reason, ::testing::AllOf(HasSubstr(scratch_.home()), HasSubstr("512 MiB needed"), HasSubstr("0 MiB free")));
  EXPECT_EQ(paused.wait_folder, scratch_.home());
  EXPECT_GT(paused.wait_bytes, std::uint64_t{512} << 20);
  EXPECT_EQ(paused.phase, JobPhase::kDenoise);

  std::stop_source stop;
  Worker worker(*studio_, this->options());
  told_.steps.clear();
  std::thread thread([&] { EXPECT_TRUE(worker.run(stop.get_token(), WorkUntil::kStopped)); });
  free = std::uint64_t{1} << 40;
  EXPECT_TRUE(eventually([&] { return find(job).state == JobState::kDone; })) << "by itself";
  stop.request_stop();
  thread.join();
  EXPECT_TRUE(told_.steps.empty()) << "sampling is never repeated";
}

TEST_F(Work, AStepThatHangsIsNoticedOnceAndSaid) {
  const std::string model = scratch_.add_model("tiny", {{"hang_at_step", 6}, {"step_ms", 2}});
  open();
  const std::string job = add(long_request());
  WorkerOptions watchful = options();
  watchful.stall_after_s = 0.2;
  Worker worker(*studio_, watchful);
  std::thread thread([&] { EXPECT_TRUE(worker.run({}, WorkUntil::kIdle)); });
  EXPECT_TRUE(eventually([&] {
    const std::lock_guard guard(told_.mutex);
    return !told_.stalls.empty();
  }));
  std::ofstream(model + "/go_on") << "1";
  thread.join();
  EXPECT_EQ(told_.stalls.size(), 1u);
  EXPECT_GE(told_.stalls.at(0), 0.2);
  EXPECT_EQ(find(job).state, JobState::kDone) << "it is not ended, only said";
  bool said = false;
  const auto events = JobStore(**studio_->library()).events(*JobId::parse(job));
  for (const JobEventRow& event : *events) said = said || event.message.starts_with("no step for ");
  EXPECT_TRUE(said);
}

TEST_F(Work, PreviewsComeAtMostAtTheirRateAndTakeAtMostTheirShare) {
  scratch_.add_model("tiny", {{"step_ms", 10}, {"preview_ms", 20}});
  open();
  GenerateRequest many = long_request();
  many.steps = 50;  // half a second of sampling: one picture of 20 ms is far more than its share already
  add(many);
  work();
  EXPECT_THAT(told_.previews, ElementsAre(1));
  told_.previews.clear();
  scratch_.add_model("tiny", {{"step_ms", 10}});
  add(many);
  const auto begin = std::chrono::steady_clock::now();
  work();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  EXPECT_GE(told_.previews.size(), 2u);
  EXPECT_LE(static_cast<double>(told_.previews.size()), 4 * seconds + 1);
}

TEST_F(Work, CopiesTheClipToWhereTheUserWantedIt) {
  scratch_.add_model("tiny");
  open();
  GenerateRequest two = request();
  two.takes = 2;
  two.out = scratch_.root() + "/clip.mp4";
  add(two);
  GenerateRequest lost = request();
  fs::create_directory(scratch_.root() + "/gone");
  lost.out = scratch_.root() + "/gone/clip.mp4";
  const std::string job = add(lost);
  fs::remove(scratch_.root() + "/gone");
  EXPECT_EQ(work().done.size(), 3u);
  EXPECT_EQ(read_text(scratch_.root() + "/clip-2.mp4"), read_text(told_.takes.at(1).path));
  EXPECT_TRUE(told_.takes.at(2).out_error) << "the take is safe, only the copy could not be made";
  EXPECT_EQ(find(job).state, JobState::kDone);
}

}  // namespace
}  // namespace fantascope::testing
