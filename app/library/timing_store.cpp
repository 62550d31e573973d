#include "app/library/timing_store.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/library/internal/statement.h"

namespace fantascope {
namespace {

constexpr std::int64_t kRunsKept = 32;
constexpr std::size_t kRunsUsed = 8;

struct Run {
  double units = 0, seconds = 0;
};

}  // namespace

Result<void> TimingStore::record(const TimingKey& key, double units, double seconds) {
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement insert(handle, database_.path(),
                     "INSERT INTO phase_timing (model, device, dtype, phase, units, seconds, created_ms) VALUES (?,?,?,?,?,?,?)");
    insert.bind(key.model).bind(key.device).bind(key.dtype).bind(key.phase).bind(units).bind(seconds);
    FANTASCOPE_TRY_VOID(insert.bind(wall_clock_ms()).run());
    Statement trim(handle, database_.path(),
                   "DELETE FROM phase_timing WHERE model = ?1 AND device = ?2 AND dtype = ?3 AND phase = ?4 AND seq <= "
                   "(SELECT seq FROM phase_timing WHERE model = ?1 AND device = ?2 AND dtype = ?3 AND phase = ?4 ORDER BY seq DESC LIMIT 1 "
                   "OFFSET ?5)");
    return trim.bind(key.model).bind(key.device).bind(key.dtype).bind(key.phase).bind(kRunsKept).run();
  });
}

Result<std::optional<TimingEstimate>> TimingStore::estimate(const TimingKey& key, double units) const {
  std::vector<Run> runs;  // newest first
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(
        handle, database_.path(),
        "SELECT units, seconds FROM phase_timing WHERE model = ? AND device = ? AND dtype = ? AND phase = ? ORDER BY seq DESC");
    statement.bind(key.model).bind(key.device).bind(key.dtype).bind(key.phase);
    while (true) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) return {};
      runs.push_back({statement.real(0), statement.real(1)});
    }
  }));
  if (runs.empty() || units <= 0) return std::optional<TimingEstimate>{};
  const auto distance = [units](const Run& run) { return std::abs(std::log(run.units / units)); };
  const double nearest =
      distance(*std::min_element(runs.begin(), runs.end(), [&](const Run& a, const Run& b) { return distance(a) < distance(b); }));
  std::vector<double> seconds;
  for (const Run& run : runs) {
    if (distance(run) <= nearest + 1e-9 && seconds.size() < kRunsUsed) seconds.push_back(run.seconds * units / run.units);
  }
  std::sort(seconds.begin(), seconds.end());
  TimingEstimate estimate;
  estimate.seconds = seconds[seconds.size() / 2];
  estimate.seconds_min = seconds.front();
  estimate.seconds_max = seconds.back();
  estimate.num_runs = static_cast<int>(seconds.size());
  estimate.same_size = nearest < 1e-9;
  return std::optional<TimingEstimate>{estimate};
}

}  // namespace fantascope
