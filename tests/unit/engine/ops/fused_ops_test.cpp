/// Fused operations against their ATen references, forward and backward, on every instruction set that this machine has.
#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "engine/ops/activation.h"
#include "engine/ops/attention.h"
#include "engine/ops/internal/kernel_table.h"
#include "engine/ops/modulation.h"
#include "engine/ops/reference.h"

namespace fantascope::ops {
namespace {

using internal::InstructionSet;
using Tensors = std::vector<at::Tensor>;
using Operation = std::function<at::Tensor(const Tensors&)>;

/// The output and the gradients of all inputs for a fixed cotangent.
Tensors run(const Operation& operation, const Tensors& inputs, at::ScalarType dtype, const at::Tensor& cotangent) {
  Tensors leaves;
  for (const at::Tensor& input : inputs) leaves.push_back(input.to(dtype, /*non_blocking=*/false, /*copy=*/true).requires_grad_(true));
  const at::Tensor out = operation(leaves);
  Tensors results = torch::autograd::grad({out}, leaves, {cotangent.to(dtype)});
  results.insert(results.begin(), out.detach());
  return results;
}

/// Gradients that are zero but for roundings (a softmax over one key) count as this large; all others are of the order of 1.
constexpr double kNegligible = 0.1;

double relative_error(const at::Tensor& found, const at::Tensor& expected) {
  const at::Tensor wide = expected.to(at::kDouble);
  return ((found.to(at::kDouble) - wide).norm() / (wide.norm() + kNegligible)).item<double>();
}

double largest_error(const at::Tensor& found, const at::Tensor& expected) {
  const at::Tensor wide = expected.to(at::kDouble);
  return ((found.to(at::kDouble) - wide).abs().max() / (wide.abs().max() + kNegligible)).item<double>();
}

class FusedOps : public testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    if (!internal::select_instruction_set(GetParam())) GTEST_SKIP() << "this machine lacks the instruction set";
    at::manual_seed(7);
  }
  void TearDown() override {
    for (const InstructionSet set : {InstructionSet::kAvx512, InstructionSet::kAvx2, InstructionSet::kPortable}) {
      if (internal::select_instruction_set(set)) break;
    }
  }

  /// float32: 1e-5 of the reference in double precision. bfloat16: the reference in double precision from the rounded inputs, within a few
  /// roundings, and no farther from it than twice what ATen's own bfloat16 is.
  static void compare(const Operation& fused, const Operation& reference, const Tensors& inputs) {
    const at::Tensor cotangent = at::randn(fused(inputs).sizes());
    const Tensors exact = run(reference, inputs, at::kDouble, cotangent), found = run(fused, inputs, at::kFloat, cotangent);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      EXPECT_EQ(found[i].sizes(), exact[i].sizes());
      EXPECT_LT(largest_error(found[i], exact[i]), 1e-5) << "float32, result " << i;
    }
    Tensors rounded;
    for (const at::Tensor& input : inputs) rounded.push_back(input.to(at::kBFloat16).to(at::kFloat));
    const at::Tensor rounded_cotangent = cotangent.to(at::kBFloat16).to(at::kFloat);
    const Tensors goal = run(reference, rounded, at::kDouble, rounded_cotangent),
                  half = run(fused, rounded, at::kBFloat16, rounded_cotangent);
    const Tensors plain = run(reference, rounded, at::kBFloat16, rounded_cotangent);
    for (std::size_t i = 0; i < goal.size(); ++i) {
      EXPECT_EQ(half[i].scalar_type(), at::kBFloat16);
      EXPECT_LT(relative_error(half[i], goal[i]), 0.004) << "bfloat16, result " << i;
      EXPECT_LT(relative_error(half[i], goal[i]), 2 * relative_error(plain[i], goal[i]) + 0.001) << "against ATen's bfloat16, result " << i;
    }
  }
};

TEST_P(FusedOps, NormModulateWithVectorsOfEveryKind) {
  const auto fused = [](const Tensors& t) { return rms_norm_modulate(t[0], t[1], t[2], 1e-6); };
  const auto reference = [](const Tensors& t) { return reference::rms_norm_modulate(t[0], t[1], t[2], 1e-6); };
  compare(fused, reference, {at::randn({3, 70, 37}), at::randn({3, 1, 37}), at::randn({3, 1, 37})});
  compare(fused, reference, {at::randn({2, 9, 64}), at::randn({2, 9, 64}), at::randn({2, 9, 64})});
  compare(fused, reference, {at::randn({2, 9, 64}), at::randn({1, 1, 64}), at::randn({1, 1, 64})});
  compare(fused, reference, {at::randn({2, 1, 16}), at::randn({2, 1, 16}), at::randn({2, 1, 16})});
}

TEST_P(FusedOps, NormModulateWithoutVectors) {
  compare([](const Tensors& t) { return rms_norm_modulate(t[0], {}, {}, 1e-5); },
          [](const Tensors& t) { return reference::rms_norm_modulate(t[0], {}, {}, 1e-5); }, {at::randn({2, 67, 48})});
  compare([](const Tensors& t) { return rms_norm_modulate(t[0], t[1], {}, 1e-5); },
          [](const Tensors& t) { return reference::rms_norm_modulate(t[0], t[1], {}, 1e-5); },
          {at::randn({2, 67, 48}), at::randn({2, 1, 48})});
  compare([](const Tensors& t) { return rms_norm_modulate(t[0], {}, t[1], 1e-5); },
          [](const Tensors& t) { return reference::rms_norm_modulate(t[0], {}, t[1], 1e-5); },
          {at::randn({2, 67, 48}), at::randn({2, 1, 48})});
}

TEST_P(FusedOps, VectorsMayBeSlicesOfOneTensorAndInputsTransposed) {
  const auto slices = [](const auto& operation) {
    return [operation](const Tensors& t) {
      const Tensors vectors = t[1].unbind(2);
      return operation(t[0].transpose(0, 1), vectors[1], vectors[0]);
    };
  };
  const auto fused = [](const at::Tensor& x, const at::Tensor& a, const at::Tensor& b) {
    return gated_add(x, rms_norm_modulate(x, a, b, 1e-6), a);
  };
  const auto reference = [](const at::Tensor& x, const at::Tensor& a, const at::Tensor& b) {
    return reference::gated_add(x, reference::rms_norm_modulate(x, a, b, 1e-6), a);
  };
  compare(slices(fused), slices(reference), {at::randn({12, 3, 32}), at::randn({3, 1, 4, 32})});
  compare(slices(fused), slices(reference), {at::randn({12, 3, 32}), at::randn({3, 12, 4, 32})});
}

TEST_P(FusedOps, GatedAdd) {
  const auto fused = [](const Tensors& t) { return gated_add(t[0], t[1], t[2]); };
  const auto reference = [](const Tensors& t) { return reference::gated_add(t[0], t[1], t[2]); };
  compare(fused, reference, {at::randn({3, 70, 33}), at::randn({3, 70, 33}), at::randn({3, 1, 33})});
  compare(fused, reference, {at::randn({3, 7, 33}), at::randn({3, 7, 33}), at::randn({3, 7, 33})});
}

TEST_P(FusedOps, GeluTanh) {
  compare([](const Tensors& t) { return gelu_tanh(t[0]); }, [](const Tensors& t) { return reference::gelu_tanh(t[0]); },
          {at::randn({5, 7, 1001}) * 3});
}

TEST_P(FusedOps, GeluTanhKeepsExtremesFinite) {
  const at::Tensor x = at::randn({64}) * 200;
  const at::Tensor y = gelu_tanh(x);
  EXPECT_LT((y - x.clamp_min(0)).abs().max().item<float>(), 0.2F);
  EXPECT_TRUE(y.isfinite().all().item<bool>());
}

// A matrix product of subnormal numbers is a hundred times as slow: a denoiser's training once took three times as long for them.
TEST_P(FusedOps, GeluTanhAndItsGradientAreNeverSubnormal) {
  const at::Tensor x = at::linspace(-30, 5, 20001);
  const auto gelu = [](const Tensors& t) { return gelu_tanh(t[0]); };
  for (const at::Tensor& t : run(gelu, {x}, at::kFloat, at::full_like(x, 1e-9))) {
    EXPECT_TRUE(t.eq(0).logical_or(t.abs().ge(std::numeric_limits<float>::min())).all().item<bool>());
  }
}

TEST_P(FusedOps, NormRopeHeads) {
  const at::Tensor angles = at::randn({1, 4, 19, 8}) * 10, own_angles = at::randn({3, 4, 19, 8}) * 10;
  for (const at::Tensor& a : {at::Tensor(), angles, own_angles}) {
    const at::Tensor cos = a.defined() ? a.cos() : a, sin = a.defined() ? a.sin() : a;
    compare([&](const Tensors& t) { return norm_rope_heads(t[0], t[1], cos, sin, 4, 1e-6); },
            [&](const Tensors& t) { return reference::norm_rope_heads(t[0], t[1], cos, sin, 4, 1e-6); },
            {at::randn({3, 19, 64}), at::randn({64})});
  }
}

struct AttentionShape {
  std::int64_t batch, heads, queries, keys, dim;
};

TEST_P(FusedOps, Attention) {
  for (const AttentionShape& s : {AttentionShape{2, 3, 96, 96, 64},
                                  {1, 2, 52, 48, 32},
                                  {2, 1, 97, 53, 32},
                                  {1, 2, 1, 1, 16},
                                  {1, 1, 200, 7, 80},
                                  {1, 1, 5, 131, 48},
                                  {1, 2, 450, 509, 32}}) {
    const Tensors inputs{at::randn({s.batch, s.heads, s.queries, s.dim}) * 2, at::randn({s.batch, s.heads, s.keys, s.dim}),
                         at::randn({s.batch, s.heads, s.keys, s.dim})};
    compare([](const Tensors& t) { return attention(t[0], t[1], t[2]); },
            [](const Tensors& t) { return reference::attention(t[0], t[1], t[2]); }, inputs);
  }
}

// More keys than are taken with gradients.
TEST_P(FusedOps, AttentionOfManyKeysWithoutGradients) {
  const c10::InferenceMode guard;
  const at::Tensor q = at::randn({1, 2, 203, 64}), k = at::randn({1, 2, 1301, 64}), v = at::randn({1, 2, 1301, 64});
  const at::Tensor expected = reference::attention(q.to(at::kDouble), k.to(at::kDouble), v.to(at::kDouble), {});
  EXPECT_LE(largest_error(attention(q, k, v), expected), 1e-5);
}

TEST_P(FusedOps, AttentionWithMasksAndStrides) {
  const Tensors inputs{at::randn({2, 40, 3, 32}), at::randn({2, 21, 3, 32}), at::randn({2, 21, 3, 32})};
  const at::Tensor hidden = (at::rand({2, 1, 1, 21}) > 0.5).to(at::kFloat) * -10000.0;
  for (const at::Tensor& mask : {hidden, at::randn({1, 3, 40, 21}), at::randn({2, 1, 40, 21})}) {
    const auto heads_first = [&](const auto& operation) {
      return [&, operation](const Tensors& t) {
        return operation(t[0].transpose(1, 2), t[1].transpose(1, 2), t[2].transpose(1, 2), mask.to(t[0].scalar_type()));
      };
    };
    compare(heads_first([](const auto& q, const auto& k, const auto& v, const auto& m) { return attention(q, k, v, m); }),
            heads_first([](const auto& q, const auto& k, const auto& v, const auto& m) { return reference::attention(q, k, v, m); }),
            inputs);
  }
}

/// Independent of every backward written here or in ATen: directional derivatives by central differences.
TEST_P(FusedOps, GradientsAgreeWithFiniteDifferences) {
  const at::Tensor angles = at::randn({1, 2, 5, 8});
  const at::Tensor weight = at::randn({2, 5, 32});
  const Operation block = [&](const Tensors& t) {
    const at::Tensor h = rms_norm_modulate(t[0], t[1], t[2], 1e-6);
    const at::Tensor q = norm_rope_heads(h, t[3], angles.cos(), angles.sin(), 2, 1e-6),
                     k = norm_rope_heads(gelu_tanh(h), t[3], {}, {}, 2, 1e-6);
    const at::Tensor answer = attention(q, k, h.unflatten(2, {2, 16}).transpose(1, 2)).transpose(1, 2).flatten(2);
    return (gated_add(t[0], answer, t[4]) * weight).sum();
  };
  const Tensors inputs{at::randn({2, 5, 32}), at::randn({2, 1, 32}), at::randn({2, 1, 32}), at::randn({32}), at::randn({2, 5, 32})};
  const Tensors results = run(block, inputs, at::kFloat, at::ones_like(block(inputs)));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const at::Tensor direction = at::randn(inputs[i].sizes());
    Tensors above = inputs, below = inputs;
    above[i] = inputs[i] + 2e-3 * direction;
    below[i] = inputs[i] - 2e-3 * direction;
    const double slope = (block(above) - block(below)).item<double>() / 4e-3, found = (results[i + 1] * direction).sum().item<double>();
    EXPECT_NEAR(found, slope, 3e-3 * std::abs(slope) + 2e-2) << "input " << i;
  }
}

TEST_P(FusedOps, DoublePrecisionTakesTheReferencePath) {
  const at::Tensor x = at::randn({2, 3, 16}, at::kDouble);
  EXPECT_TRUE(gelu_tanh(x).equal(reference::gelu_tanh(x)));
}

INSTANTIATE_TEST_SUITE_P(Sets, FusedOps,
                         testing::Values(InstructionSet::kPortable, InstructionSet::kAvx2, InstructionSet::kAvx512,
                                         InstructionSet::kAvx512Bf16),
                         [](const auto& info) {
                           return info.param == InstructionSet::kPortable ? "Portable"
                                  : info.param == InstructionSet::kAvx2   ? "Avx2"
                                  : info.param == InstructionSet::kAvx512 ? "Avx512"
                                                                          : "Avx512Bf16";
                         });

}  // namespace
}  // namespace fantascope::ops
