#pragma once
/// From a timestep to the vectors that modulate a transformer (adaLN-single of PixArt-alpha, arXiv 2310.00426, section 2.3).
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "engine/nn/linear.h"

namespace fantascope {

/// Sinusoid of Vaswani et al.: [cos | sin] of timestep * 10000^(-i/half), float32. timesteps [n] -> [n, dim], dim even.
at::Tensor sinusoidal_embedding(const at::Tensor& timesteps, std::int64_t dim);

/// What AdaLayerNormSingle gives for n timesteps.
struct Modulation {
  at::Tensor parameters;  ///< [n, num_parameters * dim]
  at::Tensor embedded;    ///< [n, dim]: the embedded timestep itself, for the output layer
};

/// Tensor names: emb.timestep_embedder.linear_1, emb.timestep_embedder.linear_2, linear.
class AdaLayerNormSingle {
 public:
  AdaLayerNormSingle(const ParameterScope& scope, std::int64_t dim, std::int64_t num_parameters);
  /// timesteps of any shape, float32, are flattened. The result has the dtype of the weights.
  Modulation forward(const at::Tensor& timesteps) const;

 private:
  Linear linear_1_, linear_2_, linear_;
};

}  // namespace fantascope
