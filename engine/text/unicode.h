#pragma once
/// The little of Unicode that tokenizers need: code points in UTF-8, white space and lower case, as the `tokenizers` package (Rust) has
/// them. All functions take well-formed UTF-8 (see first_invalid_utf8) and give well-formed UTF-8.
#include <cstddef>
#include <string>
#include <string_view>

namespace fantascope {

/// Bytes of the code point that starts with this byte: 1…4.
std::size_t utf8_length(char lead);
char32_t utf8_code_point(std::string_view text, std::size_t at);
void append_utf8(std::string& text, char32_t code_point);

/// White_Space of Unicode.
bool is_unicode_space(char32_t code_point);
/// Without white space at both ends, as Python's str.strip() does it (which also takes U+001C…U+001F).
std::string_view strip_like_python(std::string_view text);
/// Without White_Space at the chosen ends.
std::string_view strip_unicode_space(std::string_view text, bool left, bool right);
/// Every code point by itself; no rules that look at its neighbours.
std::string to_lower(std::string_view text);

}  // namespace fantascope
