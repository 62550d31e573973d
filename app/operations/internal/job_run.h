#pragma once
/// One run of one job, while it lasts: what the phases hand to each other. Used by JobRunner and its phases only; one thread.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/jobs/job_queue.h"
#include "app/operations/internal/job_order.h"
#include "app/operations/internal/phase_timing.h"
#include "app/operations/internal/run_control.h"
#include "app/operations/internal/work_folder.h"

namespace fantascope {

inline constexpr char kLatentsState[] = "latents";
inline constexpr char kPromptEmbedsState[] = "prompt_embeds";
inline constexpr char kUnsignedClip[] = "clip.unsigned.mp4";
inline constexpr char kClip[] = "clip.mp4";

/// Whom a run tells and asks.
struct RunHooks {
  RunControl& control;
  ProgressSink progress;                                             ///< may be empty
  std::function<void(int step, const VideoFrames& frames)> preview;  ///< empty: none are made
  double previews_per_second = 4;
  int take = 1, num_takes = 1;
  int settle_tries = 20;      ///< how often the state in which the run ended is tried to be written (a full disk); -1: until `give_up`
  double settle_pause_s = 1;  ///< between these tries; the first ten wait a twentieth of it
  std::stop_token give_up;    ///< ends the waiting between these tries
};

struct JobRun {
  Job& job;
  RunHooks& hooks;
  JobOrder order;
  std::string recipe_sha256;
  WorkFolder work;
  std::vector<PhaseEstimate> estimates;
  JobClock clock;
  GenerationRequest request;
  RunContext engine;
  std::shared_ptr<PhaseState> latents;
  std::string unsigned_sha256, signed_sha256;
  std::vector<std::string> warnings;
  int num_steps = 0;     ///< of this run: fewer for a sketch, more for a clip made in windows
  bool resumed = false;  ///< some of the denoising was done by an earlier run: its time is not a measurement
};

inline Error stopped_error() { return {ErrorCode::kCancelled, "stopped", "", "", "", ""}; }

}  // namespace fantascope
