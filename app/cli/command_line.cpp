#include "app/cli/command_line.h"

#include <algorithm>

#include "app/operations/prompt_text.h"

namespace fantascope {
namespace {

struct CommandName {
  const Operation* operation = nullptr;
  std::size_t num_words = 0;
};

/// The operation whose name the words begin with: "library list" before "library".
CommandName match_command(std::span<const std::string> words) {
  CommandName best;
  for (const Operation& operation : all_operations()) {
    std::string name = operation.spec.name;
    const auto space = name.find(' ');
    const std::size_t count = space == std::string::npos ? 1 : 2;
    if (words.size() < count || count <= best.num_words) continue;
    const std::string typed = count == 1 ? words[0] : words[0] + " " + words[1];
    if (typed == name) best = {&operation, count};
  }
  return best;
}

Error unknown_command(std::span<const std::string> words) {
  std::string known;
  const std::string first = words.empty() ? "" : words[0];
  for (const Operation& operation : all_operations()) {
    const std::string name = operation.spec.name;
    if (name.starts_with(first + " ")) known += (known.empty() ? "" : ", ") + name.substr(first.size() + 1);
  }
  const bool group = !known.empty();
  return {ErrorCode::kInvalidArgument,
          group ? first + " needs to know what to do" : "there is no such command",
          group ? first : "command",
          "\"" + shown_safely((group && words.size() > 1 ? words[1] : first).substr(0, 60)) + "\"",
          known,
          "fantascope --help lists the commands"};
}

Error unknown_flag(const std::string& flag, const OperationSpec& spec) {
  std::string known;
  for (const ParamSpec& param : spec.params) {
    if (!param.positional) known += (known.empty() ? "" : ", ") + flag_name(param);
  }
  return {ErrorCode::kInvalidArgument,
          std::string(spec.name) + " has no such flag",
          shown_safely(flag.substr(0, 60)),
          "",
          known.empty() ? "--json, --quiet" : known + ", --json, --quiet",
          "Put -- before a text that begins with dashes"};
}

const ParamSpec* find_flag(const OperationSpec& spec, const std::string& flag) {
  const auto found = std::find_if(spec.params.begin(), spec.params.end(),
                                  [&](const ParamSpec& param) { return !param.positional && flag_name(param) == flag; });
  return found == spec.params.end() ? nullptr : &*found;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

/// What the words of one command are put into.
class ArgumentReader {
 public:
  ArgumentReader(ParsedCommand& command, std::span<const std::string> words)
      : command_(command), spec_(command.operation->spec), words_(words) {}

  Result<void> read() {
    for (; next_ < words_.size(); ++next_) {
      const std::string& word = words_[next_];
      if (only_texts_ || !word.starts_with("-") || word == "-") {
        FANTASCOPE_TRY_VOID(take_positional(word));
      } else if (word == "--") {
        only_texts_ = true;
      } else if (word == "--json") {
        command_.json = true;
      } else if (word == "--quiet") {
        command_.quiet = true;
      } else if (word == "--help" || word == "-h") {
        command_.help = true;
      } else {
        FANTASCOPE_TRY_VOID(take_flag(word));
      }
    }
    return {};
  }

 private:
  Result<void> take_positional(const std::string& word) {
    for (const ParamSpec& param : spec_.params) {
      if (!param.positional || (command_.arguments.contains(param.name) && !param.repeated)) continue;
      return param.repeated ? add(param, word) : put(param, word);
    }
    return Error{ErrorCode::kInvalidArgument,
                 std::string(spec_.name) + " does not take so many words",
                 "\"" + shown_safely(word.substr(0, 60)) + "\"",
                 "",
                 "",
                 "Put a text of several words in quotes"};
  }

  Result<void> take_flag(const std::string& word) {
    const auto equals = word.find('=');
    const std::string flag = word.substr(0, equals);
    const ParamSpec* param = find_flag(spec_, flag);
    if (param == nullptr) return unknown_flag(word, spec_);
    if (command_.arguments.contains(param->name)) return Error{ErrorCode::kInvalidArgument, flag + " is there twice", flag, "", "once", ""};
    if (param->type == ParamType::kSwitch && equals == std::string::npos) {
      command_.arguments[param->name] = true;
      return {};
    }
    if (equals != std::string::npos) return put(*param, word.substr(equals + 1));
    // A value that itself begins with dashes is far more often a forgotten value: --negative=--x says it on purpose.
    if (next_ + 1 >= words_.size() || words_[next_ + 1].starts_with("--"))
      return Error{ErrorCode::kInvalidArgument, flag + " needs a value", flag, "nothing", allowed_text(*param), ""};
    return put(*param, words_[++next_]);
  }

  Result<void> put(const ParamSpec& param, const std::string& text) {
    FANTASCOPE_TRY(command_.arguments[param.name], parse_param(param, text));
    return {};
  }

  /// One more of a parameter that takes any number of words.
  Result<void> add(const ParamSpec& param, const std::string& word) {
    ParamSpec one = param;
    one.repeated = false;
    FANTASCOPE_TRY(nlohmann::json value, parse_param(one, word));
    command_.arguments[param.name].push_back(std::move(value));
    return {};
  }

  ParsedCommand& command_;
  const OperationSpec& spec_;
  std::span<const std::string> words_;
  std::size_t next_ = 0;
  bool only_texts_ = false;
};

}  // namespace

Result<ParsedCommand> parse_command_line(std::span<const std::string> words) {
  const CommandName name = match_command(words);
  if (name.operation == nullptr) return unknown_command(words);
  ParsedCommand command;
  command.operation = name.operation;
  FANTASCOPE_TRY_VOID(ArgumentReader(command, words.subspan(name.num_words)).read());
  if (command.help) return command;
  FANTASCOPE_TRY(command.arguments, check_arguments(name.operation->spec, command.arguments));
  return command;
}

std::string program_help(std::span<const ExtraCommand> extra) {
  std::string text =
      "fantascope: makes clips with sound from prompts, on this computer\n\n  fantascope COMMAND --help says more about one of these:\n\n";
  for (const Operation& operation : all_operations()) text += "  " + padded(operation.spec.name, 18) + operation.spec.summary + "\n";
  for (const ExtraCommand& command : extra) text += "  " + padded(command.name, 18) + command.summary + "\n";
  text +=
      "\n  Every command takes --json: one JSON object on standard output; progress goes to standard error. --quiet leaves it out.\n"
      "  Exit status: 0 done, 1 failed, 2 bad arguments, 130 interrupted.\n"
      "  Clips and settings live in $FANTASCOPE_HOME, or else in the XDG data folder.\n";
  return text;
}

std::string command_help(const OperationSpec& spec) {
  std::string usage = std::string("fantascope ") + spec.name;
  std::string rows;
  bool has_flags = false;
  for (const ParamSpec& param : spec.params) {
    const std::string value = param.value_name;
    if (param.positional) usage += " " + value;
    has_flags = has_flags || !param.positional;
    const std::string left = param.positional ? value : flag_name(param) + (param.type == ParamType::kSwitch ? "" : " " + value);
    std::string allowed;
    if (param.type == ParamType::kInteger || param.type == ParamType::kNumber) allowed = " (" + allowed_text(param) + ")";
    rows += "  " + padded(left, 24) + param.help + allowed + "\n";
  }
  rows += "  " + padded("--json", 24) + "one JSON object on standard output\n  " + padded("--quiet", 24) + "no progress\n";
  return usage + (has_flags ? " [FLAGS]" : "") + "\n  " + spec.summary + "\n\n" + rows;
}

}  // namespace fantascope
