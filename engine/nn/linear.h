#pragma once
/// y = x W^T + b, as torch.nn.Linear stores it: weight [out,in], bias [out].
/// Computes in the dtype of the weight; x must have it too. Differentiable. Const calls may run on several threads.
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "engine/nn/parameter_scope.h"

namespace fantascope {

enum class Bias { kNo, kYes };

class Linear {
 public:
  Linear(const ParameterScope& scope, std::int64_t in_features, std::int64_t out_features, Bias bias = Bias::kYes);
  /// Fresh weights as `weight_init` says and a bias of zeros, for layers that training starts elsewhere than torch's default.
  Linear(const ParameterScope& scope, std::int64_t in_features, std::int64_t out_features, Bias bias, Init weight_init);

  at::Tensor forward(const at::Tensor& x) const;  ///< [..., in] -> [..., out]
  const at::Tensor& weight() const { return weight_; }
  const at::Tensor& bias() const { return bias_; }  ///< undefined without one

 private:
  at::Tensor weight_, bias_;
  at::Tensor packed_;  ///< another layout of a weight that never changes (engine/ops/packed_linear.h); may be undefined
};

}  // namespace fantascope
