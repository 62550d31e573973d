#include "app/operations/estimate.h"

#include <filesystem>

#include "app/library/take_store.h"
#include "app/operations/internal/job_place.h"
#include "app/operations/internal/licence_gate.h"
#include "app/operations/internal/phase_timing.h"
#include "app/operations/internal/request_rules.h"
#include "app/operations/internal/sampling_work.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace fs = std::filesystem;

OperationSpec estimate_spec() { return {"estimate", "say how long generate would take and what it needs", generate_spec().params}; }

namespace {

/// Who asks, beside the recipe.
struct Asked {
  std::string action = "generate";
  int takes = 1;
  JobPhase last = JobPhase::kPublish;
};

Result<void> add_times(Studio& studio, const PlannedGeneration& plan, const SamplingWork& work, const Asked& asked, Estimate& estimate) {
  FANTASCOPE_TRY(Database* const database, studio.library_if_any());
  std::vector<PhaseEstimate> phases;
  for (const JobPhase phase : kJobPhases) phases.push_back({phase, std::nullopt});
  if (database != nullptr) {
    FANTASCOPE_TRY(phases, estimate_phases(TimingStore(*database), plan.recipe, work));
  }
  estimate.measured = true;
  for (const PhaseEstimate& phase : phases) {
    if (phase.phase > asked.last) continue;
    EstimatedPhase row;
    row.name = timing_name(phase.phase);
    row.measured = phase.time.has_value();
    if (phase.time) {
      row.same_size = phase.time->same_size;
      // Scaled from another size the time may be off either way; the range says so.
      const double slack = row.same_size ? 1.0 : 1.5;
      const double once = phase.phase == JobPhase::kPrepare ? 1.0 : asked.takes;
      row.seconds = phase.time->seconds * once;
      row.seconds_min = phase.time->seconds_min / slack * once;
      row.seconds_max = phase.time->seconds_max * slack * once;
    }
    estimate.measured = estimate.measured && row.measured;
    estimate.total_s += row.seconds;
    estimate.total_s_min += row.seconds_min;
    estimate.total_s_max += row.seconds_max;
    estimate.phases.push_back(row);
  }
  if (!estimate.measured) estimate.notes.push_back("not measured yet on this machine: the first clip of this model teaches it");
  return {};
}

Result<void> add_space(Studio& studio, const PlannedGeneration& plan, int takes, Estimate& estimate) {
  const double frame_bytes = static_cast<double>(plan.recipe.width) * plan.recipe.height * plan.recipe.frames * 3 * sizeof(float);
  estimate.memory_bytes_min = plan.model.info.weights_bytes + static_cast<std::uint64_t>(frame_bytes);
  estimate.available_memory_bytes = available_memory();
  estimate.disk_bytes = clip_bytes_needed(plan.recipe) * static_cast<std::uint64_t>(takes);
  const std::uint64_t wanted_free = disk_bytes_needed(plan.recipe, studio.settings(), takes);
  std::error_code error;
  fs::path folder = studio.home().dir;
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  FANTASCOPE_TRY(estimate.free_bytes, studio.free_space(folder.string()));
  estimate.fits = wanted_free <= estimate.free_bytes && estimate.memory_bytes_min <= estimate.available_memory_bytes;
  if (wanted_free > estimate.free_bytes) estimate.notes.push_back("not enough free disk space in " + folder.string());
  if (estimate.memory_bytes_min > estimate.available_memory_bytes) estimate.notes.push_back("not enough free memory");
  return {};
}

Result<Estimate> estimate_plan(Studio& studio, const PlannedGeneration& plan, const Asked& asked) {
  const SamplingWork work = sampling_work(plan.recipe, plan.model.info.frames_multiple, plan.first_step);
  Estimate estimate;
  estimate.action = asked.action;
  estimate.recipe = plan.recipe;
  estimate.num_steps = work.num_steps();
  estimate.all_steps = work.all_steps();
  estimate.num_windows = work.num_windows;
  estimate.sampled_frames = work.sampled_frames;
  estimate.notes = plan.notes;
  FANTASCOPE_TRY(const LicenceStanding licence, licence_of(studio, plan.model));
  estimate.licence_needs_acceptance = licence.needs_acceptance();
  if (const std::string note = licence.note(plan.model.info.name); !note.empty()) estimate.notes.push_back(note);
  if (const auto refusal = licence.refusal(plan.model)) estimate.notes.push_back(refusal->to_string());
  FANTASCOPE_TRY_VOID(add_times(studio, plan, work, asked, estimate));
  FANTASCOPE_TRY_VOID(add_space(studio, plan, asked.takes, estimate));
  return estimate;
}

}  // namespace

Result<Estimate> estimate(OperationContext& context, const GenerateRequest& request) {
  Studio& studio = context.studio;
  FANTASCOPE_TRY_VOID(check_project(studio, request));
  FANTASCOPE_TRY(const PlannedGeneration plan, plan_generation(studio, request, 0));
  return estimate_plan(studio, plan, {plan.parent ? plan.parent->relation : "generate", request.takes});
}

Result<Estimate> estimate_reproduction(OperationContext& context, const std::string& text) {
  Studio& studio = context.studio;
  FANTASCOPE_TRY(Database* const database, studio.library_if_any());
  if (database == nullptr) return Error{ErrorCode::kNotFound, "there is no such take in the library", "take", text, "", ""};
  FANTASCOPE_TRY(const Take take, TakeStore(*database).find_by_text(text));
  const std::string subject = "take " + take.take_id.text();
  FANTASCOPE_TRY(const nlohmann::json json, parse_bounded_json(take.recipe, subject, {.max_bytes = 8 << 20, .max_depth = 10}));
  PlannedGeneration plan;
  FANTASCOPE_TRY(plan.recipe, recipe_from_json(json, subject));
  FANTASCOPE_TRY(plan.model, find_model(studio, plan.recipe.model));
  plan.recipe.device_name = plan.recipe.device == "cpu" ? cpu_name() : plan.recipe.device;
  plan.recipe.num_threads = num_threads();
  return estimate_plan(studio, plan, {"reproduce", 1, JobPhase::kMux});
}

nlohmann::json Estimate::to_json() const {
  nlohmann::json rows = nlohmann::json::object();
  for (const EstimatedPhase& phase : phases) {
    rows[phase.name] = phase.measured ? nlohmann::json{{"seconds", phase.seconds},
                                                       {"seconds_min", phase.seconds_min},
                                                       {"seconds_max", phase.seconds_max},
                                                       {"same_size", phase.same_size}}
                                      : nlohmann::json(nullptr);
  }
  const auto when_measured = [this](double seconds) { return measured ? nlohmann::json(seconds) : nlohmann::json(nullptr); };
  return {{"action", action},
          {"model", recipe.model},
          {"family", recipe.family},
          {"size", PixelSize{recipe.width, recipe.height}.to_string()},
          {"frames", recipe.frames},
          {"fps", rate_to_json(recipe.fps)},
          {"duration_s", recipe.frames / recipe.fps.value()},
          {"steps", recipe.steps},
          {"run", {{"steps", num_steps}, {"all_steps", all_steps}, {"windows", num_windows}, {"sampled_frames", sampled_frames}}},
          {"measured", measured},
          {"total_s", when_measured(total_s)},
          {"total_s_min", when_measured(total_s_min)},
          {"total_s_max", when_measured(total_s_max)},
          {"phases_s", rows},
          {"memory_bytes_min", memory_bytes_min},
          {"available_memory_bytes", available_memory_bytes},
          {"disk_bytes", disk_bytes},
          {"free_bytes", free_bytes},
          {"fits", fits},
          {"licence_needs_acceptance", licence_needs_acceptance},
          {"notes", notes}};
}

}  // namespace fantascope
