// The stages that make the codecs and the denoiser. Those of the other networks are in video_stages.cpp and audio_stages.cpp.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <cstdio>
#include <fstream>

#include "training/trainer/finished_model.h"
#include "training/trainer/flow_trainer.h"
#include "training/trainer/image_files.h"
#include "training/trainer/other_cells.h"
#include "training/trainer/workshop.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

constexpr int kTranslatedClips = 60;  // some 40,000 tokens

// Scenes that no training sees; the same ones at every sheet, so that sheets can be compared.
std::vector<world::Scene> sheet_scenes(int count) {
  std::vector<world::Scene> scenes;
  for (std::uint64_t seed = 0x5EE7; static_cast<int>(scenes.size()) < count; ++seed) {
    const world::Scene scene = world::sample_scene(seed);
    if (world::is_held_out(scene)) scenes.push_back(scene);
  }
  return scenes;
}

at::Tensor decode_sample(const Codecs& codecs, const Bucket& bucket, const at::Tensor& video_TC) {
  const at::Tensor raw = video_TC * codecs.video_std_C + codecs.video_mean_C;
  return codecs.video.decode(raw.t().reshape({-1, bucket.latent_frames(), bucket.latent_height(), bucket.latent_width()}));
}

// Appends to losses.csv and draws it anew.
class LossLog {
 public:
  explicit LossLog(const Workshop& shop) : csv_(shop.file("losses.csv")), png_(shop.file("losses.png")) {
    std::ifstream file(csv_);
    double step = 0, video = 0, audio = 0, rate = 0;
    char comma = 0;
    while (file >> step >> comma >> video >> comma >> audio >> comma >> rate) add(video, audio);
  }
  void report(const FlowStepReport& report) {
    std::ofstream(csv_, std::ios::app) << report.step << ',' << report.video_loss << ',' << report.audio_loss << ',' << report.samples_per_s
                                       << '\n';
    add(report.video_loss, report.audio_loss);
    if (video_.size() > 1)
      (void)write_png(png_, plot_curves({{"video", video_, 0.1f, 0.3f, 0.9f}, {"audio", audio_, -0.2f, -0.9f, -0.9f}}, 640, 360));
  }

 private:
  void add(double video, double audio) {
    video_.push_back(video);
    audio_.push_back(audio);
  }
  std::string csv_, png_;
  std::vector<double> video_, audio_;
};

}  // namespace

Result<void> run_codec_stage(Workshop& shop, const StageOptions& options) {
  if (!options.resume) shop.drop_codecs();
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  const CodecReport report =
      measure_codec(shop.config(), 60, [&](const at::Tensor& frames) { return codecs->video.decode(codecs->video.encode(frames)); });
  std::fprintf(
      stderr,
      "[codec] closed form, %d clips: all %.2f dB, objects %.2f dB, moving pixels %.2f dB, first frame %.2f dB, later frames %.2f dB\n",
      report.num_clips, report.all_db, report.object_db, report.moving_db, report.first_frame_db, report.later_frames_db);
  return {};
}

Result<void> run_flow_stage(Workshop& shop, const StageOptions& options) {
  FANTASCOPE_TRY(const Codecs* codecs, shop.codecs());
  TrainConfig config = shop.config();
  if (options.steps > 0) config.flow.steps = options.steps;
  LatentStore store(config, *codecs, shop.file("latents"), options.num_renderers);
  FlowStart start{options.resume && shop.has("flow.safetensors"), options.device, {}};
  if (!start.resume && !options.start.empty()) {
    for (const char* component : {"transformer", "connectors", "text_encoder"}) {
      FANTASCOPE_TRY(start.values[component], finished_component(options.start, component));
    }
    FANTASCOPE_TRY(const bool other_cells, has_other_cells(options.start, config.components.at("vae")));
    if (other_cells) {
      FANTASCOPE_TRY(const LatentTranslation map, translate_latents(config, shop.family(), *codecs, options.start, kTranslatedClips));
      translate_denoiser(map, start.values["transformer"]);
      std::fprintf(stderr, "[flow] %s has latents of other cells; %.1f %% of them and %.1f %% of these are not translated\n",
                   options.start.c_str(), 100 * map.older_unexplained, 100 * map.newer_unexplained);
    }
  }
  FANTASCOPE_TRY(auto trainer, FlowTrainer::create(config, shop.family(), store, shop.captions(), shop.file("flow.safetensors"), start));
  const auto scenes = sheet_scenes(8);
  std::vector<std::string> prompts;
  for (const auto& scene : scenes) prompts.push_back(world::plain_caption(scene));
  LossLog log(shop);
  const std::int64_t sheet_every = 1000;
  const auto on_report = [&](const FlowStepReport& report) {
    std::fprintf(stderr, "[flow] step %lld of %lld  video %.4f  audio %.4f  words %.3f  %.1f samples/s  waiting for clips %.0f%%\n",
                 static_cast<long long>(report.step), static_cast<long long>(config.flow.steps), report.video_loss, report.audio_loss,
                 report.words_read, report.samples_per_s, 100 * report.waited_share);
    log.report(report);
    if (report.step % sheet_every != 0) return;
    std::vector<at::Tensor> rows;
    const at::Tensor videos = trainer->sample(prompts, SamplerSettings::of(config), 7).video_BTC;
    for (std::int64_t i = 0; i < videos.size(0); ++i) rows.push_back(decode_sample(*codecs, config.buckets[0], videos[i]));
    (void)write_png(shop.file("sheet-" + std::to_string(report.step) + ".png"), contact_sheet(rows, 6));
  };
  std::ofstream sheet_prompts(shop.file("sheet-prompts.txt"));
  for (const auto& prompt : prompts) sheet_prompts << prompt << '\n';
  sheet_prompts.close();
  return trainer->run(config.flow.steps, deadline(options), on_report);
}

}  // namespace fantascope::training
