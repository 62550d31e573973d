#pragma once
/// The command-line program without its parts: parse, call, print. app/main gives it the families and the extra commands.
#include <span>
#include <string>
#include <vector>

#include "app/cli/command_line.h"
#include "app/operations/studio.h"

namespace fantascope {

struct ProgramOptions {
  StudioOptions studio;
  std::vector<ExtraCommand> extra_commands;
};

/// Gives the exit status: 0 done, 1 failed, 2 bad arguments, 130 interrupted.
int run_program(std::span<const std::string> words, ProgramOptions options);

}  // namespace fantascope
