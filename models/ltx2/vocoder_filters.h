#pragma once
/// Low-pass filters for changing the rate of a signal, [1,1,taps] in fp32, and their use. Checkpoints store their own filters; these are
/// for fresh models and for what is not stored.
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace fantascope::models::ltx2 {

/// Kaiser-windowed sinc of unit sum; cutoff and half_width of the transition in cycles a sample.
at::Tensor kaiser_sinc_filter(double cutoff, double half_width, std::int64_t taps);

/// Hann-windowed sinc (6 zero crossings each side, roll-off 0.99) that raises the rate `ratio` times.
class HannUpsampler {
 public:
  explicit HannUpsampler(std::int64_t ratio);
  at::Tensor forward(const at::Tensor& x_BCN) const;  ///< [B,C,N*ratio]

 private:
  std::int64_t ratio_, pad_;
  at::Tensor filter_;
};

/// Raises the rate with a filter of the checkpoint; ends are repeated.
at::Tensor upsample_with(const at::Tensor& x_BCN, const at::Tensor& filter, std::int64_t ratio);
/// Lowers it again.
at::Tensor downsample_with(const at::Tensor& x_BCN, const at::Tensor& filter, std::int64_t ratio);

}  // namespace fantascope::models::ltx2
