#include "app/operations/worker.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <ctime>
#include <map>
#include <mutex>
#include <thread>

#include "app/files/file_system.h"
#include "app/operations/internal/accept_jobs.h"
#include "app/operations/internal/job_runner.h"
#include "app/operations/internal/queue_entry.h"
#include "app/operations/internal/request_rules.h"
#include "app/operations/measures.h"

namespace fantascope {
namespace {

using Clock = std::chrono::steady_clock;
using Ask = RunControl::Ask;

constexpr double kTidy_s = 2;         // how often ended processes and full disks are looked at while idle
constexpr int kSettleTries = 10;      // to write how a job ended, of a run until idle
constexpr int kFailuresMax = 20;      // of the library, one after another, before a run until idle gives up
constexpr double kStallUnknown = 10;  // times stall_after_s, where no usual time is known
constexpr double kLoadFade_s = 60;    // of the one-minute load average
constexpr int kQuickDiskTries = 3;    // of a job that met a full disk although there seems to be room

double seconds_since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }
Clock::duration duration(double seconds) { return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)); }

int system_minute_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  return local.tm_hour * 60 + local.tm_min;
}

double system_load_average() {
  double load = 0;
  return ::getloadavg(&load, 1) == 1 ? load : 0;
}

}  // namespace

struct Worker::State {
  State(Studio& the_studio, WorkerOptions the_options) : studio(the_studio), options(std::move(the_options)) {
    if (!options.minute_of_day) options.minute_of_day = system_minute_of_day;
    if (!options.load_average) options.load_average = system_load_average;
  }

  /// A job that runs here, for the watching thread and for requests.
  struct Current {
    Job job;  ///< as it was started: its id and owner
    std::shared_ptr<RunControl> control;
    bool obeys_rule = true;
    Clock::time_point last_beat = Clock::now();
    std::int64_t stall_told_at = -1;  ///< the progress time that a stall was told for
  };
  struct DiskWait {
    int tries = 0;
    Clock::time_point next{};
  };

  Result<void> open();
  void watch(const std::stop_token& stop);
  void look_after(Current& current);
  void check_stall(Current& current);
  std::string waiting_reason(bool running);
  Result<void> tidy(bool until_idle);
  void wait(const std::stop_token& stop, double seconds);
  Result<FinishedJob> run_one(Job& job, const std::stop_token& stop, Ask on_stop, bool obeys_rule, int take, int num_takes,
                              bool until_idle);
  Result<void> step(const std::stop_token& stop, WorkUntil until, WorkerSummary& summary, bool& idle);
  void tell_waiting(const std::string& reason);
  template <typename Call>
  void tell(Call&& call) {
    if (options.listener == nullptr) return;
    const std::lock_guard guard(listener_mutex);
    call(*options.listener);
  }

  Studio& studio;
  WorkerOptions options;
  Database* database = nullptr;
  std::optional<JobStore> store;
  std::optional<JobQueue> queue;
  std::unique_ptr<JobRunner> runner;

  std::mutex mutex;  ///< of current and wake_asked
  std::condition_variable_any woken;
  std::shared_ptr<Current> current;
  bool wake_asked = false;
  std::mutex listener_mutex;

  // Of the working thread alone.
  std::map<std::string, DiskWait> disk_waits;
  std::string waiting_told;
  std::optional<Clock::time_point> last_tidy;
  std::atomic<std::int64_t> last_end_ms = -1;  ///< when this worker last stopped working, for its own part of the load
  Clock::time_point last_work = Clock::now();
};

Result<void> Worker::State::open() {
  if (runner) return {};
  FANTASCOPE_TRY(database, studio.library());
  store.emplace(*database);
  queue.emplace(*store, this_process());
  runner = std::make_unique<JobRunner>(studio, *database, *queue);
  return {};
}

std::string Worker::State::waiting_reason(bool running) {
  const auto row = store->rule();
  if (!row) return {};
  QueueRule rule = to_rule(*row);
  double own_load = 0;
  if (running) {
    own_load = num_threads();
    if (rule.load_max >= 0) rule.load_max += 1;  // a job that runs is not stopped by what would just not have let it start
  } else if (last_end_ms >= 0) {
    own_load = num_threads() * std::exp(-static_cast<double>(monotonic_ms() - last_end_ms) / 1000 / kLoadFade_s);
  }
  return why_waiting(rule, options.minute_of_day(), options.load_average(), own_load);
}

void Worker::State::check_stall(Current& current) {
  RunControl& control = *current.control;
  const std::int64_t progress = control.progress_ms();
  if (progress <= 0 || current.stall_told_at == progress) return;
  const double silent_s = static_cast<double>(monotonic_ms() - progress) / 1000;
  const double usual_s = static_cast<double>(control.usual_step_ms()) / 1000;
  const double allowed_s =
      usual_s > 0 ? std::max(options.stall_after_s, options.stall_factor * usual_s) : kStallUnknown * options.stall_after_s;
  if (silent_s <= allowed_s) return;
  current.stall_told_at = progress;
  char text[128];
  std::snprintf(text, sizeof text, "no step for %.0f s; one usually takes %.1f s", silent_s, usual_s);
  (void)queue->tell(current.job, text);
  tell([&](WorkerListener& listener) { listener.job_stalled(current.job.job_id.text(), silent_s, usual_s); });
}

/// One look of the watching thread at the job that runs. A library that cannot be read or written just now changes nothing.
void Worker::State::look_after(Current& current) {
  RunControl& control = *current.control;
  const JobId& id = current.job.job_id;
  if (const auto wish = queue->wish(id); wish && *wish && (*wish)->owner == queue->owner()) {
    if ((*wish)->state == job_state_name(JobState::kCanceling)) control.ask(Ask::kCancel, "canceled");
    if ((*wish)->wish == "pause") control.ask(Ask::kPause, "paused by the user");
  }
  if (current.obeys_rule) {
    const std::string reason = waiting_reason(true);
    if (!reason.empty()) control.ask(Ask::kRelease, reason);
  }
  if (seconds_since(current.last_beat) >= options.heartbeat_s) {
    current.last_beat = Clock::now();
    (void)queue->beat(id, control.progress_ms(), control.usual_step_ms());
  }
  check_stall(current);
}

void Worker::State::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    woken.wait_for(lock, stop, duration(options.poll_s), [] { return false; });
    const std::shared_ptr<Current> now = current;
    if (!now || stop.stop_requested()) continue;
    lock.unlock();
    look_after(*now);
    lock.lock();
  }
}

void Worker::State::wait(const std::stop_token& stop, double seconds) {
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, duration(seconds), [this] { return wake_asked; });
  wake_asked = false;
}

void Worker::State::tell_waiting(const std::string& reason) {
  if (reason == waiting_told) return;
  waiting_told = reason;
  tell([&](WorkerListener& listener) { listener.waiting(reason); });
}

/// Jobs of ended processes and jobs whose disk has room again go back into the queue.
Result<void> Worker::State::tidy(bool until_idle) {
  if (last_tidy && seconds_since(*last_tidy) < (until_idle ? 0 : kTidy_s)) return {};
  last_tidy = Clock::now();
  FANTASCOPE_TRY(const std::vector<Job> recovered, queue->recover());
  for (const Job& job : recovered) tell([&](WorkerListener& listener) { listener.job_changed(to_entry(job)); });
  FANTASCOPE_TRY(std::vector<Job> paused, queue->list(JobState::kPaused, 10'000));
  for (Job& job : paused) {
    if (job.wait_folder.empty()) continue;
    DiskWait& wait = disk_waits[job.job_id.text()];
    if (Clock::now() < wait.next || (until_idle && wait.tries >= kQuickDiskTries)) continue;
    const auto free = studio.free_space(job.wait_folder);
    if (!free || *free < job.wait_bytes) continue;
    // Room that is there and yet cannot be written (a quota, a bad disk) is tried less and less often.
    constexpr double kPauses_s[] = {0, 0.2, 1, 10, 60};
    wait.next = Clock::now() + duration(options.disk_retry_s *
                                        kPauses_s[std::min<std::size_t>(static_cast<std::size_t>(++wait.tries), std::size(kPauses_s) - 1)]);
    if (const auto moved = queue->requeue(job); !moved && moved.error().code != ErrorCode::kMismatch) return moved;
    tell([&](WorkerListener& listener) { listener.job_changed(to_entry(job)); });
  }
  return {};
}

Result<FinishedJob> Worker::State::run_one(Job& job, const std::stop_token& stop, Ask on_stop, bool obeys_rule, int take, int num_takes,
                                           bool until_idle) {
  FANTASCOPE_TRY_VOID(queue->start(job));
  auto mine = std::make_shared<Current>();
  mine->job = job;
  mine->control = std::make_shared<RunControl>();
  mine->obeys_rule = obeys_rule;
  {
    const std::lock_guard guard(mutex);
    current = mine;
  }
  tell_waiting("");
  tell([&](WorkerListener& listener) { listener.job_changed(to_entry(job)); });
  const std::string id = job.job_id.text();
  RunHooks hooks{.control = *mine->control,
                 .take = take,
                 .num_takes = num_takes,
                 .settle_tries = until_idle ? kSettleTries : -1,
                 .settle_pause_s = options.disk_retry_s,
                 .give_up = stop};
  if (options.listener != nullptr) {
    hooks.progress = [&](const Progress& progress) { tell([&](WorkerListener& listener) { listener.job_progress(id, progress); }); };
    if (options.previews_per_second > 0) {
      hooks.preview = [&](int step, const VideoFrames& frames) {
        tell([&](WorkerListener& listener) { listener.job_preview(id, step, frames); });
      };
      hooks.previews_per_second = options.previews_per_second;
    }
  }
  Result<FinishedJob> finished = [&] {
    const std::stop_callback on_request(stop, [&] { mine->control->ask(on_stop, "the program that ran it was ended"); });
    return runner->run(job, std::move(hooks));
  }();
  {
    const std::lock_guard guard(mutex);
    current = nullptr;
  }
  // The job is done whatever comes of this; a take that could not be measured is measured when it is looked at.
  if (finished && finished->take) (void)measure_take(studio, *database, *finished->take);
  last_end_ms = monotonic_ms();
  last_work = Clock::now();
  // What pauses or stops gives the memory back; it may stay so for long.
  if (!finished && (job.state == JobState::kPaused || job.state == JobState::kQueued)) runner->release_model();
  if (finished || job.state != JobState::kPaused) disk_waits.erase(id);
  tell([&](WorkerListener& listener) { listener.job_changed(to_entry(job)); });
  return finished;
}

Result<void> Worker::State::step(const std::stop_token& stop, WorkUntil until, WorkerSummary& summary, bool& idle) {
  const bool until_idle = until == WorkUntil::kIdle;
  FANTASCOPE_TRY_VOID(tidy(until_idle));
  FANTASCOPE_TRY(std::optional<Job> job, queue->next());
  const std::string reason = job ? waiting_reason(false) : std::string();
  if (!job || !reason.empty()) {
    summary.waiting = reason;
    tell_waiting(reason);
    if (seconds_since(last_work) > options.idle_release_s) runner->release_model();
    if (until_idle) {
      // A job that met a full disk is tried again shortly, if it looks as if there were room.
      idle = std::none_of(disk_waits.begin(), disk_waits.end(), [this](const auto& wait) {
        return wait.second.tries > 0 && wait.second.tries < kQuickDiskTries &&
               wait.second.next + duration(options.disk_retry_s) > Clock::now();
      });
    }
    if (!idle) wait(stop, until_idle ? 0.05 * options.disk_retry_s : options.poll_s);
    return {};
  }
  const auto finished = run_one(*job, stop, Ask::kRelease, true, 1, 1, until_idle);
  if (finished) {
    GeneratedTake take = to_take(studio, *job, *finished);
    if (take.out_error) (void)queue->tell(*job, take.out_error->to_string());
    if (finished->take) tell([&](WorkerListener& listener) { listener.take_made(take); });
    summary.done.push_back(to_entry(*job));
    return {};
  }
  if (job->state == JobState::kQueued && finished.error().code == ErrorCode::kMismatch) return {};  // another worker was faster
  if (job->state == JobState::kQueued && finished.error().code != ErrorCode::kCancelled)
    return finished.error();  // it could not be started
  if (job->state == JobState::kRunning && finished.error().code != ErrorCode::kCancelled) {
    // Not even that could be written. The row says running until this process ends; what happened is said all the same.
    QueueEntry entry = to_entry(*job);
    const bool full = is_disk_full(finished.error());
    (full ? entry.reason : entry.error_message) = finished.error().to_string();
    if (!full) entry.error_code = error_code_name(finished.error().code);
    (full ? summary.paused : summary.failed).push_back(entry);
  }
  if (job->state == JobState::kFailed) summary.failed.push_back(to_entry(*job));
  if (job->state == JobState::kPaused) summary.paused.push_back(to_entry(*job));
  return {};
}

Worker::Worker(Studio& studio, WorkerOptions options) : state_(std::make_unique<State>(studio, std::move(options))) {}
Worker::~Worker() = default;

Result<WorkerSummary> Worker::run(std::stop_token stop, WorkUntil until) {
  FANTASCOPE_TRY_VOID(state_->open());
  const std::jthread watcher([this](const std::stop_token& ended) { state_->watch(ended); });
  WorkerSummary summary;
  bool idle = false;
  int failures = 0;
  while (!idle && !stop.stop_requested()) {
    const Result<void> done = state_->step(stop, until, summary, idle);
    failures = done ? 0 : failures + 1;
    if (done) continue;
    const bool may_pass = done.error().code == ErrorCode::kIo;  // a full disk, a lock held for long
    if (!may_pass || (until == WorkUntil::kIdle && failures >= kFailuresMax)) return done.error();
    state_->tell_waiting(done.error().to_string());
    state_->wait(stop, state_->options.disk_retry_s * (until == WorkUntil::kIdle ? 0.05 : 1.0));
  }
  // A job that was tried again after a full disk is listed as it ended.
  std::erase_if(summary.paused, [&](const QueueEntry& entry) {
    const auto now = state_->queue->find(*JobId::parse(entry.job_id));
    return now && *now && (*now)->state != JobState::kPaused && (*now)->state != JobState::kRunning;
  });
  state_->runner->release_model();
  return summary;
}

Result<std::vector<GeneratedTake>> Worker::run_jobs(std::stop_token stop, const std::vector<std::string>& job_ids) {
  FANTASCOPE_TRY_VOID(state_->open());
  const std::jthread watcher([this](const std::stop_token& ended) { state_->watch(ended); });
  std::vector<GeneratedTake> takes;
  // What becomes of the jobs after one that was not done: they go with a failed or canceled one, and wait with a paused one.
  const auto leave_rest = [&](std::size_t from, JobState state) {
    for (std::size_t i = from; i < job_ids.size(); ++i) {
      auto job = state_->queue->find(JobId::parse(job_ids[i]).value_or(JobId{}));
      if (!job || !*job || (*job)->state != JobState::kQueued) continue;
      if (state == JobState::kPaused || state == JobState::kQueued) {
        (void)state_->queue->disown(**job);
      } else if (state_->queue->cancel(**job)) {
        remove_work(state_->studio, (*job)->job_id);
      }
    }
  };
  for (std::size_t i = 0; i < job_ids.size(); ++i) {
    const auto id = JobId::parse(job_ids[i]);
    FANTASCOPE_TRY(std::optional<Job> job, id ? state_->queue->find(*id) : Result<std::optional<Job>>(std::optional<Job>{}));
    if (!job) return Error{ErrorCode::kNotFound, "there is no such job", "job", job_ids[i].substr(0, 40), "", ""};
    const auto finished = state_->run_one(*job, stop, Ask::kCancel, false, static_cast<int>(i) + 1, static_cast<int>(job_ids.size()), true);
    if (!finished) {
      leave_rest(i, job->state);
      return finished.error();
    }
    takes.push_back(to_take(state_->studio, *job, *finished));
    if (takes.back().out_error) {
      leave_rest(i + 1, JobState::kCanceled);
      return *takes.back().out_error;
    }
    if (finished->take) state_->tell([&](WorkerListener& listener) { listener.take_made(takes.back()); });
  }
  return takes;
}

bool Worker::request_pause(const std::string& job_id) {
  const std::lock_guard guard(state_->mutex);
  if (!state_->current || state_->current->job.job_id.text() != job_id) return false;
  state_->current->control->ask(Ask::kPause, "paused by the user");
  return true;
}

bool Worker::request_cancel(const std::string& job_id) {
  const std::lock_guard guard(state_->mutex);
  if (!state_->current || state_->current->job.job_id.text() != job_id) return false;
  state_->current->control->ask(Ask::kCancel, "canceled");
  return true;
}

void Worker::wake() {
  {
    const std::lock_guard guard(state_->mutex);
    state_->wake_asked = true;
  }
  state_->woken.notify_all();
}

}  // namespace fantascope
