#include "app/operations/measures.h"

#include <algorithm>
#include <cmath>

#include "app/media/clip_measures.h"
#include "app/media/clip_reader.h"
#include "app/operations/internal/job_order.h"
#include "engine/base/rational.h"

namespace fantascope {
namespace {

using nlohmann::json;

constexpr double kDecodedBytesMax = 1 << 30;  // 270 frames of 1280 x 720
constexpr double kOffsetUnseen_ms = 80;  // less is not noticed (ITU-R BT.1359 puts the limits of detection at 45 ms early, 125 ms late)

// Beyond what 128 rendered clips of the training world show, pans and dollies among them (docs/measurements.md, "Measured takes").
constexpr double kFlickerUsual_levels = 2, kDriftUsual_levels = 75;
constexpr double kFrozenShare = 0.5;  // of the clip: a still life is marked as well, since nothing tells it from a clip that got stuck
constexpr double kPeakMax_dbfs = -0.1, kRmsMin_dbfs = -60;

TakeMeasures to_row(const ClipMeasures& clip, int frames) {
  TakeMeasures row;
  if (clip.av_offset_s) row.av_offset_ms = *clip.av_offset_s * 1000;
  row.av_agreement = clip.av_agreement;
  row.flicker_levels = clip.flicker_levels;
  row.frozen_frames = clip.frozen_frames;
  row.black_frames = clip.black_frames;
  row.colour_drift_levels = clip.colour_drift_levels;
  row.rms_dbfs = clip.rms_dbfs;
  row.peak_dbfs = clip.peak_dbfs;
  row.measured_frames = frames;
  return row;
}

}  // namespace

Result<TakeMeasures> measure_take(Studio& studio, Database& database, const Take& take) {
  const std::string path = take_dir(studio.home(), take.take_id) + "/clip.mp4";
  const double frame_bytes = 3.0 * sizeof(float) * std::max(1, take.width) * std::max(1, take.height);
  const int frames_max = std::max(8, static_cast<int>(kDecodedBytesMax / frame_bytes));
  FANTASCOPE_TRY(const VideoFrames frames, read_frames(path, frames_max));
  auto sound = read_audio(path);
  if (!sound && sound.error().code != ErrorCode::kNotFound) return sound.error();
  const TakeMeasures measures = to_row(measure_clip(frames, sound ? *sound : Waveform{}), frames.num_frames);
  FANTASCOPE_TRY_VOID(MeasureStore(database).put(take.take_id, measures));
  return measures;
}

std::vector<std::string> measure_warnings(const TakeMeasures& measures, double fps) {
  std::vector<std::string> names;
  const double offset_max = std::max(kOffsetUnseen_ms, fps > 0 ? 1000 / fps : 0.0) + 1;
  if (measures.av_offset_ms && std::abs(*measures.av_offset_ms) > offset_max) names.emplace_back("av_offset_ms");
  if (measures.flicker_levels > kFlickerUsual_levels) names.emplace_back("flicker_levels");
  if (measures.frozen_frames > kFrozenShare * measures.measured_frames) names.emplace_back("frozen_frames");
  if (measures.black_frames > 0) names.emplace_back("black_frames");
  if (measures.colour_drift_levels > kDriftUsual_levels) names.emplace_back("colour_drift_levels");
  if (measures.peak_dbfs && *measures.peak_dbfs > kPeakMax_dbfs) names.emplace_back("peak_dbfs");
  if (!measures.rms_dbfs || *measures.rms_dbfs < kRmsMin_dbfs) names.emplace_back("rms_dbfs");
  return names;
}

json measures_to_json(const TakeMeasures& measures, double fps) {
  const auto number = [](const std::optional<double>& value) { return value ? json(*value) : json(nullptr); };
  return {{"av_offset_ms", number(measures.av_offset_ms)}, {"av_agreement", measures.av_agreement},
          {"flicker_levels", measures.flicker_levels},     {"frozen_frames", measures.frozen_frames},
          {"black_frames", measures.black_frames},         {"colour_drift_levels", measures.colour_drift_levels},
          {"rms_dbfs", number(measures.rms_dbfs)},         {"peak_dbfs", number(measures.peak_dbfs)},
          {"measured_frames", measures.measured_frames},   {"warnings", measure_warnings(measures, fps)}};
}

}  // namespace fantascope
