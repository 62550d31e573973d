// The stages that fit the picture's decoder and encoder to the closed-form latents.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

#include <cmath>
#include <cstdio>

#include "training/trainer/codec_stage.h"
#include "training/trainer/internal/network_stage.h"
#include "training/trainer/internal/trained_part.h"
#include "training/trainer/other_cells.h"
#include "training/trainer/redrawn_latents.h"
#include "training/trainer/vae_embedding.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

constexpr std::uint64_t kVideoSeed = 0xDEC0DE0000ULL, kNextSeed = 0x9E3779B1ULL;

// The size of all clips of sample `index`.
const Bucket& video_bucket(const TrainConfig& config, std::int64_t index) {
  return config.buckets[index % 5 == 4 ? static_cast<std::size_t>(index / 5) % config.buckets.size() : 0];
}

// The `count` scenes of sample `index`.
std::vector<world::Scene> video_scenes(std::int64_t index, int count) {
  std::vector<world::Scene> scenes;
  for (int place = 0; place < count; ++place) {
    scenes.push_back(training_scene(kVideoSeed + static_cast<std::uint64_t>(index * count + place), kNextSeed));
  }
  return scenes;
}

// Whether sample `index` is one of the `share` that the denoiser has drawn again; they are spread evenly.
bool is_redrawn(std::int64_t index, double share) {
  const auto count_before = [&](std::int64_t i) { return std::floor(static_cast<double>(i) * share); };
  return count_before(index + 1) > count_before(index);
}

at::Tensor frames_to_video(const at::Tensor& frames_F3HW) { return frames_F3HW.permute({1, 0, 2, 3}).unsqueeze(0).contiguous(); }
at::Tensor video_to_frames(const at::Tensor& video_BCTHW) { return video_BCTHW[0].permute({1, 0, 2, 3}); }

// Squared error, with objects and motion counting more: that is where a codec's mean hides its faults.
at::Tensor weighted_error(const at::Tensor& output, const NetworkSample& sample) {
  const at::Tensor error = (output.to(at::kFloat) - sample.target).square();
  const at::Tensor weight = sample.weight * 4.0 + 1.0;
  return (error * weight).sum() / (weight.sum() * static_cast<double>(output.size(1)));
}

void print_report(const char* stage, const CodecReport& report) {
  std::fprintf(stderr, "[%s] %d clips: all %.2f dB, objects %.2f dB, moving pixels %.2f dB, first frame %.2f dB, later frames %.2f dB\n",
               stage, report.num_clips, report.all_db, report.object_db, report.moving_db, report.first_frame_db, report.later_frames_db);
}

}  // namespace

Result<void> run_video_decoder_stage(Workshop& shop, const StageOptions& options) {
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  const TrainConfig& config = shop.config();
  FANTASCOPE_TRY(NamedTensors start, decoder_start(codecs->video, config.components.at("vae")));
  std::unique_ptr<RedrawnLatents> redrawn;
  if (config.video_decoder.redrawn_share > 0) {
    std::map<std::string, NamedTensors> weights;
    for (const char* component : {"transformer", "connectors", "text_encoder"}) {
      FANTASCOPE_TRY(weights[component], denoiser_part(component, shop, options));
    }
    FANTASCOPE_TRY(redrawn, RedrawnLatents::create(config, shop.family(), *codecs, shop.captions(), weights, options.device));
  }
  NetworkTask task;
  task.component = "vae";
  task.part = "decoder.";
  task.make = [&](const SourceOf& sources) { return shop.family().make_video_decoder(config.components, sources); };
  for (const auto& [name, tensor] : start) {
    if (name.find(".resnets.") == std::string::npos) task.slow.insert(name);
  }
  task.slow_rate = 0.15;
  if (!options.start.empty()) {
    FANTASCOPE_TRY(const bool other_cells, has_other_cells(options.start, config.components.at("vae")));
    if (other_cells) {
      FANTASCOPE_TRY(task.finished, decoder_behind(options.start, config.components.at("vae")));
    }
  }
  task.start = std::move(start);
  task.loss = weighted_error;
  task.sample = [&config, codecs, &redrawn](std::int64_t index) {
    const Bucket& bucket = video_bucket(config, index);
    const std::vector<world::Scene> scenes = video_scenes(index, config.video_decoder.batch);
    std::vector<world::Clip> clips;
    std::vector<at::Tensor> latents, videos, weights;
    for (const auto& scene : scenes) {
      const world::Clip& clip = clips.emplace_back(world::render_clip(scene, bucket.shape));
      const at::Tensor frames = frames_tensor(clip);
      latents.push_back(codecs->video.encode(frames));
      videos.push_back(frames_to_video(frames));
      weights.push_back(motion_weights(clip).unsqueeze(0));
    }
    const bool again = is_redrawn(index, config.video_decoder.redrawn_share);
    return NetworkSample{
        again ? redrawn->redraw(bucket, scenes, clips, config.seed + static_cast<std::uint64_t>(index)) : at::stack(latents),
        at::cat(videos), at::stack(weights)};
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
  if (!options.start.empty()) {
    FANTASCOPE_TRY(const bool other_cells, has_other_cells(options.start, config.components.at("vae")));
    if (other_cells) task.finished = NamedTensors{};  // nothing of it serves: the encoder stays what the codec wrote
  }
  // Errors count as the denoiser sees them: on normalised latents.
  task.loss = [codecs](const at::Tensor& output, const NetworkSample& sample) {
    const at::Tensor scale = codecs->video_std_C.to(output.device()).view({1, -1, 1, 1, 1});
    return ((output.to(at::kFloat) - sample.target) / scale).square().mean();
  };
  task.sample = [&config, codecs](std::int64_t index) {
    const at::Tensor frames = frames_tensor(world::render_clip(video_scenes(index, 1)[0], video_bucket(config, index).shape));
    return NetworkSample{frames_to_video(frames), codecs->video.encode(frames).unsqueeze(0), {}};
  };
  FANTASCOPE_TRY(auto trainer, run_network(shop, options, {"video-encoder", config.video_encoder, std::move(task)}));
  print_report("video-encoder", measure_codec(config, 20, [&](const at::Tensor& frames) {
                 return codecs->video.decode(trainer->forward(frames_to_video(frames))[0]);
               }));
  return {};
}

}  // namespace fantascope::training
