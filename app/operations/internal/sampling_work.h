#pragma once
/// How much of the network a recipe runs, in arithmetic alone and before anything is loaded: which steps, in how many windows, over how
/// many frames. What estimates and measured times count in. It says what pipelines do (engine/runtime/generation.h); a test compares it
/// with one.
#include <cstdint>

#include "app/operations/recipe.h"

namespace fantascope {

struct SamplingWork {
  int num_windows = 1;
  int steps_per_window = 0;  ///< fewer than the recipe's for a remix
  int first_step = 0;        ///< steps of the run that were done before it: those of a finished sketch
  int end_step = 0;          ///< where the run ends; before the last step for a sketch
  /// Frames that the network sees at once, given ones among them: of the largest window, and of all windows together.
  std::int64_t window_frames = 0, sampled_frames = 0;

  int all_steps() const { return num_windows * steps_per_window; }
  int num_steps() const { return end_step - first_step; }
  /// Frames times steps: what the time of denoising grows with.
  double frame_steps() const;
};

/// `frames_multiple`: frames of a latent frame, as ModelInfo says. `first_step`: of the run that a finish goes on from.
SamplingWork sampling_work(const Recipe& recipe, int frames_multiple, int first_step = 0);

}  // namespace fantascope
