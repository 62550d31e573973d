#include "app/operations/studio.h"

#include <filesystem>
#include <fstream>

#include "app/files/file_system.h"
#include "app/jobs/job_queue.h"
#include "app/operations/internal/work_folder.h"

namespace fantascope {
namespace {

/// A line "Name:   123 kB" of a /proc file, in bytes.
std::uint64_t proc_kilobytes(const char* path, const std::string& name) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    if (word != name) continue;
    std::uint64_t kilobytes = 0;
    return file >> kilobytes ? kilobytes * 1024 : 0;
  }
  return 0;
}

/// Jobs of ended processes go back to the queue; work folders that no open job owns are removed.
Result<void> tidy(Database& database, const Home& home) {
  JobStore store(database);
  JobQueue queue(store, this_process());
  FANTASCOPE_TRY_VOID([&]() -> Result<void> {
    auto recovered = queue.recover();
    return recovered ? Result<void>() : Result<void>(recovered.error());
  }());
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(home.work(), error)) {
    const auto id = JobId::parse(entry.path().filename().string());
    if (!id) continue;
    FANTASCOPE_TRY(const std::optional<Job> job, queue.find(*id));
    if (job && job->state != JobState::kDone && job->state != JobState::kCanceled) continue;
    // A job that another process is just accepting has a folder before it has a row.
    if (!job && !WorkFolder::is_abandoned(entry.path().string())) continue;
    std::filesystem::remove_all(entry.path(), error);
  }
  for (const auto& entry : std::filesystem::directory_iterator(home.takes(), error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kStagingPrefix) && WorkFolder::is_abandoned(entry.path().string()))
      std::filesystem::remove_all(entry.path(), error);
  }
  return {};
}

}  // namespace

std::uint64_t peak_memory() { return proc_kilobytes("/proc/self/status", "VmHWM:"); }
std::uint64_t available_memory() { return proc_kilobytes("/proc/meminfo", "MemAvailable:"); }

Result<std::unique_ptr<Studio>> Studio::create(StudioOptions options) {
  std::unique_ptr<Studio> studio(new Studio());
  FANTASCOPE_TRY(studio->home_, find_home(options.environment));
  FANTASCOPE_TRY(studio->settings_, read_settings(studio->home_.settings_file()));
  studio->shipped_models_ = find_shipped_models(options.environment, options.program_file);
  studio->options_ = std::move(options);
  return studio;
}

Studio::~Studio() = default;

Result<Database*> Studio::library() {
  const std::lock_guard guard(mutex_);
  return open_library();
}

Result<Database*> Studio::open_library() {
  if (!writable_) {
    FANTASCOPE_TRY_VOID(create_home(home_));
    FANTASCOPE_TRY(auto opened, Database::open(home_.dir, Database::Access::kReadWrite));
    FANTASCOPE_TRY_VOID(tidy(*opened, home_));
    writable_ = std::move(opened);
  }
  return writable_.get();
}

Result<Database*> Studio::library_if_any() {
  const std::lock_guard guard(mutex_);
  if (writable_) return writable_.get();
  if (readable_) return readable_.get();
  std::error_code error;
  if (!std::filesystem::exists(home_.dir + "/library.db", error)) return static_cast<Database*>(nullptr);
  auto opened = Database::open(home_.dir, Database::Access::kReadOnly);
  if (!opened && opened.error().code == ErrorCode::kUnsupported) return open_library();  // older schema: bring it up to date
  if (!opened) return opened.error();
  readable_ = *std::move(opened);
  return readable_.get();
}

Result<std::uint64_t> Studio::free_space(const std::string& path) const {
  return options_.free_space ? options_.free_space(path) : fantascope::free_space(path);
}

}  // namespace fantascope
