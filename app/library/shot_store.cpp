#include "app/library/shot_store.h"

#include "app/library/internal/statement.h"

namespace fantascope {
namespace {

constexpr std::int64_t kNoPosition = -1;
constexpr std::size_t kNameBytesMax = 60;

Shot read_shot(const Statement& row) {
  Shot shot;
  shot.shot_id = ShotId::parse(row.text(0)).value_or(ShotId{});
  shot.name = row.text(1);
  shot.prompt = row.text(2);
  shot.form = row.text(3);
  if (const std::int64_t position = row.integer(4); position != kNoPosition) shot.board_position = position;
  shot.chosen_take = row.text(5);
  shot.created_ms = row.integer(6);
  shot.project_id = row.text(7);
  return shot;
}

/// The whole order of the storyboard if the shots of one project are to come in this order: each takes a place that one of them had, the
/// others come last.
Result<std::vector<ShotId>> order_with(sqlite3* handle, const std::string& path, const std::vector<ShotId>& order,
                                       const std::string& project_id) {
  if (project_id.empty()) return order;
  std::vector<ShotId> whole;
  std::size_t next = 0;
  Statement statement(handle, path,
                      "SELECT shot_id, project_id IS ? FROM shot WHERE board_position IS NOT NULL ORDER BY board_position, seq");
  statement.bind(project_id);
  while (true) {
    FANTASCOPE_TRY(const bool row, statement.step());
    if (!row) break;
    if (statement.integer(1) == 0)
      whole.push_back(ShotId::parse(statement.text(0)).value_or(ShotId{}));
    else if (next < order.size())
      whole.push_back(order[next++]);
  }
  whole.insert(whole.end(), order.begin() + static_cast<std::ptrdiff_t>(next), order.end());
  return whole;
}

}  // namespace

std::string shot_name(const std::string& prompt) {
  std::string name;
  for (const char c : prompt) {
    const bool space = static_cast<unsigned char>(c) <= ' ';
    if (!space)
      name += c;
    else if (!name.empty() && name.back() != ' ')
      name += ' ';
  }
  if (name.size() > kNameBytesMax) {
    std::size_t end = kNameBytesMax;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
    name.resize(end);
  }
  while (!name.empty() && name.back() == ' ') name.pop_back();
  return name;
}

Result<void> ShotStore::put(const Shot& shot) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    const std::int64_t now = wall_clock_ms();
    Statement statement(
        handle, database_.path(),
        "INSERT INTO shot (shot_id, name, prompt, form, board_position, chosen_take, created_ms, changed_ms, project_id) VALUES (?1, ?2, "
        "?3, ?4, nullif(?5, -1), ?6, ?7, ?7, nullif(?8, '')) ON CONFLICT (shot_id) DO UPDATE SET name = ?2, prompt = ?3, form = ?4, "
        "board_position = nullif(?5, -1), chosen_take = ?6, changed_ms = ?7, project_id = nullif(?8, '')");
    statement.bind(shot.shot_id.text()).bind(shot.name).bind(shot.prompt).bind(shot.form);
    return statement.bind(shot.board_position.value_or(kNoPosition)).bind(shot.chosen_take).bind(now).bind(shot.project_id).run();
  });
}

Result<std::optional<Shot>> ShotStore::find(const ShotId& id) const {
  std::optional<Shot> shot;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(
        handle, database_.path(),
        "SELECT shot_id, name, prompt, form, coalesce(board_position, -1), chosen_take, created_ms, coalesce(project_id, '') FROM shot "
        "WHERE shot_id = ?");
    FANTASCOPE_TRY(const bool row, statement.bind(id.text()).step());
    if (row) shot = read_shot(statement);
    return {};
  }));
  return shot;
}

Result<void> ShotStore::remove(const ShotId& id) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    FANTASCOPE_TRY_VOID(Statement(handle, database_.path(), "DELETE FROM shot_job WHERE shot_id = ?").bind(id.text()).run());
    return Statement(handle, database_.path(), "DELETE FROM shot WHERE shot_id = ?").bind(id.text()).run();
  });
}

Result<std::vector<Shot>> ShotStore::board(const std::string& project_id) const {
  std::vector<Shot> shots;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(),
                        "SELECT shot_id, name, prompt, form, board_position, chosen_take, created_ms, coalesce(project_id, '') FROM shot "
                        "WHERE board_position IS NOT NULL AND (?1 = '' OR project_id = ?1) ORDER BY board_position, seq");
    statement.bind(project_id);
    while (true) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) return {};
      shots.push_back(read_shot(statement));
    }
  }));
  return shots;
}

Result<void> ShotStore::set_board(const std::vector<ShotId>& order, const std::string& project_id) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    FANTASCOPE_TRY(const std::vector<ShotId> whole, order_with(handle, database_.path(), order, project_id));
    FANTASCOPE_TRY_VOID(
        Statement(handle, database_.path(), "UPDATE shot SET board_position = NULL WHERE board_position IS NOT NULL").run());
    std::int64_t position = 0;
    for (const ShotId& id : whole) {
      Statement statement(handle, database_.path(), "UPDATE shot SET board_position = ? WHERE shot_id = ?");
      FANTASCOPE_TRY_VOID(statement.bind(position++).bind(id.text()).run());
      if (sqlite3_changes(handle) != 1) return Error{ErrorCode::kNotFound, "there is no such shot", "shot", id.text(), "", ""};
    }
    return {};
  });
}

Result<void> ShotStore::attach_jobs(const ShotId& id, const std::vector<JobId>& jobs) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    for (const JobId& job : jobs) {
      Statement statement(handle, database_.path(), "INSERT OR REPLACE INTO shot_job (job_id, shot_id) VALUES (?, ?)");
      FANTASCOPE_TRY_VOID(statement.bind(job.text()).bind(id.text()).run());
    }
    return {};
  });
}

Result<void> ShotStore::attach_beside(const JobId& like, const JobId& job) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(),
                        "INSERT OR REPLACE INTO shot_job (job_id, shot_id) SELECT ?1, shot_id FROM shot_job WHERE job_id = ?2");
    return statement.bind(job.text()).bind(like.text()).run();
  });
}

Result<std::string> ShotStore::text(const std::string& name) const {
  std::string content;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT content FROM library_text WHERE name = ?");
    FANTASCOPE_TRY(const bool row, statement.bind(name).step());
    if (row) content = statement.text(0);
    return {};
  }));
  return content;
}

Result<void> ShotStore::set_text(const std::string& name, const std::string& content) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "INSERT OR REPLACE INTO library_text (name, content) VALUES (?, ?)");
    return statement.bind(name).bind(content).run();
  });
}

}  // namespace fantascope
