#pragma once
/// Single pictures out of takes, for use as the first frame of a new clip.
#include <span>

#include "app/operations/operation.h"

namespace fantascope {

/// library frame: {take, frame?, out?} → {take_id, frame, path}. Without `frame` the last one. Without `out` the picture goes into the
/// home's folder references, where the same frame of the same take is found again.
std::span<const Operation> frame_operations();

}  // namespace fantascope
