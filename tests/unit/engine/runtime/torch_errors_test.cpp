#include "engine/runtime/torch_errors.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <new>
#include <stdexcept>

namespace fantascope {
namespace {

TEST(TorchErrors, AValueAndAnErrorPassThrough) {
  const auto value = catch_torch_errors([]() -> Result<int> { return 7; });
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, 7);
  const auto error = catch_torch_errors([]() -> Result<int> { return Error{ErrorCode::kMismatch, "no"}; });
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code, ErrorCode::kMismatch);
}

TEST(TorchErrors, AnAllocationThatCannotBeServedIsOutOfMemory) {
  const auto done = catch_torch_errors([]() -> Result<void> {
    at::empty({std::int64_t{1} << 50}, at::TensorOptions().dtype(at::kFloat));
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kOutOfMemory) << done.error().to_string();
  EXPECT_FALSE(done.error().hint.empty());
  const auto bad_alloc = catch_torch_errors([]() -> Result<void> { throw std::bad_alloc(); });
  EXPECT_EQ(bad_alloc.error().code, ErrorCode::kOutOfMemory);
}

TEST(TorchErrors, ARefusedOperationSaysWhatItWasInOneLine) {
  const auto done = catch_torch_errors([]() -> Result<void> {
    at::matmul(at::zeros({2, 3}), at::zeros({4, 5}));
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kInternal);
  EXPECT_NE(done.error().message.find("2x3"), std::string::npos) << done.error().message;
  EXPECT_EQ(done.error().message.find('\n'), std::string::npos);
}

TEST(TorchErrors, LeadingEmptyLinesAreNotTheMessage) {
  const auto done = catch_torch_errors([]() -> Result<void> { throw std::runtime_error("\n  the cause\nand its stack"); });
  EXPECT_NE(done.error().message.find("the cause"), std::string::npos) << done.error().message;
  EXPECT_EQ(done.error().message.find("stack"), std::string::npos);
}

}  // namespace
}  // namespace fantascope
