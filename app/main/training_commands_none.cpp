#include "app/main/training_commands.h"

namespace fantascope {

std::vector<ExtraCommand> training_commands() { return {}; }

}  // namespace fantascope
