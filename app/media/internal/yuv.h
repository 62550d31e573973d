#pragma once
/// Float RGB to 8-bit 4:2:0 as BT.709 wants it (ITU-R BT.709-6, section 3): limited range, colour samples sited left (H.264's default).
#include <cstdint>
#include <span>

namespace fantascope::media {

struct YuvPlanes {
  std::uint8_t* y;
  std::uint8_t* cb;
  std::uint8_t* cr;
  int y_stride, cb_stride, cr_stride;
};

/// One frame, [row][column][3] in [0,1]; outside values are clipped. Width and height are even. False if a value is not finite.
bool rgb_to_yuv420_bt709(std::span<const float> rgb, int width, int height, const YuvPlanes& out);

}  // namespace fantascope::media
