#include "training/trainer/image_files.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>

namespace fantascope::training {
namespace {

std::uint32_t crc_of(const std::string& bytes) {
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

std::uint32_t adler_of(const std::string& bytes) {
  std::uint32_t a = 1, b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return (b << 16) | a;
}

void put_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

void put_chunk(std::string& out, const std::string& type, const std::string& data) {
  put_u32(out, static_cast<std::uint32_t>(data.size()));
  out += type + data;
  put_u32(out, crc_of(type + data));
}

// A zlib stream of stored blocks.
std::string stored(const std::string& raw) {
  constexpr std::size_t kBlock = 65535;
  std::string out = "\x78\x01";
  for (std::size_t at = 0; at < raw.size(); at += kBlock) {
    const auto size = static_cast<std::uint16_t>(std::min(kBlock, raw.size() - at));
    out.push_back(at + size == raw.size() ? 1 : 0);
    for (const std::uint16_t part : {size, static_cast<std::uint16_t>(~size)}) {
      out.push_back(static_cast<char>(part & 255));
      out.push_back(static_cast<char>(part >> 8));
    }
    out.append(raw, at, size);
  }
  put_u32(out, adler_of(raw));
  return out;
}

void draw_dot(at::Tensor& image, std::int64_t x, std::int64_t y, const std::array<float, 3>& colour) {
  if (x < 0 || y < 0 || x >= image.size(2) || y >= image.size(1)) return;
  for (int c = 0; c < 3; ++c) image.data_ptr<float>()[(c * image.size(1) + y) * image.size(2) + x] = colour[static_cast<std::size_t>(c)];
}

}  // namespace

Result<void> write_png(const std::string& path, const at::Tensor& image) {
  const auto height = image.size(1), width = image.size(2);
  const at::Tensor bytes = ((image.clamp(-1, 1) + 1) * 127.5).round().to(at::kByte).permute({1, 2, 0}).contiguous();
  std::string raw;
  for (std::int64_t y = 0; y < height; ++y) {
    raw.push_back(0);
    raw.append(reinterpret_cast<const char*>(bytes.data_ptr<std::uint8_t>()) + y * width * 3, static_cast<std::size_t>(width * 3));
  }
  std::string header;
  put_u32(header, static_cast<std::uint32_t>(width));
  put_u32(header, static_cast<std::uint32_t>(height));
  header += std::string("\x08\x02\x00\x00\x00", 5);
  std::string png = "\x89PNG\r\n\x1a\n";
  put_chunk(png, "IHDR", header);
  put_chunk(png, "IDAT", stored(raw));
  put_chunk(png, "IEND", "");
  std::ofstream file(path, std::ios::binary);
  file.write(png.data(), static_cast<std::streamsize>(png.size()));
  file.close();
  if (!file) return Error{ErrorCode::kIo, "cannot write the picture", path, "", "", "Look at free space and permissions"};
  return {};
}

at::Tensor contact_sheet(const std::vector<at::Tensor>& clips, int columns) {
  std::vector<at::Tensor> rows;
  for (const auto& clip : clips) {
    std::vector<at::Tensor> cells;
    for (int i = 0; i < columns; ++i) cells.push_back(clip[i * (clip.size(0) - 1) / std::max(1, columns - 1)]);
    rows.push_back(at::cat(cells, 2));
  }
  return at::cat(rows, 1);
}

at::Tensor plot_curves(const std::vector<Curve>& curves, int width, int height) {
  at::Tensor image = at::full({3, height, width}, 1.0f);
  double low = 1e30, high = 1e-30;
  for (const auto& curve : curves) {
    for (const double value : curve.values) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  low = std::max(low, 1e-6);
  high = std::max(high, low * 1.01);
  const auto row = [&](double value) {
    return static_cast<std::int64_t>((height - 1) * (1.0 - std::log(std::max(value, low) / low) / std::log(high / low)));
  };
  for (double grid = std::exp2(std::floor(std::log2(low))); grid <= high; grid *= 2) {
    for (int x = 0; x < width; x += 3) draw_dot(image, x, row(grid), {0.5f, 0.5f, 0.5f});
  }
  for (const auto& curve : curves) {
    for (std::size_t i = 1; i < curve.values.size(); ++i) {
      const auto column = [&](std::size_t at) {
        return static_cast<std::int64_t>(at * static_cast<std::size_t>(width - 1) / (curve.values.size() - 1));
      };
      const std::int64_t x0 = column(i - 1), x1 = column(i), y0 = row(curve.values[i - 1]), y1 = row(curve.values[i]);
      const std::int64_t steps = std::max<std::int64_t>({1, x1 - x0, std::abs(y1 - y0)});
      for (std::int64_t s = 0; s <= steps; ++s)
        draw_dot(image, x0 + (x1 - x0) * s / steps, y0 + (y1 - y0) * s / steps, {curve.red, curve.green, curve.blue});
    }
  }
  return image;
}

}  // namespace fantascope::training
