#pragma once
/// Rows of jobs and their events. States and phases are plain words here; app/jobs knows what they mean and which moves are allowed,
/// and is the only caller that writes. Any thread; writes are serialised by Database.
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/library/database.h"
#include "app/library/ids.h"

namespace fantascope {

struct JobRow {
  std::int64_t seq = 0;  ///< order of acceptance
  JobId job_id;
  std::string kind, state, phase;
  int step = 0, num_steps = 0;
  std::int64_t position = 0;  ///< order in the queue
  TakeId take_id;             ///< chosen when accepted, so that publishing twice is one take
  std::string recipe;
  std::string reason;                     ///< why it is paused or parked
  std::string error_code, error_message;  ///< of failed
  int crashes = 0;                        ///< in this phase, one after another
  std::string owner;                      ///< the process that runs it, or that it was accepted for
  /// Signs of life of a running job, on the clock that the owner counts by (one for all processes since the machine started): of the
  /// process, and of the work itself (a step, a tile).
  std::int64_t heartbeat_ms = 0, progress_ms = 0;
  std::int64_t usual_step_ms = 0;  ///< how long a step of it takes; 0: not known yet
  std::string timings = "{}";      ///< JSON object: seconds by phase
  std::string wish;                ///< what another program wants of a running job: "" or "pause"
  std::string wait_folder;         ///< of a paused job that goes on by itself: where it needs room …
  std::int64_t wait_bytes = 0;     ///< … and how much
  std::int64_t created_ms = 0, changed_ms = 0;
};

struct JobEventRow {
  std::string state, phase, message;
  std::int64_t time_ms = 0;
};

/// The rule when jobs may run; what the numbers mean is said in app/operations/queue.h.
struct QueueRuleRow {
  bool held = false;
  int from_minute = -1, until_minute = -1;
  double load_max = -1;
};

/// What other programs may have changed about a running job.
struct JobWish {
  std::string state, owner, wish;
};

class JobStore {
 public:
  explicit JobStore(Database& database) : database_(database) {}  // borrowed; outlives the store

  /// Inserts rows, one after another at the end of the queue, with their first events: all of them in one transaction.
  Result<void> insert(std::span<const JobRow> rows, const std::string& message);
  Result<std::optional<JobRow>> find(const JobId& id) const;
  /// By an id or the start of one (4 characters or more); kNotFound or kInvalidArgument (several match) say so.
  Result<JobRow> find_by_text(const std::string& text) const;
  /// The first queued job that belongs to nobody or to `owner`.
  Result<std::optional<JobRow>> next(const std::string& owner) const;
  Result<std::int64_t> count(const std::string& state) const;
  /// Rows that belong to a process, and rows that run though they belong to none (no program leaves such).
  Result<std::vector<JobRow>> owned() const;
  /// In queue order; an empty state lists all.
  Result<std::vector<JobRow>> list(const std::string& state, int limit) const;
  /// Writes every changeable column but the position if the row is still in `expected_state` and of `expected_owner`; kMismatch
  /// otherwise. With a message, also an event, in the same transaction. A row that leaves `running` loses its wish.
  Result<void> update(const JobRow& row, const std::string& expected_state, const std::string& expected_owner, const std::string& message);
  Result<std::vector<JobEventRow>> events(const JobId& id) const;

  /// Of a running job; kMismatch if it does not run.
  Result<void> set_wish(const JobId& id, const std::string& wish);
  Result<std::optional<JobWish>> wish(const JobId& id) const;
  /// A sign of life of a job that `owner` runs; kMismatch if it is no longer theirs.
  Result<void> beat(const JobId& id, const std::string& owner, std::int64_t heartbeat_ms, std::int64_t progress_ms,
                    std::int64_t usual_step_ms);
  /// The story only.
  Result<void> tell(const JobRow& row, const std::string& message);
  /// Puts `id` where `place` finds it a new index in the ids of the open jobs in order (without `id`).
  Result<void> move(const JobId& id, const std::function<Result<std::size_t>(const std::vector<JobId>& others)>& place);
  /// Removes rows in these states, with their stories.
  Result<int> remove(std::span<const std::string> states);

  Result<QueueRuleRow> rule() const;
  Result<void> set_rule(const QueueRuleRow& rule);

 private:
  Database& database_;
};

}  // namespace fantascope
