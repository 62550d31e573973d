#include "app/main/training_commands.h"

#include "training/trainer/commands.h"

namespace fantascope {

std::vector<ExtraCommand> training_commands() {
  return {{"train", "train the shipped model from nothing", run_train_command},
          {"evaluate", "measure a model against held-out prompts", run_evaluate_command},
          {"bench", "time the parts of a generation", run_bench_command}};
}

}  // namespace fantascope
