#pragma once
/// The one file that says how a model is made: training/trainer/configs/<name>.json. Every number that shapes the result is in it.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "training/trainer/cell_codec.h"
#include "training/trainer/optimiser.h"
#include "training/world/world.h"

namespace fantascope::training {

/// Clips of one shape, and how often a batch is made of them.
struct Bucket {
  world::ClipShape shape;
  double share = 0;
  CellShape cell;  ///< pixels of a latent
  std::int64_t latent_frames() const { return (shape.num_frames - 1) / cell.time + 1; }
  std::int64_t latent_height() const { return shape.height / cell.space; }
  std::int64_t latent_width() const { return shape.width / cell.space; }
};

struct LatentsConfig {
  int shard_clips = 128;    ///< rendered clips in a shard; with their mirror images it holds twice as many
  int initial_shards = 16;  ///< there before the first step
  int max_shards = 200;
  int steps_per_shard = 20;  ///< a new shard joins every so many steps
  /// Clips of what is learnt last (pans, orbits, and what strikes the ground) are drawn so many times as often as the others.
  double hard_scene_weight = 1;
  /// Of the drawn clips, those shown in a mirror, 0 to 0.5. They double what a shard holds, but a mirror image is another world: it has
  /// its sun, moon and hills on the other side, and a model of both sometimes shows both at once.
  double mirror_share = 0.5;
};

struct FlowConfig {
  int batch = 32;
  int parts = 1;          ///< a batch is cut into so many, worked on at the same time by a copy of the networks each; not of a phase
  int clips_at_once = 0;  ///< gradients of a part are summed over so many clips after another, which needs less memory; 0: all at once
  std::int64_t steps = 20000;
  int warmup_steps = 50;
  double decay_share = 0.3;  ///< of the steps, at the end, with a rate falling linearly to 0
  double audio_loss_weight = 0.5;
  double channel_weight_exponent = 0;  ///< a channel's error counts its normalisation's std to this power, on average 1
  double caption_loss_weight = 0;      ///< of the caption readers' cross-entropy
  double caption_dropout = 0.1;
  double sigma_logit_mean = 0.4;    ///< noise levels are drawn logit-normal around this; higher: more of what the caption decides
  double independent_share = 0.5;   ///< of samples with separate noise levels for picture and sound
  double conditioned_share = 0.25;  ///< of samples with some part given clean (first or last frame, a prefix, one whole stream)
  int checkpoint_minutes = 3;
  OptimiserConfig optimiser;
};

/// An earlier stretch of the denoiser's training that had other numbers: a run that was prolonged is then still one run of one file.
struct FlowPhase {
  std::int64_t until_step = 0;  ///< these hold for the steps before it that no earlier phase has
  FlowConfig flow;
  LatentsConfig latents;
};

/// Fine-tuning of the VAEs and the vocoder by gradient, in steps of one clip a batch element.
struct DecoderConfig {
  int batch = 1;
  std::int64_t steps = 1000;
  double rate = 2e-4;
  double muon_rate = 0;  ///< of kernels of residual blocks in space and time; 0: they are trained by AdamW like all others
  int crop = 0;          ///< 0: whole clips
  /// Of the picture decoder's samples, those whose latents the denoiser has drawn again (redrawn_latents.h), 0 to 1.
  double redrawn_share = 0;
};

/// The closed-form start of the vocoder (vocoder_start.h); without hinges it begins at random.
struct ToneConfig {
  int hinges = 0;
  int num_clips = 300;
};

struct TrainConfig {
  std::string name;
  std::string family;  ///< id of the model family whose networks are trained
  std::uint64_t seed = 1;
  nlohmann::json components;   ///< component folder -> its config.json
  nlohmann::json model_index;  ///< model_index.json of the finished folder
  nlohmann::json tokenizer_config;
  nlohmann::json defaults;  ///< what the finished folder's own settings file says: size, frames, fps, steps, guidance
  std::vector<Bucket> buckets;
  CellCodecConfig codec;
  /// Codecs that were fitted before, or empty: they are fitted. A finished model knows latents of its own fit only, and the world's sounds
  /// have changed since previz's.
  std::string fitted_codecs;
  /// The configuration of the model that `train all` makes first and goes on from, or empty.
  std::string begins_with;
  double latent_exponent =
      0.6;  ///< latents are divided by stddev^exponent, so that weak components weigh less in the loss than strong ones
  LatentsConfig latents;
  FlowConfig flow;
  std::vector<FlowPhase> phases;  ///< in rising order of until_step; after the last one `flow` and `latents` hold
  DecoderConfig video_decoder, video_encoder, audio_decoder, vocoder;
  ToneConfig tones;
  int text_length = 48;

  const FlowConfig& flow_at(std::int64_t step) const;
  const LatentsConfig& latents_at(std::int64_t step) const;

  static Result<TrainConfig> load(const std::string& path);
};

/// How cells grow from the pixels to the latents of a VAE, which is its configuration's `upsample_type` read backwards. Throws
/// json::exception where that is not a list of names.
CellMerges merges_of(const nlohmann::json& vae);

}  // namespace fantascope::training
