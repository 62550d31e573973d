#include "app/library/job_store.h"

#include <algorithm>

#include "app/library/internal/statement.h"

namespace fantascope {
namespace {

#define FANTASCOPE_JOB_COLUMNS                                                                                                       \
  "seq, job_id, kind, state, phase, step, num_steps, position, take_id, recipe, reason, error_code, error_message, crashes, owner, " \
  "heartbeat_ms, timings, created_ms, changed_ms, progress_ms, usual_step_ms, wish, wait_folder, wait_bytes"

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
  job.progress_ms = row.integer(19);
  job.usual_step_ms = row.integer(20);
  job.wish = row.text(21);
  job.wait_folder = row.text(22);
  job.wait_bytes = row.integer(23);
  return job;
}

Result<void> add_event(sqlite3* handle, const std::string& path, const JobRow& row, const std::string& message) {
  Statement event(handle, path, "INSERT INTO job_event (job_id, state, phase, message, time_ms) VALUES (?,?,?,?,?)");
  return event.bind(row.job_id.text()).bind(row.state).bind(row.phase).bind(message).bind(wall_clock_ms()).run();
}

}  // namespace

Result<void> JobStore::insert(std::span<const JobRow> rows, const std::string& message) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement insert(handle, database_.path(),
                     "INSERT INTO job (job_id, kind, state, phase, step, num_steps, position, take_id, recipe, owner, heartbeat_ms, "
                     "created_ms, changed_ms) "
                     "VALUES (?,?,?,?,?,?, (SELECT coalesce(max(position), 0) + 1 FROM job), ?,?,?,?,?,?)");
    const std::int64_t now = wall_clock_ms();
    for (const JobRow& row : rows) {
      insert.reset();
      insert.bind(row.job_id.text())
          .bind(row.kind)
          .bind(row.state)
          .bind(row.phase)
          .bind(std::int64_t{row.step})
          .bind(std::int64_t{row.num_steps});
      insert.bind(row.take_id.text()).bind(row.recipe).bind(row.owner).bind(row.heartbeat_ms).bind(now).bind(now);
      FANTASCOPE_TRY_VOID(insert.run());
      FANTASCOPE_TRY_VOID(add_event(handle, database_.path(), row, message));
    }
    return {};
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

Result<JobRow> JobStore::find_by_text(const std::string& text) const {
  std::vector<JobRow> found;
  if (text.size() >= 4 && is_id_text(text)) {
    FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
      // The characters of ids sort below '~', so this range holds exactly those that begin with `text`.
      Statement statement(handle, database_.path(),
                          "SELECT " FANTASCOPE_JOB_COLUMNS " FROM job WHERE job_id >= ? AND job_id < ? ORDER BY job_id LIMIT 2");
      statement.bind(text).bind(text + "~");
      while (true) {
        FANTASCOPE_TRY(const bool row, statement.step());
        if (!row) return {};
        found.push_back(read_job(statement));
      }
    }));
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return Error{ErrorCode::kNotFound,
                 "there is no such job",
                 "job",
                 text.substr(0, 40),
                 "the id of a job, or its first characters (4 or more)",
                 "fantascope queue list shows them"};
  }
  return Error{ErrorCode::kInvalidArgument, "several jobs begin with these characters", "job", text, "more characters of the id", ""};
}

Result<std::optional<JobRow>> JobStore::next(const std::string& owner) const {
  std::optional<JobRow> job;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(),
                        "SELECT " FANTASCOPE_JOB_COLUMNS
                        " FROM job WHERE state = 'queued' AND (owner = '' OR owner = ?) ORDER BY position, seq LIMIT 1");
    FANTASCOPE_TRY(const bool row, statement.bind(owner).step());
    if (row) job = read_job(statement);
    return {};
  }));
  return job;
}

Result<std::vector<JobRow>> JobStore::owned() const {
  std::vector<JobRow> jobs;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(),
                        "SELECT " FANTASCOPE_JOB_COLUMNS
                        " FROM job WHERE state IN ('running', 'canceling') OR (state = 'queued' AND owner <> '') ORDER BY position, seq");
    while (true) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) return {};
      jobs.push_back(read_job(statement));
    }
  }));
  return jobs;
}

Result<std::int64_t> JobStore::count(const std::string& state) const {
  std::int64_t count = 0;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT count(*) FROM job WHERE state = ?");
    FANTASCOPE_TRY([[maybe_unused]] const bool row, statement.bind(state).step());
    count = statement.integer(0);
    return {};
  }));
  return count;
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
    Statement update(
        handle, database_.path(),
        "UPDATE job SET recipe = ?, state = ?, phase = ?, step = ?, num_steps = ?, reason = ?, error_code = ?, error_message = ?, "
        "crashes = ?, owner = ?, heartbeat_ms = ?, progress_ms = ?, usual_step_ms = ?, timings = ?, wait_folder = ?, "
        "wait_bytes = ?, wish = CASE WHEN ? THEN wish ELSE '' END, changed_ms = ? "
        "WHERE job_id = ? AND state = ? AND owner = ?");
    update.bind(row.recipe).bind(row.state).bind(row.phase).bind(std::int64_t{row.step}).bind(std::int64_t{row.num_steps}).bind(row.reason);
    update.bind(row.error_code)
        .bind(row.error_message)
        .bind(std::int64_t{row.crashes})
        .bind(row.owner)
        .bind(row.heartbeat_ms)
        .bind(row.progress_ms)
        .bind(row.usual_step_ms)
        .bind(row.timings);
    update.bind(row.wait_folder).bind(row.wait_bytes).bind(std::int64_t{row.state == "running"});
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

Result<void> JobStore::set_wish(const JobId& id, const std::string& wish) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement update(handle, database_.path(), "UPDATE job SET wish = ?, changed_ms = ? WHERE job_id = ? AND state = 'running'");
    FANTASCOPE_TRY_VOID(update.bind(wish).bind(wall_clock_ms()).bind(id.text()).run());
    if (sqlite3_changes(handle) == 1) return {};
    return Error{ErrorCode::kMismatch, "the job was changed by another program", id.text(), "", "state running", ""};
  });
}

Result<std::optional<JobWish>> JobStore::wish(const JobId& id) const {
  std::optional<JobWish> wish;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT state, owner, wish FROM job WHERE job_id = ?");
    FANTASCOPE_TRY(const bool row, statement.bind(id.text()).step());
    if (row) wish = JobWish{statement.text(0), statement.text(1), statement.text(2)};
    return {};
  }));
  return wish;
}

Result<void> JobStore::beat(const JobId& id, const std::string& owner, std::int64_t heartbeat_ms, std::int64_t progress_ms,
                            std::int64_t usual_step_ms) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement update(handle, database_.path(),
                     "UPDATE job SET heartbeat_ms = ?, progress_ms = ?, usual_step_ms = ? "
                     "WHERE job_id = ? AND owner = ? AND state IN ('running', 'canceling')");
    update.bind(heartbeat_ms).bind(progress_ms).bind(usual_step_ms).bind(id.text()).bind(owner);
    FANTASCOPE_TRY_VOID(update.run());
    if (sqlite3_changes(handle) == 1) return {};
    return Error{ErrorCode::kMismatch, "the job was changed by another program", id.text(), "", "running here", ""};
  });
}

Result<void> JobStore::tell(const JobRow& row, const std::string& message) {
  return database_.write([&](sqlite3* handle) { return add_event(handle, database_.path(), row, message); });
}

Result<void> JobStore::move(const JobId& id, const std::function<Result<std::size_t>(const std::vector<JobId>& others)>& place) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    struct Seat {
      JobId id;
      std::int64_t position;
    };
    std::vector<Seat> seats;
    Statement open(handle, database_.path(),
                   "SELECT job_id, position FROM job WHERE state NOT IN ('done', 'canceled') ORDER BY position, seq");
    while (true) {
      FANTASCOPE_TRY(const bool row, open.step());
      if (!row) break;
      seats.push_back({JobId::parse(open.text(0)).value_or(JobId{}), open.integer(1)});
    }
    std::vector<JobId> order;
    for (const Seat& seat : seats) {
      if (!(seat.id == id)) order.push_back(seat.id);
    }
    if (order.size() == seats.size()) {
      return Error{ErrorCode::kInvalidArgument, "this job is over and has no place in the queue", "job", id.text(), "an open job", ""};
    }
    FANTASCOPE_TRY(const std::size_t index, place(order));
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(std::min(index, order.size())), id);
    // The same set of positions is dealt out again, so that jobs that are over keep theirs; equal ones (rows of the first schema) part.
    std::int64_t last = seats.front().position - 1;
    Statement update(handle, database_.path(), "UPDATE job SET position = ? WHERE job_id = ? AND position <> ?");
    for (std::size_t i = 0; i < order.size(); ++i) {
      last = std::max(seats[i].position, last + 1);
      update.reset();
      FANTASCOPE_TRY_VOID(update.bind(last).bind(order[i].text()).bind(last).run());
    }
    return {};
  });
}

Result<int> JobStore::remove(std::span<const std::string> states) {
  int removed = 0;
  FANTASCOPE_TRY_VOID(database_.write([&](sqlite3* handle) -> Result<void> {
    for (const std::string& state : states) {
      FANTASCOPE_TRY_VOID(Statement(handle, database_.path(), "DELETE FROM job WHERE state = ?").bind(state).run());
      removed += sqlite3_changes(handle);
    }
    return {};
  }));
  return removed;
}

Result<QueueRuleRow> JobStore::rule() const {
  QueueRuleRow rule;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT held, from_minute, until_minute, load_max FROM queue_rule WHERE id = 1");
    FANTASCOPE_TRY(const bool row, statement.step());
    if (row)
      rule = {statement.integer(0) != 0, static_cast<int>(statement.integer(1)), static_cast<int>(statement.integer(2)), statement.real(3)};
    return {};
  }));
  return rule;
}

Result<void> JobStore::set_rule(const QueueRuleRow& rule) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement update(handle, database_.path(),
                     "INSERT OR REPLACE INTO queue_rule (id, held, from_minute, until_minute, load_max) VALUES (1,?,?,?,?)");
    update.bind(std::int64_t{rule.held}).bind(std::int64_t{rule.from_minute}).bind(std::int64_t{rule.until_minute}).bind(rule.load_max);
    return update.run();
  });
}

}  // namespace fantascope
