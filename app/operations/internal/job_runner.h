#pragma once
/// Runs one job from wherever it stands to its end: the phases of design section 5, each leaving a durable artefact, so that a job
/// taken up again repeats no sampling. One runner at a time in a process; the model stays loaded between jobs.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/jobs/job_queue.h"
#include "app/library/take_store.h"
#include "app/operations/internal/job_order.h"
#include "app/operations/internal/model_catalog.h"
#include "app/operations/internal/phase_timing.h"
#include "app/operations/internal/work_folder.h"
#include "app/operations/param_spec.h"
#include "app/operations/recipe.h"
#include "app/operations/studio.h"

namespace fantascope {

inline constexpr char kGenerateJob[] = "generate";
inline constexpr char kReproduceJob[] = "reproduce";

struct FinishedJob {
  Recipe recipe;
  std::string recipe_sha256, latents_sha256, unsigned_sha256;
  std::optional<Take> take;  ///< of generate
  std::vector<std::string> warnings;
  std::map<std::string, double> timings_s;
  double duration_s = 0;
};

class JobRunner {
 public:
  JobRunner(OperationContext& context, Database& database, JobQueue& queue);

  /// Starts a queued job. Afterwards it is done, canceled (kCancelled) or failed; the error is also in its row. What a failed job had
  /// sampled is kept in its work folder.
  Result<FinishedJob> run(Job& job, int take = 1, int num_takes = 1);

 private:
  struct Run;
  Result<FinishedJob> run_phases(Run& run);
  Result<void> prepare(Run& run);
  Result<void> load_pipeline(Run& run);
  Result<void> sample(Run& run);
  Result<void> denoise(Run& run, const PhaseState& prompt_embeds);
  Result<void> render(Run& run);
  Result<void> write_clip_files(Run& run, const VideoFrames& frames, const Waveform& waveform);
  Result<void> sign(Run& run);
  Result<void> verify(Run& run);
  Result<Take> publish(Run& run);
  Result<std::vector<TakeFile>> stage_files(Run& run, const std::string& staging);
  Result<void> enter(Run& run, JobPhase phase, int num_steps = 0, int first_step = 0);
  void leave(Run& run, JobPhase phase);
  void remove_traces(const Job& job) const;

  OperationContext& context_;
  Database& database_;
  JobQueue& queue_;
  TakeStore takes_;
  TimingStore timing_;
  std::unique_ptr<Pipeline> pipeline_;
  std::string pipeline_key_;
};

}  // namespace fantascope
