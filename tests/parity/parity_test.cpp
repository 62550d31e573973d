// Every fixture through its family, as `fantascope parity` does it. The committed fixtures are always there; the shared ones are larger
// and compared where they lie beside the checkout.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "models/registry.h"

namespace fantascope {
namespace {

namespace fs = std::filesystem;

const fs::path kCommitted = fs::path(FANTASCOPE_SOURCE_DIR) / "tests/fixtures/parity";
const fs::path kShared = fs::path(FANTASCOPE_SOURCE_DIR) / "../shared/parity/fixtures";

struct Case {
  std::string name;
  bool shared = false;
  fs::path dir() const { return (shared ? kShared : kCommitted) / name; }
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

/// The family whose model the fixture holds.
const ModelFamily* family_of(const fs::path& fixture) {
  for (const ModelFamily& family : builtin_families()) {
    if (family.detect(fixture / "model")) return &family;
  }
  return nullptr;
}

std::vector<ParityRow> run(const fs::path& fixture, DType dtype) {
  std::vector<ParityRow> rows;
  const ModelFamily* family = family_of(fixture);
  EXPECT_NE(family, nullptr) << "no family claims " << fixture;
  if (family == nullptr) return rows;
  LoadOptions options;
  options.dtype = dtype;
  const auto done = family->parity(fixture, options, [&](const ParityRow& row) { rows.push_back(row); });
  EXPECT_TRUE(done) << done.error().to_string();
  return rows;
}

std::string described(const ParityRow& row) {
  std::ostringstream text;
  text << row.stage << ": error " << row.error_ratio << ", tolerance " << row.tolerance << " " << row.note;
  return text.str();
}

class Parity : public testing::TestWithParam<Case> {};

TEST_P(Parity, Float32) {
  if (!fs::exists(GetParam().dir())) GTEST_SKIP() << "no fixture " << GetParam().name << " beside the checkout";
  std::set<std::string> stages;
  double worst = 0;
  for (const ParityRow& row : run(GetParam().dir(), DType::kFloat32)) {
    EXPECT_TRUE(row.passed) << described(row);
    if (row.note.empty()) worst = std::max(worst, row.error_ratio);
    EXPECT_TRUE(stages.insert(row.stage).second) << row.stage << " reported twice";
  }
  RecordProperty("worst_error_ratio", std::to_string(worst));
  EXPECT_TRUE(stages.contains("end to end video.frames_u8"));
  const bool samples = fs::exists(GetParam().dir() / "model/transformer");
  if (!samples) return;
  for (const char* stage : {"stage tokenizer_cases", "stage text.prompt.input_ids", "stage scheduler.sigmas", "stage rope.video.cos",
                            "stage step0.video.velocity", "stage vae.decode.mid_block", "stage audio.mel", "end to end noise.video",
                            "end to end text.prompt.connector.video", "end to end step0.audio.latents", "end to end audio.waveform"}) {
    EXPECT_TRUE(stages.contains(stage)) << stage << " was not compared";
  }
}

// With random weights bfloat16 says little about quality: finite, and as near to the float32 reference as the reference's own bfloat16.
TEST_P(Parity, BFloat16) {
  if (!fs::exists(GetParam().dir())) GTEST_SKIP() << "no fixture " << GetParam().name << " beside the checkout";
  const auto rows = run(GetParam().dir(), DType::kBFloat16);
  EXPECT_FALSE(rows.empty());
  for (const ParityRow& row : rows) EXPECT_TRUE(row.passed) << described(row);
}

/// Test names may hold letters, digits and underscores only.
std::string test_name(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.name;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Committed, Parity,
                         testing::Values(Case{"interleaved-portrait"}, Case{"mixed-heads"}, Case{"image-static-prompt"}, Case{"still"},
                                         Case{"keyframes"}),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Shared, Parity,
                         testing::Values(Case{"ltx2", true}, Case{"ltx2.3", true}, Case{"ltx2-i2v", true}, Case{"ltx2-refine", true},
                                         Case{"ltx2-upsample", true}),
                         test_name);

/// A copy of a committed fixture that a test may spoil.
class SpoiledFixture : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("fantascope_parity_" + std::to_string(::getpid()));
    fs::remove_all(dir_);
    fs::copy(kCommitted / "still", dir_, fs::copy_options::recursive);
  }
  void TearDown() override { fs::remove_all(dir_); }
  void replace_in_request(const std::string& from, const std::string& to) const {
    std::ifstream in(dir_ / "request.json");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    in.close();
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    std::ofstream(dir_ / "request.json") << text;
  }
  bool fails(const std::string& stage) const {
    for (const ParityRow& row : run(dir_, DType::kFloat32)) {
      if (row.stage == stage) return !row.passed;
    }
    ADD_FAILURE() << stage << " was not compared";
    return false;
  }
  fs::path dir_;
};

TEST_F(SpoiledFixture, AnotherSeedIsNoticed) {
  replace_in_request("\"noise_seed\": 7014", "\"noise_seed\": 7015");
  EXPECT_TRUE(fails("end to end noise.video"));
}

TEST_F(SpoiledFixture, AnotherPromptIsNoticed) {
  replace_in_request("κόκκινο", "πράσινο");
  EXPECT_TRUE(fails("stage text.prompt.input_ids"));
}

TEST_F(SpoiledFixture, AnotherSigmaIsNoticed) {
  replace_in_request("0.3", "0.3001");
  EXPECT_TRUE(fails("stage scheduler.sigmas"));
}

TEST_F(SpoiledFixture, AMissingFileIsAnErrorThatNamesIt) {
  fs::remove(dir_ / "model/transformer/config.json");
  LoadOptions options;
  options.dtype = DType::kFloat32;
  const auto done = family_of(dir_)->parity(dir_, options, [](const ParityRow&) {});
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().to_string().find("transformer/config.json"), std::string::npos) << done.error().to_string();
}

}  // namespace
}  // namespace fantascope
