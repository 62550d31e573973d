#include "models/ltx2/pipeline.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/isfinite.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "engine/diffusion/patchify.h"
#include "engine/runtime/tensors/tensor_state.h"
#include "engine/runtime/torch_errors.h"
#include "models/ltx2/pipeline_parts.h"
#include "models/ltx2/pipeline_vocabulary.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr const char* kPromptEmbeds = "prompt_embeds";
constexpr const char* kLatents = "latents";
/// Pixels of a clip above which the picture is decoded in tiles, to bound the memory of the decoder's widest layer.
constexpr std::int64_t kTiledAbovePixels = std::int64_t{64} << 20;

Error cancelled() { return {ErrorCode::kCancelled, "Stopped", "", "", "", ""}; }

/// The tensors of a state, or an error if it is of another phase.
Result<const TensorState*> state_of_kind(const PhaseState& state, const char* kind) {
  const auto* tensors = dynamic_cast<const TensorState*>(&state);
  if (tensors != nullptr && tensors->kind() == kind) return tensors;
  return Error{ErrorCode::kMismatch,
               "This is the state of another phase",
               "state",
               tensors != nullptr ? tensors->kind() : "another program's",
               kind,
               "Start the job again."};
}

Result<at::Tensor> tensor_of_shape(const TensorState& state, const std::string& name, const std::vector<std::int64_t>& shape) {
  const at::Tensor tensor = state.get(name);
  if (tensor.defined() && tensor.sizes() == at::IntArrayRef(shape)) return tensor;
  const auto text = [](at::IntArrayRef sizes) {
    std::string out;
    for (const auto size : sizes) out += (out.empty() ? "" : "x") + std::to_string(size);
    return out;
  };
  return Error{ErrorCode::kMismatch, "The stored state does not fit the request",
               "state: " + name,     tensor.defined() ? text(tensor.sizes()) : "nothing",
               text(shape),          "Start the job again."};
}

bool finite(const LatentTokens& x) { return at::isfinite(x.video_BTC).all().item<bool>() && at::isfinite(x.audio_BLC).all().item<bool>(); }

class AudioVideoPipeline final : public Pipeline {
 public:
  AudioVideoPipeline(PipelineParts parts, Vocabulary vocabulary) : parts_(std::move(parts)), vocabulary_(std::move(vocabulary)) {}

  const ModelInfo& info() const override { return parts_.settings.info; }
  Result<void> validate(const GenerationRequest& request) const override { return validate_request(parts_.settings, request); }
  std::vector<PromptWarning> prompt_warnings(const std::string& prompt) const override { return vocabulary_.warnings(info().name, prompt); }
  Result<SamplingPlan> sampling_plan(const GenerationRequest& request) const override;
  Result<std::shared_ptr<PhaseState>> encode_prompt(const GenerationRequest& request, RunContext& context) override;
  Result<std::shared_ptr<PhaseState>> start(const GenerationRequest& request, RunContext& context) override;
  Result<std::shared_ptr<PhaseState>> denoise(const GenerationRequest& request, const PhaseState& prompt_embeds, const PhaseState& state,
                                              RunContext& context, int until_step) override;
  Result<VideoFrames> decode_video(const GenerationRequest& request, const PhaseState& latents, RunContext& context) override;
  Result<Waveform> decode_audio(const GenerationRequest& request, const PhaseState& latents, RunContext& context) override;
  Result<std::shared_ptr<PhaseState>> load_state(const std::string& path) const override;

 private:
  /// Runs a phase: request checked, no gradients, exceptions as errors.
  template <typename Work>
  std::invoke_result_t<Work> phase(const GenerationRequest& request, Work&& work) const {
    FANTASCOPE_TRY_VOID(validate(request));
    const c10::InferenceMode inference;
    return catch_torch_errors(std::forward<Work>(work));
  }
  Result<at::Tensor> video_latents(const GenerationRequest& request, const PhaseState& state) const;
  Result<at::Tensor> audio_latents(const GenerationRequest& request, const PhaseState& state) const;
  Result<PromptEmbeds> prompt_embeds(const GenerationRequest& request, const PhaseState& state) const;
  std::shared_ptr<PhaseState> pack(const DenoiseRecipe& recipe, const LatentTokens& latents, int step) const;
  Result<at::Tensor> decode_frames(const at::Tensor& raw_BCFHW, RunContext& context) const;

  PipelineParts parts_;
  Vocabulary vocabulary_;
};

Result<SamplingPlan> AudioVideoPipeline::sampling_plan(const GenerationRequest& request) const {
  FANTASCOPE_TRY_VOID(validate(request));
  const FlowMatchSchedule schedule = make_schedule(parts_.settings, request);
  return SamplingPlan{"FlowMatchEulerDiscreteScheduler", "euler", std::vector<double>(schedule.sigmas.begin(), schedule.sigmas.end())};
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
    const ClipShape shape = clip_shape(parts_.settings, request);
    ClipNoise noise = draw_noise(parts_.settings, shape, request.seed);
    if (request.first_image)
      noise.video_BCFHW = with_first_frame(noise.video_BCFHW, encode_image(parts_.video_vae, image_tensor(*request.first_image)));
    if (request.last_image) {
      const std::int64_t held = parts_.settings.video_vae.scale_factors.time + 1;
      noise.video_BCFHW = with_last_frame(noise.video_BCFHW, encode_held_image(parts_.video_vae, image_tensor(*request.last_image), held));
    }
    std::map<std::string, at::Tensor> tensors = {{"video", noise.video_BCFHW}, {"audio", noise.audio_BCLM}};
    return std::shared_ptr<PhaseState>(std::make_shared<TensorState>(kLatents, 0, std::move(tensors)));
  });
}

Result<at::Tensor> AudioVideoPipeline::video_latents(const GenerationRequest& request, const PhaseState& state) const {
  FANTASCOPE_TRY(const TensorState* tensors, state_of_kind(state, kLatents));
  const ClipShape shape = clip_shape(parts_.settings, request);
  return tensor_of_shape(*tensors, "video", {1, parts_.settings.transformer.in_channels, shape.frames, shape.height, shape.width});
}

Result<at::Tensor> AudioVideoPipeline::audio_latents(const GenerationRequest& request, const PhaseState& state) const {
  FANTASCOPE_TRY(const TensorState* tensors, state_of_kind(state, kLatents));
  const ClipShape shape = clip_shape(parts_.settings, request);
  return tensor_of_shape(*tensors, "audio", {1, parts_.settings.audio.channels, shape.audio_frames, parts_.settings.audio.num_bins});
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

std::shared_ptr<PhaseState> AudioVideoPipeline::pack(const DenoiseRecipe& recipe, const LatentTokens& latents, int step) const {
  const ClipShape& shape = recipe.shape;
  std::map<std::string, at::Tensor> tensors = {{"video", unpatchify_video(latents.video_BTC, shape.frames, shape.height, shape.width)},
                                               {"audio", unpatchify_audio(latents.audio_BLC, parts_.settings.audio.num_bins)}};
  return std::make_shared<TensorState>(kLatents, step, std::move(tensors));
}

Result<std::shared_ptr<PhaseState>> AudioVideoPipeline::denoise(const GenerationRequest& request, const PhaseState& prompt_state,
                                                                const PhaseState& state, RunContext& context, int until_step) {
  return phase(request, [&]() -> Result<std::shared_ptr<PhaseState>> {
    FANTASCOPE_TRY(const at::Tensor video, video_latents(request, state));
    FANTASCOPE_TRY(const at::Tensor audio, audio_latents(request, state));
    FANTASCOPE_TRY(PromptEmbeds embeds, prompt_embeds(request, prompt_state));
    DenoiseRecipe recipe = make_recipe(parts_.settings, parts_.settings.options, request);
    recipe.clean_mask_BT = given_frames_mask(recipe.shape, request.first_image.has_value(), request.last_image.has_value());
    const Denoiser denoiser(parts_.transformer, recipe, std::move(embeds));
    const int num_steps = denoiser.num_steps();
    const int last = until_step < 0 ? num_steps : std::min(until_step, num_steps);
    LatentTokens latents{patchify_video(video), patchify_audio(audio)};
    int step = state.step();
    for (; step < last; ++step) {
      if (context.stop.stop_requested()) return cancelled();
      latents = denoiser.advance(step, latents, denoiser.velocities(step, latents));
      if (!finite(latents)) {
        return Error{ErrorCode::kModelNaN,
                     "model produced NaN at step " + std::to_string(step + 1),
                     info().name,
                     "",
                     "",
                     "The weights may be damaged (verify the model), or bf16 is too coarse for them (try fp32)."};
      }
      if (context.on_state) FANTASCOPE_TRY_VOID(context.on_state(*pack(recipe, latents, step + 1)));
      if (context.on_step) context.on_step(step + 1, num_steps);
    }
    return pack(recipe, latents, step);
  });
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
    FANTASCOPE_TRY(const at::Tensor normalised, video_latents(request, latents));
    const at::Tensor raw = raw_video_latents(parts_.video_vae, normalised, parts_.dtype);
    FANTASCOPE_TRY_VOID(parts_.video_vae.check_latents(raw.sizes()));
    FANTASCOPE_TRY(const at::Tensor decoded, decode_frames(raw, context));
    const at::Tensor unit = at::clamp(decoded[0].to(at::kFloat) / 2 + 0.5, 0, 1).permute({1, 2, 3, 0}).contiguous();
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
    FANTASCOPE_TRY(const at::Tensor normalised, audio_latents(request, latents));
    const at::Tensor raw = raw_audio_latents(parts_.audio_vae, normalised, parts_.dtype);
    FANTASCOPE_TRY_VOID(parts_.audio_vae.check_latents(raw.sizes()));
    const at::Tensor sound = parts_.vocoder->forward(parts_.audio_vae.decode(raw))[0].to(at::kFloat).contiguous();
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
  if (state->kind() != kPromptEmbeds && state->kind() != kLatents) {
    return Error{
        ErrorCode::kMismatch, "This state was stored by another family of models", path, state->kind(), "prompt_embeds or latents", ""};
  }
  return std::shared_ptr<PhaseState>(std::move(state));
}

}  // namespace

Result<std::unique_ptr<Pipeline>> load_pipeline(const std::string& dir, const LoadOptions& options) {
  if (options.device != "cpu") {
    return Error{ErrorCode::kUnsupported, "This build computes on the CPU only", "device", options.device, "cpu", "Leave --device out."};
  }
  const at::ScalarType dtype = options.dtype == DType::kFloat32 ? at::kFloat : at::kBFloat16;
  return catch_torch_errors([&]() -> Result<std::unique_ptr<Pipeline>> {
    FANTASCOPE_TRY(PipelineParts parts, PipelineParts::load(dir, dtype));
    FANTASCOPE_TRY(Vocabulary vocabulary, Vocabulary::read(parts.settings.vocabulary_file));
    return std::unique_ptr<Pipeline>(std::make_unique<AudioVideoPipeline>(std::move(parts), std::move(vocabulary)));
  });
}

}  // namespace fantascope::models::ltx2
