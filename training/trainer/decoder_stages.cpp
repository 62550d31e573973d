// The stages that fit decoders, encoders and the vocoder to the closed-form latents, so that the shipped folder is whole.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/hann_window.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/stft.h>

#include <cstdio>

#include "training/trainer/checkpoint.h"
#include "training/trainer/image_files.h"
#include "training/trainer/network_trainer.h"
#include "training/trainer/vae_embedding.h"
#include "training/trainer/workshop.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

constexpr std::uint64_t kVideoSeed = 0xDEC0DE0000ULL, kAudioSeed = 0xA0D10000000ULL, kNextSeed = 0x9E3779B1ULL;

// Sound does not depend on the size of the picture, so that audio stages render the smallest one.
world::Clip audio_clip(const TrainConfig& config, std::uint64_t seed) {
  world::ClipShape shape = config.buckets[0].shape;
  shape.width = shape.height = 16;
  return world::render_clip(training_scene(seed, kNextSeed), shape);
}

world::Clip video_clip(const TrainConfig& config, std::int64_t index) {
  const std::size_t bucket = index % 5 == 4 ? static_cast<std::size_t>(index / 5) % config.buckets.size() : 0;
  return world::render_clip(training_scene(kVideoSeed + static_cast<std::uint64_t>(index), kNextSeed), config.buckets[bucket].shape);
}

at::Tensor frames_to_video(const at::Tensor& frames_F3HW) { return frames_F3HW.permute({1, 0, 2, 3}).unsqueeze(0).contiguous(); }
at::Tensor video_to_frames(const at::Tensor& video_BCTHW) { return video_BCTHW[0].permute({1, 0, 2, 3}); }

// Squared error, with objects and motion counting more: that is where a codec's mean hides its faults.
at::Tensor weighted_error(const at::Tensor& output, const NetworkSample& sample) {
  const at::Tensor error = (output.to(at::kFloat) - sample.target).square();
  const at::Tensor weight = sample.weight * 4.0 + 1.0;
  return (error * weight).sum() / (weight.sum() * static_cast<double>(output.size(1)));
}

// Magnitudes below this are silence: their logarithms say nothing. A nearly silent clip counts as one with this norm, or it would outweigh
// all others.
constexpr double kSilentBin = 2e-2, kSoftSpectrum = 10.0;

at::Tensor spectrum(const at::Tensor& wave_BN, std::int64_t window) {
  const at::Tensor complex = at::stft(wave_BN, window, window / 4, window, at::hann_window(window, wave_BN.options()), /*center=*/false,
                                      "reflect", /*normalized=*/false,
                                      /*onesided=*/true, /*return_complex=*/true);
  return complex.abs().clamp_min(kSilentBin);
}

// Multi-resolution spectral distance (Yamamoto et al. 2020, arXiv 1910.11480) beside a little of the wave itself.
at::Tensor spectral_error(const at::Tensor& output, const NetworkSample& sample) {
  const at::Tensor ours = output.to(at::kFloat).flatten(0, 1), truth = sample.target.flatten(0, 1);
  at::Tensor loss = (ours - truth).abs().mean();
  for (const std::int64_t window : {256, 512, 1024}) {
    const at::Tensor a = spectrum(ours, window), b = spectrum(truth, window);

    loss = loss + (a - b).norm() / b.norm().clamp_min(kSoftSpectrum) + (a.log() - b.log()).abs().mean();
  }
  return loss;
}

std::function<void(const NetworkReport&)> reporter(const std::string& stage, std::int64_t steps) {
  return [stage, steps](const NetworkReport& report) {
    std::fprintf(stderr, "[%s] step %lld of %lld  loss %.5f  %.2f s a step\n", stage.c_str(), static_cast<long long>(report.step),
                 static_cast<long long>(steps), report.loss, report.seconds_per_step);
  };
}

struct StageRun {
  std::string name;
  DecoderConfig decoder;
  NetworkTask task;
};

// Trains one network and keeps its averaged weights in <name>.safetensors.
Result<std::unique_ptr<NetworkTrainer>> run_network(Workshop& shop, const StageOptions& options, StageRun run) {
  if (options.steps > 0) run.decoder.steps = options.steps;
  const std::string state = run.name + "-state.safetensors";
  const bool resume = options.resume && shop.has(state);
  FANTASCOPE_TRY(auto trainer,
                 NetworkTrainer::create(std::move(run.task), run.decoder, shop.config().seed, shop.file(state), resume, options.device));
  FANTASCOPE_TRY_VOID(trainer->run(deadline(options), reporter(run.name, run.decoder.steps)));
  FANTASCOPE_TRY_VOID(save_checkpoint(shop.file(run.name + ".safetensors"), trainer->averaged()));
  return trainer;
}

void print_report(const char* stage, const CodecReport& report) {
  std::fprintf(stderr, "[%s] %d clips: all %.2f dB, objects %.2f dB, moving pixels %.2f dB, first frame %.2f dB, later frames %.2f dB\n",
               stage, report.num_clips, report.all_db, report.object_db, report.moving_db, report.first_frame_db, report.later_frames_db);
}

}  // namespace

Result<void> run_video_decoder_stage(Workshop& shop, const StageOptions& options) {
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  const TrainConfig& config = shop.config();
  const auto& vae = config.components.at("vae");
  FANTASCOPE_TRY(NamedTensors start, decoder_start(codecs->video, vae.at("decoder_block_out_channels").back().get<std::int64_t>(),
                                                   vae.at("decoder_layers_per_block").get<std::vector<std::int64_t>>()));
  NetworkTask task;
  task.component = "vae";
  task.part = "decoder.";
  task.make = [&](const SourceOf& sources) { return shop.family().make_video_decoder(config.components, sources); };
  for (const auto& [name, tensor] : start) {
    if (name.find(".resnets.") == std::string::npos) task.slow.insert(name);
  }
  task.slow_rate = 0.15;
  task.start = std::move(start);
  task.loss = weighted_error;
  task.sample = [&config, codecs](std::int64_t index) {
    const world::Clip clip = video_clip(config, index);
    const at::Tensor frames = frames_tensor(clip);
    return NetworkSample{codecs->video.encode(frames).unsqueeze(0), frames_to_video(frames),
                         motion_weights(clip).unsqueeze(0).unsqueeze(0)};
  };
  FANTASCOPE_TRY(auto trainer, run_network(shop, options, {"video-decoder", config.video_decoder, std::move(task)}));
  print_report("video-decoder", measure_codec(config, 40, [&](const at::Tensor& frames) {
                 return video_to_frames(trainer->forward(codecs->video.encode(frames).unsqueeze(0)));
               }));
  return {};
}

Result<void> run_video_encoder_stage(Workshop& shop, const StageOptions& options) {
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  const TrainConfig& config = shop.config();
  NetworkTask task;
  task.component = "vae";
  task.part = "encoder.";
  FANTASCOPE_TRY(task.start, encoder_start(codecs->video, config.components.at("vae")));
  task.make = [&](const SourceOf& sources) { return shop.family().make_video_encoder(config.components, sources); };
  // Errors count as the denoiser sees them: on normalised latents.
  task.loss = [codecs](const at::Tensor& output, const NetworkSample& sample) {
    const at::Tensor scale = codecs->video_std_C.to(output.device()).view({1, -1, 1, 1, 1});
    return ((output.to(at::kFloat) - sample.target) / scale).square().mean();
  };
  task.sample = [&config, codecs](std::int64_t index) {
    const at::Tensor frames = frames_tensor(video_clip(config, index));
    return NetworkSample{frames_to_video(frames), codecs->video.encode(frames).unsqueeze(0), {}};
  };
  FANTASCOPE_TRY(auto trainer, run_network(shop, options, {"video-encoder", config.video_encoder, std::move(task)}));
  print_report("video-encoder", measure_codec(config, 20, [&](const at::Tensor& frames) {
                 return codecs->video.decode(trainer->forward(frames_to_video(frames))[0]);
               }));
  return {};
}

Result<void> run_audio_stage(Workshop& shop, const StageOptions& options) {
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  const TrainConfig& config = shop.config();
  const int batch = config.audio_decoder.batch;
  // Batches of (log-mel, closed-form latents).
  const auto pairs = [&config, codecs, batch](std::int64_t index) {
    std::vector<at::Tensor> mels, latents;
    for (int b = 0; b < batch; ++b) {
      const world::Clip clip = audio_clip(config, kAudioSeed + static_cast<std::uint64_t>(index * batch + b));
      const std::int64_t length = audio_latent_length(clip.shape);
      const at::Tensor mel = codecs->mel(audio_tensor(clip).unsqueeze(0))[0];
      latents.push_back(codecs->audio.encode(mel, length));
      mels.push_back(mel.slice(1, 0, AudioCells::kSpan * length - (AudioCells::kSpan - 1)));
    }
    return std::pair{at::stack(mels), at::stack(latents)};
  };
  const auto fit = [&](const std::string& half, const auto& make,
                       const std::function<NetworkSample(std::int64_t)>& sample) -> Result<void> {
    NetworkTask task;
    task.component = "audio_vae";
    task.part = half + ".";
    task.make = [&](const SourceOf& sources) { return make(config.components, sources); };
    task.loss = [](const at::Tensor& output, const NetworkSample& wanted) { return (output.to(at::kFloat) - wanted.target).abs().mean(); };
    task.sample = sample;
    FANTASCOPE_TRY(const auto trainer, run_network(shop, options, {"audio-" + half, config.audio_decoder, std::move(task)}));
    return {};
  };
  FANTASCOPE_TRY_VOID(fit("decoder", shop.family().make_audio_decoder, [pairs](std::int64_t index) {
    auto [mels, latents] = pairs(index);
    return NetworkSample{latents, mels, {}};
  }));
  return fit("encoder", shop.family().make_audio_encoder, [pairs](std::int64_t index) {
    auto [mels, latents] = pairs(index);
    return NetworkSample{mels, latents, {}};
  });
}

Result<void> run_vocoder_stage(Workshop& shop, const StageOptions& options) {
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  const TrainConfig& config = shop.config();
  const std::int64_t hop = config.components.at("audio_vae").at("mel_hop_length");
  constexpr std::int64_t kFrames = 48;
  NetworkTask task;
  task.component = "vocoder";
  task.make = [&](const SourceOf& sources) { return shop.family().make_vocoder(config.components, sources); };
  task.loss = spectral_error;
  task.sample = [&config, codecs, hop](std::int64_t index) {
    std::vector<at::Tensor> mels, waves;
    const world::Clip clip = audio_clip(config, kAudioSeed * 3 + static_cast<std::uint64_t>(index));
    const at::Tensor wave = audio_tensor(clip);
    at::Tensor mel = codecs->mel(wave.unsqueeze(0))[0];
    const std::int64_t length = audio_latent_length(clip.shape);
    // Every other batch hears what the codec leaves of the sound, since that is what it will be given.
    if (index % 2 == 1) mel = codecs->audio.decode(codecs->audio.encode(mel, length));
    std::mt19937_64 random(static_cast<std::uint64_t>(index));
    const std::int64_t last = std::min(mel.size(1), wave.size(1) / hop) - kFrames;
    for (int b = 0; b < config.vocoder.batch; ++b) {
      const std::int64_t first = std::uniform_int_distribution<std::int64_t>(0, last)(random);
      mels.push_back(mel.slice(1, first, first + kFrames));
      waves.push_back(wave.slice(1, first * hop, (first + kFrames) * hop));
    }
    return NetworkSample{at::stack(mels), at::stack(waves), {}};
  };
  FANTASCOPE_TRY(auto trainer, run_network(shop, options, {"vocoder", config.vocoder, std::move(task)}));
  return {};
}

}  // namespace fantascope::training
