#pragma once
/// What writing a linear map into 3x3x3 convolutions needs.
#include <ATen/core/Tensor.h>

#include "training/trainer/parameters.h"

namespace fantascope::training {

/// [O,I,3,3,3] with `matrix_OI` at one tap and zeros elsewhere.
at::Tensor one_tap(const at::Tensor& matrix_OI, std::int64_t time, std::int64_t row, std::int64_t column);
/// The matrix in the upper left corner of a [rows, columns] one of zeros.
at::Tensor padded_to(const at::Tensor& matrix, std::int64_t rows, std::int64_t columns);
/// Second convolutions of zeros: residual blocks "<scope>.resnets.0" … then add nothing at first.
void add_silent_resnets(NamedTensors& start, const std::string& scope, std::int64_t count, std::int64_t width);

}  // namespace fantascope::training
