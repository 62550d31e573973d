#pragma once
/// Rules for text that people type, and for showing it again.
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace fantascope {

inline constexpr std::size_t kPromptBytesMax = 32 * 1024;

/// At most 32 KiB of UTF-8, no NUL, not only spaces. What passes is kept byte for byte.
Result<void> check_prompt(const std::string& text, const std::string& field = "prompt");

/// The text with control characters, direction marks and bytes that are not UTF-8 written out (\u{202E}), for a terminal or a log. Line
/// ends and tabs become spaces.
std::string shown_safely(std::string_view text);

}  // namespace fantascope
