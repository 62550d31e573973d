#include "app/library/ids.h"

#include <sys/random.h>

#include <array>
#include <cstdint>

#include "engine/base/result.h"

namespace fantascope {
namespace {
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
}

std::string random_id() {
  std::array<std::uint8_t, 16> bytes{};
  FANTASCOPE_CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  std::string text;
  for (const std::uint8_t byte : bytes) text += kAlphabet[byte & 31u];
  return text;
}

bool is_id_text(std::string_view text) {
  return !text.empty() && text.size() <= 16 && text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

}  // namespace fantascope
