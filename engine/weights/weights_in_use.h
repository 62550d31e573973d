#pragma once
/// Which files a loaded model's tensors are views of, and what was odd about them. A mapped file that changes under a running model would
/// change its results: verify_unchanged() is asked before a result is trusted.
#include <string>
#include <utility>
#include <vector>

#include "engine/weights/loaded_parameters.h"

namespace fantascope {

struct WeightsInUse {
  std::vector<ShardedWeights> parts;
  std::vector<std::string> warnings;

  /// After all layers of this source are made.
  void add(const LoadedParameters& source) {
    parts.push_back(source.weights());
    for (auto& line : source.warnings()) warnings.push_back(std::move(line));
  }
  Result<void> verify_unchanged() const {
    for (const ShardedWeights& part : parts) FANTASCOPE_TRY_VOID(part.verify_unchanged());
    return {};
  }
};

/// Where and as what a component's weights are loaded.
struct LoadTarget {
  LoadTarget(at::ScalarType type, at::Device place = at::kCPU, WeightsInUse* weights = nullptr)  // NOLINT: a type alone is a target
      : dtype(type), device(place), in_use(weights) {}
  at::ScalarType dtype;
  at::Device device;
  WeightsInUse* in_use;  ///< borrowed; may be null

  LoadedParameters source(ShardedWeights weights, LoadedParameters::KeyMap key_map = {}) const {
    return {std::move(weights), dtype, device, std::move(key_map)};
  }
  /// Whether all tensors were there; then their files are noted.
  Result<void> finish(const LoadedParameters& parameters) const {
    FANTASCOPE_TRY_VOID(parameters.finish());
    if (in_use != nullptr) in_use->add(parameters);
    return {};
  }
};

}  // namespace fantascope
