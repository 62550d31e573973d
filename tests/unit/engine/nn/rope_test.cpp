#include "engine/nn/rope.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace fantascope {
namespace {

/// Fractions of three tokens on `num_axes` axes.
at::Tensor fractions(std::int64_t num_axes) {
  const at::Tensor one = at::tensor(at::ArrayRef<float>({0.1F, 0.45F, 0.9F})).view({1, 3, 1});
  return num_axes == 1 ? one : (one * at::tensor(at::ArrayRef<float>({1.0F, 0.5F, 0.25F})).view({1, 1, 3})).contiguous();
}

/// The definition, in float64.
double angle(double fraction, std::int64_t k, std::int64_t n) {
  const double exponent = n > 1 ? static_cast<double>(k) / static_cast<double>(n - 1) : 0.0;
  return (2 * fraction - 1) * std::pow(10000.0, exponent) * std::numbers::pi / 2;
}

TEST(RopeTable, SplitTableHasTheAnglesOfItsDefinitionDealtToHeads) {
  const RopeTable table = make_rope_table(fractions(1), {RopeType::kSplit, 16, 2, 10000.0, true});
  ASSERT_EQ(table.cos.sizes(), at::IntArrayRef({1, 2, 3, 4}));
  for (std::int64_t t = 0; t < 3; ++t) {
    for (std::int64_t k = 0; k < 8; ++k) {
      const double expected = angle(fractions(1)[0][t][0].item<double>(), k, 8);
      // Angles are float32 products: their own rounding is what the tolerance allows.
      const double tolerance = 1e-6 + std::abs(expected) * 3e-7;
      EXPECT_NEAR(table.cos[0][k / 4][t][k % 4].item<double>(), std::cos(expected), tolerance) << t << " " << k;
      EXPECT_NEAR(table.sin[0][k / 4][t][k % 4].item<double>(), std::sin(expected), tolerance) << t << " " << k;
    }
  }
}

TEST(RopeTable, AxesAlternateWithinAFrequencyAndMissingAnglesStandInFront) {
  // dim 20: 10 angles, of which 3 axes x 3 frequencies are made and one is missing.
  const RopeTable table = make_rope_table(fractions(3), {RopeType::kSplit, 20, 1, 10000.0, true});
  ASSERT_EQ(table.cos.size(-1), 10);
  EXPECT_EQ(table.cos[0][0][2][0].item<float>(), 1.0F);
  EXPECT_EQ(table.sin[0][0][2][0].item<float>(), 0.0F);
  for (std::int64_t k = 0; k < 3; ++k) {
    for (std::int64_t axis = 0; axis < 3; ++axis) {
      const double expected = angle(fractions(3)[0][2][axis].item<double>(), k, 3);
      EXPECT_NEAR(table.cos[0][0][2][1 + k * 3 + axis].item<double>(), std::cos(expected), 1e-6 + std::abs(expected) * 3e-7);
    }
  }
}

TEST(RopeTable, InterleavedTableRepeatsEveryAngle) {
  const RopeTable table = make_rope_table(fractions(3), {RopeType::kInterleaved, 20, 1, 10000.0, true});
  ASSERT_EQ(table.cos.sizes(), at::IntArrayRef({1, 3, 20}));
  EXPECT_EQ(table.cos[0][1][0].item<float>(), 1.0F);
  EXPECT_EQ(table.cos[0][1][1].item<float>(), 1.0F);
  for (std::int64_t i = 2; i < 20; i += 2) EXPECT_EQ(table.cos[0][1][i].item<float>(), table.cos[0][1][i + 1].item<float>());
}

TEST(ApplyRope, SplitTurnsTheHalvesOfEachHead) {
  const at::Tensor x = at::randn({1, 3, 16});
  const RopeTable table = make_rope_table(fractions(1), {RopeType::kSplit, 16, 2, 10000.0, true});
  const at::Tensor y = apply_rope(x, table);
  for (std::int64_t head = 0; head < 2; ++head) {
    for (std::int64_t i = 0; i < 4; ++i) {
      const float a = x[0][1][head * 8 + i].item<float>(), b = x[0][1][head * 8 + 4 + i].item<float>();
      const float c = table.cos[0][head][1][i].item<float>(), s = table.sin[0][head][1][i].item<float>();
      EXPECT_NEAR(y[0][1][head * 8 + i].item<float>(), a * c - b * s, 1e-6);
      EXPECT_NEAR(y[0][1][head * 8 + 4 + i].item<float>(), b * c + a * s, 1e-6);
    }
  }
  const at::Tensor by_head = apply_split_rope(x.unflatten(2, {2, 8}).transpose(1, 2), table);
  EXPECT_TRUE(at::equal(by_head.transpose(1, 2).flatten(2), y));
}

TEST(ApplyRope, InterleavedTurnsNeighbours) {
  const at::Tensor x = at::randn({2, 3, 12});
  const RopeTable table = make_rope_table(fractions(1), {RopeType::kInterleaved, 12, 1, 10000.0, true});
  const at::Tensor y = apply_rope(x, table);
  for (std::int64_t i = 0; i < 12; i += 2) {
    const float a = x[1][2][i].item<float>(), b = x[1][2][i + 1].item<float>();
    const float c = table.cos[0][2][i].item<float>(), s = table.sin[0][2][i].item<float>();
    EXPECT_NEAR(y[1][2][i].item<float>(), a * c - b * s, 1e-6);
    EXPECT_NEAR(y[1][2][i + 1].item<float>(), b * c + a * s, 1e-6);
  }
}

TEST(ApplyRope, RotationKeepsLengthsAndTheDtype) {
  for (const RopeType type : {RopeType::kSplit, RopeType::kInterleaved}) {
    const RopeTable table = make_rope_table(fractions(3), {type, 24, 2, 10000.0, false});
    const at::Tensor x = at::randn({1, 3, 24});
    EXPECT_TRUE(at::allclose(apply_rope(x, table).norm(), x.norm(), 1e-5));
    EXPECT_EQ(apply_rope(x.to(at::kBFloat16), table).scalar_type(), at::kBFloat16);
  }
}

// What attention sees of rotated queries and keys depends on the distance of their positions only.
TEST(ApplyRope, ProductsDependOnDistanceOnly) {
  const at::Tensor q = at::randn({1, 1, 8}), k = at::randn({1, 1, 8});
  const auto product = [&](float a, float b) {
    const auto table = [](float f) {
      return make_rope_table(at::full({1, 1, 1}, f, at::TensorOptions().dtype(at::kFloat)), {RopeType::kSplit, 8, 1, 100.0, true});
    };
    return (apply_rope(q, table(a)) * apply_rope(k, table(b))).sum().item<double>();
  };
  EXPECT_NEAR(product(0.2F, 0.3F), product(0.6F, 0.7F), 1e-4);
  EXPECT_GT(std::abs(product(0.2F, 0.3F) - product(0.2F, 0.5F)), 1e-3);
}

}  // namespace
}  // namespace fantascope
