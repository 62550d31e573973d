/// fantascope over the fake family. FANTASCOPE_TEST_KILL_AT names the point at which the process ends as a power cut would end it;
/// FANTASCOPE_TEST_INTERRUPT_AT the one at which it gets Ctrl-C.
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "app/cli/program.h"
#include "tests/support/fake_family/fake_family.h"

int main(int argc, char** argv) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  };
  const std::string kill_at = variable("FANTASCOPE_TEST_KILL_AT");
  const std::string interrupt_at = variable("FANTASCOPE_TEST_INTERRUPT_AT");
  fantascope::ProgramOptions options;
  options.studio.environment = variable;
  options.studio.program_file = argv[0];
  options.studio.families = &fantascope::testing::fake_families();
  options.studio.fail_point = [&](const std::string& point) {
    if (point == kill_at) std::raise(SIGKILL);
    if (point == interrupt_at) {
      std::raise(SIGINT);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));  // until the watching thread has seen it
    }
  };
  return fantascope::run_program(std::vector<std::string>(argv + 1, argv + argc), std::move(options));
}
