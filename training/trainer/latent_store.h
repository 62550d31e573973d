#pragma once
/// Encoded world clips for the denoiser: shards on disk and in memory, rendered on demand.
/// Shard k of a bucket is a pure function of the configuration and the codec, so a run can be resumed or repeated exactly; the folder is
/// only a cache. Renderer threads stay ahead of the trainer; all other calls come from the trainer's thread.
#include <ATen/core/Tensor.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/tensors/trainable.h"
#include "training/trainer/audio_cells.h"
#include "training/trainer/cell_codec.h"
#include "training/trainer/config.h"

namespace fantascope::training {

/// The codecs with the normalisation that the VAE configs carry.
struct Codecs {
  CellCodec video;
  AudioCells audio;
  TrainableNetwork mel;
  at::Tensor video_mean_C, video_std_C;  ///< normalised = (latent - mean) / std
  at::Tensor audio_mean_D, audio_std_D;  ///< on the packed axis, channel*M + m
};

/// Normalised tokens of one clip: video [T,C], audio [L,D], float.
struct ClipLatents {
  at::Tensor video_TC, audio_LD;
};
ClipLatents encode_clip(const Codecs& codecs, const world::Clip& clip);

struct LatentShard {
  at::Tensor video_NTC, audio_NLD;   ///< bfloat16
  std::vector<world::Scene> scenes;  ///< N of them; the odd ones are mirror images of the clips before them
};

class LatentStore {
 public:
  LatentStore(const TrainConfig& config, const Codecs& codecs, std::string folder, int num_renderers = 1);
  ~LatentStore();

  const Codecs& codecs() const { return codecs_; }
  /// Number of shards of each bucket that a batch of this step may draw from.
  int shards_at(std::int64_t step) const;
  /// Draws one bucket for the step's batch.
  int draw_bucket(std::mt19937_64& random) const;
  /// Copies `count` random clips of a bucket; waits for the renderer if it is behind. Returns how long it waited through waited_s.
  void draw(std::int64_t step, int bucket, int count, std::mt19937_64& random, at::Tensor& video_BTC, at::Tensor& audio_BLD,
            std::vector<world::Scene>& scenes, double& waited_s);

 private:
  LatentShard make_shard(int bucket, int index) const;
  LatentShard load_or_make(int bucket, int index) const;
  void run(std::stop_token stop);

  TrainConfig config_;
  const Codecs& codecs_;
  std::string folder_;
  std::vector<std::deque<LatentShard>> shards_;  // by bucket; only ever appended to
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  int wanted_ = 0, next_ = 0;  // guarded by mutex_: shards that a batch may draw from; the first one that no renderer has begun
  int num_renderers_;
  std::vector<std::jthread> renderers_;
};

}  // namespace fantascope::training
