#pragma once
/// Takes as they measure (app/media/clip_measures.h): read from the published clip, kept in the library, judged against what is usual.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/library/measure_store.h"
#include "app/library/take_store.h"
#include "app/operations/studio.h"

namespace fantascope {

/// Measures a take's clip and keeps the numbers. Reads at most about a gigabyte of decoded frames: of a larger clip the first part.
Result<TakeMeasures> measure_take(Studio& studio, Database& database, const Take& take);

/// Names of the measures that a person should look at: "av_offset_ms" (sound more than 80 ms, or a frame, away from the picture),
/// "flicker_levels", "frozen_frames", "black_frames", "colour_drift_levels", "peak_dbfs" (at the limit), "rms_dbfs" (hardly to be heard).
std::vector<std::string> measure_warnings(const TakeMeasures& measures, double fps);

/// What could not be measured is null, never 0. `warnings` holds the names above.
nlohmann::json measures_to_json(const TakeMeasures& measures, double fps);

}  // namespace fantascope
