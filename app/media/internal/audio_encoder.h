#pragma once
/// Sound of any rate to AAC LC 48 kHz stereo packets, in step with the picture.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "app/media/internal/av.h"
#include "engine/base/clip.h"

namespace fantascope::media {

inline constexpr int kAudioRate = 48000;

class AudioEncoder {
 public:
  using Sink = std::function<Result<void>(AVPacket&)>;  ///< packets in time base 1/48000

  static Result<AudioEncoder> create(int sample_rate, int num_channels, int bit_rate, bool global_header);
  const AVCodecContext& codec() const { return *codec_; }
  Result<void> add(const Waveform& waveform);
  /// Encodes whole frames that end at or before `until` (in samples at 48 kHz), as far as there is sound.
  Result<void> encode_until(std::int64_t until, const Sink& sink);
  /// Cuts or pads to exactly `num_samples` and encodes the rest.
  Result<void> finish(std::int64_t num_samples, const Sink& sink);

 private:
  Result<void> resample(const std::vector<float>& left, const std::vector<float>& right, bool flush);
  Result<void> encode(std::int64_t count, const Sink& sink);
  Result<void> drain(const Sink& sink);

  AvPtr<AVCodecContext> codec_;
  AvPtr<SwrContext> resampler_;  ///< null: already at 48 kHz
  AvPtr<AVFrame> frame_;
  AvPtr<AVPacket> packet_;
  int sample_rate_ = 0, num_channels_ = 0;
  std::vector<float> left_, right_;  ///< at 48 kHz, from sample 0 of the clip on
  std::int64_t encoded_ = 0;
};

}  // namespace fantascope::media
