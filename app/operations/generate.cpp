#include "app/operations/generate.h"

#include <algorithm>
#include <filesystem>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/files/sha256.h"
#include "app/media/image.h"
#include "app/operations/internal/job_runner.h"
#include "app/operations/internal/request_rules.h"
#include "app/operations/prompt_text.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kImageBytesMax = std::uint64_t{256} << 20;
constexpr std::uint64_t kClipBytesMax = std::uint64_t{64} << 30;

Error disk_error(const std::string& folder, std::uint64_t needed, std::uint64_t available) {
  return {ErrorCode::kIo,
          "there is not enough free space for this clip",
          folder,
          std::to_string(available >> 20) + " MiB free",
          "at least " + std::to_string(needed >> 20) + " MiB",
          "Free some space, choose a smaller size, or set FANTASCOPE_HOME to another disk"};
}

/// Streams a file under a new name; the target is whole or not there.
Result<void> copy_out(const std::string& source, const std::string& target) {
  std::error_code error;
  const auto size = fs::file_size(source, error);
  if (error || size > kClipBytesMax) return Error{ErrorCode::kIo, "cannot read the clip", source, error.message(), "", ""};
  FANTASCOPE_TRY(AtomicFile file, AtomicFile::create(target, {.mode = 0644, .expected_bytes = size}));
  std::FILE* input = std::fopen(source.c_str(), "rb");
  if (input == nullptr) return file_error("read", source, errno);
  std::vector<char> buffer(1 << 20);
  Result<void> done;
  for (std::size_t count = 0; done && (count = std::fread(buffer.data(), 1, buffer.size(), input)) > 0;)
    done = file.write(std::string_view(buffer.data(), count));
  if (done && std::ferror(input) != 0) done = file_error("read", source, EIO);
  std::fclose(input);
  FANTASCOPE_TRY_VOID(done);
  return file.commit();
}

/// clip.mp4, or clip-2.mp4 for the second of several.
std::string out_name(const std::string& out, int take, int num_takes) {
  if (num_takes == 1) return out;
  const fs::path path(out);
  return (path.parent_path() / (path.stem().string() + "-" + std::to_string(take) + path.extension().string())).string();
}

Result<void> check_out(const std::string& out, bool is_clip) {
  std::error_code error;
  const fs::path folder = fs::path(out).has_parent_path() ? fs::path(out).parent_path() : fs::path(".");
  if (!fs::is_directory(folder, error))
    return Error{ErrorCode::kInvalidArgument,
                 "the folder of the output file is not there",
                 "out",
                 folder.string(),
                 "an existing folder",
                 "Make it first"};
  if (fs::is_directory(out, error))
    return Error{ErrorCode::kInvalidArgument, "the output is a folder", "out", out, "a file name", "Add a file name, such as clip.mp4"};
  if (is_clip && fs::path(out).extension() != ".mp4") {
    return Error{ErrorCode::kInvalidArgument,       "clips are MP4 files",      "out",
                 fs::path(out).filename().string(), "a name that ends in .mp4", ""};
  }
  return {};
}

/// Copies a picture into the job's folder, so that the job does not depend on the user's file staying as it is.
Result<RecipeConditioning> keep_image(const std::string& kind, const std::string& path, const std::string& dir) {
  FANTASCOPE_TRY(const std::string bytes, read_file(path, kImageBytesMax));
  const std::string file = kind + (bytes.starts_with("\x89PNG") ? ".png" : bytes.starts_with("\xff\xd8") ? ".jpg" : ".webp");
  FANTASCOPE_TRY_VOID(write_file(dir + "/" + file, bytes));
  FANTASCOPE_TRY_VOID([&]() -> Result<void> {
    auto image = load_image(dir + "/" + file);
    if (image) return {};
    Error error = image.error();
    error.subject = path;
    return error;
  }());
  return RecipeConditioning{kind, sha256_text(bytes), file};
}

Result<Job> accept_job(Studio& studio, JobQueue& queue, const GenerateRequest& request, const PlannedGeneration& plan, std::uint64_t seed) {
  const JobId id = JobId::random();
  const std::string dir = work_dir(studio.home(), id);
  JobOrder order{plan.recipe, plan.model.info.dir, request.wav, request.png};
  order.recipe.seed = seed;
  FANTASCOPE_TRY_VOID(create_private_dir(dir));
  const auto accepted = [&]() -> Result<Job> {
    for (const auto& [kind, path] : {std::pair{"first_image", request.image}, std::pair{"last_image", request.last_image}}) {
      if (!path) continue;
      FANTASCOPE_TRY(const RecipeConditioning item, keep_image(kind, *path, dir));
      order.recipe.conditioning.push_back(item);
    }
    // The folder's name is durable before the row that relies on it.
    FANTASCOPE_TRY_VOID(sync_dir(studio.home().work()));
    return queue.accept(id, kGenerateJob, order_to_text(order), order.recipe.steps);
  }();
  if (!accepted) WorkFolder(dir, "").remove();
  return accepted;
}

Result<GeneratedTake> finish_take(Studio& studio, const GenerateRequest& request, const Job& job, const FinishedJob& finished, int take,
                                  int num_takes) {
  GeneratedTake made;
  made.take_id = job.take_id.text();
  made.job_id = job.job_id.text();
  made.path = take_dir(studio.home(), job.take_id) + "/clip.mp4";
  made.recipe = finished.recipe;
  made.duration_s = finished.duration_s;
  made.recipe_sha256 = finished.recipe_sha256;
  made.latents_sha256 = finished.latents_sha256;
  made.unsigned_sha256 = finished.unsigned_sha256;
  made.timings_s = finished.timings_s;
  made.warnings = finished.warnings;
  if (request.out) {
    made.out_path = out_name(*request.out, take, num_takes);
    const auto copied = [&]() -> Result<void> {
      FANTASCOPE_TRY_VOID(copy_out(made.path, made.out_path));
      if (request.save_latents)
        FANTASCOPE_TRY_VOID(
            copy_out(take_dir(studio.home(), job.take_id) + "/latents.safetensors", made.out_path + ".latents.safetensors"));
      return {};
    }();
    if (!copied) {
      Error error = copied.error();
      error.hint += (error.hint.empty() ? "" : ". ") + std::string("The clip itself is safe in the library: ") + made.path;
      return error;
    }
  }
  return made;
}

void show(OperationContext& context, const std::string& line) {
  if (!context.progress) return;
  Progress progress;
  progress.note = line;
  context.progress(progress);
}

template <typename T>
std::optional<T> optional_field(const nlohmann::json& arguments, const char* name) {
  const auto found = arguments.find(name);
  return found == arguments.end() ? std::nullopt : std::optional<T>(found->get<T>());
}

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
      {.name = "save_latents", .type = ParamType::kSwitch, .help = "with --out: copy the latents beside it too"},
      {.name = "out", .type = ParamType::kPath, .help = "also copy the clip here", .value_name = "FILE"},
      {.name = "wav", .type = ParamType::kSwitch, .help = "keep the sound as audio.wav in the take's folder"},
      {.name = "png", .type = ParamType::kSwitch, .help = "keep the frames as PNG files in the take's folder"},
      {.name = "snap", .type = ParamType::kSwitch, .help = "take the nearest allowed size and length instead of refusing"},
  };
}

}  // namespace

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
  request.seconds = optional_field<double>(arguments, "seconds");
  request.guidance = optional_field<double>(arguments, "guidance");
  request.audio_guidance = optional_field<double>(arguments, "audio_guidance");
  request.frames = optional_field<std::int64_t>(arguments, "frames");
  request.seed = optional_field<std::int64_t>(arguments, "seed");
  request.steps = optional_field<std::int64_t>(arguments, "steps");
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
  if (!out_path.empty()) json["out"] = out_path;
  return json;
}

Result<std::vector<GeneratedTake>> generate(OperationContext& context, const GenerateRequest& request) {
  Studio& studio = context.studio;
  if (request.out) FANTASCOPE_TRY_VOID(check_out(*request.out, true));
  if (request.save_latents && !request.out)
    show(context, "note: latents are always kept in the take's folder; --save-latents only matters with --out");
  FANTASCOPE_TRY(const PlannedGeneration plan, plan_generation(studio, request, random_seed()));
  FANTASCOPE_TRY(Database* const database, studio.library());
  FANTASCOPE_TRY(const std::uint64_t available, studio.free_space(studio.home().dir));
  const std::uint64_t needed = disk_bytes_needed(plan.recipe, studio.settings()) * static_cast<std::uint64_t>(request.takes);
  if (available < needed) return disk_error(studio.home().dir, needed, available);
  for (const std::string& note : plan.notes) show(context, "note: " + note);

  JobStore store(*database);
  JobQueue queue(store, this_process());
  std::vector<Job> jobs;
  const auto cancel_rest = [&](std::size_t from) {
    for (std::size_t i = from; i < jobs.size(); ++i) {
      (void)queue.cancel(jobs[i]);
      WorkFolder(work_dir(studio.home(), jobs[i].job_id), "").remove();
    }
  };
  for (int i = 0; i < request.takes; ++i) {
    auto job = accept_job(studio, queue, request, plan, plan.recipe.seed + static_cast<std::uint64_t>(i));
    if (!job) {
      cancel_rest(0);
      return job.error();
    }
    jobs.push_back(*std::move(job));
  }
  JobRunner runner(context, *database, queue);
  FANTASCOPE_TRY(const std::vector<Job> queued, queue.list(JobState::kQueued, 1000));
  if (queued.size() > jobs.size()) {
    show(context, "note: " + std::to_string(queued.size() - jobs.size()) +
                      " earlier jobs wait in the queue; fantascope worker --until-idle goes on with them");
  }
  std::vector<GeneratedTake> takes;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    show(context, plan.recipe.model + " " + PixelSize{plan.recipe.width, plan.recipe.height}.to_string() + ", " +
                      std::to_string(plan.recipe.frames) + " frames at " + plan.recipe.fps.to_string() + " fps, " +
                      std::to_string(plan.recipe.steps) + " steps, seed " + std::to_string(plan.recipe.seed + i));
    auto finished = runner.run(jobs[i], number, request.takes);
    auto made =
        finished ? finish_take(studio, request, jobs[i], *finished, number, request.takes) : Result<GeneratedTake>(finished.error());
    if (!made) {
      cancel_rest(i + 1);
      return made.error();
    }
    made->warnings.insert(made->warnings.end(), plan.notes.begin(), plan.notes.end());
    takes.push_back(*std::move(made));
  }
  return takes;
}

}  // namespace fantascope
