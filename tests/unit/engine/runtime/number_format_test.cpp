#include "engine/runtime/number_format.h"

#include <gtest/gtest.h>

namespace fantascope {
namespace {

constexpr std::uint64_t kGiB = 1ULL << 30;

TEST(NumberFormat, NamesGoThereAndBack) {
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) EXPECT_EQ(dtype_named(name(dtype)), dtype);
}

TEST(NumberFormat, ProcessorsWithoutMatrixUnitsTakeFloat32) {
  EXPECT_EQ(fast_dtype("cpu", false, kGiB / 10, 24 * kGiB), DType::kFloat32);
  EXPECT_EQ(fast_dtype("cpu", true, kGiB / 10, 24 * kGiB), DType::kBFloat16);
  EXPECT_EQ(fast_dtype("cuda:1", false, kGiB / 10, 24 * kGiB), DType::kBFloat16);
}

TEST(NumberFormat, WhatWouldNotFitStaysNarrow) {
  EXPECT_EQ(fast_dtype("cpu", false, 6 * kGiB, 24 * kGiB), DType::kFloat32);
  EXPECT_EQ(fast_dtype("cpu", false, 7 * kGiB, 24 * kGiB), DType::kBFloat16);
}

}  // namespace
}  // namespace fantascope
