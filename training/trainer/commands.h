#pragma once
/// The `train` command: makes a model from one configuration, stage by stage. Each stage leaves files in the output folder and goes on
/// from there, so that any stage can be stopped and taken up again.
///   train codec|flow|video-decoder|video-encoder|audio|vocoder|export|all --config FILE --out DIR [--minutes M] [--steps N] [--fresh]
#include <span>
#include <string>
#include <vector>

namespace fantascope::training {

/// Exit status: 0 done (or stopped by --minutes), 1 failed, 2 bad arguments. Progress goes to stderr.
int run_train_command(std::span<const std::string> arguments);

}  // namespace fantascope::training
