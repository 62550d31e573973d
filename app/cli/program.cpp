#include "app/cli/program.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "app/cli/interrupt.h"
#include "app/cli/progress_printer.h"
#include "app/cli/text_output.h"
#include "app/operations/prompt_text.h"

namespace fantascope {
namespace {

using nlohmann::json;

constexpr int kDone = 0, kFailed = 1, kBadArguments = 2, kInterrupted = 130;

int exit_status(const Error& error) {
  if (error.code == ErrorCode::kCancelled) return kInterrupted;
  return error.code == ErrorCode::kInvalidArgument ? kBadArguments : kFailed;
}

bool print_out(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return std::fflush(stdout) == 0 && written;
}

int report(const Error& error, bool as_json) {
  std::fprintf(stderr, "fantascope: %s\n", shown_safely(error.to_string()).c_str());
  if (as_json) print_out(json{{"ok", false}, {"error", error_to_json(error)}}.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
  return exit_status(error);
}

bool wants_json(std::span<const std::string> words) {
  for (const std::string& word : words) {
    if (word == "--") return false;
    if (word == "--json") return true;
  }
  return false;
}

/// A prompt given as "-" comes from standard input, byte for byte but for one line end at its end. One byte too many is enough to refuse
/// it.
Result<void> read_prompt(ParsedCommand& command) {
  auto& arguments = command.arguments;
  if (!arguments.contains("prompt") || arguments["prompt"] != "-") return {};
  std::string text(kPromptBytesMax + 2, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), stdin));
  if (text.ends_with('\n')) text.pop_back();
  FANTASCOPE_TRY_VOID(check_prompt(text));
  arguments["prompt"] = text;
  return {};
}

int run_command(ParsedCommand& command, ProgramOptions& options) {
  if (auto read = read_prompt(command); !read) return report(read.error(), command.json);
  auto studio = Studio::create(std::move(options.studio));
  if (!studio) return report(studio.error(), command.json);
  InterruptWatch interrupt;
  ProgressPrinter printer(stderr, ::isatty(STDERR_FILENO) == 1);
  OperationContext context{**studio, interrupt.token(), {}};
  if (!command.quiet) context.progress = [&printer](const Progress& progress) { printer.show(progress); };
  const auto response = run_operation(*command.operation, context, command.arguments);
  printer.clear();
  if (!response) {
    if (response.error().code != ErrorCode::kCancelled) return report(response.error(), command.json);
    Error stopped = response.error();
    stopped.message = "stopped; nothing was left half-written";
    return report(stopped, command.json);
  }
  const std::string text = command.json ? response->dump(-1, ' ', false, json::error_handler_t::replace) + "\n"
                                        : response_text(command.operation->spec.name, *response);
  if (!print_out(text)) {
    std::fprintf(stderr, "fantascope: cannot write to standard output\n");
    return kFailed;
  }
  return response->value("ok", true) ? kDone : kFailed;
}

}  // namespace

int run_program(std::span<const std::string> words, ProgramOptions options) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file over the user's limit is an error like a full disk
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    const std::string help = program_help(options.extra_commands);
    if (words.empty()) {
      std::fputs(help.c_str(), stderr);
      return kBadArguments;
    }
    return print_out(help) ? kDone : kFailed;
  }
  if (words[0] == "--version") return print_out(std::string("fantascope ") + program_version() + "\n") ? kDone : kFailed;
  for (const ExtraCommand& extra : options.extra_commands) {
    if (words[0] == extra.name) return extra.run(words.subspan(1));
  }
  auto command = parse_command_line(words);
  if (!command) return report(command.error(), wants_json(words));
  if (command->help) return print_out(command_help(command->operation->spec)) ? kDone : kFailed;
  return run_command(*command, options);
}

}  // namespace fantascope
