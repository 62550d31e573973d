#include "app/library/measure_store.h"

#include "app/library/internal/statement.h"

namespace fantascope {

Result<void> MeasureStore::put(const TakeId& take, const TakeMeasures& measures) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement find(handle, database_.path(), "SELECT seq FROM take WHERE take_id = ?");
    FANTASCOPE_TRY(const bool found, find.bind(take.text()).step());
    if (!found) return Error{ErrorCode::kNotFound, "there is no such take in the library", "take", take.text(), "", ""};
    Statement row(handle, database_.path(),
                  "INSERT OR REPLACE INTO take_measure (take_seq, av_offset_ms, av_agreement, flicker_levels, frozen_frames, black_frames, "
                  "colour_drift_levels, rms_dbfs, peak_dbfs, measured_frames) VALUES (?,?,?,?,?,?,?,?,?,?)");
    row.bind(find.integer(0)).bind(measures.av_offset_ms).bind(measures.av_agreement).bind(measures.flicker_levels);
    row.bind(std::int64_t{measures.frozen_frames}).bind(std::int64_t{measures.black_frames}).bind(measures.colour_drift_levels);
    row.bind(measures.rms_dbfs).bind(measures.peak_dbfs).bind(std::int64_t{measures.measured_frames});
    return row.run();
  });
}

Result<std::optional<TakeMeasures>> MeasureStore::find(const TakeId& take) const {
  std::optional<TakeMeasures> measures;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement row(handle, database_.path(),
                  "SELECT m.av_offset_ms, m.av_agreement, m.flicker_levels, m.frozen_frames, m.black_frames, m.colour_drift_levels, "
                  "m.rms_dbfs, m.peak_dbfs, m.measured_frames FROM take_measure m JOIN take t ON t.seq = m.take_seq WHERE t.take_id = ?");
    FANTASCOPE_TRY(const bool found, row.bind(take.text()).step());
    if (!found) return {};
    measures.emplace();
    measures->av_offset_ms = row.real_if_any(0);
    measures->av_agreement = row.real(1);
    measures->flicker_levels = row.real(2);
    measures->frozen_frames = static_cast<int>(row.integer(3));
    measures->black_frames = static_cast<int>(row.integer(4));
    measures->colour_drift_levels = row.real(5);
    measures->rms_dbfs = row.real_if_any(6);
    measures->peak_dbfs = row.real_if_any(7);
    measures->measured_frames = static_cast<int>(row.integer(8));
    return {};
  }));
  return measures;
}

Result<std::vector<TakeId>> MeasureStore::missing(int limit) const {
  std::vector<TakeId> takes;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement row(handle, database_.path(),
                  "SELECT t.take_id FROM take t WHERE t.keep <> 'dropped' AND NOT EXISTS "
                  "(SELECT 1 FROM take_measure m WHERE m.take_seq = t.seq) ORDER BY t.seq DESC LIMIT ?");
    row.bind(std::int64_t{limit});
    while (true) {
      FANTASCOPE_TRY(const bool found, row.step());
      if (!found) return {};
      if (const auto id = TakeId::parse(row.text(0))) takes.push_back(*id);
    }
  }));
  return takes;
}

}  // namespace fantascope
