#pragma once
/// The sound of a scene, from the same contacts and speeds as the picture.
#include <vector>

#include "training/world/internal/simulation.h"

namespace fantascope::world {

/// Planar stereo, [2][num_samples].
std::vector<float> synthesise(const Simulation& simulation, const ClipShape& shape);
std::int64_t num_samples_of(const ClipShape& shape);

}  // namespace fantascope::world
