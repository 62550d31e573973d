// Kernels against the reference operations on the same device, over the sizes they are made for and edges between them.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "engine/ops/attention.h"
#include "engine/ops/modulation.h"
#include "engine/ops/reference.h"
#include "engine/runtime/tensors/device.h"
#include "kernels/status.h"

namespace fantascope::ops {
namespace {

class CudaOps : public testing::TestWithParam<at::ScalarType> {
 protected:
  void SetUp() override {
    if (!kernels::available()) GTEST_SKIP() << "no CUDA device, or a build without kernels";
    const auto device = find_device("cuda");
    if (!device) GTEST_SKIP() << device.error().to_string();
  }
  static at::Tensor randn(at::IntArrayRef shape, at::ScalarType type) { return at::randn(shape, at::kFloat).to(at::kCUDA, type); }
  /// Relative L2 distance, in float32.
  static double distance(const at::Tensor& ours, const at::Tensor& reference) {
    const at::Tensor a = ours.to(at::kFloat), b = reference.to(at::kFloat);
    return ((a - b).norm() / b.norm()).item<double>();
  }
  static double tolerance(at::ScalarType type) { return type == at::kFloat ? 1e-5 : 6e-3; }

  at::NoGradGuard no_grad_;
};

TEST_P(CudaOps, NormAndModulationFollowTheReference) {
  const at::ScalarType type = GetParam();
  for (const std::int64_t dim : {128, 250, 4096}) {
    const at::Tensor x = randn({2, 33, dim}, type);
    for (const std::int64_t tokens : {1, 33}) {
      const at::Tensor scale = randn({2, tokens, dim}, type), shift = randn({1, tokens, dim}, type);
      const at::Tensor wide = reference::rms_norm_modulate(x.to(at::kFloat), scale.to(at::kFloat), shift.to(at::kFloat), 1e-6);
      EXPECT_LT(distance(rms_norm_modulate(x, scale, shift, 1e-6), wide), tolerance(type)) << dim << " " << tokens;
    }
    EXPECT_LT(distance(rms_norm_modulate(x, {}, {}, 1e-6), reference::rms_norm_modulate(x.to(at::kFloat), {}, {}, 1e-6)), tolerance(type));
  }
}

TEST_P(CudaOps, NormRopeAndHeadsFollowTheReference) {
  const at::ScalarType type = GetParam();
  for (const std::int64_t head_dim : {32, 64, 128}) {
    const std::int64_t heads = 4, tokens = 37;
    const at::Tensor x = randn({2, tokens, heads * head_dim}, type), weight = randn({heads * head_dim}, type);
    const at::Tensor angles = at::randn({1, heads, tokens, head_dim / 2}, at::kFloat).to(at::kCUDA);
    const at::Tensor wide = reference::norm_rope_heads(x.to(at::kFloat), weight.to(at::kFloat), angles.cos(), angles.sin(), heads, 1e-6);
    EXPECT_LT(distance(norm_rope_heads(x, weight, angles.cos(), angles.sin(), heads, 1e-6), wide), tolerance(type)) << head_dim;
  }
}

TEST_P(CudaOps, AttentionFollowsTheReference) {
  const at::ScalarType type = GetParam();
  for (const std::int64_t head_dim : {32, 64, 128}) {
    for (const auto& [queries, keys] : {std::pair<std::int64_t, std::int64_t>{64, 64}, {1, 1}, {100, 77}, {513, 1000}}) {
      const at::Tensor q = randn({2, 3, queries, head_dim}, type), k = randn({2, 3, keys, head_dim}, type);
      // Values as a layer has them: heads side by side in each token's row.
      const at::Tensor v = randn({2, keys, 3, head_dim}, type).transpose(1, 2);
      const at::Tensor mask = at::randn({2, 1, 1, keys}, at::kFloat).to(at::kCUDA);
      for (const at::Tensor& m : {at::Tensor(), mask}) {
        const at::Tensor wide = reference::attention(q.to(at::kFloat), k.to(at::kFloat), v.to(at::kFloat), m);
        EXPECT_LT(distance(attention(q, k, v, m), wide), tolerance(type)) << head_dim << " " << queries << " " << keys;
      }
    }
  }
}

TEST_P(CudaOps, TheSameBitsEveryTime) {
  const at::Tensor q = randn({1, 4, 300, 64}, GetParam()), k = randn({1, 4, 300, 64}, GetParam());
  const at::Tensor first = attention(q, k, k);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(attention(q, k, k).equal(first));
}

INSTANTIATE_TEST_SUITE_P(Types, CudaOps, testing::Values(at::kFloat, at::kBFloat16),
                         [](const auto& info) { return std::string(c10::toString(info.param)); });

}  // namespace
}  // namespace fantascope::ops
