#pragma once
/// How long a generation would take and what it needs, from what was measured on this machine.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/operations/generate.h"

namespace fantascope {

struct EstimatedPhase {
  std::string name;  ///< as in timings_s
  bool measured = false, same_size = false;
  double seconds = 0, seconds_min = 0, seconds_max = 0;
};

struct Estimate {
  Recipe recipe;  ///< without hashes
  std::vector<EstimatedPhase> phases;
  bool measured = false;  ///< every phase that takes time was run on this machine before
  double total_s = 0, total_s_min = 0, total_s_max = 0;
  std::uint64_t memory_bytes_min = 0, available_memory_bytes = 0;  ///< at least: weights and decoded frames
  std::uint64_t disk_bytes = 0, free_bytes = 0;
  bool fits = false;
  std::vector<std::string> notes;

  nlohmann::json to_json() const;
};
OperationSpec estimate_spec();
Result<Estimate> estimate(OperationContext& context, const GenerateRequest& request);

}  // namespace fantascope
