#pragma once
/// Jobs that were accepted and are not done: what they are, taking them up again, giving them up.
#include <span>

#include "app/operations/operation.h"

namespace fantascope {

std::span<const Operation> queue_operations();

}  // namespace fantascope
