#include "engine/base/result.h"

#include <gtest/gtest.h>

namespace fantascope {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Error{ErrorCode::kInvalidArgument, "odd", "value", std::to_string(value), "even numbers", "Double it"};
  return value / 2;
}
Result<int> quarter(int value) {
  FANTASCOPE_TRY(const int once, half(value));
  return half(once);
}

TEST(Result, TryPassesValuesAndErrorsUp) {
  EXPECT_EQ(*quarter(8), 2);
  ASSERT_FALSE(quarter(6));
  EXPECT_EQ(quarter(6).error().found, "3");
}

TEST(Error, SaysWhatWasFoundAndWhatIsAllowed) {
  EXPECT_EQ(half(3).error().to_string(), "odd (value; found 3; allowed even numbers). Double it");
}

}  // namespace
}  // namespace fantascope
