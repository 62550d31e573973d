#include "app/jobs/job_queue.h"

#include <unistd.h>

#include <array>
#include <ctime>
#include <fstream>
#include <sstream>

namespace fantascope {
namespace {

constexpr int kCrashesMax = 2;

std::string read_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Field 22 of /proc/<pid>/stat: when the process started, in ticks since boot. The name in field 2 may hold anything, so count from
/// its last bracket.
std::string process_start(const std::string& pid) {
  const std::string stat = read_line("/proc/" + pid + "/stat");
  const auto bracket = stat.rfind(')');
  if (bracket == std::string::npos) return {};
  std::istringstream rest(stat.substr(bracket + 1));
  std::string word;
  for (int field = 3; field <= 22; ++field) rest >> word;
  return word;
}

/// This start of the machine and this process's view of process numbers.
std::string here() {
  std::array<char, 64> link{};
  const ssize_t size = ::readlink("/proc/self/ns/pid", link.data(), link.size());
  std::string digits;
  for (const char c : std::string(link.data(), size > 0 ? static_cast<std::size_t>(size) : 0)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return read_line("/proc/sys/kernel/random/boot_id") + "/" + digits;
}

Job to_job(const JobRow& row) {
  Job job;
  job.job_id = row.job_id;
  job.take_id = row.take_id;
  job.kind = row.kind;
  job.state = parse_job_state(row.state).value_or(JobState::kParked);
  job.phase = parse_job_phase(row.phase).value_or(JobPhase::kPrepare);
  job.step = row.step;
  job.num_steps = row.num_steps;
  job.position = row.position;
  job.recipe = row.recipe;
  job.reason = row.reason;
  job.error_code = row.error_code;
  job.error_message = row.error_message;
  job.crashes = row.crashes;
  job.owner = row.owner;
  job.pause_wanted = row.wish == "pause";
  job.heartbeat_ms = row.heartbeat_ms;
  job.progress_ms = row.progress_ms;
  job.usual_step_ms = row.usual_step_ms;
  job.wait_folder = row.wait_folder;
  job.wait_bytes = static_cast<std::uint64_t>(row.wait_bytes);
  job.timings = row.timings;
  job.created_ms = row.created_ms;
  job.changed_ms = row.changed_ms;
  return job;
}

bool is_mismatch(const Result<void>& result) { return !result && result.error().code == ErrorCode::kMismatch; }

}  // namespace

std::string this_process() {
  const std::string pid = std::to_string(::getpid());
  return here() + ":" + pid + ":" + process_start(pid);
}

ProcessLife process_life(const std::string& owner) {
  const auto first = owner.find(':');
  const auto last = owner.rfind(':');
  if (first == std::string::npos || first == last) return ProcessLife::kDead;
  const std::string place = owner.substr(0, first), now = here();
  if (place != now) return place.substr(0, place.find('/')) == now.substr(0, now.find('/')) ? ProcessLife::kUnknown : ProcessLife::kDead;
  const bool same = process_start(owner.substr(first + 1, last - first - 1)) == owner.substr(last + 1);
  return same ? ProcessLife::kAlive : ProcessLife::kDead;
}

std::int64_t monotonic_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

JobQueue::JobQueue(JobStore& store, std::string owner) : store_(store), owner_(std::move(owner)) {}

Result<std::vector<Job>> JobQueue::accept(std::span<const NewJob> jobs, AcceptFor who) {
  std::vector<JobRow> rows;
  for (const NewJob& job : jobs) {
    JobRow row;
    row.job_id = job.job_id;
    row.take_id = TakeId::random();
    row.kind = job.kind;
    row.state = job_state_name(JobState::kQueued);
    row.phase = job_phase_name(JobPhase::kPrepare);
    row.num_steps = job.num_steps;
    row.recipe = job.recipe;
    if (who == AcceptFor::kThisProcess) {
      row.owner = owner_;
      row.heartbeat_ms = monotonic_ms();
    }
    rows.push_back(std::move(row));
  }
  FANTASCOPE_TRY_VOID(store_.insert(rows, "accepted"));
  std::vector<Job> accepted;
  for (const JobRow& row : rows) accepted.push_back(to_job(row));
  return accepted;
}

Result<void> JobQueue::save(Job& job, JobState expected, const std::string& owner, const std::string& message) {
  JobRow row;
  row.job_id = job.job_id;
  row.state = job_state_name(job.state);
  row.phase = job_phase_name(job.phase);
  row.step = job.step;
  row.num_steps = job.num_steps;
  row.reason = job.reason;
  row.error_code = job.error_code;
  row.error_message = job.error_message;
  row.crashes = job.crashes;
  row.timings = job.timings.empty() ? "{}" : job.timings;
  row.recipe = job.recipe;
  row.wait_folder = job.wait_folder;
  row.wait_bytes = static_cast<std::int64_t>(job.wait_bytes);
  if (!owner.empty()) {
    row.owner = owner;
    row.heartbeat_ms = row.progress_ms = monotonic_ms();
    row.usual_step_ms = job.usual_step_ms;
  }
  FANTASCOPE_TRY_VOID(store_.update(row, std::string(job_state_name(expected)), job.owner, message));
  job.owner = row.owner;
  job.heartbeat_ms = row.heartbeat_ms;
  job.progress_ms = row.progress_ms;
  if (job.state != JobState::kRunning) job.pause_wanted = false;
  return {};
}

Result<void> JobQueue::move(Job& job, JobState to, const std::string& message) {
  if (!can_move(job.state, to)) {
    return Error{ErrorCode::kInvalidArgument,
                 "this job cannot do that now",
                 job.job_id.text(),
                 std::string(job_state_name(job.state)),
                 "a job that can become " + std::string(job_state_name(to)),
                 ""};
  }
  const auto runs = [](JobState state) { return state == JobState::kRunning || state == JobState::kCanceling; };
  // Canceling is a wish: the job stays with the process that runs it.
  const std::string owner = !runs(to) ? "" : runs(job.state) ? job.owner : owner_;
  Job moved = job;
  moved.state = to;
  if (to == JobState::kQueued || to == JobState::kRunning) {
    moved.reason.clear();
    moved.error_code.clear();
    moved.error_message.clear();
  }
  if (to != JobState::kPaused) {
    moved.wait_folder.clear();
    moved.wait_bytes = 0;
  }
  const Result<void> saved = save(moved, job.state, owner, message);
  if (is_mismatch(saved) && job.state == JobState::kRunning && job.owner == owner_ && can_move(JobState::kCanceling, to)) {
    // Somebody asked to cancel in between; what happened first (done, failed) counts all the same.
    FANTASCOPE_TRY_VOID(save(moved, JobState::kCanceling, owner, message));
  } else if (!saved) {
    return saved;
  }
  job = std::move(moved);
  return {};
}

Result<void> JobQueue::disown(Job& job) { return save(job, JobState::kQueued, "", ""); }

Result<void> JobQueue::start(Job& job) { return move(job, JobState::kRunning, "started"); }

Result<void> JobQueue::enter_phase(Job& job, JobPhase phase, int step) {
  FANTASCOPE_CHECK(job.state == JobState::kRunning);
  Job next = job;
  // A phase that was got through shows that its crashes are over; steps of the same phase keep the count.
  if (phase > job.phase) next.crashes = 0;
  const bool new_phase = phase != job.phase;
  next.phase = phase;
  next.step = step;
  const Result<void> saved = save(next, JobState::kRunning, job.owner, new_phase ? "phase" : "");
  if (is_mismatch(saved)) {
    FANTASCOPE_TRY(const auto wish, store_.wish(job.job_id));
    if (wish && wish->state == job_state_name(JobState::kCanceling) && wish->owner == job.owner)
      return Error{ErrorCode::kCancelled, "canceled", job.job_id.text(), "", "", ""};
  }
  FANTASCOPE_TRY_VOID(saved);
  job = std::move(next);
  return {};
}

Result<void> JobQueue::note(Job& job) {
  const Result<void> saved = save(job, job.state, job.owner, "");
  // A wish to cancel came in between: it is read at the next phase, and the note is not needed then.
  if (is_mismatch(saved)) {
    FANTASCOPE_TRY(const auto wish, store_.wish(job.job_id));
    if (wish && wish->state == job_state_name(JobState::kCanceling) && wish->owner == job.owner) return {};
  }
  return saved;
}

Result<void> JobQueue::finish(Job& job) { return move(job, JobState::kDone, "done"); }

Result<void> JobQueue::fail(Job& job, const Error& error) {
  Job failed = job;
  failed.error_code = error_code_name(error.code);
  failed.error_message = error.to_string();
  FANTASCOPE_TRY_VOID(move(failed, JobState::kFailed, failed.error_message));
  job = std::move(failed);
  return {};
}

Result<void> JobQueue::pause(Job& job, const std::string& reason, const std::string& wait_folder, std::uint64_t wait_bytes) {
  Job paused = job;
  paused.reason = reason;
  paused.wait_folder = wait_folder;
  paused.wait_bytes = wait_bytes;
  FANTASCOPE_TRY_VOID(move(paused, JobState::kPaused, reason));
  job = std::move(paused);
  return {};
}

Result<void> JobQueue::release(Job& job, const std::string& why) { return move(job, JobState::kQueued, why); }

Result<void> JobQueue::cancel(Job& job) {
  if (job.state == JobState::kRunning) {
    const Result<void> asked = move(job, JobState::kCanceling, "asked to stop");
    if (is_mismatch(asked))
      job.state = JobState::kCanceling;  // another program asked first; if it is something else, the next move says so
    else if (!asked)
      return asked;
  }
  return move(job, JobState::kCanceled, "canceled");
}

Result<void> JobQueue::requeue(Job& job) {
  Job queued = job;
  queued.crashes = 0;
  FANTASCOPE_TRY_VOID(move(queued, JobState::kQueued, "queued again"));
  job = std::move(queued);
  return {};
}

Result<void> JobQueue::ask_pause(Job& job) {
  if (job.state == JobState::kQueued) return pause(job, "paused by the user");
  if (job.state != JobState::kRunning) {
    return Error{ErrorCode::kInvalidArgument, "this job cannot be paused now",
                 job.job_id.text(),           std::string(job_state_name(job.state)),
                 "a queued or running job",   ""};
  }
  FANTASCOPE_TRY_VOID(store_.set_wish(job.job_id, "pause"));
  job.pause_wanted = true;
  return {};
}

Result<void> JobQueue::ask_cancel(Job& job) {
  if (job.state == JobState::kRunning) return move(job, JobState::kCanceling, "asked to stop");
  return move(job, JobState::kCanceled, "canceled");
}

Result<std::optional<JobWish>> JobQueue::wish(const JobId& id) const { return store_.wish(id); }

Result<void> JobQueue::beat(const JobId& id, std::int64_t progress_ms, std::int64_t usual_step_ms) {
  return store_.beat(id, owner_, monotonic_ms(), progress_ms, usual_step_ms);
}

Result<void> JobQueue::tell(const Job& job, const std::string& message) {
  JobRow row;
  row.job_id = job.job_id;
  row.state = job_state_name(job.state);
  row.phase = job_phase_name(job.phase);
  return store_.tell(row, message);
}

Result<std::optional<Job>> JobQueue::find(const JobId& id) const {
  FANTASCOPE_TRY(const std::optional<JobRow> row, store_.find(id));
  return row ? std::optional<Job>(to_job(*row)) : std::nullopt;
}

Result<Job> JobQueue::find_by_text(const std::string& text) const {
  FANTASCOPE_TRY(const JobRow row, store_.find_by_text(text));
  return to_job(row);
}

Result<std::optional<Job>> JobQueue::next() const {
  FANTASCOPE_TRY(const std::optional<JobRow> row, store_.next(owner_));
  return row ? std::optional<Job>(to_job(*row)) : std::nullopt;
}

Result<std::vector<Job>> JobQueue::list(std::optional<JobState> state, int limit) const {
  FANTASCOPE_TRY(const std::vector<JobRow> rows, store_.list(state ? std::string(job_state_name(*state)) : "", limit));
  std::vector<Job> jobs;
  for (const JobRow& row : rows) jobs.push_back(to_job(row));
  return jobs;
}

Result<bool> JobQueue::take_back(Job& job) {
  const ProcessLife life = process_life(job.owner);
  if (life == ProcessLife::kAlive) return false;
  if (life == ProcessLife::kUnknown && monotonic_ms() - job.heartbeat_ms < kSilenceMax_ms) return false;
  const std::string phase(job_phase_name(job.phase));
  Result<void> moved;
  if (job.state == JobState::kQueued) {  // accepted for a process that ended before it started it
    Job free = job;
    moved = save(free, JobState::kQueued, "", "its process ended before it began");
    if (moved) job = std::move(free);
  } else if (job.state == JobState::kCanceling) {
    moved = move(job, JobState::kCanceled, "canceled; its process had ended");
  } else {
    Job back = job;
    ++back.crashes;
    if (back.crashes >= kCrashesMax) {
      back.reason = "the program ended twice in " + phase;
      moved = move(back, JobState::kParked, back.reason);
    } else if (back.pause_wanted) {
      back.reason = "paused by the user";
      moved = move(back, JobState::kPaused, "paused; its process had ended");
    } else {
      moved = move(back, JobState::kQueued, "its process ended in " + phase);
    }
    if (moved) job = std::move(back);
  }
  // Somebody else took the row in between: then it is theirs.
  if (is_mismatch(moved)) return false;
  if (!moved) return moved.error();
  return true;
}

Result<std::vector<Job>> JobQueue::recover() {
  std::vector<Job> recovered;
  FANTASCOPE_TRY(const std::vector<JobRow> rows, store_.owned());
  for (const JobRow& row : rows) {
    if (row.owner == owner_) continue;
    Job job = to_job(row);
    FANTASCOPE_TRY(const bool moved, take_back(job));
    if (moved) recovered.push_back(std::move(job));
  }
  return recovered;
}

}  // namespace fantascope
