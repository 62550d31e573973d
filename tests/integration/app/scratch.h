#pragma once
/// A home with models in a folder of its own, and the fake program run in it.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "app/operations/studio.h"
#include "tests/support/fake_family/fake_family.h"

namespace fantascope::testing {

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct ProgramResult {
  int status = -1;  ///< exit status, or 1000 + the signal that ended it
  std::string out, err;
  nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

class Scratch {
 public:
  explicit Scratch(const std::string& parent = std::filesystem::temp_directory_path().string()) {
    std::string pattern = parent + "/fantascope-test-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    home_ = root_ + "/home";
    std::filesystem::create_directories(root_ + "/assets/models");
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& root() const { return root_; }
  const std::string& home() const { return home_; }
  std::string assets() const { return root_ + "/assets"; }
  /// A shipped model.
  std::string add_model(const std::string& name, const nlohmann::json& behaviour = nlohmann::json::object(),
                        const std::string& weights = "weights") {
    return make_fake_model(root_ + "/assets/models", name, behaviour, weights);
  }

  StudioOptions options() const {
    StudioOptions options;
    const std::map<std::string, std::string> variables = {{"FANTASCOPE_HOME", home_}, {"FANTASCOPE_ASSETS", assets()}};
    options.environment = [variables](const char* name) {
      const auto found = variables.find(name);
      return found == variables.end() ? std::string() : found->second;
    };
    options.families = &fake_families();
    return options;
  }

  /// Names of visible takes' folders.
  std::vector<std::string> takes() const {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(home_ + "/takes", error)) {
      if (!entry.path().filename().string().starts_with(".")) names.push_back(entry.path().filename().string());
    }
    return names;
  }
  std::size_t num_work_folders() const {
    std::error_code error;
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(home_ + "/work", error)) count += entry.is_directory() ? 1 : 0;
    return count;
  }

  ProgramResult run(std::vector<std::string> words, std::map<std::string, std::string> variables = {},
                    const std::string& input = {}) const {
    variables.try_emplace("FANTASCOPE_HOME", home_);
    variables.try_emplace("FANTASCOPE_ASSETS", assets());
    const std::string out = root_ + "/out.txt", err = root_ + "/err.txt", in = root_ + "/in.txt";
    std::ofstream(in, std::ios::binary) << input;
    words.insert(words.begin(), FANTASCOPE_FAKE_PROGRAM);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
      for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
      if (std::freopen(in.c_str(), "rb", stdin) == nullptr || std::freopen(out.c_str(), "wb", stdout) == nullptr ||
          std::freopen(err.c_str(), "wb", stderr) == nullptr)
        ::_exit(99);
      ::execv(argv[0], argv.data());
      ::_exit(98);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status), read_text(out), read_text(err)};
  }

 private:
  std::string root_, home_;
};

}  // namespace fantascope::testing
