#pragma once
/// Rows of jobs and their events. States and phases are plain words here; app/jobs knows what they mean and which moves are allowed,
/// and is the only caller that writes. Any thread; writes are serialised by Database.
#include <cstdint>
#include <optional>
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
  std::string owner;                      ///< the process that runs it
  std::int64_t heartbeat_ms = 0;
  std::string timings = "{}";  ///< JSON object: seconds by phase
  std::int64_t created_ms = 0, changed_ms = 0;
};

struct JobEventRow {
  std::string state, phase, message;
  std::int64_t time_ms = 0;
};

class JobStore {
 public:
  explicit JobStore(Database& database) : database_(database) {}  // borrowed; outlives the store

  /// Inserts row and first event in one transaction.
  Result<void> insert(const JobRow& row, const std::string& message);
  Result<std::optional<JobRow>> find(const JobId& id) const;
  /// In queue order; an empty state lists all.
  Result<std::vector<JobRow>> list(const std::string& state, int limit) const;
  /// Writes every changeable column if the row is still in `expected_state` and of `expected_owner`; kMismatch otherwise. With a message,
  /// also an event, in the same transaction.
  Result<void> update(const JobRow& row, const std::string& expected_state, const std::string& expected_owner, const std::string& message);
  Result<std::vector<JobEventRow>> events(const JobId& id) const;

 private:
  Database& database_;
};

}  // namespace fantascope
