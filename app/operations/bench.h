#pragma once
/// How fast this machine makes a model's usual clip: phases timed on one loaded model, nothing written.
#include <span>

#include "app/operations/operation.h"

namespace fantascope {

std::span<const Operation> bench_operations();

}  // namespace fantascope
