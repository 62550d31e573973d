#include "models/ltx2/pipeline_settings.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/base/bounded_json.h"
#include "engine/base/json_fields.h"
#include "models/ltx2/model_folder.h"
#include "models/ltx2/pipeline_conditions.h"
#include "models/ltx2/pipeline_windows.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr int kImageCrf = 33;  // what 2.0 and 2.3 were trained on

constexpr std::int64_t kAudioDownsampling = 4;  // the published audio autoencoder has no other
constexpr int kDefaultFrames = 121, kDefaultWidth = 768, kDefaultHeight = 512;
constexpr std::int64_t kStgBlock20 = 29, kStgBlock23 = 28;
constexpr double kMaxGuidance = 100;
constexpr int kMaxPixels = 4096;

GuidanceSettings read_guidance(const nlohmann::json& json, const std::string& key, const std::string& subject,
                               const GuidanceSettings& fallback, Result<void>& status) {
  const auto it = json.find(key);
  if (it == json.end() || it->is_null()) return fallback;
  JsonFields fields(*it, subject + ": " + key);
  GuidanceSettings g;
  g.guidance_scale = fields.number("guidance_scale", fallback.guidance_scale, 0, kMaxGuidance);
  g.stg_scale = fields.number("stg_scale", fallback.stg_scale, 0, kMaxGuidance);
  g.modality_scale = fields.number("modality_scale", fallback.modality_scale, 0, kMaxGuidance);
  g.rescale = fields.number("rescale", fallback.rescale, 0, 1);
  if (status) status = fields.finish();
  return g;
}

/// Recommended settings of the published versions (their READMEs and reference pipelines), told apart by what their configs switch on.
void set_family_defaults(ModelSettings& s) {
  GenerationRequest& d = s.info.defaults;
  const bool newer = s.transformer.cross_attn_mod;  // 2.3 and later
  d.width = kDefaultWidth;
  d.height = kDefaultHeight;
  d.num_frames = kDefaultFrames;
  d.fps = Rational{24, 1};
  const bool distilled = !s.scheduler.use_dynamic_shifting && !s.scheduler.shift_terminal;
  if (distilled) {
    d.sigmas = {1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875};
    d.num_inference_steps = static_cast<int>(d.sigmas.size());
  } else {
    d.num_inference_steps = newer ? 30 : 40;
    d.guidance = {3.0, 1.0, 3.0, 0.7};
    d.audio_guidance = {7.0, 1.0, 3.0, 0.7};
  }
  s.refine_sigmas = {0.909375, 0.725, 0.421875};
  const std::int64_t block = newer ? kStgBlock23 : kStgBlock20;
  s.options.stg_blocks = {std::min(block, s.transformer.num_layers - 1)};
  s.options.use_cross_timestep = newer;
  s.options.max_sequence_length = 1024;
}

Result<std::vector<double>> read_sigmas(const nlohmann::json& json, const std::string& key, const std::string& path,
                                        const std::vector<double>& fallback) {
  const auto it = json.find(key);
  if (it == json.end() || it->is_null()) return fallback;
  const auto valid = [](const nlohmann::json& v) { return v.is_number() && v.get<double>() > 0 && v.get<double>() <= 1; };
  if (!it->is_array() || it->empty() || it->size() > 1000 || !std::all_of(it->begin(), it->end(), valid)) {
    return Error{ErrorCode::kBadFile,
                 key + " must be a list of numbers above 0 and at most 1",
                 path + ": " + key,
                 it->dump().substr(0, 60),
                 "0…1",
                 ""};
  }
  return it->get<std::vector<double>>();
}

Result<void> read_model_card(const std::string& dir, ModelSettings& s) {
  const std::string path = dir + "/fantascope.json";
  if (!std::filesystem::exists(path)) return {};
  FANTASCOPE_TRY(const nlohmann::json json, read_bounded_json(path));
  JsonFields fields(json, path);
  GenerationRequest& d = s.info.defaults;
  s.info.name = fields.word("name", s.info.name);
  s.info.licence = fields.word("licence", s.info.licence);
  d.width = static_cast<int>(fields.integer("width", d.width, 1, kMaxPixels));
  d.height = static_cast<int>(fields.integer("height", d.height, 1, kMaxPixels));
  d.num_frames = static_cast<int>(fields.integer("num_frames", d.num_frames, 1, 1 << 16));
  d.num_inference_steps = static_cast<int>(fields.integer("num_inference_steps", d.num_inference_steps, 1, 1000));
  if (fields.has("fps")) {
    const nlohmann::json& fps = json["fps"];
    auto parsed = Rational::parse(fps.is_string() ? fps.get<std::string>() : fps.dump());
    if (parsed) d.fps = *parsed;
    if (!parsed) fields.refuse("fps", "is not a frame rate", fps.dump().substr(0, 40), "24, 29.97, \"24000/1001\"");
  }
  if (fields.has("negative_prompt")) d.negative_prompt = fields.word("negative_prompt", "");
  s.options.max_sequence_length = static_cast<int>(fields.integer("max_sequence_length", s.options.max_sequence_length, 1, 1 << 16));
  s.options.stg_blocks = fields.integers("stg_blocks", s.options.stg_blocks, 1024, 0, s.transformer.num_layers - 1);
  s.options.use_cross_timestep = fields.flag("use_cross_timestep", s.options.use_cross_timestep);
  s.options.shift_by_size = fields.flag("shift_by_size", s.options.shift_by_size);
  s.info.size_max = static_cast<int>(fields.integer("size_max", s.info.size_max, 1, kMaxPixels));
  s.info.frames_max = static_cast<int>(fields.integer("frames_max", s.info.frames_max, 1, 1 << 16));
  s.last_image = fields.flag("last_image", false);
  s.info.seconds_at_once = fields.number("seconds_at_once", s.info.seconds_at_once, 0.01, 3600);
  s.info.image_crf = static_cast<int>(fields.integer("image_crf", s.info.image_crf, 0, 51));
  s.refine_lora_strength = fields.number("refine_lora_strength", s.refine_lora_strength, -10, 10);
  const std::string vocabulary = fields.word("vocabulary", "");
  if (!vocabulary.empty()) {
    if (vocabulary.find('/') != std::string::npos || vocabulary == "..")
      fields.refuse("vocabulary", "must be a file of this folder", vocabulary, "a file name");
    s.vocabulary_file = dir + "/" + vocabulary;
  }
  FANTASCOPE_TRY_VOID(fields.finish());
  FANTASCOPE_TRY(s.refine_sigmas, read_sigmas(json, "refine_sigmas", path, s.refine_sigmas));
  if (fields.has("sigmas")) {
    FANTASCOPE_TRY(d.sigmas, read_sigmas(json, "sigmas", path, {}));
    d.num_inference_steps = static_cast<int>(d.sigmas.size());
  } else if (fields.has("num_inference_steps")) {
    d.sigmas.clear();
  }
  Result<void> status;
  d.guidance = read_guidance(json, "guidance", path, d.guidance, status);
  d.audio_guidance = read_guidance(json, "audio_guidance", path, d.audio_guidance, status);
  return status;
}

std::uint64_t weights_bytes(const std::string& dir) {
  std::uint64_t total = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir, ignored)) {
    if (entry.is_regular_file(ignored) && entry.path().extension() == ".safetensors") total += entry.file_size(ignored);
  }
  return total;
}

/// Refuses `value` unless it is offset + multiple * k within the range, naming the two nearest that are.
Result<void> check_grid(const char* field, int value, int multiple, int offset, int min, int max) {
  if (value >= min && value <= max && (value - offset) % multiple == 0) return {};
  const auto snapped = [&](int v) {
    const int lowest = offset + (std::max(min - offset, 0) + multiple - 1) / multiple * multiple;
    const int highest = offset + (max - offset) / multiple * multiple;
    return std::clamp(v, lowest, highest);
  };
  const int k = static_cast<int>(std::floor(static_cast<double>(value - offset) / multiple));
  const int below = snapped(offset + k * multiple), above = snapped(offset + (k + 1) * multiple);
  const std::string nearest = below == above ? std::to_string(below) : std::to_string(below) + " or " + std::to_string(above);
  const std::string rule = (offset == 0 ? "a multiple of " + std::to_string(multiple)
                                        : "a multiple of " + std::to_string(multiple) + ", plus " + std::to_string(offset)) +
                           ", " + std::to_string(min) + "…" + std::to_string(max);
  return Error{ErrorCode::kInvalidArgument,
               std::string("This model does not allow ") + field + " " + std::to_string(value),
               field,
               std::to_string(value),
               rule,
               "The nearest allowed: " + nearest + "."};
}

Result<void> check_range(const char* field, double value, double min, double max) {
  if (value >= min && value <= max) return {};
  const auto text = [](double v) { return nlohmann::json(v).dump(); };
  return Error{ErrorCode::kInvalidArgument,
               std::string(field) + ": value outside " + text(min) + "…" + text(max),
               field,
               text(value),
               text(min) + "…" + text(max),
               ""};
}

Result<void> check_guidance(const char* which, const GuidanceSettings& g) {
  const std::string prefix = which;
  FANTASCOPE_TRY_VOID(check_range((prefix + "guidance_scale").c_str(), g.guidance_scale, 0, kMaxGuidance));
  FANTASCOPE_TRY_VOID(check_range((prefix + "stg_scale").c_str(), g.stg_scale, 0, kMaxGuidance));
  FANTASCOPE_TRY_VOID(check_range((prefix + "modality_scale").c_str(), g.modality_scale, 0, kMaxGuidance));
  return check_range((prefix + "rescale").c_str(), g.rescale, 0, 1);
}

}  // namespace

Result<AudioLayout> AudioLayout::from_json(const nlohmann::json& json, const std::string& subject) {
  JsonFields fields(json, subject);
  AudioLayout layout;
  layout.channels = fields.integer("latent_channels", 8, 1, 4096);
  layout.num_bins = fields.integer("mel_bins", 64, kAudioDownsampling, 4096) / kAudioDownsampling;
  const auto rate = static_cast<double>(fields.integer("sample_rate", 16000, 1, 1 << 24));
  const auto hop = static_cast<double>(fields.integer("mel_hop_length", 160, 1, 1 << 24));
  layout.latents_per_second = rate / hop / static_cast<double>(kAudioDownsampling);
  FANTASCOPE_TRY_VOID(fields.finish());
  return layout;
}

Result<ModelSettings> ModelSettings::read(const std::string& dir) {
  ModelSettings s;
  FANTASCOPE_TRY(const ModelFolder folder, ModelFolder::open(dir));
  FANTASCOPE_TRY(const ModelFolder::Config transformer, folder.config("transformer"));
  FANTASCOPE_TRY(s.transformer, TransformerConfig::from_json(transformer.json, transformer.subject));
  FANTASCOPE_TRY(const ModelFolder::Config scheduler, folder.config("scheduler"));
  FANTASCOPE_TRY(s.scheduler, FlowMatchEulerConfig::from_json(scheduler.json, scheduler.subject));
  FANTASCOPE_TRY(const ModelFolder::Config vae, folder.config("vae"));
  FANTASCOPE_TRY(s.video_vae, VideoVaeConfig::from_json(vae.json, vae.subject));
  FANTASCOPE_TRY(const ModelFolder::Config audio_vae, folder.config("audio_vae"));
  FANTASCOPE_TRY(s.audio, AudioLayout::from_json(audio_vae.json, audio_vae.subject));
  if (s.audio.channels * s.audio.num_bins != s.transformer.audio_in_channels) {
    return Error{ErrorCode::kMismatch,
                 "The audio autoencoder and the transformer do not belong together",
                 audio_vae.subject,
                 std::to_string(s.audio.channels * s.audio.num_bins) + " features",
                 std::to_string(s.transformer.audio_in_channels),
                 "Download the folder again."};
  }
  if (s.video_vae.latent_channels != s.transformer.in_channels) {
    return Error{ErrorCode::kMismatch,
                 "The video autoencoder and the transformer do not belong together",
                 vae.subject,
                 std::to_string(s.video_vae.latent_channels) + " channels",
                 std::to_string(s.transformer.in_channels),
                 "Download the folder again."};
  }
  const std::filesystem::path path = std::filesystem::path(dir).lexically_normal();
  s.info.name = (path.has_filename() ? path : path.parent_path()).filename().string();
  s.info.family = "ltx2";
  s.info.dir = dir;
  s.info.weights_bytes = weights_bytes(dir);
  const ScaleFactors& factors = s.video_vae.scale_factors;
  s.info.size_multiple = static_cast<int>(std::lcm(factors.height, factors.width));
  s.info.size_min = s.info.size_multiple;
  s.info.frames_multiple = static_cast<int>(factors.time);
  // Positions beyond the last one that the rotary tables were made for were never trained.
  s.info.seconds_at_once = static_cast<double>(s.transformer.max_time_s);
  s.info.image_crf = kImageCrf;
  s.info.two_stages = std::filesystem::exists(dir + "/latent_upsampler/config.json");
  set_family_defaults(s);
  FANTASCOPE_TRY_VOID(read_model_card(dir, s));
  return s;
}

ClipShape clip_shape(const ModelSettings& settings, const GenerationRequest& request) {
  const ScaleFactors& factors = settings.video_vae.scale_factors;
  ClipShape shape;
  shape.frames = (request.num_frames - 1) / factors.time + 1;
  shape.height = request.height / factors.height;
  shape.width = request.width / factors.width;
  shape.fps = request.fps.value();
  // nearbyint rounds half to even in the default mode, as Python's round does.
  shape.audio_frames =
      static_cast<std::int64_t>(std::nearbyint(request.num_frames / request.fps.value() * settings.audio.latents_per_second));
  return shape;
}

FlowMatchSchedule make_schedule(const ModelSettings& settings, const GenerationRequest& request) {
  const std::int64_t tokens = settings.options.shift_by_size ? clip_shape(settings, request).num_video_tokens()
                                                             : static_cast<std::int64_t>(settings.scheduler.max_image_seq_len);
  return make_flow_match_schedule(settings.scheduler, request.num_inference_steps, request.sigmas, tokens);
}

GuidanceScales scales(const GuidanceSettings& g) { return {g.guidance_scale, g.stg_scale, g.modality_scale, g.rescale}; }

bool needs_negative(const GenerationRequest& request) {
  const GuidanceScales video = scales(request.guidance);
  return guidance_passes(video, audio_or_video(scales(request.audio_guidance), video)).negative;
}

DenoiseRecipe make_recipe(const ModelSettings& settings, const SamplingOptions& options, const GenerationRequest& request) {
  DenoiseRecipe recipe;
  recipe.shape = clip_shape(settings, request);
  recipe.schedule = make_schedule(settings, request);
  recipe.video = scales(request.guidance);
  recipe.audio = audio_or_video(scales(request.audio_guidance), recipe.video);
  recipe.stg_blocks = options.stg_blocks;
  recipe.use_cross_timestep = options.use_cross_timestep;
  return recipe;
}

Result<void> validate_request(const ModelSettings& settings, const GenerationRequest& request) {
  const ModelInfo& info = settings.info;
  FANTASCOPE_TRY_VOID(check_grid("width", request.width, info.size_multiple, 0, info.size_min, info.size_max));
  FANTASCOPE_TRY_VOID(check_grid("height", request.height, info.size_multiple, 0, info.size_min, info.size_max));
  FANTASCOPE_TRY_VOID(check_grid("num_frames", request.num_frames, info.frames_multiple, 1, 1, info.frames_max));
  FANTASCOPE_TRY_VOID(check_range("fps", request.fps.value(), 1, 240));
  if (clip_shape(settings, request).audio_frames < 1) {
    return Error{ErrorCode::kInvalidArgument,        "The clip is too short to have sound", "num_frames",
                 std::to_string(request.num_frames), "at least one audio latent",           "Make it longer or lower the frame rate."};
  }
  if (request.sigmas.empty()) {
    FANTASCOPE_TRY_VOID(check_range("num_inference_steps", request.num_inference_steps, 1, info.steps_max));
  } else {
    FANTASCOPE_TRY_VOID(check_range("number of sigmas", static_cast<double>(request.sigmas.size()), 1, info.steps_max));
    for (std::size_t i = 0; i < request.sigmas.size(); ++i) {
      const double above = i == 0 ? 1.0 : request.sigmas[i - 1];
      if (!(request.sigmas[i] > 0 && request.sigmas[i] <= above) || (i > 0 && request.sigmas[i] == above)) {
        return Error{ErrorCode::kInvalidArgument,
                     "sigmas must fall from at most 1 and stay above 0",
                     "sigmas",
                     nlohmann::json(request.sigmas[i]).dump(),
                     "0…1, falling",
                     ""};
      }
    }
  }
  FANTASCOPE_TRY_VOID(check_windows(settings, request));
  FANTASCOPE_TRY_VOID(check_guidance("", request.guidance));
  FANTASCOPE_TRY_VOID(check_guidance("audio ", request.audio_guidance));
  return check_conditions(settings, request);
}

}  // namespace fantascope::models::ltx2
