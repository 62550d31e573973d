#pragma once
/// What operations work on: the home, its settings and library, the models that can be found, the families that can run them. Made once
/// in app/main (and in tests), passed by reference. Nothing is opened before it is needed, so `inspect` works without a home.
/// Any thread, at the same time too; what the functions give back lives as long as the studio.
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "app/library/database.h"
#include "app/operations/progress.h"
#include "app/settings/home.h"
#include "app/settings/settings.h"
#include "engine/base/result.h"

namespace fantascope {

struct ModelFamily;

struct StudioOptions {
  ReadEnvironment environment;
  std::string program_file;                            ///< for what is shipped beside it
  const std::vector<ModelFamily>* families = nullptr;  ///< borrowed
  /// Free bytes under a path; empty: asks the system.
  std::function<Result<std::uint64_t>(const std::string& path)> free_space;
  /// Called by name between any two durable acts of a job; tests end the process there.
  std::function<void(const std::string& point)> fail_point;
};

class Studio {
 public:
  static Result<std::unique_ptr<Studio>> create(StudioOptions options);
  ~Studio();

  const Home& home() const { return home_; }
  const Settings& settings() const { return settings_; }
  const std::vector<ModelFamily>& families() const { return *options_.families; }
  const std::vector<std::string>& shipped_models() const { return shipped_models_; }
  /// For writing; makes the home on first use and takes back jobs whose process is gone.
  Result<Database*> library();
  /// For reading: a null pointer if there is no library yet.
  Result<Database*> library_if_any();
  Result<std::uint64_t> free_space(const std::string& path) const;
  void pass(const std::string& point) const {
    if (options_.fail_point) options_.fail_point(point);
  }

 private:
  Studio() = default;
  StudioOptions options_;
  Home home_;
  Settings settings_;
  std::vector<std::string> shipped_models_;
  Result<Database*> open_library();
  std::mutex mutex_;  ///< of what is opened late
  std::unique_ptr<Database> writable_, readable_;
};

/// How one call of an operation reports and is stopped.
struct OperationContext {
  Studio& studio;
  std::stop_token stop;
  ProgressSink progress;  ///< may be empty
};

/// "0.1.0"
const char* program_version();
/// "0.1.0+3f0c…": with a hash over the sources (and the compiler) that decide the bytes of a clip. Part of every recipe, so that two builds
/// of one version are told apart.
const char* engine_version();

}  // namespace fantascope
