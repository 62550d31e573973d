#pragma once
/// Shots: clips the user wants, each with the form that was filled in and the jobs that were started from it; and the storyboard, which is
/// the shots that have a place in it, in order, with one text for all of them. Any thread; writes are serialised by Database.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/library/database.h"
#include "app/library/ids.h"

namespace fantascope {

using ShotId = Id<struct ShotTag>;

struct Shot {
  ShotId shot_id;
  std::string name, prompt;
  std::string form = "{}";                     ///< JSON object: the other fields of the form
  std::optional<std::int64_t> board_position;  ///< place in the storyboard
  std::string chosen_take;                     ///< id of the take that stands for the shot; empty: the newest kept, else the newest
  std::int64_t created_ms = 0;
  std::string project_id;  ///< empty: of no project
};

/// The first words of a prompt, in one line: how a shot is called that nobody named.
std::string shot_name(const std::string& prompt);

class ShotStore {
 public:
  explicit ShotStore(Database& database) : database_(database) {}  // borrowed; outlives the store

  /// Inserts, or overwrites everything but the time of making.
  Result<void> put(const Shot& shot);
  Result<std::optional<Shot>> find(const ShotId& id) const;
  /// The row alone: its takes and jobs stay, and belong to no shot.
  Result<void> remove(const ShotId& id);
  /// Those of the storyboard in its order; of one project alone if one is named.
  Result<std::vector<Shot>> board(const std::string& project_id = {}) const;
  /// The storyboard is exactly these, in this order; shots that are not named leave it and stay shots. With a project only its own shots
  /// are meant: those of others stay where they are.
  Result<void> set_board(const std::vector<ShotId>& order, const std::string& project_id = {});
  Result<void> attach_jobs(const ShotId& id, const std::vector<JobId>& jobs);
  /// Another job of the shot that `like` is of, if it is of one.
  Result<void> attach_beside(const JobId& like, const JobId& job);
  Result<std::string> text(const std::string& name) const;
  Result<void> set_text(const std::string& name, const std::string& content);

 private:
  Database& database_;
};

}  // namespace fantascope
