#pragma once
/// Numbers that tell a good take from a broken one without looking: sound against picture, flicker, frozen and black frames, drift of
/// colour, loudness. They describe, they do not judge: a still life is rightly frozen. Pure functions; any thread.
#include <optional>

#include "engine/base/clip.h"

namespace fantascope {

struct ClipMeasures {
  /// Time of the sound after the picture, in seconds (positive: the sound is late), in steps of half a frame: the shift, within half a
  /// second, at which impacts heard agree with impacts seen (motion that turns back or ends). Empty where nothing stands out: silence, a
  /// still picture, no clear agreement. A regular bounce that is late by nearly its period looks early by the rest of it.
  std::optional<double> av_offset_s;
  double av_agreement = 0;         ///< correlation at that shift, 0..1
  double flicker_levels = 0;       ///< RMS jump of the mean brightness against its neighbours in time, in 8-bit levels
  int frozen_frames = 0;           ///< in the longest run of frames that equal the one before (to a quarter of a level on average)
  int black_frames = 0;            ///< frames with no pixel brighter than 16 levels and a mean under 6
  double colour_drift_levels = 0;  ///< distance of the mean RGB of the last quarter from that of the first, in 8-bit levels
  std::optional<double> rms_dbfs, peak_dbfs;  ///< of all channels; empty for silence and for clips without sound
};

/// Either may be empty (no frames, no samples).
ClipMeasures measure_clip(const VideoFrames& frames, const Waveform& sound);

}  // namespace fantascope
