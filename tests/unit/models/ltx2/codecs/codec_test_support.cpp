#include "codec_test_support.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/randn.h>

#include <cmath>
#include <filesystem>
#include <limits>

namespace fantascope::test {

std::string fixture_dir(const std::string& name) {
  const auto folder = std::filesystem::path(FANTASCOPE_SOURCE_DIR) / ".." / "shared" / "parity" / "fixtures" / name;
  return std::filesystem::exists(folder / "expected.safetensors") ? folder.string() : std::string();
}

at::Tensor fixture_tensor(const std::string& fixture, const std::string& file, const std::string& name) {
  auto opened = SafetensorsFile::open(fixture + "/" + file + ".safetensors");
  if (!opened || !(*opened)->find(name)) return {};
  auto tensor = (*opened)->read(name);
  return tensor ? *tensor : at::Tensor();
}

double error_ratio(const at::Tensor& ours, const at::Tensor& expected) {
  const double infinite = std::numeric_limits<double>::infinity();
  if (!ours.defined() || !expected.defined() || ours.sizes() != expected.sizes() || !at::isfinite(ours).all().item<bool>()) return infinite;
  const auto a = ours.detach().to(at::kDouble), b = expected.detach().to(at::kDouble);
  return (a - b).abs().max().item<double>() / b.abs().max().item<double>();
}

at::Tensor normal_tensor(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat));
}

at::Tensor RandomParameters::get(const std::string& name, at::IntArrayRef shape, Init) {
  std::uint64_t seed = 1469598103934665603ull;
  for (const char letter : name) seed = (seed ^ static_cast<unsigned char>(letter)) * 1099511628211ull;
  seed &= 0xffffffffu;  // as much of a seed as the generator takes in every language
  double fan_in = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) fan_in *= static_cast<double>(shape[i]);
  const double scale = shape.size() > 1 ? 1.0 / std::sqrt(fan_in) : 0.1;
  auto values = normal_tensor(shape, seed) * scale;
  if (shape.size() == 5 && shape[2] == 3 && side_taps_ != 1.0) {
    const auto middle = values.slice(2, 1, 2).slice(3, 1, 2).slice(4, 1, 2).clone() * std::sqrt(27.0);
    values.mul_(side_taps_).slice(2, 1, 2).slice(3, 1, 2).slice(4, 1, 2).copy_(middle);
  }
  return values.to(dtype_);
}

}  // namespace fantascope::test
