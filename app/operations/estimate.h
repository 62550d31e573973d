#pragma once
/// How long a generation would take and what it needs, from what was measured on this machine. The same for every action that makes a clip:
/// a request that goes on from a take is reckoned by the steps, windows and frames that it really runs. Makes nothing and writes nothing.
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
  std::string action;  ///< "generate", "extend", "remix", "retake", "finish", "reproduce"
  Recipe recipe;       ///< without hashes
  /// Denoising: steps that are run of all_steps (over all windows; a finish has the sketch's behind it, a remix leaves the first ones out),
  /// and the frames that the network sees, given ones among them, summed over the windows.
  int num_steps = 0, all_steps = 0, num_windows = 1;
  std::int64_t sampled_frames = 0;
  std::vector<EstimatedPhase> phases;
  bool measured = false;  ///< every phase that takes time was run on this machine before
  double total_s = 0, total_s_min = 0, total_s_max = 0;
  std::uint64_t memory_bytes_min = 0, available_memory_bytes = 0;  ///< at least: weights and decoded frames
  std::uint64_t disk_bytes = 0, free_bytes = 0;
  bool fits = false;
  bool licence_needs_acceptance = false;  ///< generate would refuse; the notes say what to do
  std::vector<std::string> notes;

  nlohmann::json to_json() const;
};
OperationSpec estimate_spec();
Result<Estimate> estimate(OperationContext& context, const GenerateRequest& request);
/// Of making this take again. Nothing is signed or published then.
Result<Estimate> estimate_reproduction(OperationContext& context, const std::string& take);

/// The flag by which an action says this instead of doing it.
inline constexpr ParamSpec kEstimateParam = {
    .name = "estimate", .type = ParamType::kSwitch, .help = "only say how long it would take and what it needs; makes nothing"};

}  // namespace fantascope
