// The caption readers: what they are asked, what a blank caption teaches, and that their gradient reaches the text.
#include "training/trainer/caption_reader.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>

#include "training/trainer/parameters.h"

namespace fantascope::training {
namespace {

std::vector<world::Scene> some_scenes(int count) {
  std::vector<world::Scene> scenes;
  for (int i = 0; i < count; ++i) scenes.push_back(world::sample_scene(static_cast<std::uint64_t>(i)));
  return scenes;
}

TEST(CaptionReader, BlankCaptionsTeachNothing) {
  TrainableParameters parameters(at::kFloat, 1);
  const CaptionReader reader(parameters, 16, 8);
  const auto scenes = some_scenes(6);
  const at::Tensor video = at::randn({6, 4, 16}).requires_grad_(), audio = at::randn({6, 4, 8});
  const auto blank = reader.read(video, audio, scenes, std::vector<std::string>(6));
  EXPECT_EQ(blank.loss.item<double>(), 0.0);
  EXPECT_EQ(blank.right_share, 0.0);

  std::vector<std::string> captions(6);
  captions[2] = "a red ball";
  const auto one = reader.read(video, audio, scenes, captions);
  one.loss.backward();
  const at::Tensor per_clip = video.grad().abs().sum({1, 2});
  for (int b = 0; b < 6; ++b) EXPECT_EQ(per_clip[b].item<double>() > 0, b == 2) << b;
}

TEST(CaptionReader, LearnsToNameWhatTheTextSays) {
  TrainableParameters parameters(at::kFloat, 1);
  const CaptionReader reader(parameters, 64, 64);
  const auto scenes = some_scenes(24);
  const at::Tensor text = at::randn({24, 3, 64});  // 24 texts in 64 dimensions can be told apart by any linear reader
  const std::vector<std::string> captions(24, "said");
  double first = 0, last = 0, right = 0;
  for (int step = 0; step < 200; ++step) {
    const auto reading = reader.read(text, text, scenes, captions);
    reading.loss.backward();
    for (auto& parameter : parameters.all()) {
      parameter.master.sub_(parameter.leaf.grad(), 20.0);
    }
    parameters.publish();
    parameters.zero_gradients();
    last = reading.loss.item<double>(), right = reading.right_share;
    if (step == 0) first = last;
  }
  EXPECT_GT(first, 1.0);
  EXPECT_LT(last, 0.3);
  EXPECT_GT(right, 0.95);
}

}  // namespace
}  // namespace fantascope::training
