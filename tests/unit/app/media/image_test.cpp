#include "app/media/image.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/app/media/synthetic_clip.h"

namespace fantascope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Pixel = std::array<int, 3>;

std::string fixture(const std::string& name) { return std::string(FANTASCOPE_SOURCE_DIR) + "/tests/unit/app/media/fixtures/" + name; }

Pixel pixel(const RgbImage& image, int x, int y) {
  const std::uint8_t* p = image.pixels.data() + (static_cast<std::size_t>(y) * image.width + x) * 3;
  return {p[0], p[1], p[2]};
}

constexpr Pixel kRed{255, 0, 0}, kGreen{0, 255, 0}, kBlue{0, 0, 255}, kWhite{255, 255, 255};

/// The middles of the four quarters, as seen: top left, top right, bottom left, bottom right.
void expect_quarters(const RgbImage& image, const std::array<Pixel, 4>& expected, const std::string& name) {
  const int w = image.width, h = image.height;
  const Pixel found[] = {pixel(image, w / 4, h / 4), pixel(image, 3 * w / 4, h / 4), pixel(image, w / 4, 3 * h / 4),
                         pixel(image, 3 * w / 4, 3 * h / 4)};
  for (int i = 0; i < 4; ++i)
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(found[i][c], expected[i][c], 6) << name << ", quarter " << i << ", channel " << c;
}

TEST(LoadImage, ReadsEveryAllowedKind) {
  for (const char* name : {"quarters.jpg", "progressive.jpg", "palette.png", "quarters.webp"}) {
    const auto image = load_image(fixture(name));
    ASSERT_TRUE(image) << image.error().to_string();
    EXPECT_EQ(image->width, 48);
    EXPECT_EQ(image->height, 32);
    expect_quarters(*image, {kRed, kGreen, kBlue, kWhite}, name);
  }
  for (const char* name : {"grey.jpg", "grey16.png"}) {
    const auto image = load_image(fixture(name));
    ASSERT_TRUE(image) << image.error().to_string();
    expect_quarters(*image, {Pixel{76, 76, 76}, {150, 150, 150}, {29, 29, 29}, kWhite}, name);
  }
}

TEST(LoadImage, LaysTransparencyOnWhite) {
  for (const char* name : {"half_transparent.png", "half_transparent.webp"}) {
    const auto image = load_image(fixture(name));
    ASSERT_TRUE(image) << image.error().to_string();
    expect_quarters(*image, {kRed, kWhite, kBlue, kWhite}, name);
  }
}

TEST(LoadImage, TurnsAsTheCameraWasHeld) {  // EXIF 2.3, orientation 1 to 8
  const std::array<std::array<Pixel, 4>, 8> expected = {{{kRed, kGreen, kBlue, kWhite},
                                                         {kGreen, kRed, kWhite, kBlue},
                                                         {kWhite, kBlue, kGreen, kRed},
                                                         {kBlue, kWhite, kRed, kGreen},
                                                         {kRed, kBlue, kGreen, kWhite},
                                                         {kBlue, kRed, kWhite, kGreen},
                                                         {kWhite, kGreen, kBlue, kRed},
                                                         {kGreen, kWhite, kRed, kBlue}}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const std::string name = "orientation_" + std::to_string(orientation) + ".jpg";
    const auto image = load_image(fixture(name));
    ASSERT_TRUE(image);
    EXPECT_EQ(image->width, orientation < 5 ? 48 : 32);
    expect_quarters(*image, expected[static_cast<std::size_t>(orientation - 1)], name);
  }
}

TEST(LoadImage, RefusesOtherKindsWithAReason) {
  EXPECT_EQ(load_image(fixture("cmyk.jpg")).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(load_image(fixture("animation.webp")).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(load_image(fixture("none.png")).error().code, ErrorCode::kNotFound);
  testing::TempDir dir;
  for (const std::string content :
       {"", "\x89PNG", "<svg xmlns='http://www.w3.org/2000/svg'/>", "GIF89a", "#EXTM3U\nfile:///etc/passwd", "%PDF-1.4", "8BPS"}) {
    ASSERT_TRUE(write_file(dir / "picture.png", content));
    const auto result = load_image(dir / "picture.png");
    ASSERT_FALSE(result) << content;
    EXPECT_EQ(result.error().code, ErrorCode::kBadFile);
    EXPECT_EQ(result.error().allowed, "PNG, JPEG or WebP");
  }
}

TEST(LoadImage, TellsFilesThatEndEarly) {
  testing::TempDir dir;
  for (const char* name : {"noise.png", "quarters.jpg", "progressive.jpg", "quarters.webp", "half_transparent.webp"}) {
    const std::string whole = *read_file(fixture(name), 1 << 20);
    for (const double share : {0.1, 0.5, 0.9}) {
      ASSERT_TRUE(write_file(dir / "cut", whole.substr(0, static_cast<std::size_t>(static_cast<double>(whole.size()) * share))));
      const auto result = load_image(dir / "cut");
      ASSERT_FALSE(result) << name << " " << share;
      EXPECT_EQ(result.error().code, ErrorCode::kBadFile);
    }
  }
}

TEST(LoadImage, SurvivesFlippedBytes) {
  testing::TempDir dir;
  int read = 0, refused = 0;
  for (const char* name : {"palette.png", "half_transparent.png", "progressive.jpg", "orientation_6.jpg", "half_transparent.webp"}) {
    const std::string whole = *read_file(fixture(name), 1 << 20);
    for (std::size_t i = 12; i < whole.size(); i += 1 + whole.size() / 150) {
      std::string bad = whole;
      bad[i] = static_cast<char>(bad[i] ^ 0xff);
      std::ofstream(dir / "bad", std::ios::binary) << bad;
      const auto image = load_image(dir / "bad");
      if (image) {
        EXPECT_EQ(image->pixels.size(), static_cast<std::size_t>(image->width) * image->height * 3);
      }
      ++(image ? read : refused);
    }
  }
  EXPECT_GT(refused, 50);
  EXPECT_GT(read, 50);
}

void put32(std::string& text, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) text.push_back(static_cast<char>(value >> shift & 0xff));
}
std::string chunk(const std::string& type, const std::string& data) {
  std::string text;
  put32(text, static_cast<std::uint32_t>(data.size()));
  text += type + data;
  const std::string checked = type + data;
  put32(text, static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()))));
  return text;
}
std::string packed(const std::string& data) {
  uLongf size = ::compressBound(data.size());
  std::string text(size, '\0');
  ::compress(reinterpret_cast<Bytef*>(text.data()), &size, reinterpret_cast<const Bytef*>(data.data()), data.size());
  text.resize(size);
  return text;
}
std::string header(std::uint32_t width, std::uint32_t height) {
  std::string data;
  put32(data, width);
  put32(data, height);
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", data + std::string("\x01\x00\x00\x00\x00", 5));  // one bit, grey
}

TEST(LoadImage, RefusesDecompressionBombs) {
  testing::TempDir dir;
  const auto started = std::filesystem::file_time_type::clock::now();
  const std::pair<std::uint32_t, std::uint32_t> sizes[] = {
      {65535, 65535}, {16385, 1}, {1, 16385}, {16384, 16384}, {0x7fffffff, 0x7fffffff}};
  for (const auto& [width, height] : sizes) {
    ASSERT_TRUE(write_file(dir / "bomb.png", header(width, height) + chunk("IDAT", packed(std::string(100000, '\0'))) + chunk("IEND", "")));
    const auto result = load_image(dir / "bomb.png");
    ASSERT_FALSE(result) << width;
    EXPECT_TRUE(result.error().code == ErrorCode::kUnsupported || result.error().code == ErrorCode::kBadFile);
  }
  // A text chunk and a colour profile that unpack to 60 MB in a good picture: skipped or refused, never unpacked whole.
  const std::string zeros = packed(std::string(60'000'000, '\0'));
  const std::string row = packed(std::string("\0\xff", 2));
  for (const std::string& extra : {chunk("zTXt", std::string("key\0\0", 5) + zeros), chunk("iCCP", std::string("icc\0\0", 5) + zeros)}) {
    ASSERT_TRUE(write_file(dir / "bomb.png", header(8, 1) + extra + chunk("IDAT", row) + chunk("IEND", "")));
    const auto image = load_image(dir / "bomb.png");
    if (image) {
      EXPECT_EQ(pixel(*image, 0, 0), kWhite);
    }
  }
  EXPECT_LT(std::filesystem::file_time_type::clock::now() - started, std::chrono::seconds(10));
}

TEST(Resize, AgreesWithPillowToTheBit) {
  const auto noise = load_image(fixture("noise.png"));
  ASSERT_TRUE(noise);
  const std::pair<int, int> sizes[] = {{16, 9}, {61, 50}, {37, 7}, {5, 40}};
  for (const auto& [width, height] : sizes) {
    const auto expected = load_image(fixture("noise_" + std::to_string(width) + "x" + std::to_string(height) + ".png"));
    ASSERT_TRUE(expected);
    EXPECT_EQ(resize_image(*noise, width, height).pixels, expected->pixels) << width << "x" << height;
  }
}

TEST(Fit, CoversAndCutsAroundTheMiddle) {
  const auto quarters = load_image(fixture("quarters.webp"));
  ASSERT_TRUE(quarters);
  for (const auto& [width, height] : {std::pair{64, 64}, std::pair{16, 64}, std::pair{200, 20}, std::pair{48, 32}, std::pair{1, 1}}) {
    const RgbImage image = fit_image(*quarters, width, height);
    EXPECT_EQ(image.width, width);
    EXPECT_EQ(image.height, height);
    EXPECT_EQ(image.pixels.size(), static_cast<std::size_t>(width) * height * 3);
    if (width > 8) expect_quarters(image, {kRed, kGreen, kBlue, kWhite}, std::to_string(width));
  }
}

TEST(Sheets, ShowTheFirstAndTheLastFrame) {
  VideoFrames frames{20, 10, 9, {8, 1}, {}};
  for (int f = 0; f < 9; ++f) frames.rgb.insert(frames.rgb.end(), 20 * 10 * 3, static_cast<float>(f) / 8.0f);
  const RgbImage strip = make_filmstrip(frames, 5, 10);
  EXPECT_EQ(strip.width, 100);
  EXPECT_EQ(strip.height, 10);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(pixel(strip, 20 * i + 10, 5)[0], static_cast<int>(i * 2 / 8.0 * 255 + 0.5)) << i;
  const RgbImage sheet = make_contact_sheet(frames, 3, 3, 20);
  EXPECT_EQ(sheet.width, 64);
  EXPECT_EQ(sheet.height, 34);
  EXPECT_EQ(pixel(sheet, 5, 5)[0], 0);
  EXPECT_EQ(pixel(sheet, 60, 30)[0], 255);
  const VideoFrames still{20, 10, 1, {8, 1}, std::vector<float>(600, 2.0f)};
  EXPECT_EQ(pixel(make_filmstrip(still, 4, 10), 79, 9), kWhite);
}

TEST(WriteImage, IsReadBack) {
  testing::TempDir dir;
  const auto noise = load_image(fixture("noise.png"));
  ASSERT_TRUE(noise);
  ASSERT_TRUE(write_png(dir / "a.png", *noise));
  EXPECT_EQ(load_image(dir / "a.png")->pixels, noise->pixels);
  const RgbImage smooth = frame_image(testing::ramp_frames(96, 64, 1), 0);
  ASSERT_TRUE(write_jpeg(dir / "a.jpg", smooth));
  ASSERT_TRUE(write_webp(dir / "a.webp", smooth));
  for (const char* name : {"a.jpg", "a.webp"}) {
    const auto image = load_image(dir / name);
    ASSERT_TRUE(image);
    double error = 0;
    for (std::size_t i = 0; i < smooth.pixels.size(); ++i)
      error += std::abs(static_cast<int>(image->pixels[i]) - static_cast<int>(smooth.pixels[i]));
    EXPECT_LT(error / static_cast<double>(smooth.pixels.size()), 3.0) << name;
  }
  const RgbImage wrong{10, 10, {1, 2, 3}};
  EXPECT_EQ(write_png(dir / "b", wrong).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(write_jpeg(dir / "b", wrong).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(write_webp(dir / "b", wrong).error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(dir.names(), ElementsAre("a.jpg", "a.png", "a.webp"));
}

}  // namespace
}  // namespace fantascope
