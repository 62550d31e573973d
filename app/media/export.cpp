#include "app/media/export.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/media/image.h"

namespace fantascope {
namespace {

void put_number(std::string& text, std::uint32_t value, int num_bytes) {
  for (int i = 0; i < num_bytes; ++i) text.push_back(static_cast<char>(value >> 8 * i & 0xff));
}

/// Takes a folder that was not published away again.
struct TempFolder {
  std::string path;
  ~TempFolder() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

Result<void> write_wav(const std::string& path, const Waveform& waveform) {
  const std::int64_t num_values = waveform.num_samples * waveform.num_channels;
  if (waveform.sample_rate < 1 || waveform.num_channels < 1 || waveform.num_channels > 64 || waveform.num_samples < 0 ||
      waveform.samples.size() != static_cast<std::size_t>(num_values))
    return Error{ErrorCode::kInvalidArgument,
                 "the sound's samples do not match its length",
                 "waveform",
                 std::to_string(waveform.samples.size()),
                 std::to_string(num_values),
                 {}};
  const std::int64_t data_bytes = num_values * 2;
  if (data_bytes > 0xffffffffLL - 64)
    return Error{
        ErrorCode::kUnsupported, "the sound is too long for a WAV file", path, std::to_string(data_bytes) + " bytes", "below 4 GiB", {}};
  const auto channels = static_cast<std::uint32_t>(waveform.num_channels), rate = static_cast<std::uint32_t>(waveform.sample_rate);
  std::string text;
  text.reserve(static_cast<std::size_t>(data_bytes) + 44);
  text += "RIFF";
  put_number(text, static_cast<std::uint32_t>(data_bytes + 36), 4);
  text += "WAVEfmt ";
  put_number(text, 16, 4);
  put_number(text, 1, 2);  // PCM
  put_number(text, channels, 2);
  put_number(text, rate, 4);
  put_number(text, rate * channels * 2, 4);
  put_number(text, channels * 2, 2);
  put_number(text, 16, 2);
  text += "data";
  put_number(text, static_cast<std::uint32_t>(data_bytes), 4);
  for (std::int64_t i = 0; i < waveform.num_samples; ++i) {
    for (int c = 0; c < waveform.num_channels; ++c) {
      const float sample = waveform.samples[static_cast<std::size_t>(c * waveform.num_samples + i)];
      if (!(sample - sample == 0.0f))
        return Error{ErrorCode::kModelNaN, "the sound contains values that are not numbers", "waveform", {}, {}, {}};
      const auto value = static_cast<std::int16_t>(std::lround(std::clamp(sample, -1.0f, 1.0f) * 32767.0f));
      put_number(text, static_cast<std::uint16_t>(value), 2);
    }
  }
  return write_file(path, text);
}

Result<void> write_png_sequence(const std::string& dir, const VideoFrames& frames, std::stop_token stop) {
  const std::filesystem::path target(dir);
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(target, ignored))) return file_error("write", dir, EEXIST);
  const std::string parent = target.parent_path().empty() ? "." : target.parent_path().string();
  std::string pattern = parent + "/." + target.filename().string() + ".XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return file_error("write", dir, errno);
  TempFolder folder{pattern};
  for (int i = 0; i < frames.num_frames; ++i) {
    if (stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped while writing the frames", dir, {}, {}, {}};
    char name[32];
    std::snprintf(name, sizeof name, "/frame_%05d.png", i + 1);
    FANTASCOPE_TRY_VOID(write_png(pattern + name, frame_image(frames, i)));
  }
  FANTASCOPE_TRY_VOID(publish_dir(pattern, dir));
  folder.path.clear();
  return {};
}

}  // namespace fantascope
