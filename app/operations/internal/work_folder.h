#pragma once
/// A job's folder under work/: its checkpoints and everything that a phase leaves for the next. What is read back is checked against
/// the hash written beside it and against the recipe, as if it had been downloaded; what does not fit is as good as not there.
#include <memory>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/runtime/generation.h"

namespace fantascope {

/// Takes are put together in takes/<prefix><id> and renamed when whole.
inline constexpr char kStagingPrefix[] = ".part-";

class WorkFolder {
 public:
  /// `recipe_sha256` of the finished recipe, empty while it is not known: then nothing is found.
  WorkFolder(std::string dir, std::string recipe_sha256) : dir_(std::move(dir)), recipe_sha256_(std::move(recipe_sha256)) {}

  std::string path(const std::string& name) const { return dir_ + "/" + name; }
  const std::string& dir() const { return dir_; }

  /// Durable under its final name, or an error and nothing. `name` without ".safetensors".
  Result<void> save_state(const std::string& name, const PhaseState& state) const;
  /// The state saved under `name` for this recipe, or null.
  std::shared_ptr<PhaseState> load_state(const std::string& name, const Pipeline& pipeline) const;
  /// Two slots in turn, so that a crash while writing one leaves the other.
  Result<void> save_checkpoint(const PhaseState& state);
  /// The next one saved then goes to the other slot.
  std::shared_ptr<PhaseState> newest_checkpoint(const Pipeline& pipeline);

  /// Notes that the file `name` is finished, with its hash.
  Result<void> seal(const std::string& name, const std::string& sha256) const;
  /// The hash noted for `name` if the file still has it, else nothing.
  std::optional<std::string> sealed(const std::string& name) const;

  void remove() const;
  /// True for a folder that was last touched more than a day ago.
  static bool is_abandoned(const std::string& dir);

 private:
  std::string dir_, recipe_sha256_;
  int next_slot_ = 0;
};

}  // namespace fantascope
