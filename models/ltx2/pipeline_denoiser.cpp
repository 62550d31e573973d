#include "models/ltx2/pipeline_denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <utility>

namespace fantascope::models::ltx2 {
namespace {

/// Keys and values of the text are kept over the steps up to this size; beyond, making them again is a small part of a step.
constexpr std::int64_t kTextMemoryBytesMax = std::int64_t{256} << 20;

PromptEmbeds rows(const PromptEmbeds& embeds, std::int64_t first, std::int64_t count) {
  return {embeds.video_BSD.narrow(0, first, count), embeds.audio_BSD.narrow(0, first, count), embeds.mask_BS.narrow(0, first, count)};
}

/// A mask that hides nothing costs a pass over the logits in every attention: leave it out.
at::Tensor mask_or_none(const at::Tensor& mask_BS) {
  const bool hides = mask_BS.numel() > 0 && mask_BS.min().item<double>() < 1.0;
  return hides ? mask_BS : at::Tensor();
}

}  // namespace

at::Tensor given_frames_mask(const ClipShape& shape, std::int64_t num_first, std::int64_t num_last) {
  if (num_first == 0 && num_last == 0) return {};
  at::Tensor mask = at::zeros({1, shape.num_video_tokens()}, at::TensorOptions().dtype(at::kFloat));
  const std::int64_t area = shape.height * shape.width;
  mask.narrow(1, 0, num_first * area).fill_(1);
  mask.narrow(1, shape.num_video_tokens() - num_last * area, num_last * area).fill_(1);
  return mask;
}

at::Tensor given_audio_mask(const ClipShape& shape, std::int64_t num_first, std::int64_t num_last) {
  if (num_first == 0 && num_last == 0) return {};
  at::Tensor mask = at::zeros({1, shape.audio_frames}, at::TensorOptions().dtype(at::kFloat));
  mask.narrow(1, 0, num_first).fill_(1);
  mask.narrow(1, shape.audio_frames - num_last, num_last).fill_(1);
  return mask;
}

Denoiser::Denoiser(const Transformer& transformer, DenoiseRecipe recipe, PromptEmbeds prompt_embeds)
    : transformer_(transformer), recipe_(std::move(recipe)), dtype_(transformer.dtype()), device_(transformer.device()) {
  embeds_ = {prompt_embeds.video_BSD.to(device_, dtype_), prompt_embeds.audio_BSD.to(device_, dtype_), prompt_embeds.mask_BS.to(device_)};
  for (at::Tensor* given : {&recipe_.clean_mask_BT, &recipe_.clean_audio_mask_BL, &recipe_.clean_BTC}) {
    if (given->defined()) *given = given->to(device_);
  }
  conditional_ = rows(embeds_, embeds_.video_BSD.size(0) - 1, 1);
  const TransformerConfig& config = transformer.config();
  const std::int64_t text_values = embeds_.mask_BS.numel() * 2 * config.num_layers * (config.width() + config.audio_width());
  keeps_text_ = text_values * static_cast<std::int64_t>(c10::elementSize(dtype_)) <= kTextMemoryBytesMax;
  embeds_.mask_BS = mask_or_none(embeds_.mask_BS);
  conditional_.mask_BS = mask_or_none(conditional_.mask_BS);
  video_coords_ = video_coords(config, recipe_.shape);
  if (recipe_.appended_coords.defined()) video_coords_ = at::cat({video_coords_, recipe_.appended_coords}, 2);
  rope_ = make_rope_tables(config, video_coords_, audio_coords(config, recipe_.shape.audio_frames)).to(device_);
}

TransformerInput Denoiser::input(const std::string& kind, int step, const LatentTokens& latents) const {
  const bool both = kind == "cfg";
  const auto batched = [&](const at::Tensor& x) { return both ? at::cat({x, x}) : x; };
  const PromptEmbeds& embeds = both ? embeds_ : conditional_;
  const float t = recipe_.schedule.timesteps[static_cast<std::size_t>(step)];
  const at::Tensor timestep_B = at::full({both ? 2 : 1}, t, at::TensorOptions().dtype(at::kFloat).device(device_));

  TransformerInput in;
  in.video_BTC = batched(latents.video_BTC).to(dtype_);
  in.audio_BLC = batched(latents.audio_BLC).to(dtype_);
  in.video_prompt_embeds_BSD = embeds.video_BSD;
  in.audio_prompt_embeds_BSD = embeds.audio_BSD;
  in.video_prompt_mask_BS = in.audio_prompt_mask_BS = embeds.mask_BS;
  in.video_sigma_B = in.audio_sigma_B = timestep_B;
  const auto by_token = [&](const at::Tensor& clean) {
    return clean.defined() ? timestep_B.unsqueeze(1) * (1 - batched(clean)) : timestep_B;
  };
  in.video_timesteps = by_token(recipe_.clean_mask_BT);
  in.audio_timesteps = by_token(recipe_.clean_audio_mask_BL);
  in.rope = &rope_;
  if (keeps_text_) in.text_memory = both ? &text_of_both_ : &text_of_prompt_;
  in.use_cross_timestep = recipe_.use_cross_timestep;
  in.isolate_modalities = kind == "modality";
  if (kind == "stg") in.stg_blocks = recipe_.stg_blocks;
  return in;
}

TransformerOutput Denoiser::call(const std::string& kind, int step, const LatentTokens& latents, const CallObserver& observer,
                                 const ProbeOfCall& probe_of) const {
  const TransformerInput in = input(kind, step, latents);
  TransformerOutput out = transformer_.forward(in, probe_of ? probe_of(kind) : TransformerProbe());
  out.video_velocity_BTC = out.video_velocity_BTC.to(at::kFloat);
  out.audio_velocity_BLC = out.audio_velocity_BLC.to(at::kFloat);
  if (observer) observer(kind, in, out);
  return out;
}

LatentTokens Denoiser::velocities(int step, const LatentTokens& latents, const CallObserver& observer, const ProbeOfCall& probe_of) const {
  const GuidancePasses wanted = passes();
  GuidancePredictions video, audio;
  const TransformerOutput main = call(wanted.negative ? "cfg" : "cond", step, latents, observer, probe_of);
  const std::int64_t last = main.video_velocity_BTC.size(0) - 1;
  video.conditional = main.video_velocity_BTC.narrow(0, last, 1);
  audio.conditional = main.audio_velocity_BLC.narrow(0, last, 1);
  if (wanted.negative) {
    video.negative = main.video_velocity_BTC.narrow(0, 0, 1);
    audio.negative = main.audio_velocity_BLC.narrow(0, 0, 1);
  }
  if (wanted.stg) {
    const TransformerOutput out = call("stg", step, latents, observer, probe_of);
    video.stg = out.video_velocity_BTC;
    audio.stg = out.audio_velocity_BLC;
  }
  if (wanted.isolated) {
    const TransformerOutput out = call("modality", step, latents, observer, probe_of);
    video.isolated = out.video_velocity_BTC;
    audio.isolated = out.audio_velocity_BLC;
  }
  return guided(step, latents, video, audio);
}

LatentTokens Denoiser::guided(int step, const LatentTokens& latents, const GuidancePredictions& video,
                              const GuidancePredictions& audio) const {
  const float sigma = recipe_.schedule.sigmas[static_cast<std::size_t>(step)];
  return {guide(latents.video_BTC, sigma, video, recipe_.video), guide(latents.audio_BLC, sigma, audio, recipe_.audio)};
}

LatentTokens Denoiser::advance(int step, const LatentTokens& latents, const LatentTokens& velocities) const {
  const float sigma = recipe_.schedule.sigmas[static_cast<std::size_t>(step)];
  const float next = recipe_.schedule.sigmas[static_cast<std::size_t>(step) + 1];
  const LatentTokens followed = held(step, latents, velocities);
  LatentTokens moved{euler_step(latents.video_BTC, followed.video_BTC, sigma, next),
                     euler_step(latents.audio_BLC, followed.audio_BLC, sigma, next)};
  return given_kept(latents, std::move(moved));
}

LatentTokens Denoiser::denoised(int step, const LatentTokens& latents, const LatentTokens& velocities) const {
  const float sigma = recipe_.schedule.sigmas[static_cast<std::size_t>(step)];
  const LatentTokens followed = held(step, latents, velocities);
  return given_kept(latents, {latents.video_BTC - followed.video_BTC * sigma, latents.audio_BLC - followed.audio_BLC * sigma});
}

LatentTokens Denoiser::held(int step, const LatentTokens& latents, const LatentTokens& velocities) const {
  if (!recipe_.clean_BTC.defined()) return velocities;
  const float sigma = recipe_.schedule.sigmas[static_cast<std::size_t>(step)];
  const at::Tensor strength = recipe_.clean_mask_BT.unsqueeze(-1);
  const at::Tensor denoised = latents.video_BTC - velocities.video_BTC * sigma;
  const at::Tensor pulled = denoised * (1 - strength) + recipe_.clean_BTC * strength;
  return {at::where(strength > 0, (latents.video_BTC - pulled) / sigma, velocities.video_BTC), velocities.audio_BLC};
}

LatentTokens Denoiser::given_kept(const LatentTokens& before, LatentTokens after) const {
  const auto keep = [](const at::Tensor& clean, const at::Tensor& given, at::Tensor& x) {
    if (clean.defined()) x = at::where(clean.unsqueeze(-1) >= 1, given, x);
  };
  keep(recipe_.clean_mask_BT, before.video_BTC, after.video_BTC);
  keep(recipe_.clean_audio_mask_BL, before.audio_BLC, after.audio_BLC);
  return after;
}

}  // namespace fantascope::models::ltx2
