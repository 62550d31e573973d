#pragma once
/// The tensors of a window (pipeline_windows.h): what it starts from, what the sampler works on, and what comes out of it.
#include <ATen/core/Tensor.h>

#include "models/ltx2/pipeline_parts.h"
#include "models/ltx2/pipeline_windows.h"

namespace fantascope::models::ltx2 {

/// Normalised latents, float32, on the CPU.
struct WindowLatents {
  at::Tensor video_BCFHW, audio_BCLM;
  /// Of a window that is given frames (pipeline_conditions.h): what was given, item after item, and the tokens behind its own as they are
  /// now.
  at::Tensor given_BGC, appended_BKC;
};

/// The recipe of one window: its shape, its share of the schedule, which tokens are given. `given_BGC` is what begin_window() gave; without
/// it the recipe is good for its schedule and shape only.
DenoiseRecipe make_window_recipe(const ModelSettings& settings, const GenerationRequest& request, const ClipPlan& plan, std::size_t window,
                                 const at::Tensor& given_BGC = {});

/// `clip` with the window's new part behind it as it is before its first step: noise; for a remix the parent's latents under noise; given
/// images in their places. `clip` is what is there so far: the parent's latents or undefined tensors before the first window. A retake is
/// the whole clip with noise in its range.
WindowLatents begin_window(const PipelineParts& parts, const ModelSettings& settings, const GenerationRequest& request,
                           const ClipPlan& plan, std::size_t window, const WindowLatents& clip);

/// Tokens of anchor, kept and new frames of a clip, and of those given behind them, on the transformer's device. Without a retake the
/// clip's last frames are the window's new part.
LatentTokens window_tokens(const PipelineParts& parts, const Window& window, const WindowLatents& clip);

/// The new part of a window's tokens, and those behind its own.
WindowLatents new_part(const PipelineParts& parts, const Window& window, const LatentTokens& tokens);

}  // namespace fantascope::models::ltx2
