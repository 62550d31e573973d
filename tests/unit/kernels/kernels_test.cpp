// What a caller can rely on without a device: an answer, never a crash and never a wrong result.
#include <gtest/gtest.h>

#include <cstdint>

#include "kernels/attention/flash_attention.h"
#include "kernels/norm/rms_norm_modulate.h"
#include "kernels/rope/norm_rope_heads.h"

namespace fantascope::kernels {
namespace {

TEST(Kernels, SizesTheyAreNotMadeForAreRefusedBeforeAnyLaunch) {
  alignas(16) std::uint16_t data[64] = {};
  FlashAttentionArgs attention{
      .q = data, .k = data, .v = data, .out = data, .batch = 1, .heads = 1, .queries = 1, .keys = 1, .head_dim = 48};
  const Status refused = flash_attention(attention, nullptr);
  EXPECT_TRUE(refused == Status::kUnsupported || refused == Status::kUnavailable);
  attention.head_dim = 32;
  attention.q = data + 1;  // not 16-byte aligned
  EXPECT_NE(flash_attention(attention, nullptr), Status::kOk);
  EXPECT_NE(rms_norm_modulate({}, nullptr), Status::kOk);
  EXPECT_NE(norm_rope_heads({}, nullptr), Status::kOk);
}

TEST(Kernels, ABuildOrMachineWithoutCudaSaysSo) {
  if (available()) GTEST_SKIP() << "there is a CUDA device here";
  float x[4] = {1, 2, 3, 4}, out[4] = {};
  const Status status = rms_norm_modulate({.x = x, .out = out, .rows = 1, .dim = 4, .dtype = DType::kFloat32}, nullptr);
  EXPECT_TRUE(status == Status::kUnavailable || status == Status::kLaunchFailed);
  EXPECT_EQ(out[0], 0.0F);
}

}  // namespace
}  // namespace fantascope::kernels
