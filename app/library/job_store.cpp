#include "app/library/job_store.h"

#include "app/library/internal/statement.h"

namespace fantascope {
namespace {

#define FANTASCOPE_JOB_COLUMNS                                                                                                       \
  "seq, job_id, kind, state, phase, step, num_steps, position, take_id, recipe, reason, error_code, error_message, crashes, owner, " \
  "heartbeat_ms, timings, created_ms, changed_ms"

JobRow read_job(const Statement& row) {
  JobRow job;
  job.seq = row.integer(0);
  job.job_id = JobId::parse(row.text(1)).value_or(JobId{});
  job.kind = row.text(2);
  job.state = row.text(3);
  job.phase = row.text(4);
  job.step = static_cast<int>(row.integer(5));
  job.num_steps = static_cast<int>(row.integer(6));
  job.position = row.integer(7);
  job.take_id = TakeId::parse(row.text(8)).value_or(TakeId{});
  job.recipe = row.text(9);
  job.reason = row.text(10);
  job.error_code = row.text(11);
  job.error_message = row.text(12);
  job.crashes = static_cast<int>(row.integer(13));
  job.owner = row.text(14);
  job.heartbeat_ms = row.integer(15);
  job.timings = row.text(16);
  job.created_ms = row.integer(17);
  job.changed_ms = row.integer(18);
  return job;
}

Result<void> add_event(sqlite3* handle, const std::string& path, const JobRow& row, const std::string& message) {
  Statement event(handle, path, "INSERT INTO job_event (job_id, state, phase, message, time_ms) VALUES (?,?,?,?,?)");
  return event.bind(row.job_id.text()).bind(row.state).bind(row.phase).bind(message).bind(wall_clock_ms()).run();
}

}  // namespace

Result<void> JobStore::insert(const JobRow& row, const std::string& message) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement insert(handle, database_.path(),
                     "INSERT INTO job (job_id, kind, state, phase, step, num_steps, position, take_id, recipe, owner, heartbeat_ms, "
                     "created_ms, changed_ms) "
                     "VALUES (?,?,?,?,?,?, (SELECT coalesce(max(position), 0) + 1 FROM job), ?,?,?,?,?,?)");
    const std::int64_t now = wall_clock_ms();
    insert.bind(row.job_id.text())
        .bind(row.kind)
        .bind(row.state)
        .bind(row.phase)
        .bind(std::int64_t{row.step})
        .bind(std::int64_t{row.num_steps});
    insert.bind(row.take_id.text()).bind(row.recipe).bind(row.owner).bind(row.heartbeat_ms).bind(now).bind(now);
    FANTASCOPE_TRY_VOID(insert.run());
    return add_event(handle, database_.path(), row, message);
  });
}

Result<std::optional<JobRow>> JobStore::find(const JobId& id) const {
  std::optional<JobRow> job;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT " FANTASCOPE_JOB_COLUMNS " FROM job WHERE job_id = ?");
    FANTASCOPE_TRY(const bool row, statement.bind(id.text()).step());
    if (row) job = read_job(statement);
    return {};
  }));
  return job;
}

Result<std::vector<JobRow>> JobStore::list(const std::string& state, int limit) const {
  std::vector<JobRow> jobs;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(),
                        "SELECT " FANTASCOPE_JOB_COLUMNS " FROM job WHERE state = ? OR ? = '' ORDER BY position, seq LIMIT ?");
    statement.bind(state).bind(state).bind(std::int64_t{limit});
    while (true) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) return {};
      jobs.push_back(read_job(statement));
    }
  }));
  return jobs;
}

Result<void> JobStore::update(const JobRow& row, const std::string& expected_state, const std::string& expected_owner,
                              const std::string& message) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement update(handle, database_.path(),
                     "UPDATE job SET recipe = ?, state = ?, phase = ?, step = ?, num_steps = ?, position = ?, reason = ?, error_code = ?, "
                     "error_message = ?, "
                     "crashes = ?, owner = ?, heartbeat_ms = ?, timings = ?, changed_ms = ? WHERE job_id = ? AND state = ? AND owner = ?");
    update.bind(row.recipe)
        .bind(row.state)
        .bind(row.phase)
        .bind(std::int64_t{row.step})
        .bind(std::int64_t{row.num_steps})
        .bind(row.position)
        .bind(row.reason);
    update.bind(row.error_code)
        .bind(row.error_message)
        .bind(std::int64_t{row.crashes})
        .bind(row.owner)
        .bind(row.heartbeat_ms)
        .bind(row.timings);
    update.bind(wall_clock_ms()).bind(row.job_id.text()).bind(expected_state).bind(expected_owner);
    FANTASCOPE_TRY_VOID(update.run());
    if (sqlite3_changes(handle) != 1) {
      return Error{ErrorCode::kMismatch, "the job was changed by another program", row.job_id.text(), "", "state " + expected_state, ""};
    }
    return message.empty() ? Result<void>{} : add_event(handle, database_.path(), row, message);
  });
}

Result<std::vector<JobEventRow>> JobStore::events(const JobId& id) const {
  std::vector<JobEventRow> events;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT state, phase, message, time_ms FROM job_event WHERE job_id = ? ORDER BY seq");
    statement.bind(id.text());
    while (true) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) return {};
      events.push_back({statement.text(0), statement.text(1), statement.text(2), statement.integer(3)});
    }
  }));
  return events;
}

}  // namespace fantascope
