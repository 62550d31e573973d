#include "models/ltx2/pipeline_sampling.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/isfinite.h>

#include <algorithm>
#include <optional>
#include <string>

namespace fantascope::models::ltx2 {
namespace {

bool finite(const LatentTokens& x) { return at::isfinite(x.video_BTC).all().item<bool>() && at::isfinite(x.audio_BLC).all().item<bool>(); }

Error produced_nan(const PipelineParts& parts, int step) {
  return {ErrorCode::kModelNaN,
          "model produced NaN at step " + std::to_string(step),
          parts.settings.info.name,
          "",
          "",
          parts.dtype == at::kFloat ? "The weights may be damaged: verify the model."
                                    : "The weights may be damaged (verify the model), or bf16 is too coarse for them (try fp32)."};
}

}  // namespace

Result<void> sample_stage(const PipelineParts& parts, const Stage& stage, const PromptEmbeds& embeds, int from, int until,
                          WindowLatents& clip, const SamplingCalls& calls) {
  const ClipPlan& plan = stage.plan;
  const int last = std::min(until, stage.end()) - stage.first_step;
  // Made for the steps of this stage only: its weights are there twice as long as it lives.
  std::optional<Transformer> refining;
  if (stage.settings->refines && parts.refine_adapter && from - stage.first_step < last) {
    FANTASCOPE_TRY(refining, parts.refine_adapter->transformer(parts.settings.transformer, {parts.dtype, parts.device}));
  }
  const Transformer& transformer = refining ? *refining : parts.transformer;
  for (int step = from - stage.first_step; step < last;) {
    const std::size_t index = plan.window_index(step);
    const Window& window = plan.windows[index];
    if (plan.starts_window(step)) clip = begin_window(parts, *stage.settings, stage.request, plan, index, clip);
    const at::Tensor video_before = clip.video_BCFHW.narrow(2, 0, window.first_frame);
    const at::Tensor audio_before = clip.audio_BCLM.narrow(2, 0, window.first_audio), given = clip.given_BGC;
    const auto end_of = [](const at::Tensor& x, std::int64_t count) { return x.narrow(2, x.size(2) - count, count); };
    const at::Tensor video_behind = end_of(clip.video_BCFHW, window.rest_frames), audio_behind = end_of(clip.audio_BCLM, window.rest_audio);
    const Denoiser denoiser(transformer, make_window_recipe(*stage.settings, stage.request, plan, index, given), embeds);
    const int window_end = std::min(last, static_cast<int>(index + 1) * plan.steps_per_window);
    LatentTokens latents = window_tokens(parts, window, clip);
    for (; step < window_end; ++step) {
      if (calls.stop.stop_requested()) return Error{ErrorCode::kCancelled, "Stopped", "", "", "", ""};
      const int of_schedule = plan.first_step + step % plan.steps_per_window;
      const LatentTokens velocities = denoiser.velocities(of_schedule, latents);
      const LatentTokens next = denoiser.advance(of_schedule, latents, velocities);
      SampledStep done{stage.first_step + step + 1};
      if (!finite(next)) return produced_nan(parts, done.step);
      WindowLatents denoised;
      if (calls.every_state || step + 1 == window_end) {
        const WindowLatents moved = new_part(parts, window, next);
        clip = {at::cat({video_before, moved.video_BCFHW, video_behind}, 2), at::cat({audio_before, moved.audio_BCLM, audio_behind}, 2)};
        done.clip = &clip;
        const bool window_done = (step + 1) % plan.steps_per_window == 0;
        if (!window_done) {
          clip.given_BGC = given;
          clip.appended_BKC = moved.appended_BKC;
          denoised = new_part(parts, window, denoiser.denoised(of_schedule, latents, velocities));
          denoised.video_BCFHW = at::cat({denoised.video_BCFHW, video_behind}, 2);
          denoised.audio_BCLM = at::cat({denoised.audio_BCLM, audio_behind}, 2);
          done.denoised = &denoised;
        }
      }
      latents = next;
      FANTASCOPE_TRY_VOID(calls.after_step(done));
    }
  }
  return {};
}

}  // namespace fantascope::models::ltx2
