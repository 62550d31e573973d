#include "training/trainer/optimiser.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/logspace.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>

namespace fantascope::training {
namespace {

constexpr const char* kMatrix = "transformer_blocks.0.ff.net.weight";

at::Tensor random_matrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  return at::randn({rows, columns}, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat));
}

// Singular values of a gradient, from 1 down to a tenth.
at::Tensor spread_matrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  const std::int64_t small = std::min(rows, columns);
  const at::Tensor basis = std::get<0>(at::linalg_qr(random_matrix(std::max(rows, columns), small, seed)));
  const at::Tensor tall = basis * at::logspace(0, -1, small);
  return rows >= columns ? tall : tall.t().contiguous();
}

void give_gradient(TrainableParameters& parameters, std::size_t index, const at::Tensor& gradient) {
  auto& leaf = parameters.all()[index].leaf;
  leaf.mutable_grad() = gradient.to(leaf.scalar_type());
}

// What one step of Muon at rate 1 adds to a matrix of zeros, for one gradient.
at::Tensor muon_update(std::int64_t rows, std::int64_t columns, const at::Tensor& gradient) {
  TrainableParameters parameters(at::kFloat, 1);
  parameters.get(kMatrix, {rows, columns}, Init::zeros());
  OptimiserConfig config;
  config.muon_lr = 1.0;
  Optimiser optimiser({&parameters}, {"net"}, config);
  give_gradient(parameters, 0, gradient);
  optimiser.step(1.0);
  return parameters.all()[0].master;
}

TEST(Muon, StepIsNearlyOrthogonalWhateverTheShape) {
  for (const auto& [rows, columns] : {std::pair{32, 32}, {64, 256}, {256, 64}, {32, 864}, {864, 32}}) {
    const at::Tensor gradient = spread_matrix(rows, columns, 3);
    const at::Tensor update = muon_update(rows, columns, gradient);
    const double scale = std::sqrt(std::max(1.0, static_cast<double>(rows) / columns));
    const at::Tensor values = at::linalg_svdvals(update / scale);
    // The quintic of five steps leaves singular values between 0.68 and 1.13 (Jordan et al. 2024); bf16 widens that a little.
    EXPECT_GT(values.min().item<double>(), 0.6) << rows << "x" << columns;
    EXPECT_LT(values.max().item<double>(), 1.3) << rows << "x" << columns;
    // Downhill: against the gradient.
    EXPECT_LT((update * gradient).sum().item<double>(), 0);
  }
}

TEST(Muon, StepDoesNotDependOnTheGradientsSize) {
  const at::Tensor gradient = random_matrix(32, 48, 5);
  const at::Tensor once = muon_update(32, 48, gradient), thousandfold = muon_update(32, 48, gradient * 1024);
  EXPECT_LT((once - thousandfold).abs().max().item<double>(), 1e-3);
}

// Wide matrices go by their Gram matrix. The iteration itself, in double:
TEST(Muon, TheGramMatrixGivesTheSameStep) {
  const at::Tensor gradient = spread_matrix(16, 432, 5);
  at::Tensor x = gradient.to(at::kDouble);
  x = x / x.norm();
  for (int i = 0; i < 5; ++i) {
    const at::Tensor gram = x.mm(x.t());
    x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram.mm(gram)).mm(x);
  }
  EXPECT_LT((muon_update(16, 432, gradient) + x).abs().max().item<double>(), 1e-5);
}

TEST(Muon, TakesOnlyTheMatricesInsideBlocks) {
  TrainableParameters parameters(at::kFloat, 1);
  for (const char* name : {kMatrix, "layers.0.mlp.weight", "proj_in.weight", "transformer_blocks.0.scale_shift_table"})
    parameters.get(name, {16, 32}, Init::ones());
  parameters.get("transformer_blocks.0.thin.weight", {8, 32}, Init::ones());
  parameters.get("mid_block.resnets.0.conv1.conv.weight", {16, 4, 3, 3, 3}, Init::ones());
  parameters.get("up_blocks.0.upsamplers.0.conv.conv.weight", {16, 4, 3, 3, 3}, Init::ones());
  const Optimiser optimiser({&parameters}, {"net"}, {});
  const NamedTensors state = optimiser.state();
  const auto by_adamw = [&](const std::string& name) { return state.contains("second/net/" + name); };
  EXPECT_FALSE(by_adamw(kMatrix));
  EXPECT_FALSE(by_adamw("layers.0.mlp.weight"));
  EXPECT_TRUE(by_adamw("proj_in.weight"));
  EXPECT_TRUE(by_adamw("transformer_blocks.0.scale_shift_table"));
  EXPECT_TRUE(by_adamw("transformer_blocks.0.thin.weight"));
  EXPECT_FALSE(by_adamw("mid_block.resnets.0.conv1.conv.weight"));
  EXPECT_TRUE(by_adamw("up_blocks.0.upsamplers.0.conv.conv.weight"));
}

TEST(Muon, TakesAKernelAsTheMatrixOfItsOutputs) {
  const at::Tensor gradient = random_matrix(16, 4 * 27, 6);
  TrainableParameters parameters(at::kFloat, 1);
  parameters.get("mid_block.resnets.0.conv1.conv.weight", {16, 4, 3, 3, 3}, Init::zeros());
  OptimiserConfig config;
  config.muon_lr = 1.0;
  Optimiser optimiser({&parameters}, {"net"}, config);
  give_gradient(parameters, 0, gradient.view({16, 4, 3, 3, 3}));
  optimiser.step(1.0);
  EXPECT_LT((parameters.all()[0].master.flatten(1) - muon_update(16, 4 * 27, gradient)).abs().max().item<double>(), 1e-6);
}

// Two steps by hand, as in Loshchilov & Hutter 2019, algorithm 2.
TEST(AdamW, FollowsTheFormula) {
  OptimiserConfig config;
  config.use_muon = false;
  config.adamw_lr = 0.1;
  config.adamw_beta1 = 0.9;
  config.adamw_beta2 = 0.99;
  config.adamw_weight_decay = 0.5;
  config.gradient_clip = 0;
  TrainableParameters parameters(at::kFloat, 1);
  parameters.get("x", {1}, Init::ones());
  parameters.get("slow", {1}, Init::ones());
  Optimiser optimiser({&parameters}, {"net"}, config, [](const std::string& name) { return name == "slow" ? 0.25 : 1.0; });
  double values[2] = {1, 1}, m = 0, v = 0;
  const double gradients[2] = {0.3, -2.0}, factors[2] = {1.0, 0.5};
  for (int step = 0; step < 2; ++step) {
    for (std::size_t i = 0; i < 2; ++i) give_gradient(parameters, i, at::full({1}, gradients[step], at::kFloat));
    optimiser.step(factors[step]);
    m = 0.9 * m + 0.1 * gradients[step];
    v = 0.99 * v + 0.01 * gradients[step] * gradients[step];
    const double ratio = m / (1 - std::pow(0.9, step + 1)) / (std::sqrt(v / (1 - std::pow(0.99, step + 1))) + 1e-8);
    for (int i = 0; i < 2; ++i) {
      const double rate = factors[step] * 0.1 * (i == 1 ? 0.25 : 1.0);
      values[i] = values[i] * (1 - rate * 0.5) - rate * ratio;
      EXPECT_NEAR(parameters.all()[static_cast<std::size_t>(i)].master.item<double>(), values[i], 1e-6) << step << " " << i;
    }
  }
  EXPECT_FALSE(parameters.all()[0].leaf.grad().defined());  // cleared
}

TEST(AdamW, ClipsTheNormOverAllItsParameters) {
  OptimiserConfig config;
  config.gradient_clip = 1.0;
  TrainableParameters parameters(at::kFloat, 1);
  parameters.get("x", {1}, Init::zeros());
  parameters.get("y", {1}, Init::zeros());
  Optimiser optimiser({&parameters}, {"net"}, config);
  give_gradient(parameters, 0, at::full({1}, 30.0, at::kFloat));
  give_gradient(parameters, 1, at::full({1}, 40.0, at::kFloat));
  optimiser.step(1.0);
  const NamedTensors state = optimiser.state();
  EXPECT_NEAR(state.at("first/net/x").item<double>(), 0.1 * 0.6, 1e-6);
  EXPECT_NEAR(state.at("first/net/y").item<double>(), 0.1 * 0.8, 1e-6);
}

TEST(Optimiser, AverageStartsShortAndIsShownOnlyInside) {
  OptimiserConfig config;
  config.ema_decay = 0.999;
  TrainableParameters parameters(at::kFloat, 1);
  parameters.get("x", {1}, Init::zeros());
  Optimiser optimiser({&parameters}, {"net"}, config);
  double average = 0;
  for (int step = 1; step <= 3; ++step) {
    give_gradient(parameters, 0, at::full({1}, 1.0, at::kFloat));
    optimiser.step(1.0);
    const double decay = (1.0 + step) / (10.0 + step);
    average = decay * average + (1 - decay) * parameters.all()[0].master.item<double>();
  }
  EXPECT_NEAR(optimiser.averaged().at("net/x").item<double>(), average, 1e-7);
  const double now = parameters.all()[0].leaf.item<double>();
  optimiser.with_average([&] { EXPECT_NEAR(parameters.all()[0].leaf.item<double>(), average, 1e-7); });
  EXPECT_EQ(parameters.all()[0].leaf.item<double>(), now);
}

TEST(Optimiser, RestoresItsStateExactlyAndRefusesAnothers) {
  const auto fill = [](TrainableParameters& parameters) {
    parameters.get(kMatrix, {16, 24}, Init::normal(0.1));
    parameters.get("proj.weight", {3}, Init::ones());
  };
  const auto step = [](TrainableParameters& parameters, Optimiser& optimiser, std::uint64_t seed) {
    give_gradient(parameters, 0, random_matrix(16, 24, seed));
    give_gradient(parameters, 1, random_matrix(1, 3, seed + 9)[0]);
    optimiser.step(0.7);
  };
  TrainableParameters first(at::kBFloat16, 1), second(at::kBFloat16, 2);
  fill(first), fill(second);
  Optimiser a({&first}, {"net"}, {}), b({&second}, {"net"}, {});
  step(first, a, 1);
  ASSERT_TRUE(b.restore(a.state()));
  EXPECT_EQ(b.steps(), 1);
  step(first, a, 2), step(second, b, 2);
  for (const auto& [name, tensor] : a.state()) EXPECT_TRUE(at::equal(tensor, b.state().at(name))) << name;
  EXPECT_TRUE(at::equal(first.all()[0].leaf, second.all()[0].leaf));

  TrainableParameters net(at::kBFloat16, 3), reader(at::kBFloat16, 3);
  fill(net);
  reader.get("video.weight", {4}, Init::ones());
  Optimiser grown({&net, &reader}, {"net", "reader"}, {});
  EXPECT_FALSE(grown.restore(a.state()));
  ASSERT_TRUE(grown.restore(a.state(), "reader"));
  EXPECT_TRUE(at::equal(net.all()[0].leaf, first.all()[0].leaf));
  NamedTensors half = grown.state();
  half.erase("second/reader/video.weight");
  EXPECT_FALSE(grown.restore(half, "reader")) << "only a component that is missing as a whole may join";

  NamedTensors damaged = a.state();
  damaged["first/net/proj.weight"] = at::full({4}, 0.0, at::kFloat);
  const auto refused = b.restore(damaged);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kMismatch);
  EXPECT_NE(refused.error().to_string().find("first/net/proj.weight"), std::string::npos);
}

TEST(TrainableParameters, ValuesDependOnSeedAndNameAndNotOnOrder) {
  TrainableParameters a(at::kBFloat16, 7), b(at::kBFloat16, 7), c(at::kBFloat16, 8);
  for (const char* name : {"x", "y"}) a.get(name, {8}, Init::normal(1.0)), c.get(name, {8}, Init::normal(1.0));
  for (const char* name : {"y", "x"}) b.get(name, {8}, Init::normal(1.0));
  EXPECT_TRUE(at::equal(a.masters().at("x"), b.masters().at("x")));
  EXPECT_FALSE(at::equal(a.masters().at("x"), a.masters().at("y")));
  EXPECT_FALSE(at::equal(a.masters().at("x"), c.masters().at("x")));
  a.keep_only("y");
  EXPECT_EQ(a.count(), 8);
  EXPECT_FALSE(a.masters().contains("x"));
}

}  // namespace
}  // namespace fantascope::training
