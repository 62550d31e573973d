#pragma once
/// How long phases really took on this machine, so that estimates and remaining times are measured, never guessed.
/// A unit is what a phase's time grows with: pixels x frames x steps for denoise, pixels x frames for decode, 1 for the rest.
#include <cstdint>
#include <optional>
#include <string>

#include "app/library/database.h"

namespace fantascope {

struct TimingKey {
  std::string model, device, dtype, phase;
};

struct TimingEstimate {
  double seconds = 0;                       ///< median
  double seconds_min = 0, seconds_max = 0;  ///< of the runs it rests on
  int num_runs = 0;
  bool same_size = false;  ///< measured at exactly this many units; otherwise scaled from the nearest size
};

class TimingStore {
 public:
  explicit TimingStore(Database& database) : database_(database) {}  // borrowed; outlives the store

  /// Keeps the newest 32 runs of each key.
  Result<void> record(const TimingKey& key, double units, double seconds);
  /// Nothing if this was never measured on this machine.
  Result<std::optional<TimingEstimate>> estimate(const TimingKey& key, double units) const;

 private:
  Database& database_;
};

}  // namespace fantascope
