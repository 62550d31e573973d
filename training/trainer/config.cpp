#include "training/trainer/config.h"

#include <fstream>

namespace fantascope::training {
namespace {

using nlohmann::json;

Bucket read_bucket(const json& row) {
  Bucket bucket;
  bucket.shape.width = row.at("width");
  bucket.shape.height = row.at("height");
  bucket.shape.num_frames = row.at("num_frames");
  bucket.shape.fps = row.at("fps");
  bucket.share = row.at("share");
  return bucket;
}

DecoderConfig read_decoder(const json& row) {
  DecoderConfig config;
  config.batch = row.value("batch", config.batch);
  config.steps = row.value("steps", config.steps);
  config.rate = row.value("rate", config.rate);
  config.crop = row.value("crop", config.crop);
  return config;
}

FlowConfig read_flow(const json& row) {
  FlowConfig flow;
  flow.batch = row.value("batch", flow.batch);
  flow.steps = row.value("steps", flow.steps);
  flow.warmup_steps = row.value("warmup_steps", flow.warmup_steps);
  flow.decay_share = row.value("decay_share", flow.decay_share);
  flow.audio_loss_weight = row.value("audio_loss_weight", flow.audio_loss_weight);
  flow.caption_dropout = row.value("caption_dropout", flow.caption_dropout);
  flow.independent_share = row.value("independent_share", flow.independent_share);
  flow.conditioned_share = row.value("conditioned_share", flow.conditioned_share);
  flow.checkpoint_minutes = row.value("checkpoint_minutes", flow.checkpoint_minutes);
  auto& optimiser = flow.optimiser;
  optimiser.muon_lr = row.value("muon_lr", optimiser.muon_lr);
  optimiser.muon_weight_decay = row.value("muon_weight_decay", optimiser.muon_weight_decay);
  optimiser.adamw_lr = row.value("adamw_lr", optimiser.adamw_lr);
  optimiser.ema_decay = row.value("ema_decay", optimiser.ema_decay);
  return flow;
}

TrainConfig read(const json& root) {
  TrainConfig config;
  config.name = root.at("name");
  config.family = root.at("family");
  config.seed = root.at("seed");
  config.components = root.at("components");
  config.model_index = root.at("model_index");
  config.tokenizer_config = root.at("tokenizer_config");
  config.defaults = root.at("defaults");
  for (const auto& row : root.at("buckets")) config.buckets.push_back(read_bucket(row));
  const auto& codec = root.at("video_codec");
  config.codec.components = codec.at("components").get<std::array<std::int64_t, 4>>();
  config.codec.motion_weight = codec.value("motion_weight", config.codec.motion_weight);
  config.codec.num_clips = codec.value("num_clips", config.codec.num_clips);
  config.codec.seed = root.at("seed");
  config.latent_exponent = codec.value("latent_exponent", config.latent_exponent);
  const auto& latents = root.at("latents");
  config.latents.shard_clips = latents.value("shard_clips", config.latents.shard_clips);
  config.latents.initial_shards = latents.value("initial_shards", config.latents.initial_shards);
  config.latents.max_shards = latents.value("max_shards", config.latents.max_shards);
  config.latents.steps_per_shard = latents.value("steps_per_shard", config.latents.steps_per_shard);
  config.flow = read_flow(root.at("flow"));
  config.video_decoder = read_decoder(root.at("video_decoder"));
  config.video_encoder = read_decoder(root.at("video_encoder"));
  config.audio_decoder = read_decoder(root.at("audio_decoder"));
  config.vocoder = read_decoder(root.at("vocoder"));
  config.text_length = root.value("text_length", config.text_length);
  return config;
}

}  // namespace

Result<TrainConfig> TrainConfig::load(const std::string& path) {
  std::ifstream file(path);
  if (!file)
    return Error{ErrorCode::kNotFound,
                 "cannot read the training configuration",
                 path,
                 "",
                 "",
                 "Give --config with a file of training/trainer/configs"};
  try {
    TrainConfig config = read(json::parse(file));
    for (const auto& bucket : config.buckets) {
      const auto& s = bucket.shape;
      if (s.width % 32 != 0 || s.height % 32 != 0 || s.width <= 0 || s.height <= 0 || s.num_frames % 8 != 1 || s.fps <= 0) {
        return Error{ErrorCode::kInvalidArgument,
                     "a bucket has a shape that the codec cannot hold",
                     "buckets",
                     std::to_string(s.width) + "x" + std::to_string(s.height) + "x" + std::to_string(s.num_frames),
                     "width and height multiples of 32, frames 8k+1, fps above 0",
                     ""};
      }
    }
    if (config.buckets.empty()) return Error{ErrorCode::kInvalidArgument, "no buckets", "buckets", "0", "at least 1", ""};
    return config;
  } catch (const json::exception& exception) {
    return Error{ErrorCode::kBadFile, std::string("the training configuration cannot be read: ") + exception.what(), path, "", "", ""};
  }
}

}  // namespace fantascope::training
