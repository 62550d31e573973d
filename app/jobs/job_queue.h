#pragma once
/// The only writer of job states. Every move is one durable transaction with its event; a move that can_move forbids is refused.
/// A job that runs belongs to one process (owner). Rows whose process is gone are taken back by recover(); a process that lives but is
/// silent keeps its rows. Times of life are read from a clock that all processes of this machine share and that jumps of the wall clock
/// do not move. Any thread.
#include <cstdint>
#include <optional>
#include <span>
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
  std::int64_t position = 0;
  std::string recipe;
  std::string reason, error_code, error_message;
  int crashes = 0;
  std::string owner;  ///< as last read or written: a row of another owner is not changed
  bool pause_wanted = false;
  std::int64_t heartbeat_ms = 0, progress_ms = 0, usual_step_ms = 0;  ///< see monotonic_ms
  std::string wait_folder;                                            ///< a paused job that goes on when this folder's disk …
  std::uint64_t wait_bytes = 0;                                       ///< … has so much room
  std::string timings;
  std::int64_t created_ms = 0, changed_ms = 0;  ///< wall clock, for display
};

struct NewJob {
  JobId job_id;
  std::string kind, recipe;  ///< `recipe` is the order as app/operations writes and reads it
  int num_steps = 0;
};

/// Whether the process that accepted jobs runs them itself (no other takes them while it lives) or any worker may.
enum class AcceptFor { kAnyone, kThisProcess };

class JobQueue {
 public:
  /// `owner` names this process (see this_process()). The store is borrowed and outlives the queue.
  JobQueue(JobStore& store, std::string owner);
  const std::string& owner() const { return owner_; }

  /// Accepted: the rows are durable when this returns; all of them or none.
  Result<std::vector<Job>> accept(std::span<const NewJob> jobs, AcceptFor who = AcceptFor::kAnyone);
  /// A queued job that was accepted for this process is anybody's from now on.
  Result<void> disown(Job& job);
  /// queued → running, owned by this process. kMismatch if another process was faster.
  Result<void> start(Job& job);
  /// Same state, next phase (or step): what a restart continues from, and a sign of life. kCancelled if somebody asked to cancel.
  Result<void> enter_phase(Job& job, JobPhase phase, int step = 0);
  /// Same state: keeps the recipe and timings in `job`.
  Result<void> note(Job& job);
  Result<void> finish(Job& job);
  Result<void> fail(Job& job, const Error& error);
  /// With a folder, the job goes on by itself once that has `wait_bytes` of room.
  Result<void> pause(Job& job, const std::string& reason, const std::string& wait_folder = {}, std::uint64_t wait_bytes = 0);
  /// running → queued, by the process that ran it.
  Result<void> release(Job& job, const std::string& why);
  /// running → canceling → canceled, or straight to canceled where nothing runs.
  Result<void> cancel(Job& job);
  /// failed, parked or paused → queued, with the crash count cleared.
  Result<void> requeue(Job& job);

  /// For a job that another process may run: a running one is told (it stops at its next step boundary), a waiting one is moved at once.
  Result<void> ask_pause(Job& job);
  Result<void> ask_cancel(Job& job);
  /// What was asked of a running job; empty if there is no such row any more.
  Result<std::optional<JobWish>> wish(const JobId& id) const;
  /// A sign of life: `progress_ms` is when the work last came forward. kMismatch if the job is no longer this process's.
  Result<void> beat(const JobId& id, std::int64_t progress_ms, std::int64_t usual_step_ms);
  /// Into the job's story.
  Result<void> tell(const Job& job, const std::string& message);

  Result<std::optional<Job>> find(const JobId& id) const;
  Result<Job> find_by_text(const std::string& text) const;
  /// The first queued job that this process may start.
  Result<std::optional<Job>> next() const;
  Result<std::vector<Job>> list(std::optional<JobState> state, int limit) const;
  /// Rows that run in a process which is no more go back to queued; after the second crash in one phase they are parked instead. One that
  /// somebody had asked to pause or cancel is paused or canceled. Gives back those that were moved.
  Result<std::vector<Job>> recover();

 private:
  Result<void> move(Job& job, JobState to, const std::string& message);
  Result<void> save(Job& job, JobState expected, const std::string& owner, const std::string& message);
  Result<bool> take_back(Job& job);

  JobStore& store_;
  std::string owner_;
};

/// "boot-id/pid-namespace:pid:start-time": tells this process from every other one, also after a restart of the machine.
std::string this_process();

enum class ProcessLife {
  kAlive,
  kDead,
  kUnknown,  // it cannot be seen from here: another container
};
ProcessLife process_life(const std::string& owner);

/// Milliseconds since the machine started, without the time it slept: one clock for all processes.
std::int64_t monotonic_ms();

/// A process that cannot be seen and has been silent for so long is taken to be gone.
inline constexpr std::int64_t kSilenceMax_ms = 60'000;

}  // namespace fantascope
