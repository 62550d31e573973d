#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/files/sha256.h"
#include "app/media/clip_reader.h"
#include "app/media/mp4_writer.h"
#include "tests/support/io_fault/io_fault.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/app/media/synthetic_clip.h"

namespace fantascope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ramp_frames;
using testing::tones;

TEST(Mp4, HasTheContractsFormat) {
  testing::TempDir dir;
  const auto frames = ramp_frames(192, 128, 49);
  const auto sound = tones(24000, 2, 49.0 / 24);
  const auto written = write_mp4(dir / "clip.mp4", frames, &sound);
  ASSERT_TRUE(written) << written.error().to_string();
  EXPECT_THAT(dir.names(), ElementsAre("clip.mp4"));
  const auto info = probe_clip(dir / "clip.mp4");
  ASSERT_TRUE(info) << info.error().to_string();
  EXPECT_TRUE(info->index_in_front);
  EXPECT_EQ(info->video_codec, "h264");
  EXPECT_EQ(info->video_profile, "High");
  EXPECT_EQ(info->pixel_format, "yuv420p");
  EXPECT_EQ(info->color_primaries, "bt709");
  EXPECT_EQ(info->color_transfer, "bt709");
  EXPECT_EQ(info->color_matrix, "bt709");
  EXPECT_EQ(info->color_range, "tv");
  EXPECT_EQ(info->width, 192);
  EXPECT_EQ(info->height, 128);
  EXPECT_EQ(info->fps, (Rational{24, 1}));
  EXPECT_TRUE(info->constant_frame_rate);
  EXPECT_EQ(info->num_frames, 49);
  EXPECT_LE(info->key_frame_interval_max, 24);
  EXPECT_EQ(info->audio_codec, "aac");
  EXPECT_EQ(info->audio_profile, "LC");
  EXPECT_EQ(info->audio_sample_rate, 48000);
  EXPECT_EQ(info->audio_num_channels, 2);
  EXPECT_NEAR(info->video_duration_s, 49.0 / 24, 1e-4);
  EXPECT_NEAR(info->audio_duration_s, 49.0 / 24, 1e-4);
}

TEST(Mp4, CutsAndPadsTheSoundToThePicture) {
  testing::TempDir dir;
  const auto frames = ramp_frames(64, 48, 25, {24000, 1001});
  const double seconds = 25 * 1001.0 / 24000;
  for (const double sound_seconds : {0.1, seconds, 3.0}) {
    for (const int rate : {16000, 44100, 48000}) {
      const auto sound = tones(rate, 1, sound_seconds);
      ASSERT_TRUE(write_mp4(dir / "clip.mp4", frames, &sound));
      const auto info = probe_clip(dir / "clip.mp4");
      ASSERT_TRUE(info);
      EXPECT_EQ(info->fps, (Rational{24000, 1001}));
      EXPECT_NEAR(info->video_duration_s, seconds, 1e-4);
      EXPECT_NEAR(info->audio_duration_s, seconds, 1e-4);
    }
  }
}

TEST(Mp4, KeepsFramesAndSoundInPlace) {
  testing::TempDir dir;
  const auto frames = ramp_frames(192, 128, 25);
  const auto sound = tones(24000, 2, 25.0 / 24);
  ASSERT_TRUE(write_mp4(dir / "clip.mp4", frames, &sound));
  const auto decoded = read_frames(dir / "clip.mp4");
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  ASSERT_EQ(decoded->num_frames, 25);
  EXPECT_GT(testing::psnr(decoded->rgb, frames.rgb), 35.0);
  RecordProperty("psnr_db", std::to_string(testing::psnr(decoded->rgb, frames.rgb)));
  // The tone's phase says whether encoder delay shifted the sound: correlate with the same tones at 48 kHz.
  const auto heard = read_audio(dir / "clip.mp4");
  ASSERT_TRUE(heard);
  ASSERT_EQ(heard->sample_rate, 48000);
  const auto expected = tones(48000, 2, 25.0 / 24);
  EXPECT_NEAR(static_cast<double>(heard->num_samples), static_cast<double>(expected.num_samples), 1024);
  for (int c = 0; c < 2; ++c) {
    double dot = 0, own = 0, other = 0;
    for (std::int64_t i = 4800; i < 43200; ++i) {
      const double a = heard->samples[c * heard->num_samples + i], b = expected.samples[c * expected.num_samples + i];
      dot += a * b, own += a * a, other += b * b;
    }
    EXPECT_GT(dot / std::sqrt(own * other), 0.99) << "channel " << c;
    EXPECT_NEAR(std::sqrt(own / other), 1.0, 0.05) << "channel " << c;
  }
}

TEST(Mp4, KeepsPureColoursWithinTwoLevels) {
  testing::TempDir dir;
  const float colours[][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}, {0, 0, 0}, {0.5f, 0.25f, 0.75f}};
  for (const auto& colour : colours) {
    ASSERT_TRUE(write_mp4(dir / "clip.mp4", testing::flat_frames(64, 64, 3, colour[0], colour[1], colour[2]), nullptr));
    const auto decoded = read_frames(dir / "clip.mp4");
    ASSERT_TRUE(decoded);
    double mean[3] = {};
    for (std::size_t i = 0; i < decoded->rgb.size(); ++i) mean[i % 3] += decoded->rgb[i];
    for (int c = 0; c < 3; ++c)
      EXPECT_NEAR(mean[c] / (decoded->rgb.size() / 3) * 255, colour[c] * 255, 2.0)
          << "channel " << c << " of " << colour[0] << colour[1] << colour[2];
  }
}

TEST(Mp4, IsTheSameByteForByte) {
  testing::TempDir dir;
  const auto frames = ramp_frames(192, 128, 30);
  const auto sound = tones(24000, 2, 30.0 / 24);
  ASSERT_TRUE(write_mp4(dir / "a.mp4", frames, &sound));
  ASSERT_TRUE(write_mp4(dir / "b.mp4", frames, &sound));
  const auto hash = sha256_file(dir / "a.mp4");
  EXPECT_EQ(*hash, *sha256_file(dir / "b.mp4"));
  // Other processes: neither the number of cores nor what lies in fresh memory may matter.
  for (const char* prefix : {"taskset -c 0 ", "MALLOC_PERTURB_=85 ", "MALLOC_PERTURB_=170 "}) {
    const std::string command = prefix + std::string("'" FANTASCOPE_MP4_VICTIM "' '") + (dir / "c.mp4") + "' 192 128 30 >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    EXPECT_EQ(*hash, *sha256_file(dir / "c.mp4")) << prefix;
  }
}

TEST(Mp4, TakesFramesAndSoundInPieces) {
  testing::TempDir dir;
  const auto frames = ramp_frames(64, 48, 30);
  const auto sound = tones(24000, 2, 30.0 / 24);
  Mp4Options options;
  options.width = 64, options.height = 48, options.fps = {24, 1}, options.audio_sample_rate = 24000;
  auto writer = Mp4Writer::create(dir / "pieces.mp4", options);
  ASSERT_TRUE(writer) << writer.error().to_string();
  const std::size_t frame = 64 * 48 * 3;
  ASSERT_TRUE(writer->add_frames(std::span(frames.rgb).first(7 * frame)));
  ASSERT_TRUE(writer->add_audio(sound));
  ASSERT_TRUE(writer->add_frames(std::span(frames.rgb).subspan(7 * frame)));
  EXPECT_FALSE(std::filesystem::exists(dir / "pieces.mp4"));
  ASSERT_TRUE(writer->finish());
  const auto info = probe_clip(dir / "pieces.mp4");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->num_frames, 30);
  EXPECT_NEAR(info->audio_duration_s, 30.0 / 24, 1e-4);
}

TEST(Mp4, WorksForOneFrameAndWithoutSound) {
  testing::TempDir dir;
  ASSERT_TRUE(write_mp4(dir / "still.mp4", ramp_frames(16, 16, 1), nullptr));
  const auto info = probe_clip(dir / "still.mp4");
  ASSERT_TRUE(info) << info.error().to_string();
  EXPECT_EQ(info->num_frames, 1);
  EXPECT_FALSE(info->has_audio);
  EXPECT_EQ(read_frames(dir / "still.mp4")->num_frames, 1);
  EXPECT_EQ(read_audio(dir / "still.mp4").error().code, ErrorCode::kNotFound);
}

TEST(Mp4, RefusesWhatCannotBeWritten) {
  testing::TempDir dir;
  const auto odd = write_mp4(dir / "a.mp4", ramp_frames(65, 48, 2), nullptr);
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().subject, "width");
  EXPECT_EQ(odd.error().allowed, "64 or 66");
  EXPECT_EQ(write_mp4(dir / "a.mp4", ramp_frames(64, 8, 2), nullptr).error().allowed, "16");
  EXPECT_EQ(write_mp4(dir / "a.mp4", ramp_frames(64, 48, 0), nullptr).error().subject, "frames");
  auto broken = ramp_frames(64, 48, 3);
  broken.rgb[64 * 48 * 3 + 5] = std::nanf("");
  const auto nan = write_mp4(dir / "a.mp4", broken, nullptr);
  ASSERT_FALSE(nan);
  EXPECT_EQ(nan.error().code, ErrorCode::kModelNaN);
  EXPECT_THAT(nan.error().message, HasSubstr("frame 1"));
  auto sound = tones(24000, 1, 0.1);
  sound.samples[7] = INFINITY;
  EXPECT_EQ(write_mp4(dir / "a.mp4", ramp_frames(64, 48, 3), &sound).error().code, ErrorCode::kModelNaN);
  EXPECT_EQ(write_mp4(dir / "missing/a.mp4", ramp_frames(64, 48, 3), nullptr).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(dir.names(), IsEmpty());
}

TEST(Mp4, StopsWhenAskedAndLeavesNothing) {
  testing::TempDir dir;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(write_mp4(dir / "a.mp4", ramp_frames(64, 48, 3), nullptr, {}, stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_THAT(dir.names(), IsEmpty());
}

TEST(Mp4Part, IsReadableWhereverACrashCutsIt) {
  testing::TempDir dir;
  const auto frames = ramp_frames(64, 48, 120);
  const auto sound = tones(24000, 2, 5.0);
  Mp4Options options;
  options.width = 64, options.height = 48, options.fps = {24, 1}, options.audio_sample_rate = 24000;
  options.part_path = dir / "job.part";
  std::string part;
  {
    auto writer = Mp4Writer::create(dir / "clip.mp4", options);
    ASSERT_TRUE(writer && writer->add_audio(sound) && writer->add_frames(frames.rgb));
    part = *read_file(writer->part_path(), 1 << 24);  // what a crash at this moment leaves: the encoder still holds frames back
  }
  EXPECT_THAT(dir.names(), IsEmpty()) << "an abandoned writer takes its part away";
  for (const double share : {0.5, 0.75, 0.9, 1.0}) {
    ASSERT_TRUE(write_file(dir / "cut.part", part.substr(0, static_cast<std::size_t>(static_cast<double>(part.size()) * share))));
    const auto decoded = read_frames(dir / "cut.part");
    ASSERT_TRUE(decoded) << share << ": " << decoded.error().to_string();
    EXPECT_GE(decoded->num_frames, 1);
    EXPECT_GT(testing::psnr(decoded->rgb, {frames.rgb.begin(), frames.rgb.begin() + static_cast<std::ptrdiff_t>(decoded->rgb.size())}),
              35.0);
    RecordProperty("frames_at_" + std::to_string(static_cast<int>(share * 100)), decoded->num_frames);
    const auto salvaged = remux_mp4(dir / "cut.part", dir / "salvaged.mp4");
    ASSERT_TRUE(salvaged) << salvaged.error().to_string();
    EXPECT_TRUE(probe_clip(dir / "salvaged.mp4")->index_in_front);
    EXPECT_GE(read_frames(dir / "salvaged.mp4")->num_frames, decoded->num_frames);
  }
}

TEST(ClipReader, RefusesOtherFiles) {
  testing::TempDir dir;
  const std::string playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n";
  for (const std::string& content :
       {std::string(), std::string("short"), playlist, std::string("ffconcat version 1.0\nfile '/etc/passwd'\n"),
        std::string("\0\0\0\x18"
                    "ftypisom\0\0\2\0isomiso2",
                    24),
        std::string(5000, 'x')}) {
    ASSERT_TRUE(write_file(dir / "a.mp4", content));
    EXPECT_EQ(probe_clip(dir / "a.mp4").error().code, ErrorCode::kBadFile);
    EXPECT_EQ(read_frames(dir / "a.mp4").error().code, ErrorCode::kBadFile);
  }
  EXPECT_EQ(probe_clip(dir / "none.mp4").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(probe_clip(dir.path()).error().code, ErrorCode::kBadFile);
}

TEST(ClipReader, TellsAnUnfinishedPlainFile) {
  testing::TempDir dir;
  ASSERT_TRUE(write_mp4(dir / "a.mp4", ramp_frames(64, 48, 30), nullptr));
  const std::string whole = *read_file(dir / "a.mp4", 1 << 24);
  ASSERT_TRUE(write_file(dir / "b.mp4", whole.substr(0, 200)));
  EXPECT_EQ(read_frames(dir / "b.mp4").error().code, ErrorCode::kBadFile);
}

TEST(ClipReader, SurvivesFlippedBytes) {
  testing::TempDir dir;
  const auto sound = tones(24000, 2, 0.5);
  ASSERT_TRUE(write_mp4(dir / "a.mp4", ramp_frames(64, 48, 12), &sound));
  const std::string whole = *read_file(dir / "a.mp4", 1 << 24);
  int refused = 0, read = 0;
  const std::size_t index_end = whole.find("mdat");
  for (std::size_t i = 4; i < whole.size(); i += i < index_end ? 7 : 1 + whole.size() / 200) {
    std::string bad = whole;
    // In the index whole numbers become huge or 0, in the data single bits turn.
    if (i < index_end) {
      bad.replace(i, 4, 4, static_cast<char>(i % 2 == 0 ? 0x7f : 0));
    } else {
      bad[i] = static_cast<char>(bad[i] ^ 0x80);
    }
    std::ofstream(dir / "bad.mp4", std::ios::binary) << bad;
    const auto info = probe_clip(dir / "bad.mp4");
    const auto frames = read_frames(dir / "bad.mp4", 100);
    const auto heard = read_audio(dir / "bad.mp4");
    if (frames) {
      EXPECT_EQ(frames->rgb.size(), static_cast<std::size_t>(frames->width) * frames->height * 3 * frames->num_frames) << i;
      EXPECT_LE(frames->num_frames, 100) << i;
    }
    ++(info && frames && heard ? read : refused);
  }
  EXPECT_GT(refused, 20);
  EXPECT_GT(read, 20);
}

struct Fault {
  const char* kind;
  bool sticky;
};
class Mp4EveryFault : public ::testing::TestWithParam<Fault> {};

TEST_P(Mp4EveryFault, LeavesTheOldClipOrTheNewOneWhole) {
  testing::TempDir good;
  const std::string victim = "'" FANTASCOPE_MP4_VICTIM "' '";
  ASSERT_EQ(std::system((victim + (good / "a.mp4") + "' 32 32 6 >/dev/null").c_str()), 0);
  const std::string expected = *sha256_file(good / "a.mp4");
  int faults = 0;
  for (int k = 1;; ++k) {
    ASSERT_LT(k, 500);
    testing::TempDir dir;
    ASSERT_TRUE(write_file(dir / "a.mp4", "old"));
    const auto run = testing::run_with_fault(FANTASCOPE_IO_FAULT_SHIM, dir.path(), k, GetParam().kind, GetParam().sticky,
                                             victim + (dir / "a.mp4") + "' 32 32 6");
    if (!run.fired) break;
    ++faults;
    ASSERT_NE(run.exit_code, -1) << "crashed at call " << k << ": " << run.output;
    EXPECT_EQ(dir.names(), std::vector<std::string>{"a.mp4"}) << k;
    const std::string content = *read_file(dir / "a.mp4", 1 << 24);
    EXPECT_TRUE(content == "old" || sha256_text(content) == expected) << k;
    if (run.exit_code == 0) {
      EXPECT_EQ(sha256_text(content), expected) << k;
      EXPECT_STREQ(GetParam().kind, "SHORT") << "call " << k << " failed, yet: saved";
    }
    if (run.exit_code != 0 && std::string(GetParam().kind) == "ENOSPC") {
      EXPECT_THAT(run.output, HasSubstr("bytes needed")) << k;
    }
  }
  EXPECT_GT(faults, 5);
  RecordProperty("faults", faults);
}
INSTANTIATE_TEST_SUITE_P(Mp4, Mp4EveryFault,
                         ::testing::Values(Fault{"ENOSPC", false}, Fault{"ENOSPC", true}, Fault{"EIO", false}, Fault{"SHORT", false}),
                         [](const auto& info) { return std::string(info.param.kind) + (info.param.sticky ? "Sticky" : "Once"); });

}  // namespace
}  // namespace fantascope
