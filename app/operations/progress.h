#pragma once
/// What a running operation tells its front end. Times are measured; what was never measured on this machine is left out, not guessed.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace fantascope {

struct Progress {
  std::string phase;            ///< a JobPhase's name, or "hash" while weight files are read
  int step = 0, num_steps = 0;  ///< of denoise; 0 elsewhere
  double fraction = -1;         ///< of the phase, 0…1; negative: unknown
  double elapsed_s = 0;         ///< of the whole job
  std::optional<double> remaining_s;
  bool remaining_is_partial = false;  ///< some later phase was never measured: it takes at least this long
  std::uint64_t peak_memory_bytes = 0;
  int take = 1, num_takes = 1;
  std::string note;  ///< a whole line to show once; the other fields do not count then
};

using ProgressSink = std::function<void(const Progress&)>;

/// Highest resident size of this process so far (VmHWM); 0 where the system does not say.
std::uint64_t peak_memory();
/// Memory that programs can still get (MemAvailable).
std::uint64_t available_memory();

}  // namespace fantascope
