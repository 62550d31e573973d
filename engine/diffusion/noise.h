#pragma once
/// Normal noise of a seed, drawn on the CPU in float32 whatever the device: the same seed gives the reference implementation's noise.
/// Draws follow each other, so their order is part of a family's recipe. Single-threaded.
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace fantascope {

class NoiseSource {
 public:
  explicit NoiseSource(std::uint64_t seed);
  at::Tensor draw(at::IntArrayRef shape);

 private:
  at::Generator generator_;
};

}  // namespace fantascope
