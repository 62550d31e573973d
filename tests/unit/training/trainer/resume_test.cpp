#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "tests/unit/training/trainer/small_world.h"
#include "training/trainer/checkpoint.h"
#include "training/trainer/flow_trainer.h"
#include "training/trainer/network_trainer.h"

namespace fantascope::training {
namespace {

void expect_same(const std::string& a, const std::string& b) {
  const auto first = load_checkpoint(a), second = load_checkpoint(b);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  ASSERT_EQ(first->size(), second->size());
  for (const auto& [name, tensor] : *first) EXPECT_TRUE(at::equal(tensor, second->at(name))) << name;
}

// Four steps of the denoiser, stopped and taken up again after each of `stops`, with a store and parameters of their own each time.
void train_flow(const TemporaryFolder& folder, const std::string& name, const std::vector<std::int64_t>& stops,
                TrainConfig config = tiny_config()) {
  const auto captions = CaptionEncoder::create();
  ASSERT_TRUE(captions);
  config.components["text_encoder"]["text_config"]["vocab_size"] = captions->vocab_size();
  bool resume = false;
  for (const std::int64_t stop : stops) {
    LatentStore store(config, tiny_codecs(), folder.file(name + "-latents"));
    auto trainer = FlowTrainer::create(config, family_of(config), store, *captions, folder.file(name), {.resume = resume});
    ASSERT_TRUE(trainer) << trainer.error().to_string();
    const auto run = (*trainer)->run(
        stop, [] { return true; }, [](const FlowStepReport&) {});
    ASSERT_TRUE(run) << run.error().to_string();
    EXPECT_EQ((*trainer)->step(), stop);
    resume = true;
  }
}

TEST(FlowTrainer, ResumedRunIsTheUninterruptedOne) {
  at::set_num_threads(1);
  const TemporaryFolder folder("flow");
  train_flow(folder, "whole", {4});
  train_flow(folder, "parts", {1, 2, 4});
  expect_same(folder.file("whole"), folder.file("parts"));
}

// Adam divides by the gradient's size, so the first step's masters would hide a wrong scale; the momenta do not.
TEST(FlowTrainer, PartsOfABatchAddUpToTheWhole) {
  at::set_num_threads(2);
  const TemporaryFolder folder("cut");
  TrainConfig config = tiny_config();
  config.flow.optimiser.gradient_clip = 0;
  train_flow(folder, "one", {1}, config);
  config.flow.clips_at_once = 3;  // of a batch of 4
  train_flow(folder, "pieces", {1}, config);
  config.flow.parts = 3;
  train_flow(folder, "three", {1}, config);
  const auto one = load_checkpoint(folder.file("one"));
  ASSERT_TRUE(one);
  for (const char* name : {"pieces", "three"}) {
    const auto cut = load_checkpoint(folder.file(name));
    ASSERT_TRUE(cut);
    double difference = 0, size = 0;
    for (const auto& [key, tensor] : *one) {
      if (!key.starts_with("first/")) continue;
      difference += (tensor - cut->at(key)).square().sum().item<double>();
      size += tensor.square().sum().item<double>();
    }
    EXPECT_GT(size, 0);
    EXPECT_LT(std::sqrt(difference / size), 0.02) << name;  // bf16 gradients
  }
  train_flow(folder, "whole", {4}, config);
  train_flow(folder, "parts", {1, 2, 4}, config);
  expect_same(folder.file("whole"), folder.file("parts"));
}

TEST(FlowTrainer, BeginsWithAFinishedModel) {
  at::set_num_threads(1);
  const TemporaryFolder folder("start");
  train_flow(folder, "parent", {2});
  const auto parent = load_checkpoint(folder.file("parent"));
  ASSERT_TRUE(parent);
  FlowStart start;
  for (const auto& [key, tensor] : *parent) {
    const std::string prefix = "average/", name = key.starts_with(prefix) ? key.substr(prefix.size()) : "";
    if (!name.empty()) start.values[name.substr(0, name.find('/'))][name.substr(name.find('/') + 1)] = tensor;
  }
  const auto captions = CaptionEncoder::create();
  TrainConfig config = tiny_config();
  config.components["text_encoder"]["text_config"]["vocab_size"] = captions->vocab_size();
  LatentStore store(config, tiny_codecs(), folder.file("latents"));
  const auto child = FlowTrainer::create(config, family_of(config), store, *captions, folder.file("child"), start);
  ASSERT_TRUE(child) << child.error().to_string();
  EXPECT_EQ((*child)->step(), 0);
  for (const auto& [name, tensor] : (*child)->averaged()) EXPECT_TRUE(at::equal(tensor, parent->at("average/" + name))) << name;
  start.values["transformer"]["proj_in.weight"] = at::randn({2, 2});
  const auto refused = FlowTrainer::create(config, family_of(config), store, *captions, folder.file("child"), start);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().to_string().find("proj_in.weight"), std::string::npos);
}

TEST(FlowTrainer, CaptionReadersMayServeForAPhaseOnly) {
  at::set_num_threads(1);
  const TemporaryFolder folder("readers");
  TrainConfig config = tiny_config();
  FlowPhase silent{1, config.flow, config.latents}, reading{3, config.flow, config.latents};
  reading.flow.caption_loss_weight = 0.5;
  config.phases = {silent, reading};
  train_flow(folder, "whole", {4}, config);
  train_flow(folder, "parts", {1, 2, 4}, config);
  expect_same(folder.file("whole"), folder.file("parts"));
  const auto state = load_checkpoint(folder.file("whole"));
  ASSERT_TRUE(state);
  EXPECT_GT(state->at("first/caption_reader/video.weight").abs().sum().item<double>(), 0);
}

TEST(FlowTrainer, GradientsReachTheParameters) {
  at::set_num_threads(1);
  const TemporaryFolder folder("seed");
  train_flow(folder, "one", {1});
  const auto state = load_checkpoint(folder.file("one"));
  ASSERT_TRUE(state);
  double moved = 0;
  for (const auto& [name, tensor] : *state) {
    if (name.starts_with("first/")) moved += tensor.abs().sum().item<double>();
    EXPECT_TRUE(tensor.isfinite().all().item<bool>()) << name;
  }
  EXPECT_GT(moved, 0);  // gradients arrived
}

NetworkTask matrix_task() {
  NetworkTask task;
  task.component = "net";
  task.part = "learnt.";
  task.dtype = at::kFloat;
  task.make = [](const SourceOf& sources) -> Result<TrainableNetwork> {
    const at::Tensor weight = sources("net").get("learnt.weight", {6, 6}, Init::zeros());
    sources("net").get("other.weight", {2}, Init::ones());
    return TrainableNetwork([weight](const at::Tensor& x) { return at::matmul(x, weight); });
  };
  task.sample = [](std::int64_t index) {
    const at::Tensor x = at::randn({32, 6}, at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(index)),
                                   at::TensorOptions().dtype(at::kFloat));
    return NetworkSample{x, x.flip({1}) * 0.5, {}};
  };
  task.loss = [](const at::Tensor& output, const NetworkSample& sample) { return (output - sample.target).square().mean(); };
  return task;
}

double train_network(const std::string& path, std::int64_t steps, const std::vector<std::int64_t>& stops) {
  DecoderConfig config;
  config.steps = steps;
  config.rate = 0.02;
  double loss = 0;
  bool resume = false;
  for (const std::int64_t stop : stops) {
    auto trainer = NetworkTrainer::create(matrix_task(), config, 1, path, resume);
    EXPECT_TRUE(trainer);
    const auto run = (*trainer)->run([&] { return (*trainer)->step() < stop; }, [&](const NetworkReport& report) { loss = report.loss; });
    EXPECT_TRUE(run);
    EXPECT_EQ((*trainer)->averaged().count("other.weight"), 0u);
    resume = true;
  }
  return loss;
}

TEST(NetworkTrainer, ResumedRunIsTheUninterruptedOne) {
  const TemporaryFolder folder("network");
  train_network(folder.file("whole"), 9, {9});
  train_network(folder.file("parts"), 9, {3, 4, 9});
  expect_same(folder.file("whole"), folder.file("parts"));
}

// The upper half of the matrix is held: not a bit of it moves, where all of the lower half does.
TEST(NetworkTrainer, HoldsWhatIsNotToBeLearnt) {
  const TemporaryFolder folder("holds");
  NetworkTask task = matrix_task();
  const at::Tensor mask = at::ones({6, 6});
  mask.slice(0, 0, 3).zero_();
  task.learnt["learnt.weight"] = mask;
  DecoderConfig config;
  config.steps = 20;
  config.rate = 0.02;
  auto trainer = NetworkTrainer::create(std::move(task), config, 1, folder.file("state"), /*resume=*/false);
  ASSERT_TRUE(trainer);
  ASSERT_TRUE((*trainer)->run([] { return true; }, [](const NetworkReport&) {}));
  const at::Tensor weight = (*trainer)->averaged().at("learnt.weight");
  EXPECT_EQ(weight.slice(0, 0, 3).abs().max().item<double>(), 0);
  EXPECT_GT(weight.slice(0, 3, 6).abs().min().item<double>(), 0);
}

TEST(NetworkTrainer, LearnsAMatrix) {
  const TemporaryFolder folder("learns");
  EXPECT_LT(train_network(folder.file("state"), 240, {240}), 0.01);  // 0.25 at first
}

TEST(NetworkTrainer, RefusesACheckpointOfAnotherNetwork) {
  const TemporaryFolder folder("other");
  ASSERT_TRUE(save_checkpoint(folder.file("state"), {{"steps", at::randn({1})}}));
  const auto refused = NetworkTrainer::create(matrix_task(), {}, 1, folder.file("state"), true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kMismatch);
}

}  // namespace
}  // namespace fantascope::training
