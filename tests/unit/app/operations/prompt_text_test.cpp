#include "app/operations/prompt_text.h"

#include <gtest/gtest.h>

namespace fantascope {
namespace {

TEST(Prompt, IsTakenAsItIsWhenItHasAWord) {
  for (const std::string& text :
       {std::string("a"), std::string(kPromptBytesMax, 'x'), std::string("  padded  "), std::string("\xE2\x80\xAEright to left"),
        std::string("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80"), std::string("line\nline")}) {
    EXPECT_TRUE(check_prompt(text)) << text.substr(0, 40);
  }
}

TEST(Prompt, IsRefusedWithFieldFoundAndAllowed) {
  for (const std::string& text : {std::string(), std::string(" \t\r\n"), std::string("\xC2\xA0\xE3\x80\x80\xE2\x80\x8B\xEF\xBB\xBF"),
                                  std::string(kPromptBytesMax + 1, 'x'), std::string("a\0b", 3), std::string("\xED\xA0\x80"),
                                  std::string("\xC0\x80"), std::string("\xF4\x90\x80\x80"), std::string("cut \xE2\x82")}) {
    const auto refused = check_prompt(text);
    ASSERT_FALSE(refused) << text.substr(0, 40);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(refused.error().subject, "prompt");
    EXPECT_FALSE(refused.error().found.empty());
    EXPECT_FALSE(refused.error().allowed.empty());
  }
  EXPECT_EQ(check_prompt("", "negative").error().subject, "negative");
}

TEST(ShownSafely, WritesOutWhatATerminalWouldObey) {
  EXPECT_EQ(shown_safely("plain ünïcode 🦊"), "plain ünïcode 🦊");
  EXPECT_EQ(shown_safely("a\x1b[31mb"), "a\\u{1B}[31mb");
  EXPECT_EQ(shown_safely("\xE2\x80\xAE"
                         "abc"),
            "\\u{202E}abc");
  EXPECT_EQ(shown_safely("a\nb\tc\r"), "a b c ");
  EXPECT_EQ(shown_safely(std::string("a\0b", 3)), "a\\u{0}b");
  EXPECT_EQ(shown_safely("bad \xff\xfe end"), "bad \\xFF\\xFE end");
  EXPECT_EQ(shown_safely("\xC2\x9B"
                         "0m"),
            "\\u{9B}0m")
      << "C1 control";
}

}  // namespace
}  // namespace fantascope
