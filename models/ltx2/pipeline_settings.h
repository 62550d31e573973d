#pragma once
/// What a model folder says about sampling, and how a request becomes a recipe: latent grid, schedule, guidance. No weights are read here.
/// A folder may hold `fantascope.json` with the model's own defaults; what it leaves out follows from the version of the architecture:
///   {"name", "licence", "width", "height", "num_frames", "fps", "num_inference_steps", "sigmas": […],
///    "guidance": {"guidance_scale", "stg_scale", "modality_scale", "rescale"}, "audio_guidance": {…}, "negative_prompt",
///    "max_sequence_length", "stg_blocks": […], "use_cross_timestep", "size_max", "frames_max",
///    "shift_by_size": true as diffusers samples (default), false as Lightricks' own pipelines do: one schedule for all sizes,
///    "seconds_at_once": longest clip that the model was trained to sample in one go,
///    "image_crf": H.264 quality that given pictures are pressed to before they are encoded (diffusers resolve_default_image_crf: 33),
///    "refine_sigmas": […] of a second stage, "refine_lora_strength" of its adapter (refine_adapter.h),
///    "last_image": true if the model was trained to be given its last latent frame in place, as the shipped one is; else, as the published
///    models, it takes all frames but the first as tokens behind the clip's (pipeline_conditions.h), "vocabulary": "file of known words,
///    one a line"}
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/diffusion/flow_match_euler.h"
#include "engine/runtime/generation.h"
#include "models/ltx2/config.h"
#include "models/ltx2/pipeline_denoiser.h"
#include "models/ltx2/video_vae_config.h"

namespace fantascope::models::ltx2 {

/// What sampling needs to know of the audio autoencoder.
struct AudioLayout {
  std::int64_t channels = 8, num_bins = 16;  ///< of latents
  double latents_per_second = 25;
  static Result<AudioLayout> from_json(const nlohmann::json& json, const std::string& subject = "audio_vae/config.json");
};

/// Choices that a request does not carry.
struct SamplingOptions {
  std::vector<std::int64_t> stg_blocks;
  bool use_cross_timestep = true;
  bool shift_by_size = true;  ///< else the schedule is that of a clip of max_image_seq_len tokens, whatever the size
  int max_sequence_length = 1024;
};

/// Everything about a model but its weights.
struct ModelSettings {
  ModelInfo info;
  TransformerConfig transformer;
  FlowMatchEulerConfig scheduler;
  VideoVaeConfig video_vae;
  AudioLayout audio;
  SamplingOptions options;
  bool last_image = false;            ///< the last latent frame is given in place, and no other later one is
  std::vector<double> refine_sigmas;  ///< of a second stage, without the final 0
  double refine_lora_strength = 1;    ///< of the adapter that a second stage adds to the transformer
  bool refines = false;               ///< these are the settings of a second stage
  std::string vocabulary_file;        ///< full path, empty if the vocabulary is open

  static Result<ModelSettings> read(const std::string& dir);
};

/// Latent grid of a request. Python's round, half to even, gives the audio length.
ClipShape clip_shape(const ModelSettings& settings, const GenerationRequest& request);
FlowMatchSchedule make_schedule(const ModelSettings& settings, const GenerationRequest& request);
DenoiseRecipe make_recipe(const ModelSettings& settings, const SamplingOptions& options, const GenerationRequest& request);
/// Whether the request needs the negative prompt's embeddings.
bool needs_negative(const GenerationRequest& request);
GuidanceScales scales(const GuidanceSettings& guidance);

/// Refuses what the model does not allow; for sizes and lengths the nearest two allowed values are named.
Result<void> validate_request(const ModelSettings& settings, const GenerationRequest& request);

}  // namespace fantascope::models::ltx2
