#pragma once
/// The middle value, 0 of none.
#include <algorithm>
#include <vector>

namespace fantascope::evaluate {

inline float median(std::vector<float> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace fantascope::evaluate
