#pragma once
/// Reads MP4 files: only this container, only H.264, MPEG-4, HEVC, AV1, VP9 with AAC, ALAC, MP3, Opus or PCM; no other file and no
/// network is ever opened on the file's behalf. Limits: 8192 pixels a side, 16 streams, 4 hours.
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/clip.h"
#include "engine/base/result.h"

namespace fantascope {

struct ClipInfo {
  std::uint64_t size_bytes = 0;
  bool index_in_front = false;                                             ///< faststart: plays before it has been read to the end
  std::string video_codec, video_profile, pixel_format;                    ///< "h264", "High", "yuv420p"
  std::string color_primaries, color_transfer, color_matrix, color_range;  ///< "bt709", "bt709", "bt709", "tv"; "unknown" if not tagged
  int width = 0, height = 0;
  Rational fps;
  bool constant_frame_rate = false;
  int num_frames = 0;
  double video_duration_s = 0;
  int key_frame_interval_max = 0;  ///< most frames from one key frame to the next
  bool has_audio = false;
  std::string audio_codec, audio_profile;  ///< "aac", "LC"
  int audio_sample_rate = 0, audio_num_channels = 0;
  double audio_duration_s = 0;
};

/// Looks at every packet, decodes none.
Result<ClipInfo> probe_clip(const std::string& path);

/// Decoded frames from the first on; `frames_max` 0 is all. A damaged file gives the frames up to the damage, if there is at least one.
Result<VideoFrames> read_frames(const std::string& path, int frames_max = 0);

/// Decoded sound at its own rate; kNotFound if the file has none.
Result<Waveform> read_audio(const std::string& path);

}  // namespace fantascope
