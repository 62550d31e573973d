#include "training/trainer/codec_stage.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

#include "training/trainer/checkpoint.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

// Evaluation of codecs draws from seeds that neither the fit nor the denoiser's clips use.
constexpr std::uint64_t kMeasureSeed = 0x7E57000000ULL;
constexpr std::uint64_t kFitSeed = 0xF17000000ULL, kNextSeed = 1000003;

const world::ClipShape& fit_shape(const TrainConfig& config, int index) {
  // Mostly the first bucket; every fourth clip has the shape of another, so that no shape is foreign to the basis.
  if (index % 4 != 3) return config.buckets[0].shape;
  return config.buckets[static_cast<std::size_t>(index / 4) % config.buckets.size()].shape;
}

Result<void> read_scale(const NamedTensors& all, const std::string& stream, at::Tensor& mean, at::Tensor& std) {
  for (auto [name, target] : {std::pair{stream + "_mean", &mean}, std::pair{stream + "_std", &std}}) {
    if (!all.contains(name)) return Error{ErrorCode::kBadFile, "not a codec file", name, "missing", "", "Fit the codec again"};
    *target = all.at(name);
  }
  return {};
}

// Dividing by stddev^exponent leaves strong components stronger: the loss then goes where the picture is.
at::Tensor scale_of(const at::Tensor& spread, double exponent) {
  const at::Tensor scale = spread.pow(exponent);
  return scale * (spread / scale).square().mean().sqrt();  // overall variance 1
}

void set_video_scale(const TrainConfig& config, Codecs& codecs) {
  codecs.video_std_C = scale_of(codecs.video.last_level().stddev_K.clamp_min(1e-4), config.latent_exponent);
  codecs.video_mean_C = at::zeros_like(codecs.video_std_C);
}

Result<void> read_audio(const NamedTensors& all, Codecs& codecs) {
  FANTASCOPE_TRY(codecs.audio, AudioCells::from_tensors(part_of(all, "audio.")));
  return read_scale(all, "audio", codecs.audio_mean_D, codecs.audio_std_D);
}

}  // namespace

void CodecMeter::SquaredError::add(const at::Tensor& error, const at::Tensor& mask) {
  sum += (error * mask).sum().item<double>();
  count += mask.sum().item<double>();
}

double CodecMeter::SquaredError::db() const {
  return count > 0 ? 10.0 * std::log10(4.0 / std::max(sum / count, 1e-12)) : 0;  // range [-1,1]: peak 2
}

void CodecMeter::add(const world::Clip& clip, const at::Tensor& reconstructed) {
  const at::NoGradGuard no_grad;
  const at::Tensor frames = frames_tensor(clip);
  const at::Tensor error = (reconstructed.clamp(-1, 1) - frames).square().mean(at::IntArrayRef{1});
  const at::Tensor ones = at::ones_like(error);
  const at::Tensor mask = at::from_blob(const_cast<std::uint8_t*>(clip.object_mask.data()), error.sizes(), at::kByte).gt(0).to(at::kFloat);
  const at::Tensor change =
      (frames.slice(0, 1) - frames.slice(0, 0, frames.size(0) - 1)).abs().amax(at::IntArrayRef{1}).gt(0.1).to(at::kFloat);
  all_.add(error, ones);
  object_.add(error, mask);
  moving_.add(error.slice(0, 1), change);
  first_.add(error.slice(0, 0, 1), ones.slice(0, 0, 1));
  later_.add(error.slice(0, 1), ones.slice(0, 1));
  ++num_clips_;
}

CodecReport CodecMeter::report() const { return {all_.db(), object_.db(), moving_.db(), first_.db(), later_.db(), num_clips_}; }

CodecReport measure_codec(const TrainConfig& config, int num_clips, const Reconstruct& reconstruct) {
  const at::NoGradGuard no_grad;
  CodecMeter meter;
  for (int i = 0; i < num_clips; ++i) {
    const world::Clip clip = world::render_clip(world::sample_scene(kMeasureSeed + static_cast<std::uint64_t>(i)), config.buckets[0].shape);
    meter.add(clip, reconstruct(frames_tensor(clip)));
  }
  return meter.report();
}

Result<Codecs> fit_codecs(const TrainConfig& config, const TrainableNetwork& mel, const std::function<void(const std::string&)>& say) {
  const at::NoGradGuard no_grad;
  Codecs codecs;
  codecs.mel = mel;
  codecs.video = CellCodec::fit(
      config.codec,
      [&](int index) {
        const world::Clip clip =
            world::render_clip(training_scene(kFitSeed + static_cast<std::uint64_t>(index), kNextSeed), fit_shape(config, index));
        return std::pair{frames_tensor(clip), motion_weights(clip)};
      },
      [&](int level) {
        say("video codec: level " + std::to_string(level + 1) + " of " + std::to_string(config.codec.components.size()) + " fitted");
      });
  set_video_scale(config, codecs);

  const auto& audio_config = config.components.at("audio_vae");
  const std::int64_t channels = audio_config.at("latent_channels");
  AudioCells::Fitter fitter;
  std::vector<at::Tensor> mels;
  for (int i = 0; i < std::max(8, config.codec.num_clips / 4); ++i) {
    const world::Clip clip =
        world::render_clip(training_scene(kFitSeed + static_cast<std::uint64_t>(i), kNextSeed), config.buckets[0].shape);
    mels.push_back(mel(audio_tensor(clip).unsqueeze(0))[0]);
    fitter.add(mels.back(), audio_latent_length(clip.shape));
  }
  codecs.audio = fitter.fit(channels);
  say("audio codec: fitted");

  std::vector<at::Tensor> packed;
  for (const auto& one : mels)
    packed.push_back(codecs.audio.encode(one, audio_latent_length(config.buckets[0].shape)).permute({1, 0, 2}).flatten(1));
  const at::Tensor all = at::cat(packed);
  codecs.audio_mean_D = all.mean(0);
  codecs.audio_std_D = scale_of(all.std(0).clamp_min(1e-3), config.latent_exponent);
  return codecs;
}

NamedTensors tensors_of(const Codecs& codecs) {
  NamedTensors all;
  for (const auto& [name, tensor] : codecs.video.tensors()) all["video." + name] = tensor;
  for (const auto& [name, tensor] : codecs.audio.tensors()) all["audio." + name] = tensor;
  all["video_mean"] = codecs.video_mean_C;
  all["video_std"] = codecs.video_std_C;
  all["audio_mean"] = codecs.audio_mean_D;
  all["audio_std"] = codecs.audio_std_D;
  return all;
}

Result<void> save_codecs(const Codecs& codecs, const std::string& path) { return save_checkpoint(path, tensors_of(codecs)); }

Result<Codecs> load_codecs(const std::string& path, const TrainableNetwork& mel, const TrainConfig& config) {
  FANTASCOPE_TRY(const NamedTensors all, load_checkpoint(path));
  Codecs codecs;
  codecs.mel = mel;
  auto video = CellCodec::from_tensors(part_of(all, "video."), config.codec);
  if (!video) {
    Error error = video.error();
    error.message += ": " + path;
    return error;
  }
  codecs.video = std::move(*video);
  FANTASCOPE_TRY_VOID(read_scale(all, "video", codecs.video_mean_C, codecs.video_std_C));
  const bool cut = all.contains("video.level" + std::to_string(codecs.video.num_levels()) + ".basis") ||
                   codecs.video_std_C.size(0) != config.codec.components.back();
  if (cut) set_video_scale(config, codecs);  // the file's is of other latents
  FANTASCOPE_TRY_VOID(read_audio(all, codecs));
  return codecs;
}

}  // namespace fantascope::training
