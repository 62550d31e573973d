#pragma once
/// From "make it from that take" to a recipe, to the files of a job, and to the engine's request. Extend, remix and finish differ in
/// nothing else from a take that is made from a prompt alone; they go through the same jobs.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/operations/continue.h"
#include "app/operations/generate.h"
#include "app/operations/internal/job_order.h"
#include "app/operations/internal/request_rules.h"
#include "engine/runtime/generation.h"

namespace fantascope {

/// In the job's folder: what was measured where stretches were joined.
inline constexpr char kSeamsFile[] = "seams.json";

struct ParentTake {
  PlannedParent files;
  Recipe recipe;
};

/// The take that the request goes on from, with its recipe checked; empty if there is none. Refuses a take whose latents are gone, and one
/// that is only a sketch (other than to finish it).
Result<std::optional<ParentTake>> find_parent(Studio& studio, const GenerateRequest& request);
/// The request with what it leaves out taken from the parent: model, size, frame rate, length, guidance, steps, number format.
Result<GenerateRequest> with_parent(Studio& studio, const GenerateRequest& request, const std::optional<ParentTake>& parent);
/// The latent frames that the range touches. Refuses one that is empty, outside the clip, or all of it.
Result<RetakeRange> find_retake_range(const TakeToContinue& from, int frames, const Rational& fps, int frames_multiple);
/// Puts continuation, windows and sketch into the recipe of a plan that is otherwise made.
Result<void> plan_continuation(const GenerateRequest& request, const std::optional<ParentTake>& parent, PlannedGeneration& plan);
/// The recipe of a sketch's finished take.
Result<PlannedGeneration> plan_finish(Studio& studio, const GenerateRequest& request);

/// Gives a job its own names of the parent's files, so that it does not depend on the take staying.
Result<void> keep_parent(const PlannedParent& parent, const std::string& dir, JobOrder& order);
/// Reads the parent's latents into the engine's request.
Result<void> load_parent(const Pipeline& pipeline, const Recipe& recipe, const std::string& dir, GenerationRequest& request);
/// The state that finish goes on from; null if there is none or it cannot be used: the run then begins at the start and ends the same.
std::shared_ptr<PhaseState> sketched_state(const Pipeline& pipeline, const JobOrder& order, const std::string& dir);
/// Steps of the job: all windows, or those of a sketch.
Result<int> steps_of_run(const Recipe& recipe, const SamplingPlan& plan);

/// First frames after each seam of a clip made of several stretches.
std::vector<int> seam_frames(const Recipe& recipe, int frames_multiple);
/// Measures them into a file; nothing is written for clips made in one go.
Result<void> write_seams(const VideoFrames& frames, const Recipe& recipe, int frames_multiple, const std::string& path);
nlohmann::json read_seams(const std::string& path);  ///< an empty list if there are none

/// The pipeline's map for live pictures, from the home's cache or fitted now and put there. Without one there are just no live pictures.
void ready_preview_map(const Home& home, Pipeline& pipeline, const std::string& weights_key);

}  // namespace fantascope
