#include "engine/nn/timestep_embedding.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/silu.h>

#include <cmath>

namespace fantascope {
namespace {

constexpr std::int64_t kSinusoidDim = 256;
constexpr double kMaxPeriod = 10000.0;

}  // namespace

at::Tensor sinusoidal_embedding(const at::Tensor& timesteps, std::int64_t dim) {
  const std::int64_t half = dim / 2;
  const at::Tensor exponents =
      at::arange(0, half, timesteps.options().dtype(at::kFloat)) * -std::log(kMaxPeriod) / static_cast<double>(half);
  const at::Tensor angles = timesteps.to(at::kFloat).unsqueeze(1) * exponents.exp().unsqueeze(0);
  return at::cat({angles.cos(), angles.sin()}, -1);
}

AdaLayerNormSingle::AdaLayerNormSingle(const ParameterScope& scope, std::int64_t dim, std::int64_t num_parameters)
    : linear_1_(scope.child("emb").child("timestep_embedder").child("linear_1"), kSinusoidDim, dim),
      linear_2_(scope.child("emb").child("timestep_embedder").child("linear_2"), dim, dim),
      linear_(scope.child("linear"), dim, num_parameters * dim) {}

Modulation AdaLayerNormSingle::forward(const at::Tensor& timesteps) const {
  const at::Tensor sinusoid = sinusoidal_embedding(timesteps.flatten(), kSinusoidDim).to(linear_1_.weight().scalar_type());
  const at::Tensor embedded = linear_2_.forward(at::silu(linear_1_.forward(sinusoid)));
  return {linear_.forward(at::silu(embedded)), embedded};
}

}  // namespace fantascope
