#pragma once
/// Clips as MP4 files: H.264 High, yuv420p, BT.709 limited range, constant frame rate, a key frame at least every 24 frames; AAC 48 kHz
/// stereo, cut or padded to the length of the picture; index in front. The same input gives the same bytes, whatever the number of cores
/// (same libraries, same kind of CPU).
/// While encoding, a fragmented MP4 grows at part_path(): a crash leaves it readable (see remux_mp4). finish() copies its packets into
/// the final file, which appears whole or not at all (AtomicFile). Not signed: that is app/provenance.
/// An object is used by one thread at a time; the encoder starts a fixed number of its own.
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "engine/base/clip.h"
#include "engine/base/result.h"

namespace fantascope {

struct Mp4Options {
  int width = 0, height = 0;  ///< even, 16…8192: 4:2:0 has one colour sample for 2x2 pixels
  Rational fps;
  double crf = 17.0;              ///< H.264 quality, 0 (lossless) … 51; 17 is visually lossless
  std::string preset = "medium";  ///< of libx264
  int key_frame_interval = 24;
  int audio_sample_rate = 0;   ///< of what add_audio() will bring; 0: a clip without sound
  int audio_num_channels = 2;  ///< of what add_audio() will bring: 1 is played on both sides, of more than 2 the first two are taken
  int audio_bit_rate = 192000;
  std::string part_path;  ///< empty: the target's path + ".part"
};

class Mp4Writer {
 public:
  static Result<Mp4Writer> create(const std::string& path, const Mp4Options& options);
  Mp4Writer(Mp4Writer&&) noexcept;
  Mp4Writer& operator=(Mp4Writer&&) noexcept;
  ~Mp4Writer();  ///< without finish(): removes the part, leaves no file

  const std::string& part_path() const;
  /// One or more whole frames, float RGB in [0,1] ([frame][row][column][3]; outside values are clipped). NaN is kModelNaN.
  Result<void> add_frames(std::span<const float> rgb);
  /// The next piece of sound, before, between or after the frames; sound that is missing at the end is silence. Sound that comes
  /// before its frames makes the part readable earlier.
  Result<void> add_audio(const Waveform& waveform);
  /// Encodes what is left, remuxes, publishes. The object is done afterwards, whatever the result.
  Result<void> finish(std::stop_token stop = {});

 private:
  struct State;
  explicit Mp4Writer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A whole clip in one call; `waveform` may be null. Sizes and rates are taken from the two, the rest from `options`.
Result<void> write_mp4(const std::string& path, const VideoFrames& frames, const Waveform* waveform, Mp4Options options = {},
                       std::stop_token stop = {});

/// Copies the packets of an MP4, also of the part that a crash left, into a new MP4 with the index in front. No re-encoding; drops
/// everything that is not a picture or sound packet, C2PA among it.
Result<void> remux_mp4(const std::string& source, const std::string& path);

}  // namespace fantascope
