/// The command line as a user and a script meet it.
#include <gmock/gmock.h>

#include "app/cli/command_line.h"
#include "tests/integration/app/scratch.h"

namespace fantascope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Program : public ::testing::Test {
 protected:
  void SetUp() override { scratch_.add_model("tiny"); }
  /// Refused with this code, naming the field; nothing is left in the home. In this process, since there are many of them.
  void expect_refused(const std::vector<std::string>& words, const std::string& field, ErrorCode code = ErrorCode::kInvalidArgument) {
    SCOPED_TRACE(::testing::PrintToString(words).substr(0, 200));
    const auto refused = [&]() -> Result<nlohmann::json> {
      FANTASCOPE_TRY(const ParsedCommand command, parse_command_line(words));
      FANTASCOPE_TRY(const auto studio, Studio::create(scratch_.options()));
      OperationContext context{*studio, {}, {}};
      return run_operation(*command.operation, context, command.arguments);
    }();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, code) << refused.error().to_string();
    EXPECT_THAT(refused.error().subject, HasSubstr(field)) << refused.error().to_string();
    EXPECT_FALSE(refused.error().message.empty());
    EXPECT_TRUE(scratch_.takes().empty());
    EXPECT_EQ(scratch_.num_work_folders(), 0u);
  }
  /// The same through the program, with the prompt on standard input.
  void expect_prompt_refused(const std::string& input) {
    const auto result = scratch_.run({"generate", "-", "--model", "tiny", "--json"}, {}, input);
    EXPECT_EQ(result.status, 2) << result.err;
    ASSERT_TRUE(result.json().is_object()) << result.out;
    EXPECT_EQ(result.json()["error"]["subject"], "prompt");
    EXPECT_EQ(result.json()["error"]["code"], "invalid_argument");
    EXPECT_FALSE(fs::exists(scratch_.home()));
  }
  Scratch scratch_;
};

TEST_F(Program, GenerateAnswersWithTheObjectOfTheContract) {
  const auto result = scratch_.run({"generate", "a ball", "--model", "tiny", "--size", "64x64", "--seconds", "1.5", "--fps", "6", "--steps",
                                    "3", "--seed", "11", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const auto json = result.json();
  ASSERT_TRUE(json.is_object()) << "nothing but one object on standard output: " << result.out;
  for (const char* key : {"take_id", "job_id", "path", "model", "family", "prompt", "size", "frames", "fps", "duration_s", "seed", "steps",
                          "recipe_sha256", "latents_sha256", "timings_s"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  for (const char* key : {"text", "denoise", "decode", "audio", "mux", "sign", "total"})
    EXPECT_TRUE(json["timings_s"].contains(key)) << key;
  EXPECT_EQ(json["size"], "64x64");
  EXPECT_EQ(json["frames"], 9);
  EXPECT_EQ(json["fps"], 6);
  EXPECT_EQ(json["steps"], 3);
  EXPECT_EQ(json["seed"], 11);
  EXPECT_THAT(result.err, HasSubstr("denoise 3/3"));
  EXPECT_EQ(result.err.find('\r'), std::string::npos) << "plain lines where there is no terminal";
}

TEST_F(Program, PromptsAreKeptByteForByteAndShownSafely) {
  const std::string prompt =
      "it's '; DROP TABLE take; -- %n%s </script> <img src=file:///etc/passwd> \xE2\x80\xAE"
      "dlrow \x1b[31m \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80";
  const auto made = scratch_.run({"generate", "-", "--model", "tiny", "--json", "--quiet"}, {}, prompt);
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(made.json()["prompt"], prompt);
  const auto shown = scratch_.run({"library", "show", made.json()["take_id"], "--json"});
  EXPECT_EQ(shown.json()["prompt"], prompt);
  EXPECT_EQ(shown.json()["recipe"]["prompt"], prompt);
  const auto listed = scratch_.run({"library", "list"});
  EXPECT_THAT(listed.out, HasSubstr("\\u{202E}"));
  EXPECT_EQ(listed.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(scratch_.run({"library", "search", "DROP TABLE", "--json"}).json()["takes"].size(), 1u);
}

TEST_F(Program, RefusesPromptsThatCannotBeUsed) {
  expect_refused({"generate", "", "--model", "tiny"}, "prompt");
  expect_refused({"generate", "  \t \xE3\x80\x80 ", "--model", "tiny"}, "prompt");
  expect_prompt_refused(std::string(10 << 20, 'a'));
  expect_prompt_refused(std::string("a\0b", 3));
  expect_prompt_refused("lone \xED\xA0\x80 surrogate");
  expect_refused({"generate", "bad \xff byte", "--model", "tiny"}, "prompt");
  expect_refused({"generate", std::string(33 << 10, 'a'), "--model", "tiny"}, "prompt");
}

TEST_F(Program, RefusesValuesOutOfRangeByField) {
  const auto with = [](std::vector<std::string> more) {
    std::vector<std::string> words = {"generate", "a ball", "--model", "tiny"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expect_refused(with({"--size", "63x48"}), "size");
  expect_refused(with({"--size", "0x48"}), "size");
  expect_refused(with({"--size", "64"}), "size");
  expect_refused(with({"--size", "99999x99999"}), "size");
  expect_refused(with({"--size", "512x64"}), "size");
  expect_refused(with({"--seconds", "0"}), "seconds");
  expect_refused(with({"--seconds", "nan"}), "seconds");
  expect_refused(with({"--seconds", "1e9"}), "seconds");
  expect_refused(with({"--seconds", "-1"}), "seconds");
  expect_refused(with({"--frames", "10"}), "frames");
  expect_refused(with({"--frames", "0"}), "frames");
  expect_refused(with({"--frames", "9", "--seconds", "1"}), "seconds");
  expect_refused(with({"--steps", "1000000000"}), "steps");
  expect_refused(with({"--steps", "51"}), "steps");
  expect_refused(with({"--steps", "0"}), "steps");
  expect_refused(with({"--steps", "4.5"}), "steps");
  expect_refused(with({"--seed", "1208925819614629174706176"}), "seed");
  expect_refused(with({"--seed", "-1"}), "seed");
  expect_refused(with({"--seed", "x"}), "seed");
  expect_refused(with({"--guidance", "inf"}), "guidance");
  expect_refused(with({"--guidance", "101"}), "guidance");
  expect_refused(with({"--fps", "0"}), "fps");
  expect_refused(with({"--fps", "1/0"}), "fps");
  expect_refused(with({"--fps", "1001"}), "fps");
  expect_refused(with({"--takes", "0"}), "takes");
  expect_refused(with({"--dtype", "int8"}), "dtype");
  expect_refused(with({"--device", "toaster"}), "device");
  expect_refused(with({"--negative", " "}), "negative");
  expect_refused(with({"--out", "/nonexistent-folder/x.mp4"}), "out");
  expect_refused(with({"--out", scratch_.root() + "/x.avi"}), "out");
  expect_refused(with({"--frobnicate"}), "--frobnicate");
  expect_refused(with({"--seed"}), "--seed");
  expect_refused({"generate"}, "prompt");
  expect_refused({"generate", "a", "b"}, "b");
  expect_refused({"frobnicate"}, "command");
  expect_refused({"library"}, "library");
  expect_refused({"generate", "a ball", "--model", "nosuch"}, "model", ErrorCode::kNotFound);
  expect_refused({"generate", "a ball", "--model", scratch_.root()}, scratch_.root(), ErrorCode::kNotFound);
}

TEST_F(Program, NamesTheNearestTwoAllowedAndSnapsWhenAsked) {
  const auto refused = scratch_.run({"generate", "a ball", "--model", "tiny", "--size", "70x48", "--json"});
  EXPECT_THAT(refused.json()["error"]["allowed"].get<std::string>(), HasSubstr("width 64 or 80"));
  const auto frames = scratch_.run({"generate", "a ball", "--model", "tiny", "--frames", "13", "--json"});
  EXPECT_THAT(frames.json()["error"]["allowed"].get<std::string>(), HasSubstr("9 or 17"));
  const auto snapped = scratch_.run({"generate", "a ball", "--model", "tiny", "--size", "70x48", "--frames", "12", "--snap", "--json"});
  ASSERT_EQ(snapped.status, 0) << snapped.err;
  EXPECT_EQ(snapped.json()["size"], "64x48");
  EXPECT_EQ(snapped.json()["frames"], 9);
  EXPECT_THAT(snapped.out, HasSubstr("was snapped to 64x48"));
}

TEST_F(Program, PrintsARandomSeedThatMakesTheSameClipAgain) {
  const auto first = scratch_.run({"generate", "a ball", "--model", "tiny", "--json"});
  ASSERT_EQ(first.status, 0);
  const std::string seed = first.json()["seed"].dump();
  EXPECT_THAT(first.err, HasSubstr("seed " + seed));
  const auto again = scratch_.run({"generate", "a ball", "--model", "tiny", "--seed", seed, "--json"});
  EXPECT_EQ(again.json()["unsigned_sha256"], first.json()["unsigned_sha256"]);
}

TEST_F(Program, SearchTakesAnyText) {
  ASSERT_EQ(scratch_.run({"generate", "a red ball", "--model", "tiny", "--json"}).status, 0);
  for (const std::string& text : {std::string("\""), std::string("NEAR("), std::string("*"), std::string("-"), std::string("a AND"),
                                  std::string("prompt:x"), std::string("^"), std::string("ba*l"), std::string("'; DROP TABLE take"), [] {
                                    std::string many;
                                    for (int i = 0; i < 10'000; ++i) many += "word" + std::to_string(i) + " ";
                                    return many;
                                  }()}) {
    const auto result = scratch_.run({"library", "search", "--json", "--", text});
    EXPECT_TRUE(result.status == 0 || result.status == 2) << text.substr(0, 40) << result.err;
    EXPECT_EQ(result.out.find("SQL"), std::string::npos) << result.out;
    EXPECT_EQ(result.out.find("fts5"), std::string::npos) << result.out;
  }
  EXPECT_EQ(scratch_.run({"library", "search", "red", "--json"}).json()["takes"].size(), 1u);
}

TEST_F(Program, DropHidesATakeAndKeepBringsItBack) {
  const std::string id = scratch_.run({"generate", "a ball", "--model", "tiny", "--json"}).json()["take_id"];
  EXPECT_EQ(scratch_.run({"library", "drop", id}).status, 0);
  EXPECT_EQ(scratch_.run({"library", "list", "--json"}).json()["takes"].size(), 0u);
  EXPECT_EQ(scratch_.run({"library", "search", "ball", "--json"}).json()["takes"].size(), 0u);
  EXPECT_EQ(scratch_.run({"library", "keep", id.substr(0, 5)}).status, 0);
  EXPECT_EQ(scratch_.run({"library", "list", "--keep", "kept", "--json"}).json()["takes"].size(), 1u);
  EXPECT_EQ(scratch_.run({"library", "show", "zzzzzzzz"}).status, 1);
  EXPECT_EQ(scratch_.run({"library", "show", "../../etc/passwd"}).status, 1);
}

TEST_F(Program, ModelsAreLinkedWhereTheyLie) {
  const std::string dir = make_fake_model(scratch_.root() + "/elsewhere", "other model");
  EXPECT_EQ(scratch_.run({"models", "add", dir}).status, 0);
  const auto listed = scratch_.run({"models", "list", "--json"}).json()["models"];
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0]["origin"], "linked");
  EXPECT_EQ(scratch_.run({"generate", "a ball", "--model", "other model", "--json"}).status, 0);
  EXPECT_EQ(scratch_.run({"models", "show", "other model", "--json"}).json()["weights"].size(), 1u);
  EXPECT_EQ(scratch_.run({"models", "verify", "other model", "--json"}).status, 0);
  std::ofstream(dir + "/SHA256SUMS") << std::string(64, '0') << "  weights.safetensors\n";
  const auto bad = scratch_.run({"models", "verify", "other model", "--json"});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.out, HasSubstr("not the published content"));
  EXPECT_EQ(scratch_.run({"models", "add", scratch_.root()}).status, 1);
}

TEST_F(Program, ModelsVerifyNoticesContentThatChangedUnderTheSameTime) {
  const std::string file = scratch_.assets() + "/models/tiny/weights.safetensors";
  ASSERT_EQ(scratch_.run({"models", "show", "tiny"}).status, 0);
  const auto time = fs::last_write_time(file);
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.put('W');
  }
  fs::last_write_time(file, time);
  const auto verified = scratch_.run({"models", "verify", "tiny", "--json"});
  EXPECT_EQ(verified.status, 1);
  EXPECT_THAT(verified.out, HasSubstr("the content changed"));
}

TEST_F(Program, InspectTellsOursFromChangedAndFromNothing) {
  const auto made = scratch_.run({"generate", "a ball", "--model", "tiny", "--json"}).json();
  const std::string path = made["path"];
  const auto ours = scratch_.run({"inspect", path, "--json"});
  ASSERT_EQ(ours.status, 0) << ours.err;
  EXPECT_EQ(ours.json()["credentials"]["state"], "trusted");
  EXPECT_THAT(ours.json()["credentials"]["digital_source_type"].get<std::string>(), HasSubstr("trainedAlgorithmicMedia"));
  EXPECT_EQ(ours.json()["credentials"]["generation"]["seed"], std::to_string(made["seed"].get<std::uint64_t>()));
  const std::string changed = scratch_.root() + "/changed.mp4";
  fs::copy_file(path, changed);
  {
    std::fstream bytes(changed, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(-100, std::ios::end);
    bytes.put('\x55');
  }
  EXPECT_EQ(scratch_.run({"inspect", changed, "--json"}).json()["credentials"]["state"], "invalid");
  EXPECT_EQ(scratch_.run({"inspect", scratch_.root() + "/none.mp4"}).status, 1);
  EXPECT_EQ(scratch_.run({"inspect", scratch_.root()}).status, 1);
}

TEST_F(Program, ReproduceSaysEqualOrWhatDiffers) {
  const std::string id = scratch_.run({"generate", "a ball", "--model", "tiny", "--json"}).json()["take_id"];
  const auto equal = scratch_.run({"reproduce", id, "--json"});
  EXPECT_EQ(equal.status, 0) << equal.err;
  EXPECT_EQ(equal.json()["equal"], true);
  const auto threads = scratch_.run({"reproduce", id, "--json"}, {{"OMP_NUM_THREADS", "7"}});
  EXPECT_EQ(threads.json()["differences"][0]["field"], "num_threads");
  scratch_.add_model("tiny", nlohmann::json::object(), "other");
  const auto differs = scratch_.run({"reproduce", id, "--json"});
  EXPECT_EQ(differs.status, 1);
  EXPECT_THAT(differs.out, HasSubstr("weights: weights.safetensors"));
}

TEST_F(Program, ParityExitsWithOneWhenAStageIsOut) {
  const std::string fixture = scratch_.root() + "/fixture";
  make_fake_model(fixture, "model");
  EXPECT_EQ(scratch_.run({"parity", fixture, "--json"}).status, 0);
  std::ofstream(fixture + "/bad") << "1";
  const auto bad = scratch_.run({"parity", fixture});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.out, HasSubstr("OUT OF TOLERANCE"));
  const auto missing = scratch_.run({"parity", scratch_.root() + "/nowhere"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr("there is no such folder (" + scratch_.root() + "/nowhere"));
}

TEST_F(Program, AHomeThatCannotBeIsAClearError) {
  std::ofstream(scratch_.root() + "/file") << "x";
  const auto result =
      scratch_.run({"generate", "a ball", "--model", "tiny", "--json"}, {{"FANTASCOPE_HOME", scratch_.root() + "/file/home"}});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.json()["error"]["code"], "io");
  EXPECT_THAT(result.json()["error"]["hint"].get<std::string>(), HasSubstr("FANTASCOPE_HOME"));
}

TEST_F(Program, ANewerOrForeignLibraryIsLeftAlone) {
  fs::create_directories(scratch_.home());
  std::ofstream(scratch_.home() + "/library.db") << std::string(8192, 'x');
  const std::string before = read_text(scratch_.home() + "/library.db");
  const auto result = scratch_.run({"generate", "a ball", "--model", "tiny", "--json"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.json()["error"]["code"], "bad_file");
  EXPECT_EQ(read_text(scratch_.home() + "/library.db"), before);
}

TEST_F(Program, TwoAtOnceBothSucceed) {
  const auto start = [&](const std::string& seed) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::setenv("FANTASCOPE_HOME", scratch_.home().c_str(), 1);
      ::setenv("FANTASCOPE_ASSETS", scratch_.assets().c_str(), 1);
      if (std::freopen("/dev/null", "wb", stdout) == nullptr || std::freopen("/dev/null", "wb", stderr) == nullptr) ::_exit(99);
      ::execl(FANTASCOPE_FAKE_PROGRAM, FANTASCOPE_FAKE_PROGRAM, "generate", "a ball", "--model", "tiny", "--seed", seed.c_str(),
              static_cast<char*>(nullptr));
      ::_exit(98);
    }
    return child;
  };
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) children.push_back(start(std::to_string(i)));
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT_EQ(scratch_.run({"library", "list", "--json"}).json()["takes"].size(), 4u);
  EXPECT_EQ(scratch_.run({"library", "check"}).status, 0);
}

TEST_F(Program, HelpIsMadeFromTheSpecs) {
  const auto help = scratch_.run({"generate", "--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, HasSubstr("--last-image FILE"));
  EXPECT_THAT(help.out, HasSubstr("(a whole number from 1 to 64)"));
  EXPECT_EQ(scratch_.run({"--help"}).status, 0);
  EXPECT_EQ(scratch_.run({}).status, 2);
  EXPECT_THAT(scratch_.run({"--version"}).out, HasSubstr("fantascope "));
}

}  // namespace
}  // namespace fantascope::testing
