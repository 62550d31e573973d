#include "app/media/image.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace fantascope {
namespace {

/// Weights of one output sample over input samples [first, first + weights.size()), in units of 2^-22.
struct ResizeTap {
  int first = 0;
  std::vector<std::int32_t> weights;
};

constexpr int kWeightBits = 22;

/// Triangle filter, widened by the reduction, as Pillow's Resample.c computes it, rounding included.
std::vector<ResizeTap> resize_taps(int from, int to) {
  const double scale = static_cast<double>(from) / to;
  const double support = std::max(scale, 1.0);
  std::vector<ResizeTap> taps(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double center = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(center - support + 0.5));
    const int last = std::min(from, static_cast<int>(center + support + 0.5));
    std::vector<double> weights;
    double sum = 0;
    for (int k = first; k < last; ++k) {
      weights.push_back(std::max(0.0, 1.0 - std::abs((k - center + 0.5) / support)));
      sum += weights.back();
    }
    ResizeTap& tap = taps[static_cast<std::size_t>(i)];
    tap.first = first;
    for (const double weight : weights) tap.weights.push_back(static_cast<std::int32_t>(0.5 + weight / sum * (1 << kWeightBits)));
  }
  return taps;
}

/// One output row or column: `stride` bytes from one input sample to the next.
std::uint8_t apply(const ResizeTap& tap, const std::uint8_t* samples, std::size_t stride) {
  std::int64_t sum = std::int64_t{1} << (kWeightBits - 1);
  const std::uint8_t* sample = samples + static_cast<std::size_t>(tap.first) * stride;
  for (const std::int32_t weight : tap.weights) {
    sum += std::int64_t{weight} * *sample;
    sample += stride;
  }
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kWeightBits, 0, 255));
}

void paste(const RgbImage& image, int left, int top, RgbImage& target) {
  const std::size_t row_bytes = static_cast<std::size_t>(image.width) * 3;
  for (int y = 0; y < image.height; ++y)
    std::memcpy(target.pixels.data() + (static_cast<std::size_t>(top + y) * target.width + left) * 3, image.pixels.data() + y * row_bytes,
                row_bytes);
}

RgbImage blank(int width, int height, std::uint8_t grey) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3, grey)};
}

int spread(int index, int count, int num_frames) {
  return count < 2 ? 0 : static_cast<int>(std::lround(static_cast<double>(index) * (num_frames - 1) / (count - 1)));
}

}  // namespace

RgbImage resize_image(const RgbImage& image, int width, int height) {
  FANTASCOPE_CHECK(width > 0 && height > 0 && image.width > 0 && image.height > 0);
  if (width == image.width && height == image.height) return image;
  RgbImage across = blank(width, image.height, 0);
  const auto column_taps = resize_taps(image.width, width);
  for (int y = 0; y < image.height; ++y) {
    const std::uint8_t* row = image.pixels.data() + static_cast<std::size_t>(y) * image.width * 3;
    std::uint8_t* out = across.pixels.data() + static_cast<std::size_t>(y) * width * 3;
    for (const ResizeTap& tap : column_taps)
      for (int c = 0; c < 3; ++c) *out++ = apply(tap, row + c, 3);
  }
  RgbImage result = blank(width, height, 0);
  const auto row_taps = resize_taps(image.height, height);
  const std::size_t row_bytes = static_cast<std::size_t>(width) * 3;
  for (int y = 0; y < height; ++y)
    for (std::size_t x = 0; x < row_bytes; ++x)
      result.pixels[static_cast<std::size_t>(y) * row_bytes + x] =
          apply(row_taps[static_cast<std::size_t>(y)], across.pixels.data() + x, row_bytes);
  return result;
}

RgbImage fit_image(const RgbImage& image, int width, int height) {
  const double scale = std::max(static_cast<double>(width) / image.width, static_cast<double>(height) / image.height);
  const int scaled_width = std::max(width, static_cast<int>(std::lround(image.width * scale)));
  const int scaled_height = std::max(height, static_cast<int>(std::lround(image.height * scale)));
  const RgbImage scaled = resize_image(image, scaled_width, scaled_height);
  RgbImage result = blank(width, height, 0);
  const int left = (scaled_width - width) / 2, top = (scaled_height - height) / 2;
  for (int y = 0; y < height; ++y)
    std::memcpy(result.pixels.data() + static_cast<std::size_t>(y) * width * 3,
                scaled.pixels.data() + (static_cast<std::size_t>(top + y) * scaled_width + left) * 3, static_cast<std::size_t>(width) * 3);
  return result;
}

RgbImage frame_image(const VideoFrames& frames, int index) {
  FANTASCOPE_CHECK(index >= 0 && index < frames.num_frames);
  RgbImage image = blank(frames.width, frames.height, 0);
  const float* rgb = frames.rgb.data() + static_cast<std::size_t>(index) * image.pixels.size();
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = rgb[i] > 0 ? static_cast<std::uint8_t>(std::min(rgb[i], 1.0f) * 255.0f + 0.5f) : 0;
  return image;
}

RgbImage make_filmstrip(const VideoFrames& frames, int num_cells, int cell_height) {
  FANTASCOPE_CHECK(num_cells > 0 && cell_height > 0 && frames.num_frames > 0);
  const int cell_width = std::max(1, static_cast<int>(std::lround(static_cast<double>(frames.width) * cell_height / frames.height)));
  RgbImage strip = blank(cell_width * num_cells, cell_height, 0);
  for (int i = 0; i < num_cells; ++i)
    paste(resize_image(frame_image(frames, spread(i, num_cells, frames.num_frames)), cell_width, cell_height), i * cell_width, 0, strip);
  return strip;
}

RgbImage make_contact_sheet(const VideoFrames& frames, int columns, int rows, int cell_width) {
  FANTASCOPE_CHECK(columns > 0 && rows > 0 && cell_width > 0 && frames.num_frames > 0);
  constexpr int kLine = 2;
  const int cell_height = std::max(1, static_cast<int>(std::lround(static_cast<double>(frames.height) * cell_width / frames.width)));
  RgbImage sheet = blank(columns * (cell_width + kLine) - kLine, rows * (cell_height + kLine) - kLine, 32);
  for (int i = 0; i < columns * rows; ++i)
    paste(resize_image(frame_image(frames, spread(i, columns * rows, frames.num_frames)), cell_width, cell_height),
          i % columns * (cell_width + kLine), i / columns * (cell_height + kLine), sheet);
  return sheet;
}

}  // namespace fantascope
