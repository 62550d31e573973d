#include "app/settings/home.h"

#include <filesystem>

#include "app/files/file_system.h"

namespace fantascope {
namespace fs = std::filesystem;

Result<Home> find_home(const ReadEnvironment& environment) {
  std::error_code ignored;
  if (const std::string own = environment("FANTASCOPE_HOME"); !own.empty())
    return Home{fs::absolute(own, ignored).lexically_normal().string()};
  if (const std::string data = environment("XDG_DATA_HOME"); !data.empty() && data.front() == '/') return Home{data + "/fantascope"};
  if (const std::string user = environment("HOME"); !user.empty() && user.front() == '/') return Home{user + "/.local/share/fantascope"};
  return Error{ErrorCode::kNotFound,
               "there is no folder to keep clips in",
               "FANTASCOPE_HOME",
               "FANTASCOPE_HOME, XDG_DATA_HOME and HOME are not set",
               "",
               "Set FANTASCOPE_HOME to a folder"};
}

Result<void> create_home(const Home& home) {
  for (const std::string& dir : {home.dir, home.takes(), home.work(), home.models(), home.keys(), home.exports()}) {
    if (auto made = create_private_dir(dir); !made) {
      Error error = made.error();
      if (error.hint.empty()) error.hint = "Set FANTASCOPE_HOME to a folder you may write to";
      return error;
    }
  }
  return {};
}

std::vector<std::string> find_shipped_models(const ReadEnvironment& environment, const std::string& program_file) {
  std::vector<fs::path> candidates;
  if (const std::string assets = environment("FANTASCOPE_ASSETS"); !assets.empty()) {
    candidates.push_back(fs::path(assets) / "models");
  } else {
    const fs::path folder = fs::path(program_file).parent_path();
    candidates.push_back(folder / "../../../assets/models");
    candidates.push_back(folder / "../share/fantascope/models");
  }
  std::vector<std::string> found;
  for (const fs::path& candidate : candidates) {
    std::error_code error;
    if (fs::is_directory(candidate, error)) found.push_back(fs::weakly_canonical(candidate, error).string());
  }
  return found;
}

}  // namespace fantascope
