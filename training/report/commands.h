#pragma once
/// The `evaluate` command: generates clips for held-out prompts with a model folder, judges them, and writes report.json, report.md and a
/// contact sheet, beside four baselines: rendered truth, the truth through the model's own codecs, shuffled prompts, and blank prompts.
///   evaluate --model DIR --out DIR [--prompts N] [--judge-clips N] [--steps N] [--seed N]
#include <span>
#include <string>

namespace fantascope::training {

/// Exit status: 0 done, 1 failed, 2 bad arguments. Progress goes to stderr, the report to stdout.
int run_evaluate_command(std::span<const std::string> arguments);

}  // namespace fantascope::training
