#include "app/operations/internal/work_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/files/sha256.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSlots[] = {"checkpoint_a", "checkpoint_b"};

/// The engine writes the file; this makes it durable under its name.
Result<void> publish_file(const std::string& part, const std::string& path) {
  const int fd = ::open(part.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return file_error("open", part, errno);
  const bool synced = ::fchmod(fd, 0600) == 0 && ::fsync(fd) == 0;
  const int reason = errno;
  ::close(fd);
  if (!synced) return file_error("save", part, reason);
  if (std::rename(part.c_str(), path.c_str()) != 0) return file_error("rename", part, errno);
  return sync_dir(fs::path(path).parent_path().string());
}

}  // namespace

Result<void> WorkFolder::save_state(const std::string& name, const PhaseState& state) const {
  const std::string file = path(name + ".safetensors");
  const std::string part = file + ".part";
  auto saved = state.save(part);
  if (saved) {
    if (auto hash = sha256_file(part)) {
      saved = publish_file(part, file);
      if (saved) saved = seal(name + ".safetensors", *hash);
    } else {
      saved = hash.error();
    }
  }
  if (!saved) {
    std::error_code ignored;
    fs::remove(part, ignored);
  }
  return saved;
}

std::shared_ptr<PhaseState> WorkFolder::load_state(const std::string& name, const Pipeline& pipeline) const {
  if (!sealed(name + ".safetensors")) return nullptr;
  auto state = pipeline.load_state(path(name + ".safetensors"));
  return state ? *std::move(state) : nullptr;
}

Result<void> WorkFolder::save_checkpoint(const PhaseState& state) {
  FANTASCOPE_TRY_VOID(save_state(kSlots[next_slot_], state));
  next_slot_ = 1 - next_slot_;
  return {};
}

std::shared_ptr<PhaseState> WorkFolder::newest_checkpoint(const Pipeline& pipeline) {
  std::shared_ptr<PhaseState> newest;
  for (int slot = 0; slot < 2; ++slot) {
    auto state = load_state(kSlots[slot], pipeline);
    if (!state || (newest && state->step() <= newest->step())) continue;
    newest = state;
    next_slot_ = 1 - slot;
  }
  return newest;
}

Result<void> WorkFolder::seal(const std::string& name, const std::string& sha256) const {
  const nlohmann::json note = {{"sha256", sha256}, {"recipe_sha256", recipe_sha256_}};
  return write_file(path(name + ".seal"), note.dump() + "\n");
}

std::optional<std::string> WorkFolder::sealed(const std::string& name) const {
  if (recipe_sha256_.empty()) return std::nullopt;
  const auto note = read_bounded_json(path(name + ".seal"), {.max_bytes = 4096, .max_depth = 2});
  if (!note || !note->is_object() || note->value("recipe_sha256", nlohmann::json()) != nlohmann::json(recipe_sha256_)) return std::nullopt;
  const auto hash = sha256_file(path(name));
  if (!hash || note->value("sha256", nlohmann::json()) != nlohmann::json(*hash)) return std::nullopt;
  return *hash;
}

void WorkFolder::remove() const {
  std::error_code ignored;
  fs::remove_all(dir_, ignored);
}

bool WorkFolder::is_abandoned(const std::string& dir) {
  std::error_code error;
  const auto touched = fs::last_write_time(dir, error);
  return !error && fs::file_time_type::clock::now() - touched > std::chrono::hours(24);
}

}  // namespace fantascope
