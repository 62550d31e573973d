#include "app/library/project_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "app/library/internal/statement.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

constexpr std::size_t kCharactersMax = 80;
constexpr std::size_t kNamesShownMax = 10;
constexpr std::size_t kFoundBytesMax = 160;

/// Code points of well-formed UTF-8.
std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t point = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    points += point;
    i += length;
  }
  return points;
}

/// Control characters, line ends and marks that turn or hide text: a name with one of them is not the name that is seen.
bool is_hidden(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x061c || c == 0x200b || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

char32_t lower(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c >= 0xc0 && c <= 0xde && c != 0xd7) return c + 32;
  if ((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177)) return c | 1;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) return c % 2 == 1 ? c + 1 : c;
  if (c >= 0x391 && c <= 0x3a9) return c + 32;
  if (c >= 0x410 && c <= 0x42f) return c + 32;
  return c >= 0x400 && c <= 0x40f ? c + 80 : c;
}

void append_utf8(std::string& text, char32_t c) {
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += {static_cast<char>(0xc0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3f))};
  } else if (c < 0x10000) {
    text += {static_cast<char>(0xe0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
  } else {
    text += {static_cast<char>(0xf0 | (c >> 18)), static_cast<char>(0x80 | ((c >> 12) & 0x3f)), static_cast<char>(0x80 | ((c >> 6) & 0x3f)),
             static_cast<char>(0x80 | (c & 0x3f))};
  }
}

Error refused_name(const std::string& message, const std::string& found) {
  return {ErrorCode::kInvalidArgument,
          message,
          "name",
          found,
          "1 to " + std::to_string(kCharactersMax) + " characters, none of them a control character",
          ""};
}

Project read_project(const Statement& row) { return {ProjectId::parse(row.text(0)).value_or(ProjectId{}), row.text(1), row.integer(2)}; }

Result<std::optional<Project>> project_where(sqlite3* handle, const std::string& path, const char* sql, std::string_view value) {
  Statement statement(handle, path, sql);
  FANTASCOPE_TRY(const bool row, statement.bind(value).step());
  return row ? std::optional<Project>(read_project(statement)) : std::optional<Project>();
}
Result<std::optional<Project>> project_by_key(sqlite3* handle, const std::string& path, std::string_view key) {
  return project_where(handle, path, "SELECT project_id, name, created_ms FROM project WHERE name_key = ?", key);
}
Result<std::optional<Project>> project_by_id(sqlite3* handle, const std::string& path, const ProjectId& id) {
  return project_where(handle, path, "SELECT project_id, name, created_ms FROM project WHERE project_id = ?", id.text());
}

Result<void> check_there(sqlite3* handle, const std::string& path, const std::optional<ProjectId>& id) {
  if (!id) return {};
  FANTASCOPE_TRY(const std::optional<Project> project, project_by_id(handle, path, *id));
  if (project) return {};
  return Error{ErrorCode::kNotFound, "there is no such project any more", "project", id->text(), "", "Choose another one"};
}

/// Moves one shot and notes where it was.
Result<void> move_shot(sqlite3* handle, const std::string& path, const ShotPlace& place, ProjectMove& move) {
  Statement before(handle, path, "SELECT coalesce(project_id, '') FROM shot WHERE shot_id = ?");
  FANTASCOPE_TRY(const bool there, before.bind(place.shot_id.text()).step());
  if (!there) return Error{ErrorCode::kNotFound, "there is no such shot", "shot", place.shot_id.text(), "", ""};
  move.before.push_back({place.shot_id, ProjectId::parse(before.text(0))});
  Statement update(handle, path, "UPDATE shot SET project_id = nullif(?, '') WHERE shot_id = ?");
  FANTASCOPE_TRY_VOID(update.bind(place.project_id ? place.project_id->text() : std::string()).bind(place.shot_id.text()).run());
  Statement takes(handle, path,
                  "SELECT count(*) FROM shot_job j JOIN take t ON t.job_id = j.job_id WHERE j.shot_id = ? AND t.keep <> 'dropped'");
  FANTASCOPE_TRY(const bool counted, takes.bind(place.shot_id.text()).step());
  if (counted) move.num_takes += takes.integer(0);
  return {};
}

/// The shot of a take; one is made for a take that has none.
Result<ShotId> shot_of(sqlite3* handle, const std::string& path, const TakeId& take) {
  Statement found(handle, path,
                  "SELECT t.job_id, t.prompt, coalesce(j.shot_id, '') FROM take t LEFT JOIN shot_job j ON j.job_id = t.job_id WHERE "
                  "t.take_id = ?");
  FANTASCOPE_TRY(const bool there, found.bind(take.text()).step());
  if (!there) return Error{ErrorCode::kNotFound, "there is no such take in the library", "take", take.text(), "", ""};
  if (const auto shot = ShotId::parse(found.text(2))) return *shot;
  const ShotId shot = ShotId::random();
  const std::string prompt = found.text(1);
  Statement insert(handle, path, "INSERT INTO shot (shot_id, name, prompt, created_ms, changed_ms) VALUES (?1, ?2, ?3, ?4, ?4)");
  FANTASCOPE_TRY_VOID(insert.bind(shot.text()).bind(shot_name(prompt)).bind(prompt).bind(wall_clock_ms()).run());
  Statement attach(handle, path, "INSERT INTO shot_job (job_id, shot_id) VALUES (?, ?)");
  FANTASCOPE_TRY_VOID(attach.bind(found.text(0)).bind(shot.text()).run());
  return shot;
}

}  // namespace

Result<std::string> checked_project_name(const std::string& text) {
  if (const auto at = first_invalid_utf8(text)) return refused_name("the project's name is not UTF-8", "byte " + std::to_string(*at));
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return refused_name("a project needs a name", "\"\"");
  const std::string name = text.substr(first, text.find_last_not_of(' ') - first + 1);
  const std::u32string points = code_points(name);
  if (points.size() > kCharactersMax) {
    return refused_name("the project's name is too long", std::to_string(points.size()) + " characters");
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (is_hidden(points[i]))
      return refused_name("the project's name holds a character that cannot be seen", "character " + std::to_string(i + 1));
  }
  return name;
}

std::string project_name_key(std::string_view name) {
  std::string key;
  for (const char32_t c : code_points(name)) append_utf8(key, lower(c));
  return key;
}

Result<Project> ProjectStore::put(const Project& project) {
  Project kept = project;
  FANTASCOPE_TRY(kept.name, checked_project_name(project.name));
  if (kept.created_ms == 0) kept.created_ms = wall_clock_ms();
  const std::string key = project_name_key(kept.name);
  FANTASCOPE_TRY_VOID(database_.write([&](sqlite3* handle) -> Result<void> {
    FANTASCOPE_TRY(const std::optional<Project> same, project_by_key(handle, database_.path(), key));
    if (same && same->project_id != kept.project_id) {
      return Error{ErrorCode::kInvalidArgument,
                   "there is a project of this name",
                   "name",
                   "\"" + same->name + "\"",
                   "a name that no other project has, in whatever case",
                   "Choose another name"};
    }
    FANTASCOPE_TRY(const std::optional<Project> old, project_by_id(handle, database_.path(), kept.project_id));
    if (old) kept.created_ms = old->created_ms;
    Statement statement(handle, database_.path(),
                        "INSERT INTO project (project_id, name, name_key, created_ms) VALUES (?1, ?2, ?3, ?4) "
                        "ON CONFLICT (project_id) DO UPDATE SET name = ?2, name_key = ?3");
    return statement.bind(kept.project_id.text()).bind(kept.name).bind(key).bind(kept.created_ms).run();
  }));
  return kept;
}

Result<std::optional<Project>> ProjectStore::find(const ProjectId& id) const {
  std::optional<Project> project;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    FANTASCOPE_TRY(project, project_by_id(handle, database_.path(), id));
    return {};
  }));
  return project;
}

Result<Project> ProjectStore::find_by_name(const std::string& name) const {
  if (first_invalid_utf8(name)) return refused_name("the project's name is not UTF-8", "");
  const auto first = name.find_first_not_of(' ');
  const std::string key =
      first == std::string::npos ? std::string() : project_name_key(name.substr(first, name.find_last_not_of(' ') - first + 1));
  std::optional<Project> project;
  std::string known;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    FANTASCOPE_TRY(project, project_by_key(handle, database_.path(), key));
    if (project) return {};
    Statement statement(handle, database_.path(), "SELECT name FROM project ORDER BY name_key");
    for (std::size_t shown = 0;; ++shown) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) return {};
      if (shown == kNamesShownMax) {
        known += ", …";
        return {};
      }
      known += (known.empty() ? "" : ", ") + statement.text(0);
    }
  }));
  if (project) return *project;
  return Error{ErrorCode::kNotFound,
               "there is no such project",
               "project",
               name.size() > kFoundBytesMax ? std::to_string(name.size()) + " bytes" : "\"" + name + "\"",
               known.empty() ? "there are no projects yet" : known,
               "fantascope project create NAME makes one"};
}

Result<ProjectList> ProjectStore::list() const {
  ProjectList list;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    const auto each = [&](const char* sql, const auto& act) -> Result<void> {
      Statement statement(handle, database_.path(), sql);
      while (true) {
        FANTASCOPE_TRY(const bool row, statement.step());
        if (!row) return {};
        act(statement);
      }
    };
    const auto row_of = [&list](const Statement& row) -> ProjectRow* {
      const auto found = std::ranges::find(list.projects, row.text(0), [](const ProjectRow& known) { return known.project_id.text(); });
      return found == list.projects.end() ? nullptr : &*found;
    };
    FANTASCOPE_TRY_VOID(each("SELECT project_id, name, created_ms FROM project ORDER BY name_key",
                             [&](const Statement& row) { list.projects.push_back({read_project(row)}); }));
    FANTASCOPE_TRY_VOID(
        each("SELECT project_id, count(*) FROM shot WHERE project_id IS NOT NULL GROUP BY project_id", [&](const Statement& row) {
          if (ProjectRow* project = row_of(row)) project->num_shots = row.integer(1);
        }));
    FANTASCOPE_TRY_VOID(each("SELECT project_id, count(*) FROM take_project GROUP BY project_id", [&](const Statement& row) {
      if (ProjectRow* project = row_of(row)) project->num_takes = row.integer(1);
    }));
    FANTASCOPE_TRY_VOID(
        each("SELECT p.project_id, count(*) FROM take t INDEXED BY take_by_keep CROSS JOIN take_project p ON p.take_seq = t.seq "
             "WHERE t.keep = 'dropped' GROUP BY p.project_id",
             [&](const Statement& row) {
               if (ProjectRow* project = row_of(row)) project->num_takes -= row.integer(1);
             }));
    return each("SELECT count(*) FROM take INDEXED BY take_by_keep WHERE keep IN ('draft', 'kept')",
                [&](const Statement& row) { list.num_takes = row.integer(0); });
  }));
  return list;
}

Result<std::vector<ShotId>> ProjectStore::remove(const ProjectId& id) {
  std::vector<ShotId> shots;
  FANTASCOPE_TRY_VOID(database_.write([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT shot_id FROM shot WHERE project_id = ? ORDER BY seq");
    statement.bind(id.text());
    while (true) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) break;
      if (const auto shot = ShotId::parse(statement.text(0))) shots.push_back(*shot);
    }
    return Statement(handle, database_.path(), "DELETE FROM project WHERE project_id = ?").bind(id.text()).run();
  }));
  return shots;
}

Result<ProjectMove> ProjectStore::move_shots(const std::vector<ShotPlace>& places) {
  ProjectMove move;
  FANTASCOPE_TRY_VOID(database_.write([&](sqlite3* handle) -> Result<void> {
    std::set<std::string> done;
    for (const ShotPlace& place : places) {
      if (!done.insert(place.shot_id.text()).second) continue;
      FANTASCOPE_TRY_VOID(check_there(handle, database_.path(), place.project_id));
      FANTASCOPE_TRY_VOID(move_shot(handle, database_.path(), place, move));
    }
    return {};
  }));
  return move;
}

Result<ProjectMove> ProjectStore::move_takes(const std::vector<TakeId>& takes, const std::optional<ProjectId>& project) {
  ProjectMove move;
  FANTASCOPE_TRY_VOID(database_.write([&](sqlite3* handle) -> Result<void> {
    FANTASCOPE_TRY_VOID(check_there(handle, database_.path(), project));
    std::set<std::string> done;
    for (const TakeId& take : takes) {
      FANTASCOPE_TRY(const ShotId shot, shot_of(handle, database_.path(), take));
      if (!done.insert(shot.text()).second) continue;
      FANTASCOPE_TRY_VOID(move_shot(handle, database_.path(), {shot, project}, move));
    }
    return {};
  }));
  return move;
}

Result<std::pair<std::string, std::string>> ProjectStore::place_of(const TakeId& take) const {
  std::pair<std::string, std::string> place;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(),
                        "SELECT s.shot_id, coalesce(s.project_id, '') FROM take t JOIN shot_job j ON j.job_id = t.job_id JOIN shot s ON "
                        "s.shot_id = j.shot_id WHERE t.take_id = ?");
    FANTASCOPE_TRY(const bool row, statement.bind(take.text()).step());
    if (row) place = {statement.text(0), statement.text(1)};
    return {};
  }));
  return place;
}

}  // namespace fantascope
