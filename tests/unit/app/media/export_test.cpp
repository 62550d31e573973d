#include "app/media/export.h"

#include <gmock/gmock.h>

#include <cmath>

#include "app/files/file_system.h"
#include "app/media/image.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/app/media/synthetic_clip.h"

namespace fantascope {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Wav, HoldsTheSamplesInterleaved) {
  testing::TempDir dir;
  const Waveform waveform{22050, 2, 3, {0.0f, 1.0f, -1.0f, 0.5f, 2.0f, -0.25f}};
  ASSERT_TRUE(write_wav(dir / "a.wav", waveform));
  const std::string file = *read_file(dir / "a.wav", 1000);
  ASSERT_EQ(file.size(), 44u + 12u);
  EXPECT_EQ(file.substr(0, 4) + file.substr(8, 8), "RIFFWAVEfmt ");
  const auto number = [&](std::size_t at, int bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= static_cast<std::uint32_t>(static_cast<unsigned char>(file[at + i])) << 8 * i;
    return value;
  };
  EXPECT_EQ(number(4, 4), file.size() - 8);
  EXPECT_EQ(number(22, 2), 2u);
  EXPECT_EQ(number(24, 4), 22050u);
  EXPECT_EQ(number(28, 4), 22050u * 4);
  EXPECT_EQ(number(32, 2), 4u);
  EXPECT_EQ(number(34, 2), 16u);
  EXPECT_EQ(number(40, 4), 12u);
  std::vector<int> samples;
  for (std::size_t at = 44; at < file.size(); at += 2) samples.push_back(static_cast<std::int16_t>(number(at, 2)));
  EXPECT_THAT(samples, ElementsAre(0, 16384, 32767, 32767, -32767, -8192));
}

TEST(Wav, RefusesSoundThatIsNotSound) {
  testing::TempDir dir;
  EXPECT_EQ(write_wav(dir / "a.wav", {48000, 2, 3, {0.0f}}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(write_wav(dir / "a.wav", {0, 1, 1, {0.0f}}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(write_wav(dir / "a.wav", {48000, 1, 1, {std::nanf("")}}).error().code, ErrorCode::kModelNaN);
  EXPECT_THAT(dir.names(), IsEmpty());
}

TEST(PngSequence, AppearsWholeUnderItsName) {
  testing::TempDir dir;
  const auto frames = testing::ramp_frames(16, 8, 3);
  ASSERT_TRUE(write_png_sequence(dir / "frames", frames));
  EXPECT_THAT(dir.names(), ElementsAre("frames"));
  EXPECT_EQ(load_image(dir / "frames/frame_00003.png")->pixels, frame_image(frames, 2).pixels);
  EXPECT_FALSE(std::filesystem::exists(dir / "frames/frame_00004.png"));
  EXPECT_FALSE(write_png_sequence(dir / "frames", frames)) << "an existing folder stays as it is";
  EXPECT_FALSE(write_png_sequence(dir / "missing/frames", frames));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(write_png_sequence(dir / "other", frames, stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_THAT(dir.names(), ElementsAre("frames"));
}

/// Brightest row of a column of the spectrogram, as a share of its height from below.
double loudest(const RgbImage& plot, int column) {
  const int bottom = plot.height - 9, top = bottom / 3 + 6;
  int best = top, best_sum = -1;
  for (int y = top; y < bottom; ++y) {
    const std::uint8_t* p = plot.pixels.data() + (static_cast<std::size_t>(y) * plot.width + column) * 3;
    if (p[0] + p[1] + p[2] > best_sum) best_sum = p[0] + p[1] + p[2], best = y;
  }
  return static_cast<double>(bottom - best) / (bottom - top);
}

TEST(PlotAudio, ShowsATonesHeightAndWhenItSounds) {
  Waveform waveform{16000, 1, 32000, std::vector<float>(32000, 0.0f)};
  for (int i = 16000; i < 32000; ++i)
    waveform.samples[static_cast<std::size_t>(i)] = 0.8f * std::sin(2 * 3.14159265f * 2500.0f * static_cast<float>(i) / 16000.0f);
  const RgbImage plot = plot_audio(waveform, 422, 240);
  ASSERT_EQ(plot.width, 422);
  ASSERT_EQ(plot.height, 240);
  EXPECT_NEAR(loudest(plot, 330), 2500.0 / 8000.0, 0.02);
  // The waveform's blue column reaches far up where the tone sounds, and is a line where it does not.
  const auto blue = [&](int column) {
    int count = 0;
    for (int y = 0; y < 77; ++y) count += plot.pixels[(static_cast<std::size_t>(y) * plot.width + column) * 3 + 2] == 255;
    return count;
  };
  EXPECT_GT(blue(330), 40);
  EXPECT_LE(blue(100), 2);
}

TEST(PlotAudio, TakesEmptyAndVeryShortSound) {
  EXPECT_EQ(plot_audio({48000, 1, 0, {}}, 10, 10).width, 160);
  EXPECT_EQ(plot_audio({48000, 2, 1, {0.5f, 0.5f}}, 200, 150).height, 150);
}

}  // namespace
}  // namespace fantascope
