#include "app/media/internal/jpeg.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// After the standard headers, which it needs.
#include <jerror.h>
#include <jpeglib.h>

namespace fantascope::media {
namespace {

constexpr int kMaxScans = 100;  // a progressive file may hold many thousand, each as slow as a whole picture

struct ErrorState {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

void on_error(j_common_ptr info) {
  auto* state = reinterpret_cast<ErrorState*>(info->err);
  info->err->format_message(info, state->message);
  std::longjmp(state->jump, 1);
}

/// Most warnings are harmless; a file that ends early is not a picture any more.
void on_message(j_common_ptr info, int level) {
  if (level < 0 && info->err->msg_code == JWRN_JPEG_EOF) on_error(info);
}

void on_progress(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMaxScans) return;
  auto* state = reinterpret_cast<ErrorState*>(info->err);
  std::snprintf(state->message, sizeof state->message, "more than %d scans", kMaxScans);
  std::longjmp(state->jump, 1);
}

/// EXIF 2.3, tag 0x0112 of the first directory; 1 if it is not there or makes no sense.
int exif_orientation(const std::uint8_t* data, std::size_t size) {
  if (size < 14 || std::memcmp(data, "Exif\0\0", 6) != 0) return 1;
  data += 6;
  size -= 6;
  const bool little = std::memcmp(data, "II*\0", 4) == 0;
  if (!little && std::memcmp(data, "MM\0*", 4) != 0) return 1;
  const auto number = [&](std::size_t at, int bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= static_cast<std::uint32_t>(data[at + i]) << 8 * (little ? i : bytes - 1 - i);
    return value;
  };
  const std::size_t directory = number(4, 4);
  if (directory > size - 2) return 1;
  const std::size_t count = number(directory, 2);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (entry + 12 > size) return 1;
    if (number(entry, 2) != 0x0112) continue;
    const std::uint32_t value = number(entry + 8, 2);
    return number(entry + 2, 2) == 3 && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace

JpegResult decode_jpeg(const std::uint8_t* data, std::size_t size, int side_max, std::int64_t pixels_max, DecodedJpeg& out) {
  jpeg_decompress_struct info{};
  ErrorState error{};
  jpeg_progress_mgr progress{};
  info.err = jpeg_std_error(&error.manager);
  error.manager.error_exit = on_error;
  error.manager.emit_message = on_message;
  progress.progress_monitor = on_progress;
  if (setjmp(error.jump) != 0) {
    std::snprintf(out.message, sizeof out.message, "%s", error.message);
    jpeg_destroy_decompress(&info);
    return JpegResult::kDamaged;
  }
  jpeg_create_decompress(&info);
  info.progress = &progress;
  jpeg_mem_src(&info, data, static_cast<unsigned long>(size));
  jpeg_save_markers(&info, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&info, TRUE);
  out.width = static_cast<int>(info.image_width);
  out.height = static_cast<int>(info.image_height);
  JpegResult result = JpegResult::kOk;
  if (out.width > side_max || out.height > side_max || std::int64_t{out.width} * out.height > pixels_max) result = JpegResult::kTooLarge;
  if (info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK || info.jpeg_color_space == JCS_UNKNOWN)
    result = JpegResult::kUnsupported;
  if (result != JpegResult::kOk) {
    jpeg_destroy_decompress(&info);
    return result;
  }
  for (jpeg_saved_marker_ptr marker = info.marker_list; marker != nullptr; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1) continue;
    out.orientation = exif_orientation(marker->data, marker->data_length);
    if (out.orientation != 1) break;
  }
  info.out_color_space = JCS_RGB;
  out.pixels = static_cast<std::uint8_t*>(std::malloc(static_cast<std::size_t>(out.width) * out.height * 3));
  if (out.pixels == nullptr) {
    jpeg_destroy_decompress(&info);
    return JpegResult::kTooLarge;
  }
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = out.pixels + static_cast<std::size_t>(info.output_scanline) * out.width * 3;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return JpegResult::kOk;
}

bool encode_jpeg(const std::uint8_t* rgb, int width, int height, int quality, unsigned char** out, unsigned long* out_size) {
  jpeg_compress_struct info{};
  ErrorState error{};
  info.err = jpeg_std_error(&error.manager);
  error.manager.error_exit = on_error;
  if (setjmp(error.jump) != 0) {
    jpeg_destroy_compress(&info);
    return false;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, out, out_size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  info.optimize_coding = TRUE;
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(rgb + static_cast<std::size_t>(info.next_scanline) * width * 3);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return true;
}

}  // namespace fantascope::media
