/// The command-line program: families, environment and commands put together.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/program.h"
#include "app/main/training_commands.h"
#include "models/registry.h"

int main(int argc, char** argv) {
  fantascope::ProgramOptions options;
  options.studio.environment = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  };
  std::error_code error;
  options.studio.program_file = std::filesystem::read_symlink("/proc/self/exe", error).string();
  options.studio.families = &fantascope::builtin_families();
  options.extra_commands = fantascope::training_commands();
  const std::vector<std::string> words(argv + 1, argv + argc);
  return fantascope::run_program(words, std::move(options));
}
