#include "models/ltx2/pipeline_denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <utility>

#include "engine/runtime/tensors/side_by_side.h"

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

/// One element of the batch, with a batch of one.
TransformerInput row_of(const TransformerInput& batch, std::int64_t row) {
  TransformerInput in = batch;
  for (at::Tensor* x : {&in.video_BTC, &in.audio_BLC, &in.video_prompt_embeds_BSD, &in.audio_prompt_embeds_BSD, &in.video_prompt_mask_BS,
                        &in.audio_prompt_mask_BS, &in.video_timesteps, &in.audio_timesteps, &in.video_sigma_B, &in.audio_sigma_B,
                        &in.stg_keep_B, &in.video_self_attention_mask_BTT, &in.video_keyframes_mask_BT1}) {
    if (x->defined()) *x = x->narrow(0, row, 1);
  }
  return in;
}

TransformerOutput in_float32(const TransformerOutput& out) {
  return {out.video_velocity_BTC.to(at::kFloat), out.audio_velocity_BLC.to(at::kFloat)};
}

TransformerOutput joined(const std::vector<TransformerOutput>& rows, std::size_t first, std::size_t count) {
  if (count == 1) return rows[first];
  std::vector<at::Tensor> video, audio;
  for (std::size_t i = first; i < first + count; ++i) {
    video.push_back(rows[i].video_velocity_BTC);
    audio.push_back(rows[i].audio_velocity_BLC);
  }
  return {at::cat(video), at::cat(audio)};
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
  const GuidancePasses extra = passes();
  const std::int64_t num_rows = embeds_.mask_BS.size(0) + (extra.stg ? 1 : 0) + (extra.isolated ? 1 : 0);
  const std::int64_t text_values = num_rows * embeds_.mask_BS.size(1) * 2 * config.num_layers * (config.width() + config.audio_width());
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
  if (keeps_text_) in.text_memory = &text_of_[kind];
  in.use_cross_timestep = recipe_.use_cross_timestep;
  in.isolate_modalities = kind == "modality";
  if (kind == "stg") in.stg_blocks = recipe_.stg_blocks;
  return in;
}

TransformerOutput Denoiser::call(const std::string& kind, int step, const LatentTokens& latents, const TransformerProbe& probe) const {
  return in_float32(transformer_.forward(input(kind, step, latents), probe));
}

std::vector<TransformerOutput> Denoiser::forward(const std::vector<std::string>& kinds, const std::vector<TransformerInput>& inputs) const {
  std::vector<TransformerOutput> outputs;
  std::size_t num_rows = 0;
  for (const TransformerInput& in : inputs) num_rows += static_cast<std::size_t>(in.video_BTC.size(0));
  if (!device_.is_cpu() || !better_side_by_side(num_rows)) {
    for (const TransformerInput& in : inputs) outputs.push_back(transformer_.forward(in));
    return outputs;
  }
  std::vector<TransformerInput> rows;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (std::int64_t row = 0; row < inputs[i].video_BTC.size(0); ++row) {
      rows.push_back(row_of(inputs[i], row));
      // One memory each: the pieces of the first step fill them at the same time.
      if (keeps_text_) rows.back().text_memory = &text_of_[kinds[i] + ' ' + std::to_string(row)];
    }
  }
  std::vector<TransformerOutput> of_rows(num_rows);
  std::vector<std::function<void()>> pieces;
  for (std::size_t i = 0; i < num_rows; ++i) pieces.emplace_back([&, i] { of_rows[i] = transformer_.forward(rows[i]); });
  run_side_by_side(pieces);
  std::size_t first = 0;
  for (const TransformerInput& in : inputs) {
    const auto batch = static_cast<std::size_t>(in.video_BTC.size(0));
    outputs.push_back(joined(of_rows, first, batch));
    first += batch;
  }
  return outputs;
}

LatentTokens Denoiser::velocities(int step, const LatentTokens& latents, const CallObserver& observer) const {
  const GuidancePasses wanted = passes();
  std::vector<std::string> kinds{wanted.negative ? "cfg" : "cond"};
  if (wanted.stg) kinds.emplace_back("stg");
  if (wanted.isolated) kinds.emplace_back("modality");
  std::vector<TransformerInput> inputs;
  for (const std::string& kind : kinds) inputs.push_back(input(kind, step, latents));
  const std::vector<TransformerOutput> outputs = forward(kinds, inputs);

  GuidancePredictions video, audio;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const TransformerOutput out = in_float32(outputs[i]);
    if (observer) observer(kinds[i], inputs[i], out);
    if (kinds[i] == "stg") {
      video.stg = out.video_velocity_BTC;
      audio.stg = out.audio_velocity_BLC;
    } else if (kinds[i] == "modality") {
      video.isolated = out.video_velocity_BTC;
      audio.isolated = out.audio_velocity_BLC;
    } else {
      const std::int64_t last = out.video_velocity_BTC.size(0) - 1;
      video.conditional = out.video_velocity_BTC.narrow(0, last, 1);
      audio.conditional = out.audio_velocity_BLC.narrow(0, last, 1);
      if (wanted.negative) {
        video.negative = out.video_velocity_BTC.narrow(0, 0, 1);
        audio.negative = out.audio_velocity_BLC.narrow(0, 0, 1);
      }
    }
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
