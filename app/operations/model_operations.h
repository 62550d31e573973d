#pragma once
/// Models that can be found, linked, looked at and checked.
#include <span>

#include "app/operations/operation.h"

namespace fantascope {

std::span<const Operation> model_operations();

}  // namespace fantascope
