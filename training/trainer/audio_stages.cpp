// The stages that fit the sound's decoder and encoder to the closed-form latents, and the vocoder to what the decoder gives.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/stack.h>

#include "training/trainer/checkpoint.h"
#include "training/trainer/compute_type.h"
#include "training/trainer/internal/network_stage.h"
#include "training/trainer/spectral_distance.h"
#include "training/trainer/vocoder_start.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

// Far from the clips that decoder and encoder were fitted on.
constexpr std::uint64_t kFirstVocoderClip = 0x1000000ULL;
// And clips that its start is fitted on, far from those.
constexpr std::int64_t kFirstToneClip = 0x8000000;
// Frames of mel that the vocoder is taught on at a time: half a second.
constexpr std::int64_t kVocoderFrames = 48;
// One clip in so many is one in which something sings: few places and times have it, and its notes are rarer still.
constexpr std::int64_t kSongEvery = 3;
// One batch in so many has the mel as it was, so that the vocoder is one for true sounds as well.
constexpr std::int64_t kTrueMelEvery = 4;
constexpr double kMelWeight = 3.0;
constexpr double kWaveWeight = 2.0;
// Stretches in which the samples themselves are compared: two hops.
constexpr std::int64_t kWaveStretchHops = 2;

// Samples against samples, each stretch by its own loudness: quiet crickets count as much as an impact. Spectra without phase cannot teach
// a network to sing what it does not sing yet, for any start of a carrier is as wrong as none; the tones of the world keep the phase of
// one clock (training/world/sound.cpp), and so can be learnt here. Noise has no sample that could be learnt: it says nothing either way.
at::Tensor wave_distance(const at::Tensor& ours_BCN, const at::Tensor& truth_BCN, std::int64_t stretch) {
  const auto loudness = [stretch](const at::Tensor& x) { return (x.unflatten(2, {-1, stretch}).square().mean(3) + 1e-7).sqrt(); };
  return (loudness(ours_BCN - truth_BCN) / (loudness(truth_BCN) + 3e-3)).mean();
}

bool has_song(const world::Scene& scene) {
  if (scene.weather == world::Weather::kRain || scene.place == world::Place::kStudio) return false;
  const bool birds = scene.place == world::Place::kMeadow && scene.time == world::TimeOfDay::kDay;
  return birds || scene.time == world::TimeOfDay::kNight;
}

// The sound decoder as it was trained; the vocoder will be given nothing else.
Result<TrainableNetwork> trained_audio_decoder(Workshop& shop) {
  const std::string file = "audio-decoder.safetensors";
  if (!shop.has(file)) {
    return Error{ErrorCode::kNotFound,
                 "the vocoder is taught on what the sound decoder gives",
                 shop.file(file),
                 "no such file",
                 "",
                 "Run `fantascope train audio` first"};
  }
  FANTASCOPE_TRY(NamedTensors weights, load_checkpoint(shop.file(file)));
  const auto parameters = std::make_shared<TrainableParameters>(compute_type(c10::kCPU), shop.config().seed, std::move(weights));
  const SourceOf sources = [parameters](const std::string&) -> ParameterSource& { return *parameters; };
  FANTASCOPE_TRY(TrainableNetwork network, shop.family().make_audio_decoder(shop.config().components, sources));
  return TrainableNetwork([parameters, network](const at::Tensor& latents) {
    const at::NoGradGuard no_grad;
    return network(latents.to(compute_type(c10::kCPU))).to(at::kFloat);
  });
}

}  // namespace

Result<void> run_audio_stage(Workshop& shop, const StageOptions& options) {
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  const TrainConfig& config = shop.config();
  const int batch = config.audio_decoder.batch;
  // Batches of (log-mel, closed-form latents).
  const auto pairs = [&config, codecs, batch](std::int64_t index) {
    std::vector<at::Tensor> mels, latents;
    for (int b = 0; b < batch; ++b) {
      const world::Clip clip = audio_clip(config, static_cast<std::uint64_t>(index * batch + b));
      const std::int64_t length = audio_latent_length(clip.shape);
      const at::Tensor mel = codecs->mel(audio_tensor(clip).unsqueeze(0))[0];
      latents.push_back(codecs->audio.encode(mel, length));
      mels.push_back(mel.slice(1, 0, AudioCells::kSpan * length - (AudioCells::kSpan - 1)));
    }
    return std::pair{at::stack(mels), at::stack(latents)};
  };
  const auto absolute = [](const at::Tensor& output, const NetworkSample& wanted) {
    return (output.to(at::kFloat) - wanted.target).abs().mean();
  };
  // A smooth mel would make the vocoder hum: it has the same input in every frame.
  const auto with_texture = [absolute](const at::Tensor& output, const NetworkSample& wanted) {
    return absolute(output, wanted) + distance_over_time(output.to(at::kFloat), wanted.target, /*time=*/2);
  };
  const auto fit = [&](const std::string& half, const auto& make, const auto& loss,
                       const std::function<NetworkSample(std::int64_t)>& sample) -> Result<void> {
    NetworkTask task;
    task.component = "audio_vae";
    task.part = half + ".";
    task.make = [&](const SourceOf& sources) { return make(config.components, sources); };
    task.loss = loss;
    task.sample = sample;
    FANTASCOPE_TRY(const auto trainer, run_network(shop, options, {"audio-" + half, config.audio_decoder, std::move(task)}));
    return {};
  };
  FANTASCOPE_TRY_VOID(fit("decoder", shop.family().make_audio_decoder, with_texture, [pairs](std::int64_t index) {
    auto [mels, latents] = pairs(index);
    return NetworkSample{latents, mels, {}};
  }));
  return fit("encoder", shop.family().make_audio_encoder, absolute, [pairs](std::int64_t index) {
    auto [mels, latents] = pairs(index);
    return NetworkSample{mels, latents, {}};
  });
}

Result<void> run_vocoder_stage(Workshop& shop, const StageOptions& options) {
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  FANTASCOPE_TRY(const TrainableNetwork decoder, trained_audio_decoder(shop));
  const TrainConfig& config = shop.config();
  const std::int64_t hop = config.components.at("audio_vae").at("mel_hop_length");
  NetworkTask task;
  task.component = "vocoder";
  task.make = [&](const SourceOf& sources) { return shop.family().make_vocoder(config.components, sources); };
  task.loss = [codecs, hop](const at::Tensor& output, const NetworkSample& wanted) {
    const at::Tensor wave = output.to(at::kFloat);
    // What it was told comes first: bands as the ear has them, where a linear spectrum has few bins for the body of an impact.
    const at::Tensor mel = (codecs->mel(wave) - codecs->mel(wanted.target)).abs().mean();
    return kMelWeight * mel + kWaveWeight * wave_distance(wave, wanted.target, kWaveStretchHops * hop) +
           spectral_distance(wave.flatten(0, 1), wanted.target.flatten(0, 1));
  };
  // What the vocoder of the finished model is given for a clip, and the clip's samples.
  const auto sound = [&config, codecs, decoder](std::int64_t index) {
    const std::uint64_t number = kFirstVocoderClip + static_cast<std::uint64_t>(index);
    const world::Clip clip = index % kSongEvery == 0 ? audio_clip(config, number, has_song) : audio_clip(config, number);
    const at::Tensor wave = audio_tensor(clip);
    at::Tensor mel = codecs->mel(wave.unsqueeze(0))[0];
    if (index % kTrueMelEvery != 0) mel = decoder(codecs->audio.encode(mel, audio_latent_length(clip.shape)).unsqueeze(0))[0];
    return MelAndWave{mel, wave};
  };
  if (config.tones.hinges > 0) {
    std::vector<MelAndWave> clips;
    for (int i = 0; i < config.tones.num_clips; ++i) clips.push_back(sound(kFirstToneClip + i));
    FANTASCOPE_TRY(VocoderStart start, vocoder_start(clips, config.components.at("vocoder"), config.tones.hinges, config.seed));
    task.start = std::move(start.weights);
    task.learnt = std::move(start.learnt);
  }
  task.sample = [&config, sound, hop](std::int64_t index) {
    const auto [mel, wave] = sound(index);
    std::vector<at::Tensor> mels, waves;
    std::mt19937_64 random(static_cast<std::uint64_t>(index));
    const std::int64_t last = std::min(mel.size(1), wave.size(1) / hop) - kVocoderFrames;
    for (int b = 0; b < config.vocoder.batch; ++b) {
      const std::int64_t first = std::uniform_int_distribution<std::int64_t>(0, last)(random);
      mels.push_back(mel.slice(1, first, first + kVocoderFrames));
      waves.push_back(wave.slice(1, first * hop, (first + kVocoderFrames) * hop));
    }
    return NetworkSample{at::stack(mels), at::stack(waves), {}};
  };
  FANTASCOPE_TRY(auto trainer, run_network(shop, options, {"vocoder", config.vocoder, std::move(task)}));
  return {};
}

}  // namespace fantascope::training
