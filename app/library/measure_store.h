#pragma once
/// Numbers measured of takes, one row a take, so that lists can be ordered by them. They are written after a take is published and may be
/// written again. Any thread; writes are serialised by Database.
#include <optional>
#include <vector>

#include "app/library/database.h"
#include "app/library/ids.h"

namespace fantascope {

/// As app/media/clip_measures.h says them; empty: could not be measured.
struct TakeMeasures {
  std::optional<double> av_offset_ms;  ///< positive: the sound is late
  double av_agreement = 0;
  double flicker_levels = 0;
  int frozen_frames = 0, black_frames = 0;
  double colour_drift_levels = 0;
  std::optional<double> rms_dbfs, peak_dbfs;
  int measured_frames = 0;  ///< from the first on; fewer than the clip has where it is too large to be looked at whole
};

class MeasureStore {
 public:
  explicit MeasureStore(Database& database) : database_(database) {}  // borrowed; outlives the store

  /// Replaces what was there. An unknown take is kNotFound.
  Result<void> put(const TakeId& take, const TakeMeasures& measures);
  Result<std::optional<TakeMeasures>> find(const TakeId& take) const;
  /// Takes that were not measured, newest first, dropped ones left out.
  Result<std::vector<TakeId>> missing(int limit) const;

 private:
  Database& database_;
};

}  // namespace fantascope
