#include "models/ltx2/mel.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/hann_window.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stft.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace fantascope::models::ltx2 {
namespace {

constexpr double kSmallest = 1e-5;

// Slaney's scale: linear below 1 kHz (3 mel for 200 Hz), logarithmic above (27 mel for a factor of 6.4).
constexpr double kLinearHzPerMel = 200.0 / 3.0, kLogStartHz = 1000.0, kLogStartMel = kLogStartHz / kLinearHzPerMel;
const double kLogStep = std::log(6.4) / 27.0;

double mel_of(double hz) { return hz < kLogStartHz ? hz / kLinearHzPerMel : kLogStartMel + std::log(hz / kLogStartHz) / kLogStep; }
double hz_of(double mel) { return mel < kLogStartMel ? mel * kLinearHzPerMel : kLogStartHz * std::exp((mel - kLogStartMel) * kLogStep); }

}  // namespace

at::Tensor slaney_mel_filters(std::int64_t sample_rate, std::int64_t num_frequencies, std::int64_t num_bins) {
  const double highest = static_cast<double>(sample_rate) / 2.0;
  std::vector<double> corners(static_cast<std::size_t>(num_bins) + 2);
  for (std::size_t i = 0; i < corners.size(); ++i)
    corners[i] = hz_of(mel_of(highest) * static_cast<double>(i) / static_cast<double>(num_bins + 1));
  auto filters = at::zeros({num_bins, num_frequencies}, at::kFloat);
  auto* out = filters.data_ptr<float>();
  for (std::int64_t bin = 0; bin < num_bins; ++bin) {
    const double low = corners[bin], middle = corners[bin + 1], high = corners[bin + 2];
    for (std::int64_t i = 0; i < num_frequencies; ++i) {
      const double hz = highest * static_cast<double>(i) / static_cast<double>(num_frequencies - 1);
      const double height = std::min((hz - low) / (middle - low), (high - hz) / (high - middle));
      out[bin * num_frequencies + i] = static_cast<float>(std::max(0.0, height) * 2.0 / (high - low));
    }
  }
  return filters;
}

LogMel::LogMel(std::int64_t sample_rate, std::int64_t hop_length, std::int64_t num_bins, std::int64_t window)
    : hop_length_(hop_length),
      window_size_(window),
      window_(at::hann_window(window, at::kFloat)),
      filters_(slaney_mel_filters(sample_rate, window / 2 + 1, num_bins)) {}

at::Tensor LogMel::forward(const at::Tensor& waveform) const {
  const auto B = waveform.size(0), C = waveform.size(1), N = waveform.size(2);
  FANTASCOPE_CHECK(N >= min_samples());
  const auto flat = waveform.reshape({B * C, N}).to(at::kFloat);
  const auto spectrum = at::stft(flat, window_size_, hop_length_, window_size_, window_.to(flat.device()), /*center=*/true, "reflect",
                                 /*normalized=*/false, /*onesided=*/true, /*return_complex=*/true);
  const auto mel = at::matmul(filters_.to(flat.device()), spectrum.abs());  // [B*C,bins,T]
  return mel.clamp_min(kSmallest).log().transpose(1, 2).reshape({B, C, mel.size(2), mel.size(1)}).to(waveform.scalar_type());
}

}  // namespace fantascope::models::ltx2
