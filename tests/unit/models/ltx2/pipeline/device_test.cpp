// The whole pipeline on another device, as far as that can be tried without one: all arithmetic is the CPU's, but tensors that lie on
// different devices never meet.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "models/ltx2/parity.h"
#include "models/ltx2/pipeline.h"
#include "tests/support/pretend_device.h"
#include "tests/unit/models/ltx2/pipeline/small_request.h"

namespace fantascope::models::ltx2 {
namespace {

const std::filesystem::path kFixtures = std::filesystem::path(FANTASCOPE_SOURCE_DIR) / "tests/fixtures/parity";

struct Made {
  std::vector<float> pictures, sound;
};

// With the rescaling of guidance, which asks for means over a whole clip.
GenerationRequest request() {
  GenerationRequest request = small_request();
  request.num_inference_steps = 2;
  request.guidance.rescale = 0.5;
  return request;
}

// All phases, one by one as the queue runs them.
Made make(const std::string& fixture, const std::string& device, const GenerationRequest& request) {
  Made made;
  const auto pipeline = load_pipeline((kFixtures / fixture / "model").string(), {DType::kFloat32, device});
  EXPECT_TRUE(pipeline) << pipeline.error().to_string();
  if (!pipeline) return made;
  RunContext context;
  const auto prompt = (*pipeline)->encode_prompt(request, context);
  const auto start = (*pipeline)->start(request, context);
  EXPECT_TRUE(prompt && start);
  if (!prompt || !start) return made;
  const auto latents = (*pipeline)->denoise(request, **prompt, **start, context);
  EXPECT_TRUE(latents) << latents.error().to_string();
  if (!latents) return made;
  const auto frames = (*pipeline)->decode_video(request, **latents, context);
  const auto sound = (*pipeline)->decode_audio(request, **latents, context);
  EXPECT_TRUE(frames && sound);
  if (frames && sound) made = {frames->rgb, sound->samples};
  return made;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.empty() || a.size() != b.size()) return INFINITY;
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

void expect_same(const std::string& fixture, const GenerationRequest& request) {
  const Made here = make(fixture, "cpu", request), there = make(fixture, testing::other_device_name(), request);
  EXPECT_LT(largest_difference(here.pictures, there.pictures), 1.0 / 255);
  EXPECT_LT(largest_difference(here.sound, there.sound), 1e-3);
}

TEST(PipelineOnAnotherDevice, MakesTheSameClip) { expect_same("image-static-prompt", request()); }

TEST(PipelineOnAnotherDevice, MakesTheSameClipFromPictures) {
  GenerationRequest with_picture = request();
  RgbImage picture{64, 96, std::vector<std::uint8_t>(64 * 96 * 3)};
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) picture.pixels[i] = static_cast<std::uint8_t>(i * 7 % 251);
  with_picture.conditions.push_back({{picture}, nullptr, 0, 1.0});
  with_picture.conditions.push_back({{picture}, nullptr, -1, 0.5});
  expect_same("image-static-prompt", with_picture);
}

// Every stage of every committed fixture, as `fantascope parity --device` runs them.
TEST(ParityOnAnotherDevice, HoldsInEveryStage) {
  for (const char* fixture : {"image-static-prompt", "interleaved-portrait", "keyframes", "mixed-heads", "still"}) {
    int rows = 0;
    const auto run = run_parity((kFixtures / fixture).string(), {DType::kFloat32, testing::other_device_name()}, [&](const ParityRow& row) {
      EXPECT_TRUE(row.passed) << fixture << ": " << row.stage << " " << row.error_ratio;
      ++rows;
    });
    EXPECT_TRUE(run) << fixture << ": " << run.error().to_string();
    EXPECT_GT(rows, 30) << fixture;
  }
}

}  // namespace
}  // namespace fantascope::models::ltx2
