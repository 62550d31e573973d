#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include "engine/diffusion/patchify.h"
#include "models/ltx2/parity_stages.h"
#include "models/ltx2/pipeline_refine.h"

namespace fantascope::models::ltx2 {
namespace {

const std::string kChain = "end to end ";

/// Rows of one prompt of an encoded batch.
void report_text(const TextEmbeds& embeds, const TextTrace& trace, std::int64_t row, const std::string& which, ParityReport& report) {
  const double tolerance = report.tolerances().end_to_end;
  const std::string name = "text." + which + ".";
  const at::Tensor mask = trace.attention_mask_BS.narrow(0, row, 1);
  for (std::size_t i = 0; i < trace.hidden_BSD.size(); ++i) {
    // The states are those of the last columns only; what stands before is padding, which is zero in the fixture.
    const at::Tensor states = trace.hidden_BSD[i].narrow(0, row, 1);
    at::Tensor all = at::zeros({1, mask.size(1), states.size(2)}, states.options());
    all.narrow(1, mask.size(1) - states.size(1), states.size(1)).copy_(states);
    report.compare(kChain, name + "hidden" + std::to_string(i), all * mask.unsqueeze(-1).to(all.options()), tolerance);
  }
  report.compare(kChain, name + "connector.video", embeds.video_BSD.narrow(0, row, 1), tolerance);
  report.compare(kChain, name + "connector.audio", embeds.audio_BSD.narrow(0, row, 1), tolerance);
  report.exact(kChain, name + "connector.mask", embeds.mask_BS.narrow(0, row, 1));
}

Result<PromptEmbeds> encode(const PipelineParts& parts, const ParityRequest& request, ParityReport& report) {
  std::vector<std::string> prompts, names;
  if (needs_negative(request.request)) {
    prompts.push_back(request.request.negative_prompt.value_or(""));
    names.emplace_back("negative");
  }
  prompts.push_back(request.request.prompt);
  names.emplace_back("prompt");
  TextTrace trace;
  FANTASCOPE_TRY(const TextEmbeds embeds, parts.text.encode(prompts, request.options.max_sequence_length, &trace));
  for (std::size_t i = 0; i < names.size(); ++i) report_text(embeds, trace, static_cast<std::int64_t>(i), names[i], report);
  return PromptEmbeds{embeds.video_BSD, embeds.audio_BSD, embeds.mask_BS};
}

/// Tokens of the given frames, of our own encoder.
at::Tensor encode_conditions(const ParityFixture& fixture, const PipelineParts& parts, const ParityRequest& request) {
  std::vector<at::Tensor> tokens;
  for (std::size_t i = 0; i < request.conditions.size(); ++i) {
    const at::Tensor pictures = fixture.find("condition" + std::to_string(i) + ".preprocessed");
    tokens.push_back(patchify_video(encode_image(parts.video_vae, pictures)));
  }
  return tokens.empty() ? at::Tensor() : at::cat(tokens, 1);
}

LatentTokens on(const LatentTokens& tokens, at::Device device) { return {tokens.video_BTC.to(device), tokens.audio_BLC.to(device)}; }

/// Starting tokens from the seed: what the fixture's noise must be, bit for bit.
Result<LatentTokens> start(const ParityFixture& fixture, const PipelineParts& parts, const ParityRequest& request,
                           const DenoiseRecipe& recipe, ParityReport& report) {
  const ClipShape& shape = recipe.shape;
  if (request.noise_scale) {
    const LatentTokens noise = draw_token_noise(parts.settings, shape, request.request.seed);
    report.exact(kChain, "noise.video", noise.video_BTC);
    report.exact(kChain, "noise.audio", noise.audio_BLC);
    const at::Tensor video = fixture.find("init.video"), audio = fixture.find("init.audio");
    if (!video.defined() || !audio.defined())
      return Error{ErrorCode::kBadFile, "The fixture has no starting latents", fixture.dir() + "/inputs.safetensors"};
    return noised_latents(parts.video_vae, parts.audio_vae, video, audio, *request.noise_scale, on(noise, fixture.device()));
  }
  if (!request.conditions.empty()) {
    const LatentTokens noise =
        draw_token_noise(parts.settings, shape, request.request.seed, num_appended_tokens(request.conditions, shape));
    report.exact(kChain, "noise.video", noise.video_BTC);
    report.exact(kChain, "noise.audio", noise.audio_BLC);
    const LatentTokens here = on(noise, fixture.device());
    const double noise_scale = request.request.sigmas.empty() ? 1.0 : request.request.sigmas.front();
    return LatentTokens{noised_by_strength(recipe.clean_BTC, here.video_BTC, recipe.clean_mask_BT, noise_scale), here.audio_BLC};
  }
  ClipNoise noise = draw_noise(parts.settings, shape, request.request.seed);
  report.exact(kChain, "noise.video", noise.video_BCFHW);
  report.exact(kChain, "noise.audio", noise.audio_BCLM);
  noise.video_BCFHW = noise.video_BCFHW.to(fixture.device()), noise.audio_BCLM = noise.audio_BCLM.to(fixture.device());
  if (const at::Tensor image = fixture.find("image.preprocessed"); image.defined()) {
    noise.video_BCFHW = with_first_frame(noise.video_BCFHW, encode_image(parts.video_vae, image));
  }
  return LatentTokens{patchify_video(noise.video_BCFHW), patchify_audio(noise.audio_BCLM)};
}

void decode(const PipelineParts& parts, const ClipShape& shape, const LatentTokens& latents, ParityReport& report) {
  const double tolerance = report.tolerances().end_to_end;
  const at::Tensor own = latents.video_BTC.narrow(1, 0, shape.num_video_tokens());
  const at::Tensor video = raw_video_latents(parts.video_vae, unpatchify_video(own, shape.frames, shape.height, shape.width), parts.dtype);
  report.compare(kChain, "vae.decode.in", video, tolerance);
  const at::Tensor frames = parts.video_vae.decode(video);
  report.compare(kChain, "vae.decode.out", frames, tolerance);
  report.frames(kChain, frames);
  const at::Tensor audio =
      raw_audio_latents(parts.audio_vae, unpatchify_audio(latents.audio_BLC, parts.settings.audio.num_bins), parts.dtype);
  report.compare(kChain, "audio.decode.in", audio, tolerance);
  const at::Tensor mel = parts.audio_vae.decode(audio);
  report.compare(kChain, "audio.mel", mel, tolerance);
  report.compare(kChain, "audio.waveform", parts.vocoder->forward(mel), report.tolerances().waveform);
}

}  // namespace

Result<void> compare_chain(const ParityFixture& fixture, const PipelineParts& parts, const ParityRequest& request, ParityReport& report) {
  const double tolerance = report.tolerances().end_to_end;
  FANTASCOPE_TRY(PromptEmbeds embeds, encode(parts, request, report));
  const DenoiseRecipe recipe = parity_recipe(parts.settings, fixture, request, encode_conditions(fixture, parts, request));
  const Denoiser denoiser(parts.transformer, recipe, std::move(embeds));
  FANTASCOPE_TRY(LatentTokens latents, start(fixture, parts, request, recipe, report));
  for (int step = 0; step < denoiser.num_steps(); ++step) {
    const std::string name = "transformer.step" + std::to_string(step) + ".";
    const CallObserver observer = [&](const std::string& kind, const TransformerInput& in, const TransformerOutput& out) {
      report.compare(kChain, name + kind + ".in.timestep", in.video_timesteps, tolerance);
      report.compare(kChain, name + kind + ".in.video", in.video_BTC, tolerance);
      report.compare(kChain, name + kind + ".in.audio", in.audio_BLC, tolerance);
      report.compare(kChain, name + kind + ".out.video", out.video_velocity_BTC, tolerance);
      report.compare(kChain, name + kind + ".out.audio", out.audio_velocity_BLC, tolerance);
    };
    const LatentTokens velocity = denoiser.velocities(step, latents, observer);
    const LatentTokens next = denoiser.advance(step, latents, velocity);
    report_step(fixture, denoiser, step, denoiser.held(step, latents, velocity), next, kChain, tolerance, report);
    latents = next;
  }
  decode(parts, recipe.shape, latents, report);
  return {};
}

}  // namespace fantascope::models::ltx2
