#include "app/main/training_commands.h"

#include "training/report/commands.h"
#include "training/trainer/commands.h"

namespace fantascope {

std::vector<ExtraCommand> training_commands() {
  return {{"train", "train the shipped model from nothing", training::run_train_command},
          {"evaluate", "measure a model against held-out prompts", training::run_evaluate_command}};
}

}  // namespace fantascope
