#include <png.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/media/image.h"
#include "app/media/internal/jpeg.h"

namespace fantascope {
namespace {

constexpr int kSideMax = 16384;
constexpr std::int64_t kPixelsMax = 100'000'000;
constexpr std::uint64_t kFileBytesMax = std::uint64_t{256} << 20;

const std::uint8_t* bytes(const std::string& content) { return reinterpret_cast<const std::uint8_t*>(content.data()); }

Error damaged(const std::string& path, const std::string& reason) {
  return Error{ErrorCode::kBadFile, "the picture is damaged: " + path + (reason.empty() ? "" : " (" + reason + ")"), path, {}, {}, {}};
}

Result<void> check_size(std::int64_t width, std::int64_t height, const std::string& path) {
  if (width >= 1 && height >= 1 && width <= kSideMax && height <= kSideMax && width * height <= kPixelsMax) return {};
  return Error{ErrorCode::kUnsupported,
               "the picture is too large: " + path,
               path,
               std::to_string(width) + "x" + std::to_string(height),
               "at most 16384 pixels a side and 100 megapixels",
               "Scale it down first."};
}

RgbImage image_of(int width, int height) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
}

struct PngGuard {
  png_image* image;
  ~PngGuard() { png_image_free(image); }
};

/// libpng's simplified interface: skips text chunks, bounds the others, and jumps nowhere.
Result<RgbImage> load_png(const std::string& content, const std::string& path) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const PngGuard guard{&png};
  if (png_image_begin_read_from_memory(&png, content.data(), content.size()) == 0) return damaged(path, png.message);
  FANTASCOPE_TRY_VOID(check_size(png.width, png.height, path));
  png.format = PNG_FORMAT_RGB;
  png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  RgbImage image = image_of(static_cast<int>(png.width), static_cast<int>(png.height));
  const png_color white{255, 255, 255};
  if (png_image_finish_read(&png, &white, image.pixels.data(), 0, nullptr) == 0) return damaged(path, png.message);
  return image;
}

/// EXIF orientations 2…8 as the row and column of the source for each target pixel.
RgbImage orient(const RgbImage& image, int orientation) {
  if (orientation == 1) return image;
  const bool swaps = orientation >= 5;
  RgbImage result = image_of(swaps ? image.height : image.width, swaps ? image.width : image.height);
  const bool flip_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool flip_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  for (int y = 0; y < result.height; ++y) {
    for (int x = 0; x < result.width; ++x) {
      int from_x = swaps ? y : x, from_y = swaps ? x : y;
      if (flip_x) from_x = image.width - 1 - from_x;
      if (flip_y) from_y = image.height - 1 - from_y;
      std::copy_n(image.pixels.data() + (static_cast<std::size_t>(from_y) * image.width + from_x) * 3, 3,
                  result.pixels.data() + (static_cast<std::size_t>(y) * result.width + x) * 3);
    }
  }
  return result;
}

Result<RgbImage> load_jpeg(const std::string& content, const std::string& path) {
  media::DecodedJpeg decoded;
  const media::JpegResult result = media::decode_jpeg(bytes(content), content.size(), kSideMax, kPixelsMax, decoded);
  const std::unique_ptr<std::uint8_t, decltype(&std::free)> pixels(decoded.pixels, &std::free);
  switch (result) {
    case media::JpegResult::kTooLarge: {
      FANTASCOPE_TRY_VOID(check_size(decoded.width, decoded.height, path));
      return Error{ErrorCode::kOutOfMemory, "not enough memory for the picture: " + path, path, {}, {}, {}};
    }
    case media::JpegResult::kUnsupported:
      return Error{ErrorCode::kUnsupported, "this JPEG is not RGB or grey: " + path, path, "CMYK", "RGB, grey", "Convert it to RGB first."};
    case media::JpegResult::kDamaged:
      return damaged(path, decoded.message);
    case media::JpegResult::kOk:
      break;
  }
  RgbImage image = image_of(decoded.width, decoded.height);
  std::copy_n(pixels.get(), image.pixels.size(), image.pixels.data());
  return orient(image, decoded.orientation);
}

Result<RgbImage> load_webp(const std::string& content, const std::string& path) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes(content), content.size(), &features) != VP8_STATUS_OK) return damaged(path, "no WebP picture");
  FANTASCOPE_TRY_VOID(check_size(features.width, features.height, path));
  if (features.has_animation != 0)
    return Error{ErrorCode::kUnsupported,    "this WebP file is an animation: " + path, path, {}, "a still picture",
                 "Export one of its frames."};
  RgbImage image = image_of(features.width, features.height);
  const int channels = features.has_alpha != 0 ? 4 : 3;
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(features.width) * features.height * channels);
  const int stride = features.width * channels;
  const std::uint8_t* decoded = channels == 4 ? WebPDecodeRGBAInto(bytes(content), content.size(), pixels.data(), pixels.size(), stride)
                                              : WebPDecodeRGBInto(bytes(content), content.size(), pixels.data(), pixels.size(), stride);
  if (decoded == nullptr) return damaged(path, "the data ends early or is not WebP");
  if (channels == 3) {
    image.pixels = std::move(pixels);
    return image;
  }
  for (std::size_t i = 0; i < image.pixels.size() / 3; ++i) {
    const int alpha = pixels[4 * i + 3];
    for (std::size_t c = 0; c < 3; ++c)
      image.pixels[3 * i + c] = static_cast<std::uint8_t>((pixels[4 * i + c] * alpha + 255 * (255 - alpha) + 127) / 255);
  }
  return image;
}

Result<void> check_image(const RgbImage& image) {
  if (image.width > 0 && image.height > 0 && image.pixels.size() == static_cast<std::size_t>(image.width) * image.height * 3) return {};
  return Error{ErrorCode::kInvalidArgument,
               "the picture's pixels do not match its size",
               "image",
               std::to_string(image.pixels.size()) + " bytes",
               std::to_string(image.width) + "x" + std::to_string(image.height) + "x3",
               {}};
}

std::string_view text(const void* data, std::size_t size) { return {static_cast<const char*>(data), size}; }

}  // namespace

Result<RgbImage> load_image(const std::string& path) {
  FANTASCOPE_TRY(const std::string content, read_file(path, kFileBytesMax));
  const std::string_view head(content.data(), std::min<std::size_t>(content.size(), 12));
  if (head.substr(0, 8) == "\x89PNG\r\n\x1a\n") return load_png(content, path);
  if (head.substr(0, 3) == "\xff\xd8\xff") return load_jpeg(content, path);
  if (head.size() == 12 && head.substr(0, 4) == "RIFF" && head.substr(8, 4) == "WEBP") return load_webp(content, path);
  return Error{ErrorCode::kBadFile,
               "picture format not allowed: " + path,
               path,
               content.empty() ? "an empty file" : "something else",
               "PNG, JPEG or WebP",
               "Convert it first."};
}

Result<void> write_png(const std::string& path, const RgbImage& image) {
  FANTASCOPE_TRY_VOID(check_image(image));
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.width);
  png.height = static_cast<png_uint_32>(image.height);
  png.format = PNG_FORMAT_RGB;
  const PngGuard guard{&png};
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
  std::vector<std::uint8_t> buffer(size);
  if (png_image_write_to_memory(&png, buffer.data(), &size, 0, image.pixels.data(), 0, nullptr) == 0)
    return Error{ErrorCode::kInternal, std::string("cannot make the PNG: ") + png.message, path, {}, {}, {}};
  return write_file(path, text(buffer.data(), size));
}

Result<void> write_jpeg(const std::string& path, const RgbImage& image, int quality) {
  FANTASCOPE_TRY_VOID(check_image(image));
  unsigned char* data = nullptr;
  unsigned long size = 0;
  const bool made = image.width <= 65500 && image.height <= 65500 &&
                    media::encode_jpeg(image.pixels.data(), image.width, image.height, quality, &data, &size);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(data, &std::free);
  if (!made)
    return Error{ErrorCode::kInvalidArgument,
                 "cannot make the JPEG",
                 path,
                 std::to_string(image.width) + "x" + std::to_string(image.height),
                 "at most 65500 pixels a side",
                 {}};
  return write_file(path, text(data, size));
}

Result<void> write_webp(const std::string& path, const RgbImage& image, float quality) {
  FANTASCOPE_TRY_VOID(check_image(image));
  std::uint8_t* data = nullptr;
  const std::size_t size = WebPEncodeRGB(image.pixels.data(), image.width, image.height, image.width * 3, quality, &data);
  const std::unique_ptr<std::uint8_t, decltype(&WebPFree)> owner(data, &WebPFree);
  if (size == 0)
    return Error{ErrorCode::kInvalidArgument,
                 "cannot make the WebP",
                 path,
                 std::to_string(image.width) + "x" + std::to_string(image.height),
                 "at most 16383 pixels a side",
                 {}};
  return write_file(path, text(data, size));
}

}  // namespace fantascope
