#pragma once
/// How long the phases of a job take here, from what was measured: for estimates before the start and remaining times during the run.
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/jobs/job_state.h"
#include "app/library/timing_store.h"
#include "app/operations/internal/sampling_work.h"
#include "app/operations/progress.h"
#include "app/operations/recipe.h"

namespace fantascope {

/// The word for a phase in timings_s: load, text, denoise, decode, audio, mux, sign, verify, publish.
const char* timing_name(JobPhase phase);
/// What the phase's time grows with for this recipe; see TimingStore.
double phase_units(JobPhase phase, const Recipe& recipe, const SamplingWork& work);
TimingKey timing_key(JobPhase phase, const Recipe& recipe);

struct PhaseEstimate {
  JobPhase phase;
  std::optional<TimingEstimate> time;  ///< empty: never measured here
};
/// Denoising that was never measured in just this form is reckoned, if it can be, from a whole run of a clip as long as one of its windows.
Result<std::vector<PhaseEstimate>> estimate_phases(const TimingStore& store, const Recipe& recipe, const SamplingWork& work);

/// Stopwatch of one job: tells the front end where it is and when it will be done.
class JobClock {
 public:
  JobClock(ProgressSink sink, std::vector<PhaseEstimate> estimates, int take, int num_takes);
  void enter(JobPhase phase, int num_steps = 0, int first_step = 0);
  void step(int step);
  void fraction(double fraction);
  /// Ends the phase and gives back its seconds.
  double leave();
  double elapsed_s() const;
  double phase_elapsed_s() const;
  /// Seconds by timing_name, and "total".
  std::map<std::string, double> timings() const;

 private:
  using Clock = std::chrono::steady_clock;
  void report();
  ProgressSink sink_;
  std::vector<PhaseEstimate> estimates_;
  Clock::time_point start_ = Clock::now(), phase_start_ = start_;
  std::map<std::string, double> seconds_;
  JobPhase phase_ = JobPhase::kPrepare;
  int step_ = 0, first_step_ = 0, num_steps_ = 0, take_ = 1, num_takes_ = 1;
  double fraction_ = -1;
};

}  // namespace fantascope
