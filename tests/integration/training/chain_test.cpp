// The whole chain in miniature: every stage for as long as training/trainer/configs/mini.json says, then the report on held-out prompts.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/training/trainer/small_world.h"
#include "training/report/commands.h"
#include "training/trainer/commands.h"

namespace fantascope::training {
namespace {

// Velocity has a variance of about 2, so that guessing nothing costs 2 and guessing the mean of the data about 1. Below the least one there
// would be something to see that must not be seen.
constexpr double kLeastLoss = 0.3, kMostLoss = 0.95;

// The last line of losses.csv: step, picture, sound, samples a second.
std::vector<double> last_losses(const std::string& path) {
  std::ifstream file(path);
  std::string line, last;
  while (std::getline(file, line)) {
    if (!line.empty()) last = line;
  }
  std::vector<double> values;
  std::stringstream fields(last);
  while (std::getline(fields, line, ',')) values.push_back(std::stod(line));
  return values;
}

TEST(MiniatureChain, LearnsWhatIsEasy) {
  const TemporaryFolder folder("chain");
  const std::string out = folder.file("run");
  const std::string config = std::string(FANTASCOPE_SOURCE_DIR) + "/training/trainer/configs/mini.json";
  ASSERT_EQ(run_train_command(std::vector<std::string>{"all", "--config", config, "--out", out, "--resume"}), 0);
  const auto losses = last_losses(out + "/losses.csv");
  ASSERT_EQ(losses.size(), 4u);
  EXPECT_EQ(losses[0], load_config("mini").flow.steps);
  EXPECT_GT(losses[1], kLeastLoss);
  EXPECT_LT(losses[1], kMostLoss);
  EXPECT_LT(losses[2], kMostLoss);

  const std::string report_dir = folder.file("report");
  ASSERT_EQ(run_evaluate_command(
                std::vector<std::string>{"--model", out + "/mini", "--out", report_dir, "--prompts", "32", "--judge-clips", "200"}),
            0);
  const auto report = nlohmann::json::parse(std::ifstream(report_dir + "/report.json"));
  const auto value = [&](const char* column, const char* attribute) {
    return report.at("columns").at(column).at(attribute).at("value").get<double>();
  };
  for (const char* attribute : {"time", "place"}) {
    EXPECT_GT(value("truth", attribute), 0.9) << attribute;
    EXPECT_GT(value("generated", attribute), value("blank prompt", attribute)) << attribute;
    EXPECT_GT(value("generated", attribute), value("shuffled prompt", attribute) + 0.1) << attribute;
  }
  EXPECT_GT(value("generated", "time"), 0.7);
}

}  // namespace
}  // namespace fantascope::training
