#include "engine/diffusion/noise.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>

namespace fantascope {

NoiseSource::NoiseSource(std::uint64_t seed) : generator_(at::detail::createCPUGenerator(seed)) {}

at::Tensor NoiseSource::draw(at::IntArrayRef shape) { return at::randn(shape, generator_, at::TensorOptions().dtype(at::kFloat)); }

}  // namespace fantascope
