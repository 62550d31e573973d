#include "engine/base/rational.h"

#include <gtest/gtest.h>

namespace fantascope {
namespace {

TEST(Rational, ReadsWholeDecimalAndFraction) {
  EXPECT_EQ(*Rational::parse("24"), (Rational{24, 1}));
  EXPECT_EQ(*Rational::parse("12.5"), (Rational{25, 2}));
  EXPECT_EQ(Rational::parse("24000/1001")->to_string(), "24000/1001");
}

TEST(Rational, RefusesWhatIsNoFrameRate) {
  for (const char* text : {"", "0", "-3", "1/0", "1e3", "24fps", "1001", "99999999999999999999", "24/", "/24", "1.2345"}) {
    const auto rate = Rational::parse(text);
    ASSERT_FALSE(rate) << text;
    EXPECT_EQ(rate.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(rate.error().subject, "fps");
  }
}

}  // namespace
}  // namespace fantascope
