#pragma once
/// The command line, made from the operations' specs: words in, the operation and its JSON arguments out. Help texts too.
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "app/operations/operation.h"
#include "engine/base/result.h"

namespace fantascope {

/// A command that is not an operation and parses its own words: train, evaluate, bench.
struct ExtraCommand {
  std::string name, summary;
  int (*run)(std::span<const std::string> arguments) = nullptr;  ///< gives the exit code
};

struct ParsedCommand {
  const Operation* operation = nullptr;
  nlohmann::json arguments = nlohmann::json::object();
  bool json = false;   ///< one object on standard output, nothing else there
  bool quiet = false;  ///< no progress
  bool help = false;
};

/// Words after the program's name. Values are checked as far as their spec goes; kInvalidArgument names the flag.
Result<ParsedCommand> parse_command_line(std::span<const std::string> words);

std::string program_help(std::span<const ExtraCommand> extra);
std::string command_help(const OperationSpec& spec);

}  // namespace fantascope
