#pragma once
/// A prompt becomes one or more takes.
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/operations/operation.h"
#include "app/operations/recipe.h"

namespace fantascope {

/// A take that the new one is made from. See continue.h.
struct TakeToContinue {
  enum class How { kExtend, kRemix, kFinish, kRetake };
  How how = How::kExtend;
  std::string take;       ///< id, or how it starts
  std::int64_t keep = 1;  ///< extend: last latent frames of the take that are given to the new ones
  double strength = 0.6;  ///< remix: share of the schedule that is run again
  /// Retake: what is made anew, in seconds of the take; widened to whole latent frames. keep_sound: only its picture.
  double from_s = 0, to_s = 0;
  bool keep_sound = false;
};

/// Empty fields take the model's own default, or the take's that is continued.
struct GenerateRequest {
  std::string prompt;
  std::optional<std::string> model, size, fps, negative, image, last_image, dtype, device, out;
  std::optional<std::string> project;  ///< by name: the takes are a shot of their own in it
  std::optional<double> seconds, guidance, audio_guidance;
  std::optional<std::int64_t> frames, seed, steps;
  std::optional<std::int64_t> image_crf;  ///< of given pictures, see ModelInfo
  int takes = 1;
  bool snap = false;  ///< take the nearest allowed size and length instead of refusing
  bool save_latents = false, wav = false, png = false;
  /// Stop after a few steps of the final schedule and show what is there; `finish` goes on from that very state.
  bool sketch = false;
  bool two_stages = false;                   ///< half the size first, then enlarged and refined; for models with an upsampler
  std::optional<std::int64_t> sketch_steps;  ///< how many; a third of all if left out
  std::optional<TakeToContinue> from;

  /// From arguments that passed the spec.
  static GenerateRequest from_json(const nlohmann::json& arguments);
};

struct GeneratedTake {
  std::string take_id, job_id;
  std::string path;                ///< of the clip in the library
  std::string out_path;            ///< of the copy, if one was asked for
  std::optional<Error> out_error;  ///< why there is no such copy; the take itself is safe
  Recipe recipe;
  double duration_s = 0;
  std::string recipe_sha256, latents_sha256, unsigned_sha256;
  std::map<std::string, double> timings_s;
  std::vector<std::string> warnings;
  std::string parent_take, relation;  ///< "extend", "remix", "finish", "retake"; empty: none
  nlohmann::json seams;               ///< of clips that were put together; see app/media/seam.h

  nlohmann::json to_json() const;
};

std::vector<ParamSpec> generation_params();
OperationSpec generate_spec();
/// Takes are made one after another with seeds seed, seed+1, …; each is in the library as soon as it is done.
Result<std::vector<GeneratedTake>> generate(OperationContext& context, const GenerateRequest& request);
/// fps as scripts like it: a number where it is whole, else "24000/1001".
nlohmann::json rate_to_json(const Rational& fps);

}  // namespace fantascope
