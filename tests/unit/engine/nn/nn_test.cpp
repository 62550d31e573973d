#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/nn/attention.h"
#include "engine/nn/feed_forward.h"
#include "engine/nn/linear.h"
#include "engine/nn/norms.h"
#include "engine/nn/timestep_embedding.h"
#include "engine/weights/fresh_parameters.h"

namespace fantascope {
namespace {

bool near(const at::Tensor& a, const at::Tensor& b, double tolerance = 1e-5) { return at::allclose(a, b, tolerance, tolerance); }

TEST(Linear, IsWeightTimesXPlusBias) {
  FreshParameters source(1);
  const Linear layer(ParameterScope(source, "p."), 3, 2);
  const at::Tensor x = at::randn({4, 3});
  EXPECT_TRUE(near(layer.forward(x), x.matmul(layer.weight().t()) + layer.bias()));
  EXPECT_EQ(source.parameters().size(), 2U);
  EXPECT_EQ(source.parameters().front().first, "p.weight");
  FreshParameters other(1);
  const Linear without(ParameterScope(other, ""), 3, 2, Bias::kNo);
  EXPECT_FALSE(without.bias().defined());
  EXPECT_TRUE(near(without.forward(x), x.matmul(without.weight().t())));
}

TEST(Norms, FollowTheirDefinitions) {
  const at::Tensor x = at::randn({2, 3, 8}) * 3 + 1;
  const at::Tensor rms = (x.pow(2).mean(-1, true) + 1e-6).sqrt();
  EXPECT_TRUE(near(rms_norm(x, 1e-6), x / rms));
  const at::Tensor centred = x - x.mean(-1, true);
  EXPECT_TRUE(near(layer_norm(x, 1e-6), centred / (centred.pow(2).mean(-1, true) + 1e-6).sqrt()));
  FreshParameters source(2);
  const RmsNorm norm(ParameterScope(source, "a."), 8, 1e-6);
  const FusedRmsNorm fused(ParameterScope(source, "b."), 8, 1e-6);
  const RmsNorm plain(ParameterScope(source, "c."), 8, 1e-6, Affine::kNo);
  EXPECT_TRUE(near(norm.forward(x), x / rms * norm.weight()));
  EXPECT_TRUE(near(fused.forward(x), x / rms * fused.weight()));
  EXPECT_TRUE(near(plain.forward(x), x / rms));
  EXPECT_FALSE(plain.weight().defined());
}

TEST(Norms, StatisticsOfBFloat16AreTakenInFloat32) {
  // Squares of 300 overflow nothing, but their bfloat16 sum over 4096 values would be off by percents.
  const at::Tensor x = (at::randn({1, 4096}) * 300).to(at::kBFloat16);
  const at::Tensor expected = rms_norm(x.to(at::kFloat), 1e-6);
  EXPECT_TRUE(near(rms_norm(x, 1e-6).to(at::kFloat), expected, 1e-2));
  EXPECT_EQ(rms_norm(x, 1e-6).scalar_type(), at::kBFloat16);
}

TEST(TimestepEmbedding, SinusoidStartsWithCosines) {
  const at::Tensor t = at::tensor(at::ArrayRef<float>({0.0F, 1.0F, 731.5F}));
  const at::Tensor e = sinusoidal_embedding(t, 8);
  ASSERT_EQ(e.sizes(), at::IntArrayRef({3, 8}));
  for (int row = 0; row < 3; ++row) {
    for (int i = 0; i < 4; ++i) {
      const double angle = t[row].item<double>() * std::pow(10000.0, -i / 4.0);
      EXPECT_NEAR(e[row][i].item<double>(), std::cos(angle), 1e-4);
      EXPECT_NEAR(e[row][4 + i].item<double>(), std::sin(angle), 1e-4);
    }
  }
}

TEST(TimestepEmbedding, AdaLayerNormSingleGivesOneRowATimestep) {
  FreshParameters source(3);
  const AdaLayerNormSingle ada(ParameterScope(source, "time_embed."), 8, 6);
  const Modulation both = ada.forward(at::tensor(at::ArrayRef<float>({100.0F, 900.0F})));
  EXPECT_EQ(both.parameters.sizes(), at::IntArrayRef({2, 48}));
  EXPECT_EQ(both.embedded.sizes(), at::IntArrayRef({2, 8}));
  const Modulation one = ada.forward(at::tensor(at::ArrayRef<float>({900.0F})).view({1, 1}));
  EXPECT_TRUE(near(one.parameters[0], both.parameters[1]));
  EXPECT_FALSE(near(both.parameters[0], both.parameters[1], 1e-3));
}

class AttentionTest : public testing::Test {
 protected:
  static AttentionOptions options(bool gated = false) {
    AttentionOptions o;
    o.query_dim = 12;
    o.context_dim = 10;
    o.num_heads = 3;
    o.head_dim = 4;
    o.gated = gated;
    return o;
  }
};

/// softmax(q k^T / sqrt(E)) v head by head.
at::Tensor attention_by_hand(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  return (q.matmul(k.transpose(-1, -2)) / std::sqrt(static_cast<double>(q.size(-1)))).softmax(-1).matmul(v);
}

TEST_F(AttentionTest, DotProductIsItsDefinition) {
  const at::Tensor q = at::randn({2, 3, 5, 4}), k = at::randn({2, 3, 7, 4}), v = at::randn({2, 3, 7, 4});
  EXPECT_TRUE(near(scaled_dot_product(q, k, v), attention_by_hand(q, k, v)));
}

TEST_F(AttentionTest, MaskedTokensDoNotCount) {
  FreshParameters source(4);
  const Attention layer(ParameterScope(source, ""), options());
  const at::Tensor x = at::randn({2, 5, 12}), context = at::randn({2, 6, 10});
  at::Tensor mask = at::ones({2, 6});
  mask.narrow(1, 4, 2).fill_(0);
  AttentionExtras extras;
  extras.mask = additive_mask(mask, at::kFloat);
  const at::Tensor masked = layer.forward(x, context, extras);
  EXPECT_TRUE(near(masked, layer.forward(x, context.narrow(1, 0, 4))));
  EXPECT_FALSE(near(masked, layer.forward(x, context), 1e-3));
  EXPECT_FALSE(additive_mask({}, at::kFloat).defined());
}

TEST_F(AttentionTest, ValuesOnlyIsTheProjectedValue) {
  FreshParameters source(5);
  AttentionOptions o = options();
  o.context_dim = 12;
  const Attention layer(ParameterScope(source, ""), o);
  const at::Tensor x = at::randn({1, 5, 12});
  AttentionExtras extras;
  extras.values_only = true;
  const at::Tensor skipped = layer.forward(x, {}, extras);
  FreshParameters again(5);
  const Linear to_v(ParameterScope(again, "to_v."), 12, 12), to_out(ParameterScope(again, "to_out.0."), 12, 12);
  EXPECT_TRUE(near(skipped, to_out.forward(to_v.forward(x))));

  // A mixed batch: the first element skips, the second attends.
  const at::Tensor pair = at::cat({x, x});
  AttentionExtras mixed;
  mixed.keep_attention_B = at::tensor(at::ArrayRef<float>({0.0F, 1.0F}));
  const at::Tensor out = layer.forward(pair, {}, mixed);
  EXPECT_TRUE(near(out[0], skipped[0]));
  EXPECT_TRUE(near(out[1], layer.forward(x)[0]));
}

TEST_F(AttentionTest, AGateOfZeroLogitsChangesNothing) {
  FreshParameters with(6), without(6);
  const Attention gated(ParameterScope(with, ""), options(true)), plain(ParameterScope(without, ""), options(false));
  const at::Tensor x = at::randn({1, 5, 12}), context = at::randn({1, 6, 10});
  // Fresh gates start with weights and bias of zero.
  EXPECT_TRUE(near(gated.forward(x, context), plain.forward(x, context)));
}

TEST_F(AttentionTest, TablesMayBeDealtToOtherHeadsThanTheAttention) {
  FreshParameters source(7);
  AttentionOptions o = options();
  o.context_dim = 12;
  const Attention layer(ParameterScope(source, ""), o);
  const at::Tensor x = at::randn({1, 4, 12}), positions = at::randn({1, 4, 1}).abs();
  const RopeTable two = make_rope_table(positions, {RopeType::kSplit, 12, 2, 10000.0, true});
  const RopeTable three = make_rope_table(positions, {RopeType::kSplit, 12, 3, 10000.0, true});
  AttentionExtras with_two, with_three;
  with_two.query_rope = &two;
  with_three.query_rope = &three;
  EXPECT_EQ(layer.forward(x, {}, with_two).sizes(), x.sizes());
  EXPECT_FALSE(near(layer.forward(x, {}, with_two), layer.forward(x, {}, with_three), 1e-4));
}

TEST(Gradients, ReachEveryParameterAndMatchDifferences) {
  FreshParameters source(8, at::kDouble);
  AttentionOptions o;
  o.query_dim = o.context_dim = 8;
  o.num_heads = 2;
  o.head_dim = 4;
  o.gated = true;
  const Attention attention(ParameterScope(source, "attn."), o);
  const FeedForward ff(ParameterScope(source, "ff."), 8);
  const at::Tensor x = at::randn({1, 5, 8}, at::TensorOptions().dtype(at::kDouble));
  const RopeTable rope = make_rope_table(at::randn({1, 5, 1}).abs(), {RopeType::kSplit, 8, 2, 100.0, true});
  AttentionExtras extras;
  extras.query_rope = &rope;
  const auto loss = [&] { return ff.forward(x + attention.forward(x, {}, extras)).pow(2).sum(); };
  loss().backward();
  for (const auto& [name, parameter] : source.parameters()) {
    ASSERT_TRUE(parameter.grad().defined()) << name;
    // A shift of all keys at once cancels in the softmax: their bias has no gradient but rounding, unless a rotation follows.
    const at::Tensor flat = parameter.detach().view({-1});
    const double step = 1e-4, old = flat[0].item<double>();
    flat[0] = old + step;
    const double above = loss().item<double>();
    flat[0] = old - step;
    const double below = loss().item<double>();
    flat[0] = old;
    const double expected = (above - below) / (2 * step);
    // Rotation and norms round to float32 inside, which the difference quotient sees.
    EXPECT_NEAR(parameter.grad().view({-1})[0].item<double>(), expected, 2e-2 + 2e-2 * std::abs(expected)) << name;
  }
}

}  // namespace
}  // namespace fantascope
