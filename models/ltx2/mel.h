#pragma once
/// Waveform → log-mel spectrogram as the audio VAE was trained on: magnitude (power 1) of a centred, reflect-padded STFT with a periodic
/// Hann window, Slaney mel filters of unit area, natural logarithm of at least 1e-5. After: ltx-core's AudioProcessor, which uses
/// torchaudio's MelSpectrogram. Differentiable; computed in fp32 whatever the dtype of the argument.
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "models/ltx2/audio_vae_config.h"

namespace fantascope::models::ltx2 {

/// [num_bins, num_frequencies] triangles on Slaney's mel scale from 0 Hz to half the sample rate, each of area 2 / (its width in Hz).
at::Tensor slaney_mel_filters(std::int64_t sample_rate, std::int64_t num_frequencies, std::int64_t num_bins);

class LogMel {
 public:
  /// The published models' window; not part of the published config.
  static constexpr std::int64_t kWindow = 1024;

  /// sample_rate in Hz, hop_length and window in samples.
  LogMel(std::int64_t sample_rate, std::int64_t hop_length, std::int64_t num_bins, std::int64_t window = kWindow);
  explicit LogMel(const AudioVaeConfig& config) : LogMel(config.sample_rate, config.mel_hop_length, config.mel_bins) {}

  /// [B,channels,N] samples in [-1,1] at sample_rate → [B,channels,N / hop_length + 1,bins] in the dtype of the argument. N must be more
  /// than half the window (reflecting needs it); shorter sounds are for the caller to lengthen with silence.
  at::Tensor forward(const at::Tensor& waveform_BCN) const;
  std::int64_t min_samples() const { return window_size_ / 2 + 1; }

 private:
  std::int64_t hop_length_, window_size_;
  at::Tensor window_, filters_;
};

}  // namespace fantascope::models::ltx2
