#include "app/operations/prompt_text.h"

#include <cstdio>

#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

struct CodePoint {
  char32_t code = 0;
  std::size_t length = 1;
};

/// The text is well-formed UTF-8 at `at`.
CodePoint code_point(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  char32_t code = length == 1 ? lead : lead & (0xffu >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) code = (code << 6) | (static_cast<unsigned char>(text[at + k]) & 0x3fu);
  return {code, length};
}

bool is_space(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) || c == 0x3000 || c == 0xfeff;
}

bool is_hidden(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

}  // namespace

Result<void> check_prompt(const std::string& text, const std::string& field) {
  const auto refuse = [&](const std::string& message, const std::string& found, const std::string& allowed, const std::string& hint) {
    return Error{ErrorCode::kInvalidArgument, message, field, found, allowed, hint};
  };
  if (text.size() > kPromptBytesMax) {
    return refuse("the " + field + " is too long", std::to_string(text.size()) + " bytes",
                  "at most " + std::to_string(kPromptBytesMax) + " bytes", "Shorten it");
  }
  if (const auto nul = text.find('\0'); nul != std::string::npos) {
    return refuse("the " + field + " holds a NUL character", "byte " + std::to_string(nul), "UTF-8 text without NUL", "Remove it");
  }
  if (const auto at = first_invalid_utf8(text)) {
    return refuse("the " + field + " is not UTF-8 text", "byte " + std::to_string(*at), "UTF-8 without lone surrogates",
                  "Save the text as UTF-8");
  }
  bool only_spaces = true;
  for (std::size_t i = 0; i < text.size() && only_spaces;) {
    const CodePoint point = code_point(text, i);
    only_spaces = is_space(point.code);
    i += point.length;
  }
  if (only_spaces)
    return refuse("the " + field + " is empty", text.empty() ? "nothing" : "only spaces", "at least one word",
                  "Say what the clip should show");
  return {};
}

std::string shown_safely(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto bad = first_invalid_utf8(text.substr(i));
    const std::size_t good_end = bad ? i + *bad : text.size();
    while (i < good_end) {
      const CodePoint point = code_point(text, i);
      char buffer[16];
      if (point.code == '\n' || point.code == '\r' || point.code == '\t') {
        out += ' ';
      } else if (is_hidden(point.code)) {
        std::snprintf(buffer, sizeof buffer, "\\u{%X}", static_cast<unsigned>(point.code));
        out += buffer;
      } else {
        out.append(text, i, point.length);
      }
      i += point.length;
    }
    if (bad) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(text[i])));
      out += buffer;
      ++i;
    }
  }
  return out;
}

}  // namespace fantascope
