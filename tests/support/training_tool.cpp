/// training_tool train|evaluate …: the program's two training commands without the application around them, for builds of the engine alone.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "training/report/commands.h"
#include "training/trainer/commands.h"

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  const std::vector<std::string> arguments(argv + std::min(argc, 2), argv + argc);
  if (command == "train") return fantascope::training::run_train_command(arguments);
  if (command == "evaluate") return fantascope::training::run_evaluate_command(arguments);
  std::fprintf(stderr, "usage: training_tool train|evaluate ...\n");
  return 2;
}
