#pragma once
/// The only door into models/: every family this build has, in the order of models/CMakeLists.txt.
#include <vector>

#include "engine/runtime/model_family.h"

namespace fantascope {

const std::vector<ModelFamily>& builtin_families();

}  // namespace fantascope
