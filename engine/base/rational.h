#pragma once
/// A frame rate as people write it: 24, 23.976 is 24000/1001. Always positive and in lowest terms.
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace fantascope {

struct Rational {
  std::int64_t num = 1;
  std::int64_t den = 1;

  /// "24", "29.97", "24000/1001". Allowed: above 0, at most 1000; each part at most 1,000,000.
  static Result<Rational> parse(std::string_view text);
  double value() const { return static_cast<double>(num) / static_cast<double>(den); }
  std::string to_string() const;  ///< "24" or "24000/1001"
  bool operator==(const Rational&) const = default;
};

}  // namespace fantascope
