#pragma once
/// The only writer of job states. Every move is one durable transaction with its event; a move that can_move forbids is refused.
/// A job that runs belongs to one process (owner); rows whose process is gone are taken back by recover(). Any thread.
#include <optional>
#include <string>
#include <vector>

#include "app/jobs/job_state.h"
#include "app/library/job_store.h"
#include "engine/base/result.h"

namespace fantascope {

struct Job {
  JobId job_id;
  TakeId take_id;
  std::string kind;
  JobState state = JobState::kQueued;
  JobPhase phase = JobPhase::kPrepare;
  int step = 0, num_steps = 0;
  std::string recipe;
  std::string reason, error_code, error_message;
  int crashes = 0;
  std::string owner;  ///< as last read or written: a row of another owner is not changed
  std::string timings;
};

class JobQueue {
 public:
  /// `owner` names this process (see this_process()). The store is borrowed and outlives the queue.
  JobQueue(JobStore& store, std::string owner);

  /// Accepted: the row is durable when this returns. `recipe` is the order as app/operations writes and reads it.
  Result<Job> accept(const JobId& id, const std::string& kind, const std::string& recipe, int num_steps);
  /// queued → running, owned by this process.
  Result<void> start(Job& job);
  /// Same state, next phase (or step): what a restart continues from, and the heartbeat.
  Result<void> enter_phase(Job& job, JobPhase phase, int step = 0);
  /// Same state: keeps the recipe and timings in `job`.
  Result<void> note(Job& job);
  Result<void> finish(Job& job);
  Result<void> fail(Job& job, const Error& error);
  Result<void> pause(Job& job, const std::string& reason);
  /// running → canceling → canceled, or straight to canceled where nothing runs.
  Result<void> cancel(Job& job);
  /// failed, parked or paused → queued, with the crash count cleared.
  Result<void> requeue(Job& job);

  Result<std::optional<Job>> find(const JobId& id) const;
  Result<std::vector<Job>> list(std::optional<JobState> state, int limit) const;
  /// Rows that run in a process which is no more go back to queued; after the second crash in one phase they are parked instead.
  /// Gives back those that were moved.
  Result<std::vector<Job>> recover();

 private:
  Result<void> move(Job& job, JobState to, const std::string& message);
  Result<void> save(Job& job, JobState expected, const std::string& message);

  JobStore& store_;
  std::string owner_;
};

/// "boot-id:pid:start-time": tells this process from every other one, also after a restart of the machine.
std::string this_process();
bool is_process_alive(const std::string& owner);

}  // namespace fantascope
