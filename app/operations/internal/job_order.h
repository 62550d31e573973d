#pragma once
/// What a job was asked for, as its row keeps it, and where its files lie.
#include <string>

#include "app/library/ids.h"
#include "app/operations/recipe.h"
#include "app/settings/home.h"
#include "engine/runtime/generation.h"

namespace fantascope {

inline constexpr char kGenerateJob[] = "generate";
inline constexpr char kReproduceJob[] = "reproduce";

/// What a job was asked for: stored in its row. The recipe is complete (hashes, sigmas) once prepare is done.
struct JobOrder {
  Recipe recipe;
  std::string model_dir;
  bool write_wav = false, write_png = false;
  std::string out;                    ///< absolute path of the copy that the user wants beside the take; empty: none
  bool out_with_latents = false;      ///< the latents are copied beside it
  std::string parent_take, relation;  ///< lineage: "extend", "remix", "finish", "retake"; empty: none
  std::string resume_file;            ///< finish: the sketch's state in the job's folder, where sampling begins
  bool linked = false;                ///< the model was found among the linked ones: it has to be there still when the job runs
};
std::string order_to_text(const JobOrder& order);
Result<JobOrder> order_from_text(const std::string& text, const std::string& subject);

std::string work_dir(const Home& home, const JobId& id);
std::string take_dir(const Home& home, const TakeId& id);

/// The engine's request for a recipe; pictures are read from `dir` and checked against their hashes. A parent's latents are checked here
/// and read by the pipeline.
Result<GenerationRequest> make_request(const Recipe& recipe, const std::string& dir);

}  // namespace fantascope
