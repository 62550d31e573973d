#pragma once
/// Runs one job from wherever it stands to its end: the phases of design section 5, each leaving a durable artefact, so that a job
/// taken up again repeats no sampling. One runner at a time on a thread; the model stays loaded between jobs. The phases are spread over
/// three files: job_runner.cpp (to the latents), job_render.cpp (to the verified clip), job_publish.cpp (into the library).
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/jobs/job_queue.h"
#include "app/library/lineage_store.h"
#include "app/library/take_store.h"
#include "app/operations/internal/job_run.h"
#include "app/operations/internal/model_catalog.h"
#include "app/operations/param_spec.h"
#include "app/operations/recipe.h"
#include "app/operations/studio.h"

namespace fantascope {

struct FinishedJob {
  Recipe recipe;
  std::string recipe_sha256, latents_sha256, unsigned_sha256;
  std::optional<Take> take;  ///< of generate
  std::string out_path;      ///< of the copy, if one was asked for and made
  std::optional<Error> out_error;
  std::vector<std::string> warnings;
  std::map<std::string, double> timings_s;
  double duration_s = 0;
  std::string parent_take, relation;
  nlohmann::json seams;
};

class JobRunner {
 public:
  JobRunner(Studio& studio, Database& database, JobQueue& queue);
  ~JobRunner();

  /// `job` was started by this process. Afterwards its state says how it ended: done; canceled; paused (asked for, or a full disk: its
  /// reason says where, how much is needed and free); queued (released); failed. The error is also in its row; its code is kCancelled
  /// unless the job failed or met a full disk. What was sampled is kept in the work folder of every job that is not over. If the row could
  /// not be written (a disk that stays full) the job is still `running` and is taken up again at the next start.
  Result<FinishedJob> run(Job& job, RunHooks hooks);
  /// Gives the model's memory back.
  void release_model();
  bool has_model() const { return pipeline_ != nullptr; }

 private:
  Result<FinishedJob> run_phases(JobRun& run);
  Result<void> prepare(JobRun& run);
  Result<void> load_pipeline(JobRun& run);
  Result<void> sample(JobRun& run);
  Result<void> denoise(JobRun& run, const PhaseState& prompt_embeds);
  Result<void> render(JobRun& run);
  Result<void> write_clip_files(JobRun& run, const VideoFrames& frames, const Waveform& waveform);
  Result<void> sign(JobRun& run);
  Result<void> verify(JobRun& run);
  Result<Take> publish(JobRun& run);
  Result<std::vector<TakeFile>> stage_files(JobRun& run, const std::string& staging);
  void copy_out(JobRun& run, FinishedJob& finished);
  Result<void> enter(JobRun& run, JobPhase phase, int num_steps = 0, int first_step = 0);
  void leave(JobRun& run, JobPhase phase);
  Error end(Job& job, const Error& error, RunHooks& hooks);
  void settle(const RunHooks& hooks, const std::function<Result<void>()>& write);
  void remove_traces(const Job& job) const;
  void pass(const JobRun& run, const std::string& point) const;

  Studio& studio_;
  JobQueue& queue_;
  TakeStore takes_;
  LineageStore lineage_;
  TimingStore timing_;
  std::unique_ptr<Pipeline> pipeline_;
  std::string pipeline_key_;
};

}  // namespace fantascope
