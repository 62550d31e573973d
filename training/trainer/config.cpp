#include "training/trainer/config.h"

#include <filesystem>
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
  config.muon_rate = row.value("muon_rate", config.muon_rate);
  config.crop = row.value("crop", config.crop);
  config.redrawn_share = row.value("redrawn_share", config.redrawn_share);
  return config;
}

// What a phase may have of its own.
FlowConfig read_flow(const json& row, FlowConfig flow) {
  flow.batch = row.value("batch", flow.batch);
  flow.parts = row.value("parts", flow.parts);
  flow.clips_at_once = row.value("clips_at_once", flow.clips_at_once);
  flow.steps = row.value("steps", flow.steps);
  flow.warmup_steps = row.value("warmup_steps", flow.warmup_steps);
  flow.decay_share = row.value("decay_share", flow.decay_share);
  flow.audio_loss_weight = row.value("audio_loss_weight", flow.audio_loss_weight);
  flow.channel_weight_exponent = row.value("channel_weight_exponent", flow.channel_weight_exponent);
  flow.caption_loss_weight = row.value("caption_loss_weight", flow.caption_loss_weight);
  flow.caption_dropout = row.value("caption_dropout", flow.caption_dropout);
  flow.sigma_logit_mean = row.value("sigma_logit_mean", flow.sigma_logit_mean);
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

LatentsConfig read_latents(const json& row, LatentsConfig latents) {
  latents.shard_clips = row.value("shard_clips", latents.shard_clips);
  latents.initial_shards = row.value("initial_shards", latents.initial_shards);
  latents.max_shards = row.value("max_shards", latents.max_shards);
  latents.steps_per_shard = row.value("steps_per_shard", latents.steps_per_shard);
  latents.hard_scene_weight = row.value("hard_scene_weight", latents.hard_scene_weight);
  latents.mirror_share = row.value("mirror_share", latents.mirror_share);
  return latents;
}

// {"until_step": 1550, "flow": {"batch": 32, …}, "latents": {"initial_shards": 12, …}}
FlowPhase read_phase(const json& row, const TrainConfig& config) {
  FlowPhase phase{row.at("until_step"), read_flow(row.value("flow", json::object()), config.flow), config.latents};
  phase.latents = read_latents(row.value("latents", json::object()), config.latents);
  return phase;
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
  config.codec.merges = merges_of(config.components.at("vae"));
  for (auto& bucket : config.buckets) bucket.cell = cell_size(config.codec.merges);
  config.codec.components = codec.at("components").get<std::vector<std::int64_t>>();
  config.codec.motion_weight = codec.value("motion_weight", config.codec.motion_weight);
  config.codec.num_clips = codec.value("num_clips", config.codec.num_clips);
  config.codec.seed = root.at("seed");
  config.fitted_codecs = codec.value("fitted", config.fitted_codecs);
  config.begins_with = root.value("begins_with", config.begins_with);
  config.latent_exponent = codec.value("latent_exponent", config.latent_exponent);
  config.latents = read_latents(root.at("latents"), config.latents);
  config.flow = read_flow(root.at("flow"), {});
  for (const auto& row : root.at("flow").value("phases", json::array())) config.phases.push_back(read_phase(row, config));
  config.video_decoder = read_decoder(root.at("video_decoder"));
  config.video_encoder = read_decoder(root.at("video_encoder"));
  config.audio_decoder = read_decoder(root.at("audio_decoder"));
  config.vocoder = read_decoder(root.at("vocoder"));
  config.tones.hinges = root.at("vocoder").value("tone_hinges", config.tones.hinges);
  config.tones.num_clips = root.at("vocoder").value("tone_clips", config.tones.num_clips);
  config.text_length = root.value("text_length", config.text_length);
  return config;
}

// A batch and a shard need at least one clip, and the shards that a phase draws from must still be there in the next one.
Result<void> check_schedule(const TrainConfig& config) {
  const auto refuse = [](const char* field, auto found, const char* allowed) {
    return Error{ErrorCode::kInvalidArgument, "the training configuration cannot be run", field, std::to_string(found), allowed, ""};
  };
  std::int64_t before = 0;
  for (const auto& phase : config.phases) {
    if (phase.until_step <= before) return refuse("flow.phases.until_step", phase.until_step, "rising numbers above 0");
    if (phase.latents.shard_clips != config.latents.shard_clips)
      return refuse("flow.phases.latents.shard_clips", phase.latents.shard_clips, "the same in all phases");
    before = phase.until_step;
  }
  std::vector<std::int64_t> starts = {0};
  for (const auto& phase : config.phases) starts.push_back(phase.until_step);
  for (const std::int64_t step : starts) {
    const FlowConfig& flow = config.flow_at(step);
    const LatentsConfig& latents = config.latents_at(step);
    if (flow.batch < 1) return refuse("flow.batch", flow.batch, "at least 1");
    if (flow.parts != config.flow.parts || flow.parts < 1 || flow.parts > 256)
      return refuse("flow.parts", flow.parts, "1 to 256, the same in all phases");
    if (flow.clips_at_once < 0) return refuse("flow.clips_at_once", flow.clips_at_once, "0 or more");
    if (latents.steps_per_shard < 1) return refuse("latents.steps_per_shard", latents.steps_per_shard, "at least 1");
    if (!(latents.hard_scene_weight >= 1 && latents.hard_scene_weight <= 100))
      return refuse("latents.hard_scene_weight", latents.hard_scene_weight, "1 to 100");
    if (!(latents.mirror_share >= 0 && latents.mirror_share <= 0.5))
      return refuse("latents.mirror_share", latents.mirror_share, "0 to 0.5");
    if (latents.shard_clips < 1) return refuse("latents.shard_clips", latents.shard_clips, "at least 1");
    if (latents.max_shards < 1) return refuse("latents.max_shards", latents.max_shards, "at least 1");
  }
  if (!(config.video_decoder.redrawn_share >= 0 && config.video_decoder.redrawn_share <= 1))
    return refuse("video_decoder.redrawn_share", config.video_decoder.redrawn_share, "0 to 1");
  if (config.tones.hinges < 0 || config.tones.hinges > 8) return refuse("vocoder.tone_hinges", config.tones.hinges, "0 to 8");
  if (config.tones.num_clips < 1) return refuse("vocoder.tone_clips", config.tones.num_clips, "at least 1");
  return {};
}

}  // namespace

CellMerges merges_of(const json& vae) {
  const auto types = vae.at("upsample_type").get<std::vector<std::string>>();
  CellMerges merges;
  for (auto type = types.rbegin(); type != types.rend(); ++type) {
    merges.push_back({*type == "spatial" ? 1 : 2, *type == "temporal" ? 1 : 2});
  }
  return merges;
}

const FlowConfig& TrainConfig::flow_at(std::int64_t step) const {
  for (const auto& phase : phases) {
    if (step < phase.until_step) return phase.flow;
  }
  return flow;
}

const LatentsConfig& TrainConfig::latents_at(std::int64_t step) const {
  for (const auto& phase : phases) {
    if (step < phase.until_step) return phase.latents;
  }
  return latents;
}

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
    for (std::string* beside : {&config.fitted_codecs, &config.begins_with}) {
      if (!beside->empty()) *beside = (std::filesystem::path(path).parent_path() / *beside).string();
    }
    const std::size_t levels = config.codec.components.size();
    if (levels < 2 || config.codec.merges.size() + 1 != levels) {
      return Error{ErrorCode::kInvalidArgument,
                   "the codec has another number of levels than the decoder",
                   "video_codec.components",
                   std::to_string(levels) + " numbers",
                   std::to_string(config.codec.merges.size() + 1) + ", one more than vae.upsample_type has, and at least 2",
                   ""};
    }
    for (const auto& bucket : config.buckets) {
      const auto& s = bucket.shape;
      const auto whole = [&](int pixels) { return pixels > 0 && pixels % bucket.cell.space == 0; };
      if (!whole(s.width) || !whole(s.height) || s.num_frames < 1 || (s.num_frames - 1) % bucket.cell.time != 0 || s.fps <= 0) {
        return Error{ErrorCode::kInvalidArgument,
                     "a bucket has a shape that the codec cannot hold",
                     "buckets",
                     std::to_string(s.width) + "x" + std::to_string(s.height) + "x" + std::to_string(s.num_frames),
                     "width and height multiples of " + std::to_string(bucket.cell.space) + ", frames " + std::to_string(bucket.cell.time) +
                         "k+1, fps above 0",
                     ""};
      }
    }
    if (config.buckets.empty()) return Error{ErrorCode::kInvalidArgument, "no buckets", "buckets", "0", "at least 1", ""};
    FANTASCOPE_TRY_VOID(check_schedule(config));
    return config;
  } catch (const json::exception& exception) {
    return Error{ErrorCode::kBadFile, std::string("the training configuration cannot be read: ") + exception.what(), path, "", "", ""};
  }
}

}  // namespace fantascope::training
