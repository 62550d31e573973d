#include "training/trainer/spectral_distance.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/hann_window.h>
#include <ATen/ops/stft.h>

namespace fantascope::training {
namespace {

// Magnitudes below this are silence: their logarithms say nothing. It is added, since below a limit no gradient would lead out of silence
// (birds were not learnt that way). A nearly silent clip counts as one with the norm below, or it would outweigh all others.
constexpr double kSilentBin = 2e-2, kSoftSpectrum = 10.0;
// What stands in its place counts less than what is there at all: most of the world's sound is weather.
constexpr double kInPlace = 0.5;

at::Tensor spectrum(const at::Tensor& wave_BN, std::int64_t window) {
  const at::Tensor complex = at::stft(wave_BN, window, window / 4, window, at::hann_window(window, wave_BN.options()), /*center=*/false,
                                      "reflect", /*normalized=*/false,
                                      /*onesided=*/true, /*return_complex=*/true);
  return complex.abs() + kSilentBin;
}

}  // namespace

at::Tensor distance_over_time(const at::Tensor& ours, const at::Tensor& truth, std::int64_t time) {
  return (std::get<0>(ours.sort(time)) - std::get<0>(truth.sort(time))).abs().mean();
}

at::Tensor spectral_distance(const at::Tensor& ours_BN, const at::Tensor& truth_BN) {
  // A little of the wave itself settles the phase of low tones.
  at::Tensor distance = (ours_BN - truth_BN).abs().mean();
  // The shortest window, 4 ms at 16 kHz, sees pulses one by one; the longest tells the partials of a tone.
  for (const std::int64_t window : {64, 256, 512, 1024}) {
    const at::Tensor ours = spectrum(ours_BN, window), truth = spectrum(truth_BN, window);
    const at::Tensor log_ours = ours.log(), log_truth = truth.log();
    const at::Tensor in_place = (ours - truth).norm() / truth.norm().clamp_min(kSoftSpectrum) + (log_ours - log_truth).abs().mean();
    distance = distance + kInPlace * in_place + distance_over_time(log_ours, log_truth, /*time=*/2);
  }
  return distance;
}

}  // namespace fantascope::training
