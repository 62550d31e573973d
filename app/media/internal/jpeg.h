#pragma once
/// libjpeg behind two plain functions. Its errors jump (longjmp) past C++ objects, so nothing with a destructor lives in here.
#include <cstddef>
#include <cstdint>

namespace fantascope::media {

enum class JpegResult { kOk, kTooLarge, kUnsupported, kDamaged };

struct DecodedJpeg {
  int width = 0, height = 0;
  int orientation = 1;             ///< EXIF, 1…8
  std::uint8_t* pixels = nullptr;  ///< RGB; the caller frees it with std::free, whatever the result
  char message[256] = {};
};

JpegResult decode_jpeg(const std::uint8_t* data, std::size_t size, int side_max, std::int64_t pixels_max, DecodedJpeg& out);

/// `*out` comes from malloc and is the caller's, also after a failure.
bool encode_jpeg(const std::uint8_t* rgb, int width, int height, int quality, unsigned char** out, unsigned long* out_size);

}  // namespace fantascope::media
