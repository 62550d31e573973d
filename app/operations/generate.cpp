#include "app/operations/generate.h"

#include "app/operations/internal/accept_jobs.h"
#include "app/operations/internal/job_place.h"
#include "app/operations/internal/queue_entry.h"
#include "app/operations/internal/request_rules.h"
#include "app/operations/prompt_text.h"
#include "app/operations/worker.h"

namespace fantascope {
namespace {

void show(OperationContext& context, const std::string& line) {
  if (!context.progress) return;
  Progress progress;
  progress.note = line;
  context.progress(progress);
}

/// What the command line shows of its own jobs.
class ShowJobs final : public WorkerListener {
 public:
  explicit ShowJobs(OperationContext& context) : context_(context) {}
  void job_changed(const QueueEntry& job) override {
    if (job.state != JobState::kRunning) return;
    show(context_, job.model + " " + job.size + ", " + std::to_string(job.frames) + " frames at " + job.fps + " fps, " +
                       std::to_string(job.num_steps) + " steps, seed " + std::to_string(job.seed));
  }
  void job_progress(const std::string&, const Progress& progress) override {
    if (context_.progress) context_.progress(progress);
  }
  void job_stalled(const std::string&, double silent_s, double) override {
    show(context_, "note: no step for " + std::to_string(static_cast<int>(silent_s)) + " s; it may hang");
  }

 private:
  OperationContext& context_;
};

template <typename T>
std::optional<T> optional_field(const nlohmann::json& arguments, const char* name) {
  const auto found = arguments.find(name);
  return found == arguments.end() ? std::nullopt : std::optional<T>(found->get<T>());
}

}  // namespace

std::vector<ParamSpec> generation_params() {
  return {
      {.name = "prompt",
       .type = ParamType::kText,
       .help = "what the clip should show and sound like; - reads it from standard input",
       .value_name = "PROMPT",
       .positional = true,
       .required = true,
       .bytes_max = kPromptBytesMax},
      {.name = "model", .type = ParamType::kText, .help = "name or folder of the model", .value_name = "NAME|DIR"},
      {.name = "size", .type = ParamType::kSize, .help = "width and height in pixels", .value_name = "WxH"},
      {.name = "seconds",
       .type = ParamType::kNumber,
       .help = "length of the clip",
       .value_name = "S",
       .min_number = 0.01,
       .max_number = 3600},
      {.name = "frames",
       .type = ParamType::kInteger,
       .help = "length in frames, instead of seconds",
       .value_name = "N",
       .min = 1,
       .max = 100'000},
      {.name = "fps", .type = ParamType::kRate, .help = "frames a second: 24 or 24000/1001", .value_name = "R"},
      {.name = "seed",
       .type = ParamType::kInteger,
       .help = "same seed, same clip; random if left out",
       .value_name = "N",
       .min = 0,
       .max = INT64_MAX},
      {.name = "steps", .type = ParamType::kInteger, .help = "denoising steps", .value_name = "N", .min = 1, .max = 1000},
      {.name = "guidance",
       .type = ParamType::kNumber,
       .help = "how strongly picture and sound follow the prompt; 1 is off",
       .value_name = "X",
       .min_number = 0,
       .max_number = 100},
      {.name = "audio_guidance",
       .type = ParamType::kNumber,
       .help = "the same for the sound alone",
       .value_name = "X",
       .min_number = 0,
       .max_number = 100},
      {.name = "negative", .type = ParamType::kText, .help = "what to keep away from", .value_name = "TEXT", .bytes_max = kPromptBytesMax},
      {.name = "image", .type = ParamType::kPath, .help = "first frame: PNG, JPEG or WebP", .value_name = "FILE"},
      {.name = "last_image", .type = ParamType::kPath, .help = "last frame", .value_name = "FILE"},
      {.name = "image_crf",
       .type = ParamType::kInteger,
       .help = "press given pictures as a video of this H.264 quality would; 0: as they are; if left out, as the model was trained",
       .value_name = "N",
       .min = 0,
       .max = 51},
      {.name = "two_stages",
       .type = ParamType::kSwitch,
       .help = "sample at half the size, enlarge, refine; for models with a folder latent_upsampler"},
      {.name = "takes",
       .type = ParamType::kInteger,
       .help = "how many clips, with seeds counting up",
       .value_name = "N",
       .min = 1,
       .max = 64},
      {.name = "dtype",
       .type = ParamType::kChoice,
       .help = "number format of the weights in memory",
       .value_name = "bf16|fp32",
       .choices = "bf16|fp32"},
      {.name = "device", .type = ParamType::kText, .help = "where to run", .value_name = "cpu|cuda[:N]", .bytes_max = 64},
      {.name = "sketch", .type = ParamType::kSwitch, .help = "only the first steps, shown as they are; finish goes on from there"},
      {.name = "sketch_steps",
       .type = ParamType::kInteger,
       .help = "with --sketch: how many steps; a third of all if left out",
       .value_name = "N",
       .min = 1,
       .max = 1000},
      {.name = "save_latents", .type = ParamType::kSwitch, .help = "with --out: copy the latents beside it too"},
      {.name = "out", .type = ParamType::kPath, .help = "also copy the clip here", .value_name = "FILE"},
      {.name = "wav", .type = ParamType::kSwitch, .help = "keep the sound as audio.wav in the take's folder"},
      {.name = "png", .type = ParamType::kSwitch, .help = "keep the frames as PNG files in the take's folder"},
      {.name = "snap", .type = ParamType::kSwitch, .help = "take the nearest allowed size and length instead of refusing"},
      {.name = "project",
       .type = ParamType::kText,
       .help = "the project that the clip belongs to; project create makes one",
       .value_name = "NAME",
       .bytes_max = 512},
  };
}

nlohmann::json rate_to_json(const Rational& fps) { return fps.den == 1 ? nlohmann::json(fps.num) : nlohmann::json(fps.to_string()); }

OperationSpec generate_spec() { return {"generate", "make a clip with sound from a prompt", generation_params()}; }

GenerateRequest GenerateRequest::from_json(const nlohmann::json& arguments) {
  GenerateRequest request;
  request.prompt = arguments.value("prompt", "");
  const auto text = [&](const char* name) { return optional_field<std::string>(arguments, name); };
  request.model = text("model");
  request.size = text("size");
  request.fps = text("fps");
  request.negative = text("negative");
  request.image = text("image");
  request.last_image = text("last_image");
  request.dtype = text("dtype");
  request.device = text("device");
  request.out = text("out");
  request.project = text("project");
  request.seconds = optional_field<double>(arguments, "seconds");
  request.guidance = optional_field<double>(arguments, "guidance");
  request.audio_guidance = optional_field<double>(arguments, "audio_guidance");
  request.frames = optional_field<std::int64_t>(arguments, "frames");
  request.seed = optional_field<std::int64_t>(arguments, "seed");
  request.steps = optional_field<std::int64_t>(arguments, "steps");
  request.image_crf = optional_field<std::int64_t>(arguments, "image_crf");
  request.sketch_steps = optional_field<std::int64_t>(arguments, "sketch_steps");
  request.sketch = arguments.value("sketch", false) || request.sketch_steps;
  request.two_stages = arguments.value("two_stages", false);
  request.takes = arguments.value("takes", 1);
  request.snap = arguments.value("snap", false);
  request.save_latents = arguments.value("save_latents", false);
  request.wav = arguments.value("wav", false);
  request.png = arguments.value("png", false);
  return request;
}

nlohmann::json GeneratedTake::to_json() const {
  nlohmann::json json = {{"take_id", take_id},
                         {"job_id", job_id},
                         {"path", path},
                         {"model", recipe.model},
                         {"family", recipe.family},
                         {"prompt", recipe.prompt},
                         {"size", PixelSize{recipe.width, recipe.height}.to_string()},
                         {"frames", recipe.frames},
                         {"fps", rate_to_json(recipe.fps)},
                         {"duration_s", duration_s},
                         {"seed", recipe.seed},
                         {"steps", recipe.steps},
                         {"recipe_sha256", recipe_sha256},
                         {"latents_sha256", latents_sha256},
                         {"unsigned_sha256", unsigned_sha256},
                         {"timings_s", timings_s},
                         {"warnings", warnings},
                         {"peak_memory_bytes", peak_memory()}};
  if (recipe.sketch_steps > 0) json["sketch_steps"] = recipe.sketch_steps;
  if (!parent_take.empty()) json["parent"] = {{"take_id", parent_take}, {"relation", relation}};
  if (!seams.empty()) json["seams"] = seams;
  if (!out_path.empty()) json["out"] = out_path;
  return json;
}

Result<std::vector<GeneratedTake>> generate(OperationContext& context, const GenerateRequest& request) {
  Studio& studio = context.studio;
  if (request.out) FANTASCOPE_TRY_VOID(check_out(*request.out));
  FANTASCOPE_TRY_VOID(check_project(studio, request));
  if (request.save_latents && !request.out)
    show(context, "note: latents are always kept in the take's folder; --save-latents only matters with --out");
  FANTASCOPE_TRY(const PlannedGeneration plan, plan_to_make(studio, request, random_seed()));
  FANTASCOPE_TRY(Database* const database, studio.library());
  FANTASCOPE_TRY_VOID(check_space(studio, disk_bytes_needed(plan.recipe, studio.settings(), request.takes)));
  for (const std::string& note : plan.notes) show(context, "note: " + note);

  JobStore store(*database);
  JobQueue queue(store, this_process());
  FANTASCOPE_TRY(const std::vector<NewJob> jobs, make_jobs(studio, request, plan));
  FANTASCOPE_TRY(const std::int64_t earlier, store.count(std::string(job_state_name(JobState::kQueued))));
  FANTASCOPE_TRY(const std::vector<Job> accepted, accept_placed(studio, queue, *database, request, plan, jobs, AcceptFor::kThisProcess));
  if (earlier > 0) {
    show(context, "note: " + std::to_string(earlier) + " earlier jobs wait in the queue; fantascope worker --until-idle goes on with them");
  }
  std::vector<std::string> ids;
  for (const Job& job : accepted) ids.push_back(job.job_id.text());
  ShowJobs listener(context);
  Worker worker(studio, {.listener = &listener, .previews_per_second = 0});
  FANTASCOPE_TRY(std::vector<GeneratedTake> takes, worker.run_jobs(context.stop, ids));
  for (GeneratedTake& take : takes) take.warnings.insert(take.warnings.end(), plan.notes.begin(), plan.notes.end());
  return takes;
}

}  // namespace fantascope
