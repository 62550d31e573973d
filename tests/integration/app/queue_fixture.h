#pragma once
/// A studio over the fake family, a queue in it, and a listener that remembers.
#include <gmock/gmock.h>

#include <mutex>
#include <thread>

#include "app/operations/queue.h"
#include "app/operations/worker.h"
#include "tests/integration/app/scratch.h"

namespace fantascope::testing {

/// What a worker told; safe to read from any thread.
class Told : public WorkerListener {
 public:
  void job_changed(const QueueEntry& job) override {
    const std::lock_guard guard(mutex);
    changes.push_back(job.job_id + " " + std::string(job_state_name(job.state)));
  }
  void job_progress(const std::string&, const Progress& progress) override {
    if (!progress.note.empty()) return;
    {
      const std::lock_guard guard(mutex);
      if (progress.phase == "denoise") steps.push_back(progress.step);
      phases.push_back(progress.phase);
    }
    if (on_progress) on_progress(progress);
  }
  void job_preview(const std::string&, int step, const VideoFrames& frames) override {
    const std::lock_guard guard(mutex);
    EXPECT_EQ(frames.rgb.size(), 12u);
    previews.push_back(step);
  }
  void take_made(const GeneratedTake& take) override {
    const std::lock_guard guard(mutex);
    takes.push_back(take);
  }
  void job_stalled(const std::string&, double silent_s, double) override {
    const std::lock_guard guard(mutex);
    stalls.push_back(silent_s);
  }
  void waiting(const std::string& reason) override {
    const std::lock_guard guard(mutex);
    reasons.push_back(reason);
  }
  std::function<void(const Progress&)> on_progress;
  std::mutex mutex;
  std::vector<std::string> changes, phases, reasons;
  std::vector<int> steps, previews;
  std::vector<GeneratedTake> takes;
  std::vector<double> stalls;
};

class QueueFixture : public ::testing::Test {
 protected:
  void open() { open(scratch_.options()); }
  void open(StudioOptions options) {
    studio_.reset();
    auto studio = Studio::create(std::move(options));
    ASSERT_TRUE(studio) << studio.error().to_string();
    studio_ = *std::move(studio);
  }
  OperationContext context() { return {*studio_, {}, {}}; }
  static GenerateRequest request(const std::string& prompt = "a red ball", int seed = 7) {
    GenerateRequest request;
    request.prompt = prompt;
    request.model = "tiny";
    request.seed = seed;
    return request;
  }
  std::string add(const GenerateRequest& request) {
    OperationContext call = context();
    const auto added = queue_add(call, request);
    EXPECT_TRUE(added) << added.error().to_string();
    return added ? added->front().job_id : "";
  }
  QueueEntry find(const std::string& job) {
    OperationContext call = context();
    const auto found = queue_find(call, job);
    EXPECT_TRUE(found) << found.error().to_string();
    return found ? *found : QueueEntry{};
  }
  WorkerOptions options() {
    WorkerOptions options;
    options.listener = &told_;
    options.poll_s = 0.01;
    return options;
  }
  WorkerSummary work() { return work(options()); }
  WorkerSummary work(const WorkerOptions& options) {
    Worker worker(*studio_, options);
    const auto summary = worker.run({}, WorkUntil::kIdle);
    EXPECT_TRUE(summary) << summary.error().to_string();
    return summary ? *summary : WorkerSummary{};
  }
  /// Bytes before signing of this request when nothing disturbs it.
  std::string undisturbed(const GenerateRequest& request) {
    Scratch elsewhere;
    elsewhere.add_model("tiny");
    auto studio = Studio::create(elsewhere.options());
    OperationContext call{**studio, {}, {}};
    const auto takes = generate(call, request);
    EXPECT_TRUE(takes) << takes.error().to_string();
    return takes ? takes->front().unsigned_sha256 : "";
  }
  /// Waits for something another thread does; tests fail instead of hanging.
  template <typename Condition>
  static bool eventually(Condition condition) {
    for (int i = 0; i < 3000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  Scratch scratch_;
  std::unique_ptr<Studio> studio_;
  Told told_;
};

}  // namespace fantascope::testing
