#pragma once
/// The sampling loop over the windows of one stage. Knows latents and steps, not states and files: the pipeline makes those of what it is
/// told.
#include <functional>
#include <stop_token>

#include "engine/base/result.h"
#include "models/ltx2/pipeline_two_stages.h"
#include "models/ltx2/pipeline_window_latents.h"

namespace fantascope::models::ltx2 {

/// What a step left behind.
struct SampledStep {
  int step = 0;                             ///< of the run, counted from 1
  const WindowLatents* clip = nullptr;      ///< null where nobody asked for states and the stretch goes on
  const WindowLatents* denoised = nullptr;  ///< from the window's new part to the clip's end, beside clip; null where it is finished
};

struct SamplingCalls {
  bool every_state = false;                                    ///< clip is wanted after every step
  std::function<Result<void>(const SampledStep&)> after_step;  ///< an error stops the run
  std::stop_token stop;
};

/// Runs the steps of `stage` that lie in [step, last). `clip` is what there is at `step`, and becomes what there is at the end. The first
/// window of the stage must have been begun; later ones are begun here.
Result<void> sample_stage(const PipelineParts& parts, const Stage& stage, const PromptEmbeds& embeds, int step, int last,
                          WindowLatents& clip, const SamplingCalls& calls);

}  // namespace fantascope::models::ltx2
