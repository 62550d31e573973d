#include "app/media/internal/yuv.h"

#include <algorithm>
#include <vector>

namespace fantascope::media {
namespace {

constexpr float kR = 0.2126f, kG = 0.7152f, kB = 0.0722f;

std::uint8_t to_byte(float value) { return static_cast<std::uint8_t>(std::clamp(value + 0.5f, 0.0f, 255.0f)); }

/// Clips a row into `out` and says whether all values were finite (x - x is 0 for every finite x only).
bool clip_row(const float* row, int count, float* out) {
  float not_finite = 0.0f;
  for (int i = 0; i < count; ++i) {
    not_finite += row[i] - row[i];
    out[i] = std::clamp(row[i], 0.0f, 1.0f);
  }
  return not_finite == 0.0f;
}

void luma_row(const float* rgb, int width, std::uint8_t* out) {
  for (int x = 0; x < width; ++x) out[x] = to_byte(16.0f + 219.0f * (kR * rgb[3 * x] + kG * rgb[3 * x + 1] + kB * rgb[3 * x + 2]));
}

}  // namespace

bool rgb_to_yuv420_bt709(std::span<const float> rgb, int width, int height, const YuvPlanes& out) {
  const std::size_t row_floats = static_cast<std::size_t>(width) * 3;
  std::vector<float> upper(row_floats), lower(row_floats);
  for (int y = 0; y < height; y += 2) {
    const float* source = rgb.data() + static_cast<std::size_t>(y) * row_floats;
    const bool finite = clip_row(source, static_cast<int>(row_floats), upper.data()) &
                        clip_row(source + row_floats, static_cast<int>(row_floats), lower.data());
    if (!finite) return false;
    luma_row(upper.data(), width, out.y + static_cast<std::ptrdiff_t>(y) * out.y_stride);
    luma_row(lower.data(), width, out.y + static_cast<std::ptrdiff_t>(y + 1) * out.y_stride);
    // Colour: mean of the two rows, then (1 2 1)/4 across, centred on the even column, where the sample is sited.
    for (std::size_t i = 0; i < row_floats; ++i) upper[i] = 0.5f * (upper[i] + lower[i]);
    std::uint8_t* cb = out.cb + static_cast<std::ptrdiff_t>(y / 2) * out.cb_stride;
    std::uint8_t* cr = out.cr + static_cast<std::ptrdiff_t>(y / 2) * out.cr_stride;
    for (int x = 0; x < width; x += 2) {
      const float* middle = upper.data() + 3 * x;
      const float* left = x > 0 ? middle - 3 : middle;
      const float* right = middle + 3;
      const float r = 0.25f * (left[0] + 2 * middle[0] + right[0]);
      const float g = 0.25f * (left[1] + 2 * middle[1] + right[1]);
      const float b = 0.25f * (left[2] + 2 * middle[2] + right[2]);
      const float luma = kR * r + kG * g + kB * b;
      cb[x / 2] = to_byte(128.0f + 224.0f * (b - luma) / (2.0f * (1.0f - kB)));
      cr[x / 2] = to_byte(128.0f + 224.0f * (r - luma) / (2.0f * (1.0f - kR)));
    }
  }
  return true;
}

}  // namespace fantascope::media
