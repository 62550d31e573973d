#pragma once
/// train, evaluate and bench, where this build has training/; none otherwise.
#include <vector>

#include "app/cli/command_line.h"

namespace fantascope {

std::vector<ExtraCommand> training_commands();

}  // namespace fantascope
