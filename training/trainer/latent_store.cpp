#include "training/trainer/latent_store.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>

#include "training/trainer/checkpoint.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

constexpr std::int64_t kSceneFields = 14;

// What was learnt last when all scenes came equally often (docs/measurements.md): pans and orbits, which only parallax tells apart, and
// sounds that must be on time.
bool is_hard(const world::Scene& scene) {
  using enum world::Camera;
  return scene.camera == kPanLeft || scene.camera == kPanRight || scene.camera == kOrbitLeft || scene.camera == kOrbitRight ||
         world::strikes(scene);
}

at::Tensor pack_scenes(const std::vector<world::Scene>& scenes) {
  at::Tensor packed = at::zeros({static_cast<std::int64_t>(scenes.size()), kSceneFields}, at::kLong);
  auto* row = packed.data_ptr<std::int64_t>();
  for (const auto& s : scenes) {
    const std::array<std::int64_t, kSceneFields> fields = {static_cast<int>(s.shape),
                                                           static_cast<int>(s.colour),
                                                           static_cast<int>(s.size),
                                                           static_cast<int>(s.action),
                                                           s.second.present,
                                                           static_cast<int>(s.second.shape),
                                                           static_cast<int>(s.second.colour),
                                                           s.second.on_left,
                                                           static_cast<int>(s.place),
                                                           static_cast<int>(s.time),
                                                           static_cast<int>(s.weather),
                                                           static_cast<int>(s.camera),
                                                           static_cast<std::int64_t>(s.seed),
                                                           0};
    std::ranges::copy(fields, row);
    row += kSceneFields;
  }
  return packed;
}

std::vector<world::Scene> unpack_scenes(const at::Tensor& packed) {
  std::vector<world::Scene> scenes(static_cast<std::size_t>(packed.size(0)));
  const auto* f = packed.data_ptr<std::int64_t>();
  for (auto& s : scenes) {
    s = {static_cast<world::Shape>(f[0]),
         static_cast<world::Colour>(f[1]),
         static_cast<world::Size>(f[2]),
         static_cast<world::Action>(f[3]),
         {f[4] != 0, static_cast<world::Shape>(f[5]), static_cast<world::Colour>(f[6]), f[7] != 0},
         static_cast<world::Place>(f[8]),
         static_cast<world::TimeOfDay>(f[9]),
         static_cast<world::Weather>(f[10]),
         static_cast<world::Camera>(f[11]),
         static_cast<std::uint64_t>(f[12])};
    f += kSceneFields;
  }
  return scenes;
}

// Seeds of training clips: far from those of the codec's fit and of evaluation, and apart for every bucket.
std::uint64_t clip_seed(std::uint64_t base, int bucket, int shard, int index) {
  std::uint64_t x = base * 0x9E3779B97F4A7C15ULL + (static_cast<std::uint64_t>(bucket) << 48) + (static_cast<std::uint64_t>(shard) << 20) +
                    static_cast<std::uint64_t>(index) + 0x1000000000ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

void mirror_in_place(world::Clip& clip) {
  const auto& s = clip.shape;
  for (std::size_t row = 0; row < static_cast<std::size_t>(s.num_frames) * s.height; ++row) {
    auto* pixels = clip.frames.data() + row * s.width * 3;
    for (int x = 0; x < s.width / 2; ++x) {
      for (int c = 0; c < 3; ++c) std::swap(pixels[x * 3 + c], pixels[(s.width - 1 - x) * 3 + c]);
    }
  }
  const std::size_t half = clip.audio.size() / 2;
  std::swap_ranges(clip.audio.begin(), clip.audio.begin() + static_cast<std::ptrdiff_t>(half),
                   clip.audio.begin() + static_cast<std::ptrdiff_t>(half));
}

// Neither it nor its mirror image is held out.
world::Scene mirrorable_scene(std::uint64_t seed) {
  for (std::uint64_t attempt = 0;; ++attempt) {
    const world::Scene scene = world::sample_scene(seed + attempt * 0x51ED2701ULL);
    if (!world::is_held_out(scene) && !world::is_held_out(mirrored(scene))) return scene;
  }
}

}  // namespace

ClipLatents encode_clip(const Codecs& codecs, const world::Clip& clip) {
  const at::NoGradGuard no_grad;
  const at::Tensor video = codecs.video.encode(frames_tensor(clip));  // [C,f,h,w]
  const at::Tensor mel = codecs.mel(audio_tensor(clip).unsqueeze(0))[0];
  const at::Tensor audio = codecs.audio.encode(mel, audio_latent_length(clip.shape));  // [C,L,M]
  ClipLatents latents;
  latents.video_TC = (video.flatten(1).t() - codecs.video_mean_C) / codecs.video_std_C;
  latents.audio_LD = (audio.permute({1, 0, 2}).flatten(1) - codecs.audio_mean_D) / codecs.audio_std_D;
  return latents;
}

LatentStore::LatentStore(const TrainConfig& config, const Codecs& codecs, std::string folder, int num_renderers)
    : config_(config),
      codecs_(codecs),
      folder_(std::move(folder)),
      shards_(config.buckets.size()),
      wanted_(shards_at(0)),
      num_renderers_(std::max(1, num_renderers)) {
  std::filesystem::create_directories(folder_);
  for (int i = 0; i < num_renderers_; ++i) renderers_.emplace_back([this](std::stop_token stop) { run(stop); });
}

LatentStore::~LatentStore() {
  for (auto& renderer : renderers_) renderer.request_stop();
  changed_.notify_all();
}

int LatentStore::shards_at(std::int64_t step) const {
  const auto& latents = config_.latents_at(step);
  const std::int64_t joined = latents.initial_shards + step / latents.steps_per_shard;
  return static_cast<int>(std::clamp<std::int64_t>(joined, 1, latents.max_shards));
}

int LatentStore::draw_bucket(std::mt19937_64& random) const {
  double total = 0;
  for (const auto& bucket : config_.buckets) total += bucket.share;
  double point = std::uniform_real_distribution<double>(0, total)(random);
  for (std::size_t i = 0; i < config_.buckets.size(); ++i) {
    point -= config_.buckets[i].share;
    if (point <= 0) return static_cast<int>(i);
  }
  return 0;
}

LatentShard LatentStore::make_shard(int bucket, int index) const {
  const at::NoGradGuard no_grad;
  const auto& shape = config_.buckets[static_cast<std::size_t>(bucket)].shape;
  // A bucket's shards are as much smaller as its share of the batches is.
  const double largest = std::ranges::max(config_.buckets, {}, &Bucket::share).share;
  const int clips =
      std::max(4, static_cast<int>(config_.latents.shard_clips * config_.buckets[static_cast<std::size_t>(bucket)].share / largest));
  std::vector<at::Tensor> video, audio;
  LatentShard shard;
  for (int i = 0; i < clips; ++i) {
    const world::Scene scene = mirrorable_scene(clip_seed(config_.seed, bucket, index, i));
    world::Clip clip = world::render_clip(scene, shape);
    for (const bool mirror : {false, true}) {
      if (mirror) mirror_in_place(clip);
      ClipLatents latents = encode_clip(codecs_, clip);
      video.push_back(latents.video_TC.to(at::kBFloat16));
      audio.push_back(latents.audio_LD.to(at::kBFloat16));
      shard.scenes.push_back(mirror ? mirrored(scene) : scene);
    }
  }
  shard.video_NTC = at::stack(video);
  shard.audio_NLD = at::stack(audio);
  return shard;
}

LatentShard LatentStore::load_or_make(int bucket, int index) const {
  const std::string path = folder_ + "/bucket" + std::to_string(bucket) + "-" + std::to_string(index) + ".safetensors";
  if (std::filesystem::exists(path)) {
    if (auto stored = load_checkpoint(path)) return {stored->at("video"), stored->at("audio"), unpack_scenes(stored->at("scenes"))};
  }
  LatentShard shard = make_shard(bucket, index);
  // Only a cache: if it cannot be written the clips are rendered again next time.
  (void)save_checkpoint(path, {{"video", shard.video_NTC}, {"audio", shard.audio_NLD}, {"scenes", pack_scenes(shard.scenes)}});
  return shard;
}

void LatentStore::run(std::stop_token stop) {
  at::set_num_threads(1);  // this thread must not start a second team beside the trainer's
  int most = config_.latents.max_shards;
  for (const auto& phase : config_.phases) most = std::max(most, phase.latents.max_shards);
  while (true) {
    int index = 0;
    {
      // A little ahead of the trainer and no further, so that rendering does not take the trainer's cores for nothing.
      std::unique_lock lock(mutex_);
      const bool wanted = changed_.wait(lock, stop, [&] { return next_ >= most || next_ < wanted_ + 3 + num_renderers_; });
      if (!wanted || next_ >= most) return;
      index = next_++;
    }
    for (std::size_t bucket = 0; bucket < config_.buckets.size() && !stop.stop_requested(); ++bucket) {
      LatentShard shard = load_or_make(static_cast<int>(bucket), index);
      {
        std::unique_lock lock(mutex_);
        // Another renderer may still be busy with the shard before.
        if (!changed_.wait(lock, stop, [&] { return static_cast<int>(shards_[bucket].size()) == index; })) return;
        shards_[bucket].push_back(std::move(shard));
      }
      changed_.notify_all();
    }
  }
}

void LatentStore::draw(std::int64_t step, int bucket, int count, std::mt19937_64& random, at::Tensor& video, at::Tensor& audio,
                       std::vector<world::Scene>& scenes, double& waited_s) {
  const at::NoGradGuard no_grad;
  const int num_shards = shards_at(step);
  auto& shards = shards_[static_cast<std::size_t>(bucket)];
  const auto start = std::chrono::steady_clock::now();
  {
    std::unique_lock lock(mutex_);
    wanted_ = num_shards;
    changed_.notify_all();
    changed_.wait(lock, [&] { return static_cast<int>(shards.size()) >= num_shards; });
  }
  waited_s += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::vector<at::Tensor> videos, audios;
  scenes.clear();
  const double weight = config_.latents_at(step).hard_scene_weight, mirror_share = config_.latents_at(step).mirror_share;
  while (static_cast<int>(scenes.size()) < count) {
    const auto shard_index = std::uniform_int_distribution<int>(0, num_shards - 1)(random);
    const LatentShard* shard = nullptr;
    {
      const std::lock_guard lock(mutex_);
      shard = &shards[static_cast<std::size_t>(shard_index)];  // a deque never moves what it holds
    }
    const auto clip = std::uniform_int_distribution<std::int64_t>(0, shard->video_NTC.size(0) - 1)(random);
    const world::Scene& scene = shard->scenes[static_cast<std::size_t>(clip)];
    const bool mirrored = clip % 2 == 1;  // half of the shard: to have fewer, some are put back
    if (mirrored && mirror_share < 0.5 && std::uniform_real_distribution<double>(0, 1)(random) * (1 - mirror_share) >= mirror_share)
      continue;
    if (weight > 1 && !is_hard(scene) && std::uniform_real_distribution<double>(0, weight)(random) > 1) continue;
    videos.push_back(shard->video_NTC[clip]);
    audios.push_back(shard->audio_NLD[clip]);
    scenes.push_back(scene);
  }
  video = at::stack(videos).to(at::kFloat);
  audio = at::stack(audios).to(at::kFloat);
}

}  // namespace fantascope::training
