// Packed linear layers against at::linear: nearer to float32 or as near, whatever the number of rows.
#include "engine/ops/packed_linear.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

namespace fantascope::ops {
namespace {

double distance(const at::Tensor& a, const at::Tensor& wide) { return ((a.to(at::kFloat) - wide).norm() / wide.norm()).item<double>(); }

TEST(PackedLinear, IsAsCloseToFloat32AsThePlainOne) {
  const at::NoGradGuard no_grad;
  const at::Tensor weight = at::randn({96, 160}), bias = at::randn({96});
  const at::Tensor narrow = weight.to(at::kBFloat16), narrow_bias = bias.to(at::kBFloat16);
  const at::Tensor packed = pack_linear_weight(narrow);
  if (!packed.defined()) GTEST_SKIP() << "this machine or library packs no weights";
  for (const std::int64_t rows : {1, 7, 192, 1000}) {
    const at::Tensor x = at::randn({2, rows, 160}).to(at::kBFloat16);
    for (const at::Tensor& b : {narrow_bias, at::Tensor()}) {
      const at::Tensor wide = b.defined() ? at::linear(x.to(at::kFloat), narrow.to(at::kFloat), b.to(at::kFloat))
                                          : at::linear(x.to(at::kFloat), narrow.to(at::kFloat));
      const at::Tensor ours = packed_linear(x, packed, b);
      EXPECT_EQ(ours.sizes(), wide.sizes());
      EXPECT_LE(distance(ours, wide), 1.1 * distance(b.defined() ? at::linear(x, narrow, b) : at::linear(x, narrow), wide)) << rows;
      EXPECT_TRUE(packed_linear(x, packed, b).equal(ours));
      // Rows that do not lie one after another.
      const at::Tensor strided = x.transpose(0, 1).contiguous().transpose(0, 1);
      EXPECT_TRUE(packed_linear(strided, packed, b).equal(ours));
    }
  }
}

TEST(PackedLinear, LeavesAloneWhatItIsNotFor) {
  EXPECT_FALSE(pack_linear_weight(at::randn({8, 8})).defined());                                     // float32
  EXPECT_FALSE(pack_linear_weight(at::randn({2, 8, 8}).to(at::kBFloat16)).defined());                // no matrix
  EXPECT_FALSE(pack_linear_weight(at::randn({8, 8}).to(at::kBFloat16).requires_grad_()).defined());  // it will change
  EXPECT_FALSE(pack_linear_weight(at::Tensor()).defined());
}

}  // namespace
}  // namespace fantascope::ops
