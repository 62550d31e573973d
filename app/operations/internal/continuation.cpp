#include "app/operations/internal/continuation.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/files/sha256.h"
#include "app/library/take_store.h"
#include "app/media/seam.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

using How = TakeToContinue::How;
constexpr char kLatentsFile[] = "latents.safetensors";
constexpr char kParentFile[] = "parent.safetensors";
constexpr char kSketchFile[] = "sketch.safetensors";

const char* relation_name(How how) {
  return how == How::kExtend ? "extend" : how == How::kRemix ? "remix" : how == How::kRetake ? "retake" : "finish";
}

/// A second name for the same bytes, or a copy where the file system has no links.
Result<void> link_or_copy(const std::string& source, const std::string& target) {
  std::error_code error;
  fs::remove(target, error);
  fs::create_hard_link(source, target, error);
  if (error) fs::copy_file(source, target, error);
  if (error) return file_error("write", target, error.value());
  return {};
}

RecipeGuidance guidance_of(const Recipe& recipe, bool audio) { return audio ? recipe.audio_guidance : recipe.guidance; }

Error not_for_this(const char* field, const std::string& message, const std::string& found, const std::string& allowed,
                   const std::string& hint) {
  return {ErrorCode::kInvalidArgument, message, field, found, allowed, hint};
}

Result<void> plan_extend(const GenerateRequest& request, const ParentTake& parent, PlannedGeneration& plan) {
  const ModelInfo& info = plan.model.info;
  Recipe& recipe = plan.recipe;
  recipe.continuation = RecipeContinuation{"extend", parent.recipe.frames, static_cast<int>(request.from->keep), 1.0};
  recipe.window_frames = std::max(info.defaults.num_frames, (recipe.continuation->kept_latent_frames + 1) * info.frames_multiple + 1);
  recipe.window_kept_latent_frames = recipe.continuation->kept_latent_frames;
  if (recipe.frames > parent.recipe.frames) return {};
  return not_for_this("seconds", "the extended clip is not longer than the take", std::to_string(recipe.frames) + " frames",
                      std::to_string(parent.recipe.frames + info.frames_multiple) + " frames or more",
                      "--seconds and --frames are the length of the whole clip, the take included");
}

/// Seconds as people write them: 1.04.
std::string seconds_text(double seconds) { return nlohmann::json(std::round(seconds * 100) / 100).dump(); }

/// The clip around the range: all of it where it was made in one go, else a stretch with the frames next to the range.
Result<void> plan_retake(const GenerateRequest& request, const ParentTake& parent, PlannedGeneration& plan) {
  const ModelInfo& info = plan.model.info;
  Recipe& recipe = plan.recipe;
  FANTASCOPE_TRY(const RetakeRange range, find_retake_range(*request.from, recipe.frames, recipe.fps, info.frames_multiple));
  RecipeContinuation& retake = recipe.continuation.emplace();
  retake.kind = "retake";
  retake.parent_frames = parent.recipe.frames;
  retake.first_latent_frame = range.first_latent_frame;
  retake.num_latent_frames = range.num_latent_frames;
  retake.keeps_sound = request.from->keep_sound;
  if (range.widened)
    plan.notes.push_back("the range was widened to whole latent frames: " + seconds_text(range.from_s) + " to " + seconds_text(range.to_s) +
                         " s, frames " + std::to_string(range.first_frame + 1) + " to " + std::to_string(range.last_frame + 1));
  const auto at_once = static_cast<int>(info.seconds_at_once * recipe.fps.value()) / info.frames_multiple * info.frames_multiple + 1;
  const bool too_long = info.seconds_at_once > 0 && recipe.frames > at_once;
  if (parent.recipe.window_frames == 0 && !too_long) return {};
  constexpr int kAround = 4;  // latent frames beside the range that a stretch has at least, where the model has room for them
  recipe.window_frames =
      std::max({info.defaults.num_frames, parent.recipe.window_frames, (range.num_latent_frames + kAround - 1) * info.frames_multiple + 1});
  if (info.seconds_at_once > 0) recipe.window_frames = std::min(recipe.window_frames, at_once);
  const int room = (recipe.window_frames - 1) / info.frames_multiple + 1 - (range.first_latent_frame > 0 ? 2 : 1);
  if (recipe.window_frames >= recipe.frames || range.num_latent_frames <= room) return {};
  return not_for_this("to", info.name + " cannot make so long a range at once", seconds_text(range.to_s - range.from_s) + " s",
                      "at most " + seconds_text((room * info.frames_multiple) / recipe.fps.value()) + " s", "Retake a shorter range");
}

/// A clip longer than what the model can sample at once is made in stretches of its usual length.
void plan_windows(PlannedGeneration& plan) {
  const ModelInfo& info = plan.model.info;
  Recipe& recipe = plan.recipe;
  if (info.seconds_at_once <= 0 || recipe.frames <= info.seconds_at_once * recipe.fps.value() + 1) return;
  recipe.window_frames = std::max(info.defaults.num_frames, 2 * info.frames_multiple + 1);
  plan.notes.push_back(info.name + " makes at most " + nlohmann::json(info.seconds_at_once).dump() +
                       " s in one go; this clip is made in overlapping stretches of " + std::to_string(recipe.window_frames) + " frames");
}

Result<void> plan_sketch(const GenerateRequest& request, PlannedGeneration& plan) {
  Recipe& recipe = plan.recipe;
  if (recipe.window_frames > 0 && recipe.window_frames < recipe.frames)
    return not_for_this("sketch", "a clip made in stretches cannot be sketched", "sketch", "shorter clips",
                        "Sketch its first stretch and extend that");
  const std::int64_t steps = request.sketch_steps.value_or(std::max<std::int64_t>(1, (recipe.steps + 2) / 3));
  if (steps >= recipe.steps)
    return not_for_this("sketch_steps", "a sketch stops before the last step", std::to_string(steps),
                        "1 to " + std::to_string(recipe.steps - 1), recipe.steps > 1 ? "Choose fewer" : "Leave --sketch out");
  recipe.sketch_steps = static_cast<int>(steps);
  return {};
}

}  // namespace

Result<RetakeRange> find_retake_range(const TakeToContinue& from, int frames, const Rational& fps, int multiple) {
  const double length_s = frames / fps.value();
  const std::string asked = seconds_text(from.from_s) + " to " + seconds_text(from.to_s) + " s",
                    whole = "0 to " + seconds_text(length_s) + " s";
  if (!(from.from_s < from.to_s))
    return not_for_this("to", "the range to retake is empty", asked, "an end after the beginning, within " + whole,
                        "--from and --to are seconds of the take");
  // Ends are rounded where they are shown: half a frame beyond the end is the end.
  if (from.from_s < 0 || from.from_s >= length_s || from.to_s > length_s + 0.5 / fps.value())
    return not_for_this(from.to_s > length_s ? "to" : "from", "the take has no such range", asked, whole, "Choose a range within the take");
  constexpr double kAlmost = 1e-6;
  const int first = static_cast<int>(std::floor(from.from_s * fps.value() + kAlmost));
  const int last = std::clamp(static_cast<int>(std::ceil(from.to_s * fps.value() - kAlmost)) - 1, first, frames - 1);
  const auto latent_of = [multiple](int frame) { return frame == 0 ? 0 : (frame - 1) / multiple + 1; };
  RetakeRange range;
  range.first_latent_frame = latent_of(first);
  range.num_latent_frames = latent_of(last) - range.first_latent_frame + 1;
  range.first_frame = range.first_latent_frame == 0 ? 0 : (range.first_latent_frame - 1) * multiple + 1;
  range.last_frame = latent_of(last) * multiple;
  range.from_s = range.first_frame / fps.value();
  range.to_s = (range.last_frame + 1) / fps.value();
  range.widened = range.first_frame < first || range.last_frame > last;
  if (range.first_frame > 0 || range.last_frame < frames - 1) return range;
  return not_for_this("from", "the range touches every latent frame of the take, so nothing would stay", asked, "a part of " + whole,
                      "To make all of it anew, remix it: fantascope remix TAKE");
}

Result<std::optional<ParentTake>> find_parent(Studio& studio, const GenerateRequest& request) {
  if (!request.from) return std::optional<ParentTake>{};
  FANTASCOPE_TRY(Database* const database, studio.library_if_any());
  if (database == nullptr) return Error{ErrorCode::kNotFound, "there is no such take in the library", "take", request.from->take, "", ""};
  FANTASCOPE_TRY(const Take take, TakeStore(*database).find_by_text(request.from->take));
  const std::string subject = "take " + take.take_id.text();
  FANTASCOPE_TRY(const nlohmann::json json, parse_bounded_json(take.recipe, subject, {.max_bytes = 8 << 20, .max_depth = 10}));
  ParentTake parent;
  FANTASCOPE_TRY(parent.recipe, recipe_from_json(json, subject));
  parent.files = {take.take_id, relation_name(request.from->how), take_dir(studio.home(), take.take_id), ""};
  for (const TakeFile& file : take.files) {
    if (file.name == kLatentsFile) parent.files.latents_sha256 = file.sha256;
  }
  std::error_code ignored;
  if (parent.files.latents_sha256.empty() || !fs::exists(parent.files.dir + "/" + kLatentsFile, ignored))
    return Error{ErrorCode::kNotFound,
                 "the take's latents are gone, so nothing can be made from it",
                 parent.files.dir + "/" + kLatentsFile,
                 "",
                 "",
                 "Make it again with fantascope reproduce"};
  const bool is_sketch = parent.recipe.sketch_steps > 0;
  if (is_sketch && request.from->how != How::kFinish)
    return not_for_this("take", "this take is a sketch", take.take_id.text(), "a finished take",
                        "Finish it first: fantascope finish " + take.take_id.text());
  if (!is_sketch && request.from->how == How::kFinish)
    return not_for_this("take", "this take is finished already", take.take_id.text(), "a sketch", "");
  return std::optional<ParentTake>(std::move(parent));
}

Result<GenerateRequest> with_parent(Studio& studio, const GenerateRequest& request, const std::optional<ParentTake>& parent) {
  if (!parent) return request;
  const Recipe& then = parent->recipe;
  GenerateRequest filled = request;
  const auto fixed = [](const char* field, const std::optional<std::string>& asked, const std::string& value) -> Result<void> {
    if (!asked || *asked == value) return {};
    return not_for_this(field, std::string("a clip made from a take has its ") + field, *asked, value, "Leave it out");
  };
  FANTASCOPE_TRY_VOID(fixed("size", request.size, PixelSize{then.width, then.height}.to_string()));
  FANTASCOPE_TRY_VOID(fixed("fps", request.fps, then.fps.to_string()));
  if (request.image)
    return not_for_this("image", "a clip made from a take begins with that take", *request.image, "none", "Leave the image out");
  if (!filled.model) filled.model = then.model;
  filled.size = PixelSize{then.width, then.height}.to_string();
  filled.fps = then.fps.to_string();
  if (filled.prompt.empty()) filled.prompt = then.prompt;
  if (!filled.negative) filled.negative = then.negative;
  if (!filled.guidance) filled.guidance = guidance_of(then, false).guidance_scale;
  if (!filled.audio_guidance) filled.audio_guidance = guidance_of(then, true).guidance_scale;
  if (!filled.steps) filled.steps = then.steps;
  if (!filled.dtype) filled.dtype = then.dtype;
  if (request.from->how == How::kRemix || request.from->how == How::kRetake) {
    if (request.frames || request.seconds)
      return not_for_this("seconds", "a remix or a retake is as long as its take", "another length", "none", "Leave it out");
    filled.frames = then.frames;
    if (request.from->how == How::kRetake && request.last_image)
      return not_for_this("last_image", "a retake is given the frames around it", *request.last_image, "none", "Leave the image out");
    return filled;
  }
  if (!filled.frames && !filled.seconds) {
    FANTASCOPE_TRY(const ModelEntry model, find_model(studio, *filled.model));
    const int multiple = model.info.frames_multiple, in_window = (model.info.defaults.num_frames - 1) / multiple;
    filled.frames = then.frames + static_cast<std::int64_t>(std::max(1, in_window - static_cast<int>(request.from->keep))) * multiple;
  }
  return filled;
}

Result<void> plan_continuation(const GenerateRequest& request, const std::optional<ParentTake>& parent, PlannedGeneration& plan) {
  Recipe& recipe = plan.recipe;
  if (parent) {
    plan.parent = parent->files;
    recipe.conditioning.push_back({kParentLatents, parent->files.latents_sha256, kParentFile});
    if (request.from->how == How::kExtend) {
      FANTASCOPE_TRY_VOID(plan_extend(request, *parent, plan));
    } else if (request.from->how == How::kRetake) {
      FANTASCOPE_TRY_VOID(plan_retake(request, *parent, plan));
    } else {
      recipe.continuation = RecipeContinuation{"remix", parent->recipe.frames, 0, request.from->strength};
      recipe.window_frames = parent->recipe.window_frames;
      recipe.window_kept_latent_frames = parent->recipe.window_kept_latent_frames;
      if (recipe.window_frames == 0) plan_windows(plan);
    }
  } else {
    plan_windows(plan);
  }
  return request.sketch ? plan_sketch(request, plan) : Result<void>();
}

Result<PlannedGeneration> plan_finish(Studio& studio, const GenerateRequest& request) {
  FANTASCOPE_TRY(const std::optional<ParentTake> parent, find_parent(studio, request));
  PlannedGeneration plan;
  plan.recipe = parent->recipe;
  plan.first_step = plan.recipe.sketch_steps;
  plan.recipe.sketch_steps = 0;
  plan.parent = parent->files;
  FANTASCOPE_TRY(plan.model, find_model(studio, parent->recipe.model));
  plan.recipe.engine_version = engine_version();
  plan.recipe.device_name = plan.recipe.device == "cpu" ? cpu_name() : plan.recipe.device;
  plan.recipe.num_threads = num_threads();
  if (request.takes != 1)
    return not_for_this("takes", "a sketch has one finish", std::to_string(request.takes), "1", "Make several sketches instead");
  return plan;
}

Result<void> keep_parent(const PlannedParent& parent, const std::string& dir, JobOrder& order) {
  order.parent_take = parent.take_id.text();
  order.relation = parent.relation;
  const bool finish = parent.relation == relation_name(How::kFinish);
  if (finish) order.resume_file = kSketchFile;
  FANTASCOPE_TRY_VOID(link_or_copy(parent.dir + "/" + kLatentsFile, dir + "/" + (finish ? kSketchFile : kParentFile)));
  if (!finish) return {};
  // What the sketch itself was made from.
  for (const RecipeConditioning& item : order.recipe.conditioning)
    FANTASCOPE_TRY_VOID(link_or_copy(parent.dir + "/" + item.file, dir + "/" + item.file));
  return {};
}

Result<void> load_parent(const Pipeline& pipeline, const Recipe& recipe, const std::string& dir, GenerationRequest& request) {
  for (const RecipeConditioning& item : recipe.conditioning) {
    if (item.kind != kParentLatents) continue;
    FANTASCOPE_TRY(std::shared_ptr<PhaseState> state, pipeline.load_state(dir + "/" + item.file));
    request.parent.latents = std::move(state);
  }
  if (!recipe.continuation || request.parent.latents) return {};
  return Error{ErrorCode::kBadFile, "the recipe continues a take but names no latents", "recipe: conditioning", "", kParentLatents, ""};
}

std::shared_ptr<PhaseState> sketched_state(const Pipeline& pipeline, const JobOrder& order, const std::string& dir) {
  if (order.resume_file.empty() || order.resume_file.find('/') != std::string::npos) return nullptr;
  auto state = pipeline.load_state(dir + "/" + order.resume_file);
  return state ? *std::move(state) : nullptr;
}

Result<int> steps_of_run(const Recipe& recipe, const SamplingPlan& plan) {
  const int all = plan.num_steps > 0 ? plan.num_steps : recipe.steps;
  if (recipe.sketch_steps < all) return recipe.sketch_steps > 0 ? recipe.sketch_steps : all;
  return not_for_this("sketch_steps", "a sketch stops before the last step", std::to_string(recipe.sketch_steps),
                      "1 to " + std::to_string(all - 1), "Choose fewer");
}

std::vector<int> seam_frames(const Recipe& recipe, int multiple) {
  std::vector<int> seams;
  if (recipe.continuation && recipe.continuation->kind == "retake") {
    const int first = recipe.continuation->first_latent_frame, end = first + recipe.continuation->num_latent_frames;
    if (first > 0) seams.push_back((first - 1) * multiple + 1);
    if ((end - 1) * multiple + 1 < recipe.frames) seams.push_back((end - 1) * multiple + 1);
    return seams;
  }
  const bool extends = recipe.continuation && recipe.continuation->kind == "extend";
  if (recipe.window_frames <= 0 && !extends) return seams;
  const int window = recipe.window_frames > 0 ? recipe.window_frames : recipe.frames;
  int done = extends ? recipe.continuation->parent_frames : std::min(window, recipe.frames);
  int kept = extends ? recipe.continuation->kept_latent_frames : recipe.window_kept_latent_frames;
  while (done < recipe.frames) {
    seams.push_back(done);
    const int in_clip = (done - 1) / multiple + 1;  // latent frames so far; where all are kept there is no anchor beside them
    const int given = std::min(kept, in_clip) + (kept < in_clip ? 1 : 0);
    done += std::max(1, (window - 1) / multiple + 1 - given) * multiple;
    kept = recipe.window_kept_latent_frames;
  }
  return seams;
}

Result<void> write_seams(const VideoFrames& frames, const Recipe& recipe, int multiple, const std::string& path) {
  const std::vector<Seam> seams = measure_seams(frames, seam_frames(recipe, multiple));
  if (seams.empty()) return {};
  nlohmann::json list = nlohmann::json::array();
  for (const Seam& seam : seams) list.push_back(seam.to_json());
  return write_file(path, list.dump() + "\n");
}

nlohmann::json read_seams(const std::string& path) {
  const auto list = read_bounded_json(path, {.max_bytes = 1 << 20, .max_depth = 4});
  return list && list->is_array() ? *list : nlohmann::json::array();
}

void ready_preview_map(const Home& home, Pipeline& pipeline, const std::string& weights_key) {
  const std::string folder = home.dir + "/cache", file = folder + "/preview-" + sha256_text(weights_key).substr(0, 16) + ".safetensors";
  std::error_code ignored;
  if (fs::exists(file, ignored)) {
    const auto stored = pipeline.load_state(file);
    if (stored && pipeline.set_preview_map(*stored)) return;
  }
  const auto fitted = pipeline.preview_map();
  if (!fitted || !create_private_dir(folder)) return;
  const std::string part = file + ".part";
  if ((*fitted)->save(part)) fs::rename(part, file, ignored);
}

}  // namespace fantascope
