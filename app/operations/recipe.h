#pragma once
/// Everything that decides the bytes of a take before signing: recipe.json. Same recipe, same build, same device: same bytes.
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/rational.h"
#include "engine/base/result.h"

namespace fantascope {

struct RecipeGuidance {
  double guidance_scale = 1.0, stg_scale = 0.0, modality_scale = 1.0, rescale = 0.0;
  bool operator==(const RecipeGuidance&) const = default;
};

/// A picture or a parent's latents that steer the clip. `file` lies in the take's folder (and in the job's, while it runs).
struct RecipeConditioning {
  std::string kind;  ///< "first_image", "last_image" or "parent_latents"
  std::string sha256, file;
  bool operator==(const RecipeConditioning&) const = default;
};

/// How the clip goes on from the latents of another take, which are its conditioning item "parent_latents".
struct RecipeContinuation {
  std::string kind;            ///< "extend", "remix" or "retake"
  int parent_frames = 0;       ///< video frames of the parent: extend's new ones begin after them
  int kept_latent_frames = 0;  ///< extend: given to the new frames
  double strength = 1.0;       ///< remix: share of the schedule that is run again
  int first_latent_frame = 0;  ///< retake: made anew from here on,
  int num_latent_frames = 0;   ///< so many
  bool keeps_sound = false;    ///< retake: the sound is the parent's, that of the retaken frames too
  bool operator==(const RecipeContinuation&) const = default;
};

struct Recipe {
  static constexpr int kSchemaVersion = 1;

  std::string prompt;  ///< as typed, byte for byte
  std::optional<std::string> negative;
  std::string model, family;
  std::map<std::string, std::string> weights;  ///< SHA-256 of every weight file, by path in the model's folder
  std::map<std::string, std::string> configs;  ///< the same of configurations and tokenizers
  std::string scheduler, sampler;
  std::vector<double> sigmas;        ///< as sampled, with the final 0
  std::vector<double> given_sigmas;  ///< without the final 0, before the scheduler's shift; empty: the scheduler made its own
  RecipeGuidance guidance, audio_guidance;
  std::uint64_t seed = 0;  ///< at most 2^63-1: SQLite and most JSON readers have no larger integers
  int width = 0, height = 0, frames = 0, steps = 0;
  Rational fps;
  std::vector<RecipeConditioning> conditioning;
  int image_crf = 0;  ///< given pictures are pressed to this H.264 quality first (app/media/compressed_image.h); 0: as they are
  std::optional<RecipeContinuation> continuation;
  int window_frames = 0;  ///< sampled at once, for clips made in windows; 0: the whole clip
  int window_kept_latent_frames = 1;
  bool two_stages = false;            ///< half the size first, then enlarged and refined
  std::vector<double> refine_sigmas;  ///< with two_stages: of the second one, without the final 0; empty: the model's own
  int sketch_steps = 0;               ///< the run stops after so many steps and shows what is there; 0: it is finished
  std::string engine_version, device, device_name, dtype;
  int num_threads = 0;

  bool operator==(const Recipe&) const = default;
};

inline constexpr char kParentLatents[] = "parent_latents";

nlohmann::json recipe_to_json(const Recipe& recipe);
/// Strict: a newer schema, unknown or missing fields, wrong types and values out of range are refused by name. The section "made"
/// (times, ids, hashes of results) is not part of the recipe and skipped.
Result<Recipe> recipe_from_json(const nlohmann::json& json, const std::string& subject);
Result<Recipe> read_recipe(const std::string& path);

/// Sorted keys, no spaces, UTF-8 as it is, shortest numbers that read back the same, no "made".
std::string canonical_recipe(const Recipe& recipe);
std::string recipe_sha256(const Recipe& recipe);

/// One input that differs between two recipes.
struct RecipeDifference {
  std::string field, expected, found;
};
/// Of what decides the bytes; empty when they are the same.
std::vector<RecipeDifference> compare_recipes(const Recipe& expected, const Recipe& found);

}  // namespace fantascope
