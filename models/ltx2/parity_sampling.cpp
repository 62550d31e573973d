#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include "engine/diffusion/patchify.h"
#include "models/ltx2/parity_stages.h"

namespace fantascope::models::ltx2 {
namespace {

const std::string kStage = "stage ";

at::Tensor as_tensor(const std::vector<float>& values) {
  return at::tensor(at::ArrayRef<float>(values), at::TensorOptions().dtype(at::kFloat));
}

void compare_rope(const RopeTables& tables, ParityReport& report) {
  const double tolerance = report.tolerances().rope;
  const std::pair<const char*, const RopeTable*> named[] = {
      {"video", &tables.video}, {"audio", &tables.audio}, {"cross_video", &tables.cross_video}, {"cross_audio", &tables.cross_audio}};
  for (const auto& [name, table] : named) {
    report.compare_absolute(kStage, std::string("rope.") + name + ".cos", table->cos, tolerance);
    report.compare_absolute(kStage, std::string("rope.") + name + ".sin", table->sin, tolerance);
  }
}

/// The latents that the reference had before step `step`, as tokens.
LatentTokens latents_before(const ParityFixture& fixture, int step, const std::string& kind) {
  if (step == 0) {
    const at::Tensor video = fixture.find("transformer.step0." + kind + ".in.video");
    const at::Tensor audio = fixture.find("transformer.step0." + kind + ".in.audio");
    if (!video.defined() || !audio.defined()) return {};
    return {video.narrow(0, video.size(0) - 1, 1), audio.narrow(0, audio.size(0) - 1, 1)};
  }
  const std::string before = "step" + std::to_string(step - 1);
  const at::Tensor video = fixture.find(before + ".video.latents"), audio = fixture.find(before + ".audio.latents");
  if (!video.defined() || !audio.defined()) return {};
  // Where frames were given, there may be tokens behind those of the clip.
  const at::Tensor tokens = fixture.find(before + ".video.tokens");
  return {tokens.defined() ? tokens : patchify_video(video), patchify_audio(audio)};
}

/// Of the first step: the blocks of a call, and of its first call the timestep embeddings.
TransformerProbe probe_of(const std::string& kind, int step, ParityReport& report) {
  if (step != 0) return {};
  return [kind, &report](const std::string& name, const at::Tensor& value) {
    const bool of_first_call = name.starts_with("time_embed");
    if (of_first_call && kind != "cfg" && kind != "cond") return;
    report.compare(kStage, of_first_call ? name : "transformer.step0." + kind + "." + name, value, report.tolerances().stage);
  };
}

/// Transformer calls of one step, fed the reference's latents.
void compare_calls(const ParityFixture& fixture, const Denoiser& denoiser, int step, ParityReport& report) {
  const GuidancePasses passes = denoiser.passes();
  std::vector<std::string> kinds = {passes.negative ? "cfg" : "cond"};
  if (passes.stg) kinds.push_back("stg");
  if (passes.isolated) kinds.push_back("modality");
  const LatentTokens latents = latents_before(fixture, step, kinds.front());
  if (!latents.video_BTC.defined()) return;
  for (const std::string& kind : kinds) {
    const TransformerOutput out = denoiser.call(kind, step, latents, probe_of(kind, step, report));
    const std::string name = "transformer.step" + std::to_string(step) + "." + kind;
    report.compare(kStage, name + ".out.video", out.video_velocity_BTC, report.tolerances().stage);
    report.compare(kStage, name + ".out.audio", out.audio_velocity_BLC, report.tolerances().stage);
  }
}

/// The reference's own predictions of one step, for the guider.
GuidancePredictions predictions(const ParityFixture& fixture, const GuidancePasses& passes, int step, const std::string& stream) {
  const std::string prefix = "transformer.step" + std::to_string(step) + ".";
  const at::Tensor main = fixture.find(prefix + (passes.negative ? "cfg" : "cond") + ".out." + stream);
  GuidancePredictions p;
  if (!main.defined()) return p;
  p.conditional = main.narrow(0, main.size(0) - 1, 1);
  if (passes.negative) p.negative = main.narrow(0, 0, 1);
  if (passes.stg) p.stg = fixture.find(prefix + "stg.out." + stream);
  if (passes.isolated) p.isolated = fixture.find(prefix + "modality.out." + stream);
  return p;
}

/// Guidance from the reference's predictions, and the Euler step from the reference's velocities.
void compare_guidance(const ParityFixture& fixture, const Denoiser& denoiser, int step, ParityReport& report) {
  const GuidancePasses passes = denoiser.passes();
  const LatentTokens latents = latents_before(fixture, step, passes.negative ? "cfg" : "cond");
  const GuidancePredictions video = predictions(fixture, passes, step, "video"), audio = predictions(fixture, passes, step, "audio");
  if (!latents.video_BTC.defined() || !video.conditional.defined() || !audio.conditional.defined()) return;
  const LatentTokens velocity = denoiser.guided(step, latents, video, audio);
  report_step(fixture, denoiser, step, denoiser.held(step, latents, velocity), denoiser.advance(step, latents, velocity), kStage,
              report.tolerances().stage, report);
}

}  // namespace

void report_step(const ParityFixture& fixture, const Denoiser& denoiser, int step, const LatentTokens& velocity,
                 const LatentTokens& latents, const std::string& prefix, double tolerance, ParityReport& report) {
  const std::string name = "step" + std::to_string(step);
  const ClipShape& shape = denoiser.recipe().shape;
  at::Tensor video_velocity = velocity.video_BTC;
  // Image-to-video records the velocity of the frames it steps, unpacked: all but the first.
  if (const at::Tensor expected = fixture.find(name + ".video.velocity"); expected.defined() && expected.dim() == 5) {
    video_velocity = unpatchify_video(video_velocity, shape.frames, shape.height, shape.width);
    video_velocity = video_velocity.narrow(2, shape.frames - expected.size(2), expected.size(2));
  }
  const at::Tensor audio_latents = fixture.find(name + ".audio.latents");
  report.compare(prefix, name + ".video.velocity", video_velocity, tolerance);
  report.compare(prefix, name + ".audio.velocity", velocity.audio_BLC, tolerance);
  report.compare(prefix, name + ".video.tokens", latents.video_BTC, tolerance);
  const at::Tensor own = latents.video_BTC.narrow(1, 0, shape.num_video_tokens());
  report.compare(prefix, name + ".video.latents", unpatchify_video(own, shape.frames, shape.height, shape.width), tolerance);
  if (audio_latents.defined())
    report.compare(prefix, name + ".audio.latents", unpatchify_audio(latents.audio_BLC, audio_latents.size(-1)), tolerance);
}

std::optional<PromptEmbeds> expected_prompt_embeds(const ParityFixture& fixture, bool with_negative) {
  const auto part = [&](const char* which, const char* what) { return fixture.find(std::string("text.") + which + ".connector." + what); };
  PromptEmbeds embeds{part("prompt", "video"), part("prompt", "audio"), part("prompt", "mask")};
  if (!embeds.video_BSD.defined() || !embeds.audio_BSD.defined() || !embeds.mask_BS.defined()) return std::nullopt;
  if (!with_negative) return embeds;
  const at::Tensor video = part("negative", "video"), audio = part("negative", "audio"), mask = part("negative", "mask");
  if (!video.defined() || !audio.defined() || !mask.defined()) return std::nullopt;
  return PromptEmbeds{at::cat({video, embeds.video_BSD}), at::cat({audio, embeds.audio_BSD}), at::cat({mask, embeds.mask_BS})};
}

Result<void> compare_sampling(const ParityFixture& fixture, const Transformer& transformer, const DenoiseRecipe& recipe,
                              ParityReport& report) {
  const bool with_negative = guidance_passes(recipe.video, recipe.audio).negative;
  const auto embeds = expected_prompt_embeds(fixture, with_negative);
  if (!embeds) return Error{ErrorCode::kBadFile, "The fixture has no connector outputs", fixture.dir() + "/expected.safetensors"};
  const Denoiser denoiser(transformer, recipe, *embeds);
  report.compare_absolute(kStage, "scheduler.sigmas", as_tensor(recipe.schedule.sigmas), report.tolerances().sigmas);
  report.compare(kStage, "scheduler.timesteps", as_tensor(recipe.schedule.timesteps), report.tolerances().sigmas);
  report.compare_absolute(kStage, "rope.video.coords", denoiser.video_token_coords(), 0);
  report.compare_absolute(kStage, "rope.audio.coords", audio_coords(transformer.config(), recipe.shape.audio_frames), 0);
  compare_rope(denoiser.rope(), report);
  for (int step = 0; step < denoiser.num_steps(); ++step) {
    compare_calls(fixture, denoiser, step, report);
    compare_guidance(fixture, denoiser, step, report);
  }
  return {};
}

}  // namespace fantascope::models::ltx2
