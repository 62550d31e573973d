#include "training/report/generator.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/runtime/model_family.h"
#include "engine/runtime/number_format.h"
#include "engine/runtime/tensors/device.h"
#include "engine/runtime/tensors/trainable.h"
#include "models/registry.h"
#include "training/trainer/checkpoint.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

std::uint8_t to_byte(float value) { return static_cast<std::uint8_t>(std::clamp(value * 255.0f + 0.5f, 0.0f, 255.0f)); }

world::Clip to_clip(const VideoFrames& frames, const Waveform& wave, const world::ClipShape& shape) {
  world::Clip clip;
  clip.shape = shape;
  clip.shape.sample_rate = wave.sample_rate;
  clip.frames.resize(frames.rgb.size());
  std::ranges::transform(frames.rgb, clip.frames.begin(), to_byte);
  // The judge takes two channels; a mono sound is heard on both.
  for (int channel = 0; channel < 2; ++channel) {
    const auto start = wave.samples.begin() + static_cast<std::ptrdiff_t>(std::min(channel, wave.num_channels - 1) * wave.num_samples);
    clip.audio.insert(clip.audio.end(), start, start + static_cast<std::ptrdiff_t>(wave.num_samples));
  }
  return clip;
}

// The two autoencoders and the vocoder with their stored weights.
struct StoredCodecs {
  at::ScalarType dtype = at::kBFloat16;
  std::unique_ptr<TrainableParameters> vae, audio_vae, vocoder;
  TrainableNetwork video_encoder, video_decoder, audio_encoder, audio_decoder, vocode, mel;
};

Result<StoredCodecs> load_codecs_of(const std::string& dir, const TrainableFamily& family, DType dtype) {
  StoredCodecs stored;
  stored.dtype = scalar_type(dtype);
  nlohmann::json configs;
  for (auto [component, parameters] :
       {std::pair{"vae", &stored.vae}, std::pair{"audio_vae", &stored.audio_vae}, std::pair{"vocoder", &stored.vocoder}}) {
    const std::string folder = dir + "/" + component;
    std::ifstream file(folder + "/config.json");
    configs[component] = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
    if (configs[component].is_discarded())
      return Error{ErrorCode::kBadFile, "cannot read a component's configuration", folder + "/config.json", "", "", ""};
    FANTASCOPE_TRY(NamedTensors tensors, load_checkpoint(folder + "/diffusion_pytorch_model.safetensors"));
    *parameters = std::make_unique<TrainableParameters>(stored.dtype, 0, std::move(tensors));
  }
  const SourceOf sources = [&](const std::string& component) -> ParameterSource& {
    return component == "vae" ? *stored.vae : component == "audio_vae" ? *stored.audio_vae : *stored.vocoder;
  };
  FANTASCOPE_TRY(stored.video_encoder, family.make_video_encoder(configs, sources));
  FANTASCOPE_TRY(stored.video_decoder, family.make_video_decoder(configs, sources));
  FANTASCOPE_TRY(stored.audio_encoder, family.make_audio_encoder(configs, sources));
  FANTASCOPE_TRY(stored.audio_decoder, family.make_audio_decoder(configs, sources));
  FANTASCOPE_TRY(stored.vocode, family.make_vocoder(configs, sources));
  FANTASCOPE_TRY(stored.mel, family.make_mel(configs));
  return stored;
}

}  // namespace

struct ClipGenerator::State {
  std::unique_ptr<Pipeline> pipeline;
  GenerationRequest request;
  std::optional<StoredCodecs> codecs;
  std::vector<double> seconds;
};

ClipGenerator::ClipGenerator() : state_(std::make_unique<State>()) {}
ClipGenerator::ClipGenerator(ClipGenerator&&) noexcept = default;
ClipGenerator::~ClipGenerator() = default;

Result<ClipGenerator> ClipGenerator::open(const std::string& model_dir) {
  for (const auto& family : builtin_families()) {
    if (!family.detect(model_dir)) continue;
    ClipGenerator generator;
    FANTASCOPE_TRY(const ModelInfo info, family.describe(model_dir));
    LoadOptions options;
    options.dtype = fast_dtype(options.device, info.weights_bytes);
    FANTASCOPE_TRY(generator.state_->pipeline, family.load(model_dir, options));
    generator.state_->request = generator.state_->pipeline->info().defaults;
    if (family.trainable != nullptr) {
      FANTASCOPE_TRY(generator.state_->codecs, load_codecs_of(model_dir, *family.trainable, options.dtype));
    }
    return generator;
  }
  return Error{ErrorCode::kNotFound, "no model of a known family here", model_dir, "", "a folder with model_index.json", ""};
}

const GenerationRequest& ClipGenerator::defaults() const { return state_->request; }
void ClipGenerator::set_steps(int steps) { state_->request.num_inference_steps = steps; }

world::ClipShape ClipGenerator::shape() const {
  const auto& request = state_->request;
  world::ClipShape shape;
  shape.width = request.width;
  shape.height = request.height;
  shape.num_frames = request.num_frames;
  shape.fps = request.fps.value();
  return shape;
}

Result<world::Clip> ClipGenerator::generate(const std::string& prompt, std::uint64_t seed) {
  const auto start = std::chrono::steady_clock::now();
  GenerationRequest request = state_->request;
  request.prompt = prompt;
  request.seed = seed;
  RunContext context;
  auto& pipeline = *state_->pipeline;
  FANTASCOPE_TRY(const auto embeds, pipeline.encode_prompt(request, context));
  FANTASCOPE_TRY(const auto noise, pipeline.start(request, context));
  FANTASCOPE_TRY(const auto latents, pipeline.denoise(request, *embeds, *noise, context));
  FANTASCOPE_TRY(const VideoFrames frames, pipeline.decode_video(request, *latents, context));
  FANTASCOPE_TRY(const Waveform wave, pipeline.decode_audio(request, *latents, context));
  state_->seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return to_clip(frames, wave, shape());
}

Result<world::Clip> ClipGenerator::reconstruct(const world::Clip& clip) {
  if (!state_->codecs)
    return Error{
        ErrorCode::kUnsupported, "this family's codecs cannot be run on rendered clips", state_->pipeline->info().family, "", "", ""};
  const at::NoGradGuard no_grad;
  const auto& codecs = *state_->codecs;
  const at::Tensor video = frames_tensor(clip).permute({1, 0, 2, 3}).unsqueeze(0).to(codecs.dtype);
  const at::Tensor decoded = codecs.video_decoder(codecs.video_encoder(video))[0].to(at::kFloat).permute({1, 2, 3, 0});
  const at::Tensor bytes = ((decoded + 1) * 127.5).round().clamp(0, 255).to(at::kByte).contiguous();
  world::Clip result;
  result.shape = clip.shape;
  result.frames.assign(bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel());
  const at::Tensor mel = codecs.mel(audio_tensor(clip).unsqueeze(0)).slice(2, 0, 4 * audio_latent_length(clip.shape) - 3).to(codecs.dtype);
  const at::Tensor wave = codecs.vocode(codecs.audio_decoder(codecs.audio_encoder(mel)))[0].to(at::kFloat).clamp(-1, 1).contiguous();
  result.audio.assign(wave.data_ptr<float>(), wave.data_ptr<float>() + wave.numel());
  return result;
}

double ClipGenerator::seconds_per_clip() const {
  if (state_->seconds.empty()) return 0;
  std::vector<double> sorted = state_->seconds;
  std::ranges::sort(sorted);
  return sorted[sorted.size() / 2];
}

}  // namespace fantascope::training
