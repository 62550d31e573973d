#include "engine/base/rational.h"

#include <charconv>
#include <numeric>

namespace fantascope {
namespace {

bool parse_whole(std::string_view text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

Error bad_rate(std::string_view text) {
  return {ErrorCode::kInvalidArgument,
          "not a frame rate",
          "fps",
          "\"" + std::string(text.substr(0, 40)) + "\"",
          "a number above 0 and at most 1000, or a fraction such as 24000/1001",
          ""};
}

}  // namespace

Result<Rational> Rational::parse(std::string_view text) {
  constexpr std::int64_t kPartMax = 1'000'000;
  Rational rate;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    if (!parse_whole(text.substr(0, slash), rate.num) || !parse_whole(text.substr(slash + 1), rate.den)) return bad_rate(text);
  } else if (const auto dot = text.find('.'); dot != std::string_view::npos) {
    const std::string_view fraction = text.substr(dot + 1);
    std::int64_t whole = 0, part = 0;
    if (fraction.size() > 3 || !parse_whole(text.substr(0, dot), whole) || !parse_whole(fraction, part) || whole < 0 || part < 0 ||
        whole > 1000) {
      return bad_rate(text);
    }
    rate.den = 1;
    for (std::size_t i = 0; i < fraction.size(); ++i) rate.den *= 10;
    rate.num = whole * rate.den + part;
  } else if (!parse_whole(text, rate.num)) {
    return bad_rate(text);
  }
  if (rate.num <= 0 || rate.den <= 0 || rate.num > kPartMax || rate.den > kPartMax || rate.value() > 1000.0) return bad_rate(text);
  const std::int64_t divisor = std::gcd(rate.num, rate.den);
  return Rational{rate.num / divisor, rate.den / divisor};
}

std::string Rational::to_string() const { return den == 1 ? std::to_string(num) : std::to_string(num) + "/" + std::to_string(den); }

}  // namespace fantascope
