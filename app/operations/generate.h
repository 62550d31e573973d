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

/// Empty fields take the model's own default.
struct GenerateRequest {
  std::string prompt;
  std::optional<std::string> model, size, fps, negative, image, last_image, dtype, device, out;
  std::optional<double> seconds, guidance, audio_guidance;
  std::optional<std::int64_t> frames, seed, steps;
  int takes = 1;
  bool snap = false;  ///< take the nearest allowed size and length instead of refusing
  bool save_latents = false, wav = false, png = false;

  /// From arguments that passed the spec.
  static GenerateRequest from_json(const nlohmann::json& arguments);
};

struct GeneratedTake {
  std::string take_id, job_id;
  std::string path;      ///< of the clip in the library
  std::string out_path;  ///< of the copy, if one was asked for
  Recipe recipe;
  double duration_s = 0;
  std::string recipe_sha256, latents_sha256, unsigned_sha256;
  std::map<std::string, double> timings_s;
  std::vector<std::string> warnings;

  nlohmann::json to_json() const;
};

OperationSpec generate_spec();
/// Takes are made one after another with seeds seed, seed+1, …; each is in the library as soon as it is done.
Result<std::vector<GeneratedTake>> generate(OperationContext& context, const GenerateRequest& request);

struct EstimatedPhase {
  std::string name;  ///< as in timings_s
  bool measured = false, same_size = false;
  double seconds = 0, seconds_min = 0, seconds_max = 0;
};

struct Estimate {
  Recipe recipe;  ///< without hashes
  std::vector<EstimatedPhase> phases;
  bool measured = false;  ///< every phase that takes time was run on this machine before
  double total_s = 0, total_s_min = 0, total_s_max = 0;
  std::uint64_t memory_bytes_min = 0, available_memory_bytes = 0;  ///< at least: weights and decoded frames
  std::uint64_t disk_bytes = 0, free_bytes = 0;
  bool fits = false;
  std::vector<std::string> notes;

  nlohmann::json to_json() const;
};
OperationSpec estimate_spec();
Result<Estimate> estimate(OperationContext& context, const GenerateRequest& request);

}  // namespace fantascope
