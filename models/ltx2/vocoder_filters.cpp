#include "models/ltx2/vocoder_filters.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/conv_transpose1d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/replication_pad1d.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fantascope::models::ltx2 {
namespace {

constexpr double kPi = std::numbers::pi;

double sinc(double x) { return x == 0 ? 1.0 : std::sin(kPi * x) / (kPi * x); }

/// Kaiser's own formulas for the window's shape from the attenuation in dB.
double kaiser_beta(double attenuation) {
  if (attenuation > 50.0) return 0.1102 * (attenuation - 8.7);
  if (attenuation >= 21.0) return 0.5842 * std::pow(attenuation - 21.0, 0.4) + 0.07886 * (attenuation - 21.0);
  return 0.0;
}

/// One filter for every channel, so channels are batch items of one signal.
at::Tensor raise(const at::Tensor& x, const at::Tensor& filter, std::int64_t ratio, std::int64_t pad, std::int64_t drop_front,
                 std::int64_t drop_back) {
  const auto B = x.size(0), C = x.size(1);
  const auto padded = at::replication_pad1d(x, {pad, pad}).reshape({B * C, 1, x.size(2) + 2 * pad});
  const auto y = at::conv_transpose1d(padded, filter.to(x.device(), x.scalar_type()), {}, ratio) * static_cast<double>(ratio);
  return y.narrow(2, drop_front, y.size(2) - drop_front - drop_back).reshape({B, C, -1});
}

}  // namespace

at::Tensor kaiser_sinc_filter(double cutoff, double half_width, std::int64_t taps) {
  const std::int64_t half = taps / 2;
  const double beta = kaiser_beta(2.285 * static_cast<double>(half - 1) * kPi * 4.0 * half_width + 7.95);
  auto filter = at::empty({1, 1, taps}, at::kDouble);
  auto* values = filter.data_ptr<double>();
  const double middle = taps % 2 == 0 ? static_cast<double>(half) - 0.5 : static_cast<double>(half);
  for (std::int64_t i = 0; i < taps; ++i) {
    const double place = 2.0 * static_cast<double>(i) / static_cast<double>(std::max<std::int64_t>(taps - 1, 1)) - 1.0;
    const double window = std::cyl_bessel_i(0.0, beta * std::sqrt(std::max(0.0, 1.0 - place * place))) / std::cyl_bessel_i(0.0, beta);
    values[i] = 2.0 * cutoff * window * sinc(2.0 * cutoff * (static_cast<double>(i) - middle));
  }
  return (filter / filter.sum()).to(at::kFloat);
}

HannUpsampler::HannUpsampler(std::int64_t ratio) : ratio_(ratio) {
  constexpr double kRollOff = 0.99, kZeroCrossings = 6.0;
  pad_ = static_cast<std::int64_t>(std::ceil(kZeroCrossings / kRollOff));
  const std::int64_t taps = 2 * pad_ * ratio + 1;
  filter_ = at::empty({1, 1, taps}, at::kFloat);
  for (std::int64_t i = 0; i < taps; ++i) {
    const double time = (static_cast<double>(i) / static_cast<double>(ratio) - static_cast<double>(pad_)) * kRollOff;
    const double window = std::cos(std::clamp(time, -kZeroCrossings, kZeroCrossings) * kPi / kZeroCrossings / 2.0);
    filter_.data_ptr<float>()[i] = static_cast<float>(sinc(time) * window * window * kRollOff / static_cast<double>(ratio));
  }
}

at::Tensor HannUpsampler::forward(const at::Tensor& x) const {
  return raise(x, filter_, ratio_, pad_, 2 * pad_ * ratio_, filter_.size(2) - ratio_);
}

at::Tensor upsample_with(const at::Tensor& x, const at::Tensor& filter, std::int64_t ratio) {
  const std::int64_t taps = filter.size(2), pad = taps / ratio - 1;
  return raise(x, filter, ratio, pad, pad * ratio + (taps - ratio) / 2, pad * ratio + (taps - ratio + 1) / 2);
}

at::Tensor downsample_with(const at::Tensor& x, const at::Tensor& filter, std::int64_t ratio) {
  const auto B = x.size(0), C = x.size(1), taps = filter.size(2);
  const auto padded = at::replication_pad1d(x, {taps / 2 + taps % 2 - 1, taps / 2});
  return at::conv1d(padded.reshape({B * C, 1, padded.size(2)}), filter.to(x.device(), x.scalar_type()), {}, ratio).reshape({B, C, -1});
}

}  // namespace fantascope::models::ltx2
