#include "app/cli/command_line.h"

#include <gmock/gmock.h>

#include "app/cli/progress_printer.h"
#include "app/cli/text_output.h"

namespace fantascope {
namespace {

using ::testing::HasSubstr;

Result<ParsedCommand> parse(const std::vector<std::string>& words) { return parse_command_line(words); }

/// What scripts rely on. A change here is a change for users: say so in docs/changes.
TEST(CommandLine, CommandsAndFlagsAreFrozen) {
  std::vector<std::string> found;
  for (const Operation& operation : all_operations()) {
    std::string line = operation.spec.name;
    for (const ParamSpec& param : operation.spec.params)
      line += " " + (param.positional ? std::string(param.value_name) : flag_name(param));
    found.push_back(line);
  }
  const std::string generation =
      " PROMPT --model --size --seconds --frames --fps --seed --steps --guidance --audio-guidance --negative --image --last-image "
      "--image-crf "
      "--two-stages --takes "
      "--dtype --device --sketch --sketch-steps --save-latents --out --wav --png --snap --project";
  const std::string continuation =
      " --seed --steps --guidance --audio-guidance --negative --last-image --image-crf --takes --dtype --device";
  EXPECT_THAT(
      found,
      ::testing::ElementsAre(
          "generate" + generation, "estimate" + generation, "reproduce TAKE --estimate",
          "finish TAKE --save-latents --out --wav --png --estimate",
          "extend TAKE PROMPT --seconds --frames" + continuation + " --save-latents --out --wav --png --snap --project --estimate --keep",
          "remix TAKE PROMPT" + continuation + " --sketch --sketch-steps --save-latents --out --wav --png --project --estimate --strength",
          "retake TAKE PROMPT --seed --steps --guidance --audio-guidance --negative --takes --dtype --device --sketch --sketch-steps "
          "--save-latents --out --wav --png --project --estimate --from --to --keep-sound",
          "queue list --all", "queue add" + generation, "queue batch FILE" + generation.substr(7), "queue pause JOB --all",
          "queue resume JOB --all", "queue cancel JOB", "queue retry JOB", "queue move JOB --top --bottom --before --after",
          "queue duplicate JOB --new-seed", "queue clear", "queue rule --from --until --load-max --always", "worker --until-idle",
          "library list --keep --limit --sort --project", "library search TEXT --limit --project", "library show TAKE",
          "library measure TAKE --missing", "library keep TAKE", "library drop TAKE", "library check --repair",
          "library frame TAKE --frame --out", "project list", "project create NAME", "project rename NAME NEW_NAME", "project remove NAME",
          "project add NAME SHOT|TAKE...", "project release SHOT|TAKE...", "models list", "models add DIR", "models unlink NAME|DIR",
          "models licence NAME|DIR", "models accept NAME|DIR --licence-sha256", "models show NAME|DIR", "models verify NAME|DIR",
          "bench clip --model --repeats --dtype --device", "inspect FILE", "parity DIR --dtype --device"));
}

TEST(CommandLine, EveryCommandHasHelpForEveryFlag) {
  for (const Operation& operation : all_operations()) {
    const std::string help = command_help(operation.spec);
    EXPECT_THAT(help, HasSubstr(std::string("fantascope ") + operation.spec.name));
    for (const ParamSpec& param : operation.spec.params) {
      EXPECT_STRNE(param.help, "") << operation.spec.name << " " << param.name;
      EXPECT_THAT(help, HasSubstr(param.positional ? param.value_name : flag_name(param)));
      if (param.type != ParamType::kSwitch) {
        EXPECT_STRNE(param.value_name, "") << operation.spec.name << " " << param.name;
      }
    }
  }
  const std::vector<ExtraCommand> extra = {{"dance", "moves about", nullptr}};
  EXPECT_THAT(program_help(extra), HasSubstr("moves about"));
}

TEST(CommandLine, ReadsFlagsInAnyOrderAndForm) {
  const auto command = parse({"generate", "--seed", "7", "a ball", "--size=64x48", "--snap", "--json", "--negative=--dashes"});
  ASSERT_TRUE(command) << command.error().to_string();
  EXPECT_EQ(command->arguments,
            (nlohmann::json{{"seed", 7}, {"prompt", "a ball"}, {"size", "64x48"}, {"snap", true}, {"negative", "--dashes"}}));
  EXPECT_TRUE(command->json);
  EXPECT_EQ((*parse({"generate", "--", "--json"})).arguments["prompt"], "--json");
  EXPECT_EQ((*parse({"generate", "-"})).arguments["prompt"], "-");
  EXPECT_STREQ((*parse({"library", "search", "red"})).operation->spec.name, "library search");
  EXPECT_TRUE((*parse({"generate", "--help"})).help) << "help asks for nothing else";
}

TEST(CommandLine, ARetakeNeedsItsRangeAndNoWords) {
  const auto command = parse({"retake", "abc", "--from", "0.5", "--to=1.25", "--keep-sound"});
  ASSERT_TRUE(command) << command.error().to_string();
  EXPECT_EQ(command->arguments, (nlohmann::json{{"take", "abc"}, {"from", 0.5}, {"to", 1.25}, {"keep_sound", true}}));
  EXPECT_EQ((*parse({"retake", "abc", "a green cone", "--from", "0", "--to", "1"})).arguments["prompt"], "a green cone");
  EXPECT_EQ(parse({"retake", "abc", "--to", "1"}).error().subject, "from");
  EXPECT_EQ(parse({"retake", "abc", "--from", "0"}).error().subject, "to");
  EXPECT_EQ(parse({"retake", "abc", "--from", "-1", "--to", "1"}).error().subject, "from");
}

TEST(CommandLine, TheLastWordsOfACommandMayBeAnyNumber) {
  const auto command = parse({"project", "add", "Short film", "aaaa", "--json", "bbbb", "cccc"});
  ASSERT_TRUE(command) << command.error().to_string();
  EXPECT_EQ(command->arguments, (nlohmann::json{{"name", "Short film"}, {"items", {"aaaa", "bbbb", "cccc"}}}));
  EXPECT_TRUE(command->json);
  EXPECT_EQ(parse({"project", "add", "Short film"}).error().subject, "items");
  EXPECT_EQ(parse({"project", "add", "Short film", "bad \xff"}).error().subject, "items");
  EXPECT_EQ(parse({"project", "frob"}).error().allowed, "list, create, rename, remove, add, release");
  const auto schema = arguments_schema(command->operation->spec);
  EXPECT_EQ(schema["properties"]["items"]["type"], "array");
  EXPECT_EQ(schema["properties"]["items"]["items"]["type"], "string");
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(parse({}).error().message, HasSubstr("no such command"));
  EXPECT_THAT(parse({"generat"}).error().found, HasSubstr("generat"));
  EXPECT_THAT(parse({"library", "frob"}).error().allowed, HasSubstr("search"));
  EXPECT_EQ(parse({"generate", "x", "--frob"}).error().subject, "--frob");
  EXPECT_EQ(parse({"generate", "x", "--seed"}).error().subject, "--seed");
  EXPECT_EQ(parse({"generate", "x", "--seed", "--json"}).error().subject, "--seed");
  EXPECT_EQ(parse({"generate", "x", "--seed", "1", "--seed", "2"}).error().subject, "--seed");
  EXPECT_EQ(parse({"generate", "x", "--snap=maybe"}).error().subject, "snap");
  EXPECT_EQ(parse({"generate", "x", "-s", "1"}).error().subject, "-s");
  EXPECT_FALSE(parse({"generate", "x", "y"}));
  EXPECT_EQ(parse({"generate"}).error().subject, "prompt");
  EXPECT_EQ(parse({"generate", "bad \xff"}).error().subject, "prompt");
}

TEST(Progress, SaysWhatIsMeasuredAndWhatIsNot) {
  Progress progress;
  progress.phase = "denoise";
  progress.step = 5;
  progress.num_steps = 12;
  progress.elapsed_s = 3.21;
  EXPECT_THAT(progress_line(progress), HasSubstr("denoise 5/12 · 3.2 s · time left not measured yet"));
  progress.remaining_s = 4.0;
  progress.remaining_is_partial = true;
  EXPECT_THAT(progress_line(progress), HasSubstr("at least 4.0 s left"));
  progress.remaining_is_partial = false;
  progress.num_takes = 3;
  progress.peak_memory_bytes = 900 << 20;
  EXPECT_EQ(progress_line(progress), "take 1/3 · denoise 5/12 · 3.2 s · about 4.0 s left · peak 900 MiB");
}

TEST(Progress, DurationsReadWell) {
  EXPECT_EQ(duration_text(0.04), "0.0 s");
  EXPECT_EQ(duration_text(9.9), "9.9 s");
  EXPECT_EQ(duration_text(61), "61 s");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(7500), "2 h 05 min");
}

TEST(TextOutput, NeverPassesControlCharactersOn) {
  const nlohmann::json takes = {
      {"takes",
       {{{"take_id", "x"}, {"keep", "draft"}, {"model", "m\x1b[0m"}, {"size", "1x1"}, {"prompt", "a\x1b]0;title\x07 \xE2\x80\xAE"}}}}};
  for (const char* name : {"library list", "library search", "library show"}) {
    const std::string text = response_text(name, takes);
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << name;
    EXPECT_EQ(text.find("\xE2\x80\xAE"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace fantascope
