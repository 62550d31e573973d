#include "training/trainer/flow_trainer.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/randn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>

#include "training/trainer/checkpoint.h"
#include "training/trainer/compute_type.h"
#include "training/trainer/noising.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t step_seed(std::uint64_t seed, std::int64_t step) {
  std::uint64_t x = seed * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(step) * 0xD1B54A32D192ED03ULL;
  x ^= x >> 29;
  x *= 0xBF58476D1CE4E5B9ULL;
  return x ^ (x >> 32);
}

struct Stream {
  at::Tensor noisy, velocity;  // float
};

Stream mix(const at::Tensor& clean, const at::Tensor& sigmas, const at::Generator& generator) {
  const at::Tensor noise = at::randn(clean.sizes(), generator, at::TensorOptions().dtype(at::kFloat));
  const at::Tensor sigma = sigmas.unsqueeze(-1);
  return {clean + sigma * (noise - clean), noise - clean};
}

// Pieces of at most `at_once` clips each; all in one if that is 0.
std::int64_t pieces_of(std::int64_t clips, int at_once) { return at_once > 0 ? (clips + at_once - 1) / at_once : 1; }

// One unit of a normalised channel is std units of the latent, whose basis is orthonormal in pixels: faint detail that nobody can predict
// would else take most of the gradient.
at::Tensor channel_weights(const at::Tensor& std_C, double exponent) {
  const at::Tensor weights = std_C.to(at::kFloat).pow(exponent);
  return weights / weights.mean();
}

}  // namespace

FlowTrainer::FlowTrainer(const TrainConfig& config, LatentStore& store, const CaptionEncoder& captions, std::string checkpoint_path,
                         c10::Device device)
    : config_(config), store_(store), captions_(captions), checkpoint_path_(std::move(checkpoint_path)), device_(device) {}

Result<std::unique_ptr<FlowTrainer>> FlowTrainer::create(const TrainConfig& config, const TrainableFamily& family, LatentStore& store,
                                                         const CaptionEncoder& captions, const std::string& checkpoint_path,
                                                         const FlowStart& start) {
  std::unique_ptr<FlowTrainer> trainer(new FlowTrainer(config, store, captions, checkpoint_path, start.device));
  const SourceOf sources = [&](const std::string& component) -> ParameterSource& {
    auto& slot = trainer->parameters_[component];
    if (!slot) {
      const auto known = start.values.find(component);
      slot = std::make_unique<TrainableParameters>(compute_type(start.device), config.seed,
                                                   known != start.values.end() ? known->second : NamedTensors{}, start.device);
    }
    return *slot;
  };
  FANTASCOPE_TRY_VOID(trainer->add_networks(family, sources));
  std::vector<TrainableParameters*> all;
  std::vector<std::string> names;
  for (auto& [name, parameters] : trainer->parameters_) {
    FANTASCOPE_TRY_VOID(parameters->finish());
    all.push_back(parameters.get());
    names.push_back(name);
  }
  for (int i = 1; i < config.flow.parts; ++i) {
    auto& mirrors = trainer->mirrors_.emplace_back();
    FANTASCOPE_TRY_VOID(trainer->add_networks(family, [&](const std::string& component) -> ParameterSource& {
      auto& slot = mirrors[component];
      if (!slot) slot = std::make_unique<MirroredParameters>(*trainer->parameters_.at(component));
      return *slot;
    }));
    for (auto& [name, mirror] : mirrors) FANTASCOPE_TRY_VOID(mirror->finish());
  }
  trainer->optimiser_ = std::make_unique<Optimiser>(all, names, config.flow.optimiser);
  if (start.resume) {
    FANTASCOPE_TRY(const NamedTensors state, load_checkpoint(checkpoint_path));
    FANTASCOPE_TRY_VOID(trainer->optimiser_->restore(state, "caption_reader"));
  }
  return trainer;
}

Result<void> FlowTrainer::add_networks(const TrainableFamily& family, const SourceOf& sources) {
  FlowNetworks networks;
  FANTASCOPE_TRY(networks.denoiser, family.make_denoiser(config_.components, sources));
  const bool some_phase_reads =
      std::ranges::any_of(config_.phases, [](const FlowPhase& phase) { return phase.flow.caption_loss_weight > 0; });
  if (config_.flow.caption_loss_weight > 0 || some_phase_reads) {
    networks.reader = std::make_unique<CaptionReader>(sources("caption_reader"), networks.denoiser->video_text_width(),
                                                      networks.denoiser->audio_text_width());
  }
  networks_.push_back(std::move(networks));
  return {};
}

double FlowTrainer::rate_factor(std::int64_t step) const {
  const auto& flow = config_.flow_at(step);
  const double warm = std::min(1.0, static_cast<double>(step + 1) / std::max(1, flow.warmup_steps));
  const double decay_start = static_cast<double>(flow.steps) * (1.0 - flow.decay_share);
  const double left =
      (static_cast<double>(flow.steps) - static_cast<double>(step)) / std::max(1.0, static_cast<double>(flow.steps) - decay_start);
  return warm * std::clamp(left, 0.0, 1.0);
}

FlowLosses FlowTrainer::train_step(std::int64_t step, double& waited_s) {
  const auto& flow = config_.flow_at(step);
  std::mt19937_64 random(step_seed(config_.seed, step));
  const int bucket_index = store_.draw_bucket(random);
  const Bucket& bucket = config_.buckets[static_cast<std::size_t>(bucket_index)];
  // Longer clips come in smaller batches, so that a step costs about the same in every bucket.
  const std::int64_t tokens = bucket.latent_frames() * bucket.latent_height() * bucket.latent_width();
  const std::int64_t first_tokens =
      config_.buckets[0].latent_frames() * config_.buckets[0].latent_height() * config_.buckets[0].latent_width();
  const int batch = static_cast<int>(std::clamp<std::int64_t>(flow.batch * first_tokens / tokens, 4, 2 * flow.batch));

  at::Tensor video, audio;
  std::vector<world::Scene> scenes;
  store_.draw(step, bucket_index, batch, random, video, audio, scenes, waited_s);
  const auto captions = CaptionEncoder::draw(scenes, flow.caption_dropout, random);
  const auto text = captions_.encode(captions, config_.text_length);
  const Noising noising =
      draw_noising(flow, batch, bucket.latent_frames(), bucket.latent_height() * bucket.latent_width(), audio.size(1), random);
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(step_seed(config_.seed ^ 0xA5A5A5A5ULL, step));
  const Stream video_stream = mix(video, noising.video_sigmas_BT, generator);
  const Stream audio_stream = mix(audio, noising.audio_sigmas_BL, generator);

  FlowBatch whole;
  whole.input = batch_of(bucket, text);
  whole.input.video_BTC = video_stream.noisy.to(compute_type(device_));
  whole.input.audio_BLC = audio_stream.noisy.to(compute_type(device_));
  whole.input.video_sigmas_BT = noising.video_sigmas_BT;
  whole.input.audio_sigmas_BL = noising.audio_sigmas_BL;
  whole.video_velocity_BTC = video_stream.velocity, whole.audio_velocity_BLC = audio_stream.velocity;
  whole.video_weights_BT = noising.video_weights_BT, whole.audio_weights_BL = noising.audio_weights_BL;
  whole.video_weight = std::max(1.0, noising.video_weights_BT.sum().item<double>());
  whole.audio_weight = std::max(1.0, noising.audio_weights_BL.sum().item<double>());
  whole.scenes = scenes, whole.captions = captions;
  whole.move_to(device_);
  const FlowLosses losses = backward_in_parts(whole, flow);
  optimiser_->step(rate_factor(step));
  return losses;
}

FlowLosses FlowTrainer::backward_in_parts(const FlowBatch& whole, const FlowConfig& flow) {
  const at::Tensor video_weights = channel_weights(store_.codecs().video_std_C, flow.channel_weight_exponent).to(device_);
  const at::Tensor audio_weights = channel_weights(store_.codecs().audio_std_D, flow.channel_weight_exponent).to(device_);
  const auto parts = whole.split(static_cast<std::int64_t>(networks_.size()));
  const int threads = at::get_num_threads();
  const auto work = [&](std::size_t i) {
    // A thread that starts here begins with a team of its own size.
    at::set_num_threads(std::max(1, threads / static_cast<int>(parts.size())));
    FlowLosses sum;
    for (const FlowBatch& piece : parts[i].split(pieces_of(parts[i].size(), flow.clips_at_once))) {
      const FlowLosses losses = backward(networks_[i], piece, flow, video_weights, audio_weights);
      sum.video += losses.video, sum.audio += losses.audio, sum.words_read += losses.words_read;
    }
    return sum;
  };
  std::vector<std::future<FlowLosses>> others;
  for (std::size_t i = 1; i < parts.size(); ++i) others.push_back(std::async(std::launch::async, work, i));
  FlowLosses sum = work(0);
  for (auto& other : others) {
    const FlowLosses part = other.get();
    sum.video += part.video, sum.audio += part.audio, sum.words_read += part.words_read;
  }
  at::set_num_threads(threads);
  for (auto& mirrors : mirrors_) {
    for (auto& [name, mirror] : mirrors) mirror->hand_over_gradients();
  }
  return sum;
}

Result<void> FlowTrainer::run(std::int64_t until_step, const std::function<bool()>& keep_going,
                              const std::function<void(const FlowStepReport&)>& report) {
  constexpr std::int64_t kReportEvery = 25;
  FlowStepReport sums;
  std::int64_t counted = 0;
  auto start = Clock::now(), saved = start;
  double waited = 0;
  while (step() < until_step && keep_going()) {
    const std::int64_t current = step();
    const FlowLosses losses = train_step(current, waited);
    if (!std::isfinite(losses.video + losses.audio)) {
      return Error{ErrorCode::kModelNaN,
                   "the loss is not a number any more at step " + std::to_string(current),
                   "flow",
                   "",
                   "",
                   "Lower muon_lr or adamw_lr and resume from the last checkpoint"};
    }
    sums.video_loss += losses.video;
    sums.audio_loss += losses.audio;
    sums.words_read += losses.words_read;
    ++counted;
    if (step() % kReportEvery == 0) {
      const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
      report({step(), sums.video_loss / static_cast<double>(counted), sums.audio_loss / static_cast<double>(counted),
              sums.words_read / static_cast<double>(counted), static_cast<double>(counted * config_.flow_at(current).batch) / elapsed,
              waited / elapsed});
      sums = {};
      counted = 0;
      waited = 0;
      start = Clock::now();
    }
    if (std::chrono::duration<double>(Clock::now() - saved).count() > 60.0 * config_.flow.checkpoint_minutes) {
      FANTASCOPE_TRY_VOID(save());
      saved = Clock::now();
    }
  }
  return save();
}

StreamPair FlowTrainer::sample(const std::vector<std::string>& prompts, const SamplerSettings& settings, std::uint64_t seed) {
  const Bucket& bucket = config_.buckets[0];
  const auto count = static_cast<std::int64_t>(prompts.size());
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  const std::int64_t tokens = bucket.latent_frames() * bucket.latent_height() * bucket.latent_width();
  TrainableDenoiser& denoiser = *networks_.front().denoiser;
  StreamPair streams;
  streams.video_BTC = at::randn({count, tokens, denoiser.video_channels()}, generator, at::TensorOptions().dtype(at::kFloat));
  streams.audio_BLD =
      at::randn({count, audio_latent_length(bucket.shape), denoiser.audio_channels()}, generator, at::TensorOptions().dtype(at::kFloat));
  optimiser_->with_average(
      [&] { streams = sample_from(denoiser, bucket, captions_, config_.text_length, prompts, settings, 0, streams, device_); });
  return streams;
}

Result<void> FlowTrainer::save() const { return save_checkpoint(checkpoint_path_, optimiser_->state()); }

}  // namespace fantascope::training
