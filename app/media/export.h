#pragma once
/// Formats for other programs, and a picture of a sound to look at.
#include <stop_token>
#include <string>

#include "engine/base/clip.h"
#include "engine/base/result.h"

namespace fantascope {

/// 16-bit PCM, interleaved, at the waveform's own rate.
Result<void> write_wav(const std::string& path, const Waveform& waveform);

/// frame_00001.png … in a new folder that appears when it is complete; the folder must not exist.
Result<void> write_png_sequence(const std::string& dir, const VideoFrames& frames, std::stop_token stop = {});

/// Waveform above (all channels in one, -1…1), spectrogram below (0…sample_rate/2 linear, 80 dB range), a line each second and each
/// 2 kHz, labelled. At least 160 x 120.
RgbImage plot_audio(const Waveform& waveform, int width, int height);

}  // namespace fantascope
