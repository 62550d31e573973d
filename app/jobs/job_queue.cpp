#include "app/jobs/job_queue.h"

#include <unistd.h>

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

std::string boot_id() { return read_line("/proc/sys/kernel/random/boot_id"); }

Job to_job(const JobRow& row) {
  Job job;
  job.job_id = row.job_id;
  job.take_id = row.take_id;
  job.kind = row.kind;
  job.state = parse_job_state(row.state).value_or(JobState::kParked);
  job.phase = parse_job_phase(row.phase).value_or(JobPhase::kPrepare);
  job.step = row.step;
  job.num_steps = row.num_steps;
  job.recipe = row.recipe;
  job.reason = row.reason;
  job.error_code = row.error_code;
  job.error_message = row.error_message;
  job.crashes = row.crashes;
  job.owner = row.owner;
  job.timings = row.timings;
  return job;
}

Error not_found(const JobId& id) { return {ErrorCode::kNotFound, "there is no such job", "job", id.text(), "", ""}; }

}  // namespace

std::string this_process() {
  const std::string pid = std::to_string(::getpid());
  return boot_id() + ":" + pid + ":" + process_start(pid);
}

bool is_process_alive(const std::string& owner) {
  const auto first = owner.find(':');
  const auto last = owner.rfind(':');
  if (first == std::string::npos || first == last || owner.substr(0, first) != boot_id()) return false;
  return process_start(owner.substr(first + 1, last - first - 1)) == owner.substr(last + 1);
}

JobQueue::JobQueue(JobStore& store, std::string owner) : store_(store), owner_(std::move(owner)) {}

Result<Job> JobQueue::accept(const JobId& id, const std::string& kind, const std::string& recipe, int num_steps) {
  JobRow row;
  row.job_id = id;
  row.take_id = TakeId::random();
  row.kind = kind;
  row.state = job_state_name(JobState::kQueued);
  row.phase = job_phase_name(JobPhase::kPrepare);
  row.num_steps = num_steps;
  row.recipe = recipe;
  FANTASCOPE_TRY_VOID(store_.insert(row, "accepted"));
  return to_job(row);
}

Result<void> JobQueue::save(Job& job, JobState expected, const std::string& message) {
  FANTASCOPE_TRY(std::optional<JobRow> row, store_.find(job.job_id));
  if (!row) return not_found(job.job_id);
  row->state = job_state_name(job.state);
  row->phase = job_phase_name(job.phase);
  row->step = job.step;
  row->num_steps = job.num_steps;
  row->reason = job.reason;
  row->error_code = job.error_code;
  row->error_message = job.error_message;
  row->crashes = job.crashes;
  row->timings = job.timings;
  row->recipe = job.recipe;
  const bool runs = job.state == JobState::kRunning || job.state == JobState::kCanceling;
  row->owner = runs ? owner_ : "";
  row->heartbeat_ms = runs ? wall_clock_ms() : 0;
  FANTASCOPE_TRY_VOID(store_.update(*row, std::string(job_state_name(expected)), job.owner, message));
  job.owner = row->owner;
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
  Job moved = job;
  moved.state = to;
  FANTASCOPE_TRY_VOID(save(moved, job.state, message));
  job = std::move(moved);
  return {};
}

Result<void> JobQueue::start(Job& job) { return move(job, JobState::kRunning, "started"); }

Result<void> JobQueue::enter_phase(Job& job, JobPhase phase, int step) {
  FANTASCOPE_CHECK(job.state == JobState::kRunning);
  Job next = job;
  // A phase that was got through shows that its crashes are over; steps of the same phase keep the count.
  if (phase > job.phase) next.crashes = 0;
  const bool new_phase = phase != job.phase;
  next.phase = phase;
  next.step = step;
  FANTASCOPE_TRY_VOID(save(next, JobState::kRunning, new_phase ? "phase" : ""));
  job = std::move(next);
  return {};
}

Result<void> JobQueue::note(Job& job) { return save(job, job.state, ""); }

Result<void> JobQueue::finish(Job& job) { return move(job, JobState::kDone, "done"); }

Result<void> JobQueue::fail(Job& job, const Error& error) {
  job.error_code = error_code_name(error.code);
  job.error_message = error.to_string();
  return move(job, JobState::kFailed, job.error_message);
}

Result<void> JobQueue::pause(Job& job, const std::string& reason) {
  job.reason = reason;
  return move(job, JobState::kPaused, reason);
}

Result<void> JobQueue::cancel(Job& job) {
  if (job.state == JobState::kRunning) FANTASCOPE_TRY_VOID(move(job, JobState::kCanceling, "asked to stop"));
  return move(job, JobState::kCanceled, "canceled");
}

Result<void> JobQueue::requeue(Job& job) {
  job.crashes = 0;
  job.reason.clear();
  job.error_code.clear();
  job.error_message.clear();
  return move(job, JobState::kQueued, "queued again");
}

Result<std::optional<Job>> JobQueue::find(const JobId& id) const {
  FANTASCOPE_TRY(const std::optional<JobRow> row, store_.find(id));
  return row ? std::optional<Job>(to_job(*row)) : std::nullopt;
}

Result<std::vector<Job>> JobQueue::list(std::optional<JobState> state, int limit) const {
  FANTASCOPE_TRY(const std::vector<JobRow> rows, store_.list(state ? std::string(job_state_name(*state)) : "", limit));
  std::vector<Job> jobs;
  for (const JobRow& row : rows) jobs.push_back(to_job(row));
  return jobs;
}

Result<std::vector<Job>> JobQueue::recover() {
  std::vector<Job> recovered;
  for (const JobState state : {JobState::kRunning, JobState::kCanceling}) {
    FANTASCOPE_TRY(const std::vector<JobRow> rows, store_.list(std::string(job_state_name(state)), 10'000));
    for (const JobRow& row : rows) {
      if (is_process_alive(row.owner)) continue;
      Job job = to_job(row);
      ++job.crashes;
      const std::string phase(job_phase_name(job.phase));
      Result<void> moved;
      if (state == JobState::kCanceling) {
        moved = move(job, JobState::kCanceled, "canceled; its process had ended");
      } else if (job.crashes >= kCrashesMax) {
        job.reason = "the program ended twice in " + phase;
        moved = move(job, JobState::kParked, job.reason);
      } else {
        moved = move(job, JobState::kQueued, "its process ended in " + phase);
      }
      // Somebody else took the row in between: then it is theirs.
      if (!moved && moved.error().code == ErrorCode::kMismatch) continue;
      if (!moved) return moved.error();
      recovered.push_back(std::move(job));
    }
  }
  return recovered;
}

}  // namespace fantascope
