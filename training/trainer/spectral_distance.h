#pragma once
/// How far one sound is from another, for teaching a vocoder: short-time spectra of several window lengths, compared where they stand and
/// as distributions.
///
/// Where they stand: spectral convergence and log magnitudes (Yamamoto et al. 2020, arXiv 1910.11480). Alone these turn noise into a buzz:
/// no two stretches of rain agree bin by bin, so the least error is the same spectrum in every frame, and a network that gets one input per
/// frame gives it as one pulse per frame. As distributions: for each frequency the magnitudes over time are sorted before they are compared
/// (the one-dimensional Wasserstein distance), so that noise is near to other noise and far from pulses and from tones.
#include <ATen/core/Tensor.h>

namespace fantascope::training {

/// Waveforms [B,N] in [-1,1], float, N at least 1024; a scalar that gradients of `ours_BN` flow through. 0 for equal sounds.
at::Tensor spectral_distance(const at::Tensor& ours_BN, const at::Tensor& truth_BN);

/// Mean distance between the values that each row takes along the dimension `time`, whenever it takes them.
at::Tensor distance_over_time(const at::Tensor& ours, const at::Tensor& truth, std::int64_t time);

}  // namespace fantascope::training
