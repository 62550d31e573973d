#include "training/trainer/internal/embedding.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

namespace fantascope::training {

at::Tensor one_tap(const at::Tensor& matrix, std::int64_t time, std::int64_t row, std::int64_t column) {
  at::Tensor weight = at::zeros({matrix.size(0), matrix.size(1), 3, 3, 3});
  weight.select(2, time).select(2, row).select(2, column).copy_(matrix);
  return weight;
}

at::Tensor padded_to(const at::Tensor& matrix, std::int64_t rows, std::int64_t columns) {
  at::Tensor out = at::zeros({rows, columns});
  out.slice(0, 0, matrix.size(0)).slice(1, 0, matrix.size(1)).copy_(matrix);
  return out;
}

void add_silent_resnets(NamedTensors& start, const std::string& scope, std::int64_t count, std::int64_t width) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string name = scope + ".resnets." + std::to_string(i) + ".conv2.conv.";
    start[name + "weight"] = at::zeros({width, width, 3, 3, 3});
    start[name + "bias"] = at::zeros({width});
  }
}

}  // namespace fantascope::training
