#pragma once
/// From what a user asked for to a recipe that the model allows, before anything is loaded.
#include <optional>
#include <string>
#include <vector>

#include "app/library/ids.h"
#include "app/operations/generate.h"
#include "app/operations/internal/model_catalog.h"

namespace fantascope {

/// The take that a job goes on from, and its files that the job needs.
struct PlannedParent {
  TakeId take_id;
  std::string relation;        ///< "extend", "remix", "finish", "retake"
  std::string dir;             ///< of the take
  std::string latents_sha256;  ///< of its latents file
};

struct PlannedGeneration {
  ModelEntry model;
  Recipe recipe;                   ///< of the first take; hashes, scheduler and sigmas are still empty
  std::vector<std::string> notes;  ///< what was snapped
  std::optional<PlannedParent> parent;
  int first_step = 0;  ///< steps of the run that are done already: those of the sketch that is finished
};

/// Refuses what the model does not allow with the nearest two values that it does. `seed` is used where the request has none.
/// For looking only: a model whose licence is not accepted yet is planned for too.
Result<PlannedGeneration> plan_generation(Studio& studio, const GenerateRequest& request, std::uint64_t seed);
/// The same for making: refused where the licence of the model has to be accepted first. Every way to a new job plans with this.
Result<PlannedGeneration> plan_to_make(Studio& studio, const GenerateRequest& request, std::uint64_t seed);

/// 32 random bits: short enough to type again.
std::uint64_t random_seed();

/// Bytes that a take of this recipe needs on the way to its end: latents three times, clip twice, what the settings keep free.
std::uint64_t disk_bytes_needed(const Recipe& recipe, const Settings& settings, int takes = 1);
/// Without that space: an upper bound of what the clip and its work files are.
std::uint64_t clip_bytes_needed(const Recipe& recipe);

/// "fp32" or "bf16": what the request asks for, else what the settings say, with their "auto" decided for this machine and model.
std::string plan_dtype(const std::optional<std::string>& asked, const Settings& settings, const std::string& device,
                       const ModelInfo& model);

std::string cpu_name();
int num_threads();

}  // namespace fantascope
