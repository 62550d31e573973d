#include "training/trainer/spectral_distance.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

namespace fantascope::training {
namespace {

constexpr std::int64_t kLength = 8000;

at::Tensor noise(std::uint64_t seed) {
  return 0.05 * at::randn({1, kLength}, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat));
}

double distance(const at::Tensor& ours, const at::Tensor& truth) { return spectral_distance(ours, truth).item<double>(); }

TEST(SpectralDistance, EqualSoundsAreNoneApart) { EXPECT_EQ(distance(noise(1), noise(1)), 0.0); }

TEST(SpectralDistance, SilenceIsFiniteAndFar) {
  const at::Tensor silence = at::zeros({1, kLength});
  EXPECT_EQ(distance(silence, silence), 0.0);
  EXPECT_GT(distance(silence, noise(1)), distance(noise(2), noise(1)));
  EXPECT_TRUE(std::isfinite(distance(noise(1), silence)));
}

// What a vocoder falls into that has one input per frame: the right power, as one pulse every 10 ms.
TEST(SpectralDistance, NoiseIsNearerToOtherNoiseThanABuzzIs) {
  at::Tensor buzz = at::zeros({1, kLength});
  for (std::int64_t i = 0; i < kLength; i += 160) buzz[0][i] = 0.05 * std::sqrt(160.0);
  const double other_noise = distance(noise(2), noise(1)), pulses = distance(buzz, noise(1));
  EXPECT_LT(other_noise, 0.6 * pulses) << other_noise << " " << pulses;
}

TEST(SpectralDistance, AnImpactAtTheWrongTimeIsFurtherThanOneAtTheRightTime) {
  at::Tensor truth = noise(1).clone(), late = noise(2).clone(), right = noise(2).clone();
  for (std::int64_t i = 0; i < 400; ++i) {
    const double attack = 0.5 * std::exp(-static_cast<double>(i) / 80.0) * (i % 2 == 0 ? 1 : -1);
    truth[0][2000 + i] += attack, right[0][2000 + i] += attack, late[0][4000 + i] += attack;
  }
  EXPECT_LT(distance(right, truth), distance(late, truth));
}

// A tone that is missing is asked for in every window, however quiet the sound is where it should be.
TEST(SpectralDistance, AGradientLeadsOutOfSilence) {
  at::Tensor tone = at::zeros({1, kLength});
  for (std::int64_t i = 2000; i < 4000; ++i) tone[0][i] = 0.05 * std::sin(1.2 * static_cast<double>(i));
  const at::Tensor ours = (1e-4 * noise(2)).set_requires_grad(true);
  spectral_distance(ours, tone).backward();
  const at::Tensor wave_only = (1e-4 * noise(2)).set_requires_grad(true);
  (wave_only - tone).abs().mean().backward();
  EXPECT_GT((ours.grad() - wave_only.grad()).norm().item<double>(), 10 * wave_only.grad().norm().item<double>());
}

TEST(SpectralDistance, GradientsReachTheSound) {
  const at::Tensor ours = noise(2).set_requires_grad(true);
  spectral_distance(ours, noise(1)).backward();
  ASSERT_TRUE(ours.grad().defined());
  EXPECT_TRUE(ours.grad().isfinite().all().item<bool>());
  EXPECT_GT(ours.grad().abs().sum().item<double>(), 0.0);
}

}  // namespace
}  // namespace fantascope::training
