#include "models/ltx2/pipeline.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/isfinite.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "engine/base/sha256.h"
#include "engine/runtime/host_memory.h"
#include "engine/runtime/tensors/device.h"
#include "engine/runtime/tensors/tensor_state.h"
#include "engine/runtime/torch_errors.h"
#include "models/ltx2/pipeline_conditions.h"
#include "models/ltx2/pipeline_live_picture.h"
#include "models/ltx2/pipeline_parts.h"
#include "models/ltx2/pipeline_refine.h"
#include "models/ltx2/pipeline_sampling.h"
#include "models/ltx2/pipeline_states.h"
#include "models/ltx2/pipeline_vocabulary.h"
#include "models/ltx2/pipeline_window_latents.h"

namespace fantascope::models::ltx2 {
namespace {

/// Pixels of a clip above which the picture is decoded in tiles, to bound the memory of the decoder's widest layer.
constexpr std::int64_t kTiledAbovePixels = std::int64_t{64} << 20;

Error cancelled() { return {ErrorCode::kCancelled, "Stopped", "", "", "", ""}; }

/// The clip so far.
using ClipSoFar = WindowLatents;

class AudioVideoPipeline final : public Pipeline {
 public:
  AudioVideoPipeline(PipelineParts parts, Vocabulary vocabulary);

  const ModelInfo& info() const override { return parts_.settings.info; }
  Result<void> validate(const GenerationRequest& request) const override;
  std::vector<PromptWarning> prompt_warnings(const std::string& prompt) const override { return vocabulary_.warnings(info().name, prompt); }
  std::vector<std::string> warnings() const override { return parts_.weights.warnings; }
  Result<SamplingPlan> sampling_plan(const GenerationRequest& request) const override;
  Result<std::shared_ptr<PhaseState>> encode_prompt(const GenerationRequest& request, RunContext& context) override;
  Result<std::shared_ptr<PhaseState>> start(const GenerationRequest& request, RunContext& context) override;
  Result<std::shared_ptr<PhaseState>> denoise(const GenerationRequest& request, const PhaseState& prompt_embeds, const PhaseState& state,
                                              RunContext& context, int until_step) override;
  Result<VideoFrames> preview(const PhaseState& state) const override;
  Result<std::shared_ptr<const PhaseState>> preview_map() const override;
  Result<void> set_preview_map(std::shared_ptr<const PhaseState> map) override;
  Result<VideoFrames> decode_video(const GenerationRequest& request, const PhaseState& latents, RunContext& context) override;
  Result<Waveform> decode_audio(const GenerationRequest& request, const PhaseState& latents, RunContext& context) override;
  Result<std::shared_ptr<PhaseState>> load_state(const std::string& path) const override;

 private:
  /// Runs a phase: request checked, no gradients, exceptions as errors; the weights are still what was loaded.
  template <typename Work>
  std::invoke_result_t<Work> phase(const GenerationRequest& request, Work&& work) const {
    FANTASCOPE_TRY_VOID(validate(request));
    const c10::InferenceMode inference;
    auto result = catch_torch_errors(std::forward<Work>(work));
    if (result) FANTASCOPE_TRY_VOID(parts_.weights.verify_unchanged());
    return result;
  }
  Result<const TensorState*> latents_state(const PhaseState& state) const;
  Result<void> check_latents_state(const PhaseState& state) const;
  /// The stages of a valid request: one, or two.
  std::vector<Stage> stages(const GenerationRequest& request) const;
  Stage stage(const ModelSettings& settings, GenerationRequest request, int first_step) const;
  /// The first stage's latents enlarged and under noise, as the second one begins.
  WindowLatents begin_second_stage(const Stage& stage, const WindowLatents& finished) const;
  /// The parent's latents; undefined if there is none. The request must be valid.
  ClipSoFar parent(const GenerationRequest& request) const;
  /// The clip as `state` holds it, checked against the request.
  Result<ClipSoFar> clip_of(const std::vector<Stage>& stages, const PhaseState& state) const;
  /// What the window that `tensors` is in was given, checked likewise.
  Result<void> read_given(const Stage& stage, const TensorState& tensors, ClipSoFar& clip) const;
  /// What there is to be seen and heard of it: the denoised estimate where it is on its way.
  static ClipSoFar shown(const TensorState& state, ClipSoFar clip);
  Result<PromptEmbeds> prompt_embeds(const GenerationRequest& request, const PhaseState& state) const;
  std::shared_ptr<PhaseState> pack(const ClipSoFar& clip, int step, const ClipSoFar& denoised = {}) const;
  Result<at::Tensor> decode_frames(const at::Tensor& raw_BCFHW, RunContext& context) const;

  PipelineParts parts_;
  ModelSettings refine_settings_;
  Vocabulary vocabulary_;
  std::string space_;  // whose latents
  mutable LivePicture live_picture_;
};

AudioVideoPipeline::AudioVideoPipeline(PipelineParts parts, Vocabulary vocabulary)
    : parts_(std::move(parts)),
      refine_settings_(refine_settings(parts_.settings)),
      vocabulary_(std::move(vocabulary)),
      live_picture_(parts_.video_vae, parts_.tiny_decoder ? &*parts_.tiny_decoder : nullptr) {
  // Statistics of the latents are measured on the trained autoencoder: two that agree in every bit are the same one.
  Sha256Stream hash;
  for (const at::Tensor& values :
       {parts_.video_vae.latents_mean(), parts_.video_vae.latents_std(), parts_.audio_vae.latents_mean(), parts_.audio_vae.latents_std()}) {
    const at::Tensor wide = values.to(at::kCPU, at::kFloat).contiguous();
    hash.update(wide.const_data_ptr(), wide.nbytes());
  }
  space_ = hash.hex().substr(0, 16);
}

Result<const TensorState*> AudioVideoPipeline::latents_state(const PhaseState& state) const {
  FANTASCOPE_TRY(const TensorState* tensors, state_of_kind(state, kLatents));
  if (tensors->space().empty() || tensors->space() == space_) return tensors;
  return Error{
      ErrorCode::kMismatch, "These latents are another model's", "state",
      tensors->space(),     space_ + " (" + info().name + ")",   "Use the model that made them; if it was changed since, its old version."};
}

Result<void> AudioVideoPipeline::check_latents_state(const PhaseState& state) const {
  const auto latents = latents_state(state);
  return latents ? Result<void>() : Result<void>(latents.error());
}

Result<void> AudioVideoPipeline::validate(const GenerationRequest& request) const {
  FANTASCOPE_TRY_VOID(check_two_stages(parts_.settings, request));
  FANTASCOPE_TRY_VOID(validate_request(parts_.settings, request));
  if (request.two_stages.on) {
    FANTASCOPE_TRY_VOID(validate_request(parts_.settings, first_stage(request)));
    FANTASCOPE_TRY_VOID(validate_request(refine_settings_, second_stage(parts_.settings, request)));
  }
  for (const FrameCondition& item : request.conditions) {
    if (item.latents) FANTASCOPE_TRY_VOID(check_latents_state(*item.latents));
  }
  if (!request.parent.latents) return {};
  FANTASCOPE_TRY(const TensorState* parent, latents_state(*request.parent.latents));
  const at::Tensor video = parent->get("video"), audio = parent->get("audio");
  if (!video.defined() || !audio.defined() || parent->get(kDenoisedVideo).defined()) {
    return Error{ErrorCode::kMismatch, "The take to start from is not finished", "parent", "a sketch", "a finished take",
                 "Finish it first."};
  }
  return check_parent(parts_.settings, request, {video.sizes().vec(), audio.sizes().vec()});
}

ClipSoFar AudioVideoPipeline::parent(const GenerationRequest& request) const {
  const auto* state = dynamic_cast<const TensorState*>(request.parent.latents.get());
  if (state == nullptr) return {};
  return {state->get("video"), state->get("audio")};
}

Stage AudioVideoPipeline::stage(const ModelSettings& settings, GenerationRequest request, int first_step) const {
  const std::int64_t parent_frames = extends_parent(request) ? parent(request).video_BCFHW.size(2) : 0;
  const ClipPlan plan = make_clip_plan(settings, request, parent_frames);
  return {std::move(request), &settings, plan, first_step};
}

std::vector<Stage> AudioVideoPipeline::stages(const GenerationRequest& request) const {
  std::vector<Stage> all;
  all.push_back(stage(parts_.settings, request.two_stages.on ? first_stage(request) : request, 0));
  if (request.two_stages.on) all.push_back(stage(refine_settings_, second_stage(parts_.settings, request), all.front().end()));
  return all;
}

WindowLatents AudioVideoPipeline::begin_second_stage(const Stage& stage, const WindowLatents& finished) const {
  const at::Tensor raw = raw_video_latents(parts_.video_vae, finished.video_BCFHW.to(parts_.device), parts_.dtype);
  const at::Tensor enlarged = upsample_latents(*parts_.upsampler, raw, {}).to(at::kFloat);
  const std::map<std::string, at::Tensor> tensors = {{"video", parts_.video_vae.normalise(enlarged).to(at::kCPU, at::kFloat)},
                                                     {"audio", finished.audio_BCLM}};
  GenerationRequest refined = stage.request;
  refined.parent.latents = std::make_shared<TensorState>(kLatents, 0, tensors, space_);
  return begin_window(parts_, *stage.settings, refined, stage.plan, 0, {});
}

Result<SamplingPlan> AudioVideoPipeline::sampling_plan(const GenerationRequest& request) const {
  FANTASCOPE_TRY_VOID(validate(request));
  SamplingPlan plan{"FlowMatchEulerDiscreteScheduler", "euler", {}, 0};
  for (const Stage& stage : stages(request)) {
    const FlowMatchSchedule schedule = make_window_recipe(*stage.settings, stage.request, stage.plan, 0).schedule;
    plan.sigmas.insert(plan.sigmas.end(), schedule.sigmas.begin() + stage.plan.first_step, schedule.sigmas.end());
    plan.num_steps = stage.end();
  }
  return plan;
}

Result<std::shared_ptr<PhaseState>> AudioVideoPipeline::encode_prompt(const GenerationRequest& request, RunContext& context) {
  return phase(request, [&]() -> Result<std::shared_ptr<PhaseState>> {
    if (context.stop.stop_requested()) return cancelled();
    std::vector<std::string> prompts;
    if (needs_negative(request)) prompts.push_back(request.negative_prompt.value_or(""));
    prompts.push_back(request.prompt);
    FANTASCOPE_TRY(TextEmbeds embeds, parts_.text.encode(prompts, parts_.settings.options.max_sequence_length));
    if (!at::isfinite(embeds.video_BSD).all().item<bool>() || !at::isfinite(embeds.audio_BSD).all().item<bool>()) {
      return Error{ErrorCode::kModelNaN, "The text encoder produced NaN", info().dir, "", "", "The weights are damaged; verify the model."};
    }
    std::map<std::string, at::Tensor> tensors = {{"video", embeds.video_BSD}, {"audio", embeds.audio_BSD}, {"mask", embeds.mask_BS}};
    return std::shared_ptr<PhaseState>(std::make_shared<TensorState>(kPromptEmbeds, 0, std::move(tensors)));
  });
}

Result<std::shared_ptr<PhaseState>> AudioVideoPipeline::start(const GenerationRequest& request, RunContext& context) {
  return phase(request, [&]() -> Result<std::shared_ptr<PhaseState>> {
    if (context.stop.stop_requested()) return cancelled();
    const ClipSoFar from = parent(request);
    const Stage first = stages(request).front();
    return pack(begin_window(parts_, *first.settings, first.request, first.plan, 0, from), 0);
  });
}

Result<ClipSoFar> AudioVideoPipeline::clip_of(const std::vector<Stage>& stages, const PhaseState& state) const {
  FANTASCOPE_TRY(const TensorState* tensors, latents_state(state));
  const Stage& stage = stage_at(stages, state.step());
  const int step = state.step() - stage.first_step;
  const ClipShape shape = clip_shape(*stage.settings, stage.request);
  const std::int64_t frames = stage.plan.frames_at(step), audio = stage.plan.audio_at(step);
  ClipSoFar clip;
  FANTASCOPE_TRY(clip.video_BCFHW,
                 tensor_of_shape(*tensors, "video", {1, parts_.settings.transformer.in_channels, frames, shape.height, shape.width}));
  FANTASCOPE_TRY(clip.audio_BCLM,
                 tensor_of_shape(*tensors, "audio", {1, parts_.settings.audio.channels, audio, parts_.settings.audio.num_bins}));
  FANTASCOPE_TRY_VOID(read_given(stage, *tensors, clip));
  return clip;
}

Result<void> AudioVideoPipeline::read_given(const Stage& stage, const TensorState& tensors, ClipSoFar& clip) const {
  const int step = tensors.step() - stage.first_step;
  if (!given_by_conditions(*stage.settings, stage.request) || step >= stage.plan.num_steps() || stage.plan.starts_window(step)) return {};
  const std::size_t index = stage.plan.window_index(step);
  const ClipShape& shape = stage.plan.windows[index].shape;
  const std::vector<PlacedFrames> placed = place_frames(*stage.settings, stage.request, stage.plan, index);
  std::int64_t given = 0;
  for (const PlacedFrames& item : placed) given += item.num_latent_frames * shape.height * shape.width;
  const std::int64_t appended = num_appended_tokens(placed, shape), channels = parts_.settings.transformer.in_channels;
  if (given > 0) {
    FANTASCOPE_TRY(clip.given_BGC, tensor_of_shape(tensors, kGiven, {1, given, channels}));
  }
  if (appended > 0) {
    FANTASCOPE_TRY(clip.appended_BKC, tensor_of_shape(tensors, kAppended, {1, appended, channels}));
  }
  return {};
}

ClipSoFar AudioVideoPipeline::shown(const TensorState& state, ClipSoFar clip) {
  const auto end_replaced = [](at::Tensor& x, const at::Tensor& end) {
    if (end.defined() && end.dim() == x.dim() && end.size(2) <= x.size(2)) x = at::cat({x.narrow(2, 0, x.size(2) - end.size(2)), end}, 2);
  };
  end_replaced(clip.video_BCFHW, state.get(kDenoisedVideo));
  end_replaced(clip.audio_BCLM, state.get(kDenoisedAudio));
  return clip;
}

Result<PromptEmbeds> AudioVideoPipeline::prompt_embeds(const GenerationRequest& request, const PhaseState& state) const {
  FANTASCOPE_TRY(const TensorState* tensors, state_of_kind(state, kPromptEmbeds));
  const std::int64_t batch = needs_negative(request) ? 2 : 1, length = parts_.settings.options.max_sequence_length;
  const ConnectorsConfig& config = parts_.text.connectors().config();
  FANTASCOPE_TRY(at::Tensor video, tensor_of_shape(*tensors, "video", {batch, length, config.video.dim()}));
  FANTASCOPE_TRY(at::Tensor audio, tensor_of_shape(*tensors, "audio", {batch, length, config.audio.dim()}));
  FANTASCOPE_TRY(at::Tensor mask, tensor_of_shape(*tensors, "mask", {batch, length}));
  return PromptEmbeds{video, audio, mask};
}

std::shared_ptr<PhaseState> AudioVideoPipeline::pack(const ClipSoFar& clip, int step, const ClipSoFar& denoised) const {
  std::map<std::string, at::Tensor> tensors = {{"video", clip.video_BCFHW}, {"audio", clip.audio_BCLM}};
  if (clip.given_BGC.defined()) tensors[kGiven] = clip.given_BGC;
  if (clip.appended_BKC.defined()) tensors[kAppended] = clip.appended_BKC;
  if (denoised.video_BCFHW.defined()) {
    tensors[kDenoisedVideo] = denoised.video_BCFHW;
    tensors[kDenoisedAudio] = denoised.audio_BCLM;
  }
  return std::make_shared<TensorState>(kLatents, step, std::move(tensors), space_);
}

Result<std::shared_ptr<PhaseState>> AudioVideoPipeline::denoise(const GenerationRequest& request, const PhaseState& prompt_state,
                                                                const PhaseState& state, RunContext& context, int until_step) {
  return phase(request, [&]() -> Result<std::shared_ptr<PhaseState>> {
    const std::vector<Stage> all = stages(request);
    FANTASCOPE_TRY(ClipSoFar clip, clip_of(all, state));
    FANTASCOPE_TRY(const PromptEmbeds embeds, prompt_embeds(request, prompt_state));
    const int num_steps = all.back().end();
    const int last = until_step < 0 ? num_steps : std::min(until_step, num_steps);
    std::shared_ptr<PhaseState> packed = std::make_shared<TensorState>(dynamic_cast<const TensorState&>(state));
    SamplingCalls calls;
    calls.every_state = static_cast<bool>(context.on_state);
    calls.stop = context.stop;
    calls.after_step = [&](const SampledStep& done) -> Result<void> {
      if (done.clip != nullptr) packed = pack(*done.clip, done.step, done.denoised != nullptr ? *done.denoised : ClipSoFar());
      if (context.on_state) FANTASCOPE_TRY_VOID(context.on_state(*packed));
      if (context.on_step) context.on_step(done.step, num_steps);
      return {};
    };
    for (const Stage& stage : all) {
      const int from = std::max(state.step(), stage.first_step);
      if (from >= std::min(last, stage.end())) continue;
      if (stage.first_step > 0 && from == stage.first_step) clip = begin_second_stage(stage, clip);
      FANTASCOPE_TRY_VOID(sample_stage(parts_, stage, embeds, from, last, clip, calls));
    }
    return packed;
  });
}

Result<VideoFrames> AudioVideoPipeline::preview(const PhaseState& state) const {
  const c10::InferenceMode inference;
  return catch_torch_errors([&]() -> Result<VideoFrames> {
    FANTASCOPE_TRY(const TensorState* tensors, latents_state(state));
    const ClipSoFar clip = shown(*tensors, {tensors->get("video"), tensors->get("audio")});
    if (!clip.video_BCFHW.defined() || clip.video_BCFHW.dim() != 5 || clip.video_BCFHW.size(1) != parts_.settings.video_vae.latent_channels)
      return Error{ErrorCode::kMismatch, "This state has no latents of a picture", "state", "", "video", ""};
    return live_picture_.render(clip.video_BCFHW);
  });
}

Result<std::shared_ptr<const PhaseState>> AudioVideoPipeline::preview_map() const {
  const c10::InferenceMode inference;
  return catch_torch_errors([&]() -> Result<std::shared_ptr<const PhaseState>> {
    const PreviewMap map = live_picture_.map(FitWith::kFastDecoder);
    const std::map<std::string, at::Tensor> tensors = {{"first", map.first}, {"later", map.later}};
    return std::shared_ptr<const PhaseState>(std::make_shared<TensorState>(kPreviewMap, 0, tensors, space_));
  });
}

Result<void> AudioVideoPipeline::set_preview_map(std::shared_ptr<const PhaseState> map) {
  FANTASCOPE_TRY(const TensorState* tensors, state_of_kind(*map, kPreviewMap));
  PreviewMap read{tensors->get("first"), tensors->get("later")};
  if (tensors->space() != space_ || !fits(read, parts_.settings.video_vae)) {
    return Error{ErrorCode::kMismatch, "This map of live pictures was fitted to another model", "preview_map", tensors->space(), space_,
                 "Fit it again."};
  }
  live_picture_.set_map(std::move(read));
  return {};
}

/// Decoder output [1,3,T,H,W], whole or in tiles.
Result<at::Tensor> AudioVideoPipeline::decode_frames(const at::Tensor& raw_BCFHW, RunContext& context) const {
  const ScaleFactors& factors = parts_.video_vae.scale_factors();
  const std::int64_t pixels = raw_BCFHW.size(2) * factors.time * raw_BCFHW.size(3) * factors.height * raw_BCFHW.size(4) * factors.width;
  if (pixels <= kTiledAbovePixels) return parts_.video_vae.decode(raw_BCFHW);
  const VaeTiling tiling;
  FANTASCOPE_TRY_VOID(check_tiling(tiling, factors));
  const at::Tensor frames = parts_.video_vae.decode_tiled(raw_BCFHW, tiling, [&](double share) {
    if (context.on_fraction) context.on_fraction(share);
    return !context.stop.stop_requested();
  });
  if (!frames.defined()) return cancelled();
  return frames;
}

Result<VideoFrames> AudioVideoPipeline::decode_video(const GenerationRequest& request, const PhaseState& latents, RunContext& context) {
  return phase(request, [&]() -> Result<VideoFrames> {
    if (context.stop.stop_requested()) return cancelled();
    FANTASCOPE_TRY(const ClipSoFar clip, clip_of(stages(request), latents));
    const at::Tensor normalised = shown(dynamic_cast<const TensorState&>(latents), clip).video_BCFHW.to(parts_.device);
    const at::Tensor raw = raw_video_latents(parts_.video_vae, normalised, parts_.dtype);
    FANTASCOPE_TRY_VOID(parts_.video_vae.check_latents(raw.sizes()));
    FANTASCOPE_TRY(const at::Tensor decoded, decode_frames(raw, context));
    at::Tensor unit = at::clamp(decoded[0].to(at::kFloat) / 2 + 0.5, 0, 1).permute({1, 2, 3, 0}).to(at::kCPU);
    // A sketch out of the first of two stages is shown at the clip's size.
    if (unit.size(1) * 2 == request.height) unit = unit.repeat_interleave(2, 1).repeat_interleave(2, 2);
    unit = unit.contiguous();
    if (!at::isfinite(unit).all().item<bool>()) {
      return Error{ErrorCode::kModelNaN, "The picture decoder produced NaN", info().name, "", "", "Try fp32, or verify the model."};
    }
    VideoFrames frames;
    frames.num_frames = static_cast<int>(unit.size(0));
    frames.height = static_cast<int>(unit.size(1));
    frames.width = static_cast<int>(unit.size(2));
    frames.fps = request.fps;
    frames.rgb.assign(unit.const_data_ptr<float>(), unit.const_data_ptr<float>() + unit.numel());
    if (context.on_fraction) context.on_fraction(1.0);
    return frames;
  });
}

Result<Waveform> AudioVideoPipeline::decode_audio(const GenerationRequest& request, const PhaseState& latents, RunContext& context) {
  return phase(request, [&]() -> Result<Waveform> {
    if (context.stop.stop_requested()) return cancelled();
    FANTASCOPE_TRY(const ClipSoFar clip, clip_of(stages(request), latents));
    const at::Tensor normalised = shown(dynamic_cast<const TensorState&>(latents), clip).audio_BCLM.to(parts_.device);
    const at::Tensor raw = raw_audio_latents(parts_.audio_vae, normalised, parts_.dtype);
    FANTASCOPE_TRY_VOID(parts_.audio_vae.check_latents(raw.sizes()));
    const at::Tensor sound = parts_.vocoder->forward(parts_.audio_vae.decode(raw))[0].to(at::kCPU, at::kFloat).contiguous();
    if (!at::isfinite(sound).all().item<bool>()) {
      return Error{ErrorCode::kModelNaN, "The sound decoder produced NaN", info().name, "", "", "Try fp32, or verify the model."};
    }
    Waveform waveform;
    waveform.sample_rate = parts_.vocoder->output_sampling_rate();
    waveform.num_channels = static_cast<int>(sound.size(0));
    waveform.num_samples = sound.size(1);
    waveform.samples.assign(sound.const_data_ptr<float>(), sound.const_data_ptr<float>() + sound.numel());
    if (context.on_fraction) context.on_fraction(1.0);
    return waveform;
  });
}

Result<std::shared_ptr<PhaseState>> AudioVideoPipeline::load_state(const std::string& path) const {
  FANTASCOPE_TRY(std::shared_ptr<TensorState> state, TensorState::load(path));
  if (state->kind() != kPromptEmbeds && state->kind() != kLatents && state->kind() != kPreviewMap) {
    return Error{ErrorCode::kMismatch,
                 "This state was stored by another family of models",
                 path,
                 state->kind(),
                 "prompt_embeds, latents or preview_map",
                 ""};
  }
  return std::shared_ptr<PhaseState>(std::move(state));
}

}  // namespace

Result<std::unique_ptr<Pipeline>> load_pipeline(const std::string& dir, const LoadOptions& options) {
  FANTASCOPE_TRY(const c10::Device device, find_device(options.device));
  keep_freed_memory();
  const at::ScalarType dtype = scalar_type(options.dtype);
  return catch_torch_errors([&]() -> Result<std::unique_ptr<Pipeline>> {
    FANTASCOPE_TRY(PipelineParts parts, PipelineParts::load(dir, dtype, device));
    FANTASCOPE_TRY(Vocabulary vocabulary, Vocabulary::read(parts.settings.vocabulary_file));
    return std::unique_ptr<Pipeline>(std::make_unique<AudioVideoPipeline>(std::move(parts), std::move(vocabulary)));
  });
}

}  // namespace fantascope::models::ltx2
