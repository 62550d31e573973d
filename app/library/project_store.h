#pragma once
/// Projects: the user's folders of work. A shot is of one project or of none, and a take is of its shot's. Removing a project removes
/// nothing else: its shots and takes stay, of no project. Any thread; writes are serialised by Database.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/library/database.h"
#include "app/library/ids.h"
#include "app/library/shot_store.h"

namespace fantascope {

using ProjectId = Id<struct ProjectTag>;

struct Project {
  ProjectId project_id;
  std::string name;
  std::int64_t created_ms = 0;  ///< 0: now
};

struct ProjectRow : Project {
  std::int64_t num_shots = 0;
  std::int64_t num_takes = 0;  ///< without dropped ones, as lists show them
};

struct ProjectList {
  std::vector<ProjectRow> projects;  ///< by name
  std::int64_t num_takes = 0;        ///< of the whole library, without dropped ones
};

/// Where a shot was, so that it can be put back.
struct ShotPlace {
  ShotId shot_id;
  std::optional<ProjectId> project_id;  ///< none: of no project
};

struct ProjectMove {
  std::vector<ShotPlace> before;  ///< of every shot that was named, once
  std::int64_t num_takes = 0;     ///< of these shots, without dropped ones
};

/// The name without spaces at its ends. Refused: nothing, more than 80 characters, control characters and marks that turn the direction of
/// writing, bytes that are no UTF-8.
Result<std::string> checked_project_name(const std::string& text);
/// What two names have in common that differ in case only (Latin, Greek and Cyrillic letters).
std::string project_name_key(std::string_view name);

class ProjectStore {
 public:
  explicit ProjectStore(Database& database) : database_(database) {}  // borrowed; outlives the store

  /// Inserts, or gives the one with this id another name. Another project's name, in whatever case, is refused.
  Result<Project> put(const Project& project);
  Result<std::optional<Project>> find(const ProjectId& id) const;
  /// In whatever case. kNotFound names those that are there.
  Result<Project> find_by_name(const std::string& name) const;
  Result<ProjectList> list() const;
  /// Gives the shots that were in it. Removing what is not there is a success.
  Result<std::vector<ShotId>> remove(const ProjectId& id);
  /// Puts every shot where it is said to be: all of them or none. An unknown shot or project is kNotFound.
  Result<ProjectMove> move_shots(const std::vector<ShotPlace>& places);
  /// Moves the shots of these takes, with all their takes. A take of no shot gets one of its own. All or none.
  Result<ProjectMove> move_takes(const std::vector<TakeId>& takes, const std::optional<ProjectId>& project);
  /// {shot_id, project_id} of a take, empty where there is none.
  Result<std::pair<std::string, std::string>> place_of(const TakeId& take) const;

 private:
  Database& database_;
};

}  // namespace fantascope
