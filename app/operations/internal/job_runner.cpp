#include "app/operations/internal/job_runner.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/files/sha256.h"
#include "app/media/clip_reader.h"
#include "app/media/export.h"
#include "app/media/image.h"
#include "app/media/mp4_writer.h"
#include "app/operations/prompt_text.h"
#include "app/provenance/credentials.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

constexpr char kLatents[] = "latents";
constexpr char kPromptEmbeds[] = "prompt_embeds";
constexpr char kUnsignedClip[] = "clip.unsigned.mp4";
constexpr char kClip[] = "clip.mp4";
constexpr int kPosterHeightMax = 480;
constexpr int kFilmstripCells = 16, kFilmstripHeight = 96;

Error stopped() { return {ErrorCode::kCancelled, "stopped", "", "", "", ""}; }

/// A second name for the same bytes, or a copy where the file system has no links.
Result<void> place(const std::string& source, const std::string& target) {
  std::error_code error;
  fs::create_hard_link(source, target, error);
  if (error) fs::copy_file(source, target, error);
  if (error) return file_error("write", target, error.value());
  return {};
}

}  // namespace

struct JobRunner::Run {
  Job& job;
  JobOrder order;
  std::string recipe_sha256;
  WorkFolder work;
  JobClock clock;
  GenerationRequest request;
  RunContext engine;
  std::shared_ptr<PhaseState> latents;
  std::string unsigned_sha256, signed_sha256;
  std::vector<std::string> warnings;
  bool resumed = false;  ///< some of the denoising was done by an earlier process: its time is not a measurement
};

JobRunner::JobRunner(OperationContext& context, Database& database, JobQueue& queue)
    : context_(context), database_(database), queue_(queue), takes_(database), timing_(database) {}

Result<FinishedJob> JobRunner::run(Job& job, int take, int num_takes) {
  FANTASCOPE_TRY_VOID(queue_.start(job));
  Result<FinishedJob> result = [&]() -> Result<FinishedJob> {
    FANTASCOPE_TRY(JobOrder order, order_from_text(job.recipe, "job " + job.job_id.text()));
    FANTASCOPE_TRY(std::vector<PhaseEstimate> estimates, estimate_phases(timing_, order.recipe));
    Run run{job,
            std::move(order),
            "",
            WorkFolder(work_dir(context_.studio.home(), job.job_id), ""),
            JobClock(context_.progress, std::move(estimates), take, num_takes),
            {},
            {},
            nullptr,
            "",
            "",
            {},
            false};
    run.engine.stop = context_.stop;
    return run_phases(run);
  }();
  if (result) {
    FANTASCOPE_TRY_VOID(queue_.finish(job));
    context_.studio.pass("done");
    remove_traces(job);
    return result;
  }
  // If the row cannot be written either (a full disk), the first error is the one to show; the job is taken up again at the next start.
  if (result.error().code == ErrorCode::kCancelled || context_.stop.stop_requested()) {
    (void)queue_.cancel(job);
    remove_traces(job);
    return stopped();
  }
  Error error = result.error();
  const std::string dir = work_dir(context_.studio.home(), job.job_id);
  std::error_code ignored;
  const bool sampled = fs::exists(dir + "/" + kLatents + std::string(".safetensors"), ignored);
  if (sampled)
    error.hint += (error.hint.empty() ? "" : ". ") + std::string("The sampled latents are kept: fantascope queue retry ") +
                  job.job_id.text() + " goes on from them";
  (void)queue_.fail(job, error);
  if (fs::is_empty(dir, ignored)) fs::remove(dir, ignored);
  return error;
}

void JobRunner::remove_traces(const Job& job) const {
  WorkFolder(work_dir(context_.studio.home(), job.job_id), "").remove();
  std::error_code ignored;
  fs::remove_all(context_.studio.home().takes() + "/" + kStagingPrefix + job.take_id.text(), ignored);
}

Result<void> JobRunner::enter(Run& run, JobPhase phase, int num_steps, int first_step) {
  if (context_.stop.stop_requested()) return stopped();
  context_.studio.pass(std::string("before ") + std::string(job_phase_name(phase)));
  // A job taken up again stays marked with the phase it had reached until that one is passed: that is how repeated crashes are counted.
  if (phase >= run.job.phase) FANTASCOPE_TRY_VOID(queue_.enter_phase(run.job, phase, first_step));
  run.clock.enter(phase, num_steps, first_step);
  return {};
}

void JobRunner::leave(Run& run, JobPhase phase) {
  const double seconds = run.clock.leave();
  // Only a whole phase is a measurement. A timing that cannot be written costs an estimate, not the job.
  if (phase != JobPhase::kDenoise || !run.resumed)
    (void)timing_.record(timing_key(phase, run.order.recipe), phase_units(phase, run.order.recipe), seconds);
  context_.studio.pass(std::string("after ") + std::string(job_phase_name(phase)));
}

Result<FinishedJob> JobRunner::run_phases(Run& run) {
  FANTASCOPE_TRY_VOID(prepare(run));
  FANTASCOPE_TRY_VOID(sample(run));
  FANTASCOPE_TRY_VOID(render(run));
  FinishedJob finished;
  finished.latents_sha256 = run.latents->sha256();
  finished.unsigned_sha256 = run.unsigned_sha256;
  finished.recipe_sha256 = run.recipe_sha256;
  finished.recipe = run.order.recipe;
  finished.duration_s = run.order.recipe.frames / run.order.recipe.fps.value();
  if (run.job.kind == kGenerateJob) {
    FANTASCOPE_TRY_VOID(sign(run));
    FANTASCOPE_TRY_VOID(verify(run));
    FANTASCOPE_TRY(finished.take, publish(run));
  }
  finished.warnings = run.warnings;
  finished.timings_s = run.clock.timings();
  run.job.timings = nlohmann::json(finished.timings_s).dump();
  return finished;
}

Result<void> JobRunner::load_pipeline(Run& run) {
  const Recipe& recipe = run.order.recipe;
  const std::string key = run.order.model_dir + "\n" + recipe.device + "\n" + recipe.dtype;
  if (pipeline_ && pipeline_key_ == key) return {};
  pipeline_.reset();
  FANTASCOPE_TRY(const ModelEntry model, describe_model(context_.studio, run.order.model_dir, "given"));
  LoadOptions options;
  options.device = recipe.device;
  options.dtype = recipe.dtype == "fp32" ? DType::kFloat32 : DType::kBFloat16;
  FANTASCOPE_TRY(pipeline_, model.family->load(run.order.model_dir, options));
  pipeline_key_ = key;
  return {};
}

Result<void> JobRunner::prepare(Run& run) {
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kPrepare));
  Recipe& recipe = run.order.recipe;
  FANTASCOPE_TRY_VOID(create_private_dir(run.work.dir()));
  FANTASCOPE_TRY(const ModelFiles files, hash_model(context_, run.order.model_dir, HashCache::kUse));
  if (!recipe.weights.empty() && (recipe.weights != files.weights || recipe.configs != files.configs)) {
    return Error{ErrorCode::kMismatch,        "the model was changed after this job had begun",
                 run.order.model_dir,         "other file hashes",
                 "those in the job's recipe", "Put the model back, or cancel this job and make a new one"};
  }
  FANTASCOPE_TRY_VOID(load_pipeline(run));
  FANTASCOPE_TRY(run.request, make_request(recipe, run.work.dir()));
  FANTASCOPE_TRY_VOID(pipeline_->validate(run.request));
  for (const PromptWarning& warning : pipeline_->prompt_warnings(recipe.prompt)) run.warnings.push_back(warning.message);
  FANTASCOPE_TRY(const SamplingPlan plan, pipeline_->sampling_plan(run.request));
  recipe.weights = files.weights;
  recipe.configs = files.configs;
  recipe.scheduler = plan.scheduler;
  recipe.sampler = plan.sampler;
  recipe.sigmas = plan.sigmas;
  run.recipe_sha256 = recipe_sha256(recipe);
  run.work = WorkFolder(run.work.dir(), run.recipe_sha256);
  run.job.recipe = order_to_text(run.order);
  FANTASCOPE_TRY_VOID(queue_.note(run.job));
  if (context_.progress) {
    for (const std::string& warning : run.warnings) {
      Progress line;
      line.note = "note: " + shown_safely(warning);
      context_.progress(line);
    }
  }
  leave(run, JobPhase::kPrepare);
  return {};
}

Result<void> JobRunner::sample(Run& run) {
  run.latents = run.work.load_state(kLatents, *pipeline_);
  if (run.latents) return {};
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kEncodePrompt));
  std::shared_ptr<PhaseState> embeds = run.work.load_state(kPromptEmbeds, *pipeline_);
  if (!embeds) {
    FANTASCOPE_TRY(embeds, pipeline_->encode_prompt(run.request, run.engine));
    FANTASCOPE_TRY_VOID(run.work.save_state(kPromptEmbeds, *embeds));
  }
  leave(run, JobPhase::kEncodePrompt);
  return denoise(run, *embeds);
}

Result<void> JobRunner::denoise(Run& run, const PhaseState& prompt_embeds) {
  using Clock = std::chrono::steady_clock;
  std::shared_ptr<PhaseState> state = run.work.newest_checkpoint(*pipeline_);
  run.resumed = state != nullptr;
  if (!state) {
    FANTASCOPE_TRY(state, pipeline_->start(run.request, run.engine));
  }
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kDenoise, run.order.recipe.steps, state->step()));
  auto last_save = Clock::now();
  auto last_note = last_save;
  const double interval_s = context_.studio.settings().checkpoint_interval_s;
  run.engine.on_step = [&](int step, int) { run.clock.step(step); };
  run.engine.on_state = [&](const PhaseState& now) -> Result<void> {
    const auto since = [](Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); };
    if (now.step() < run.order.recipe.steps && since(last_save) >= interval_s) {
      FANTASCOPE_TRY_VOID(run.work.save_checkpoint(now));
      last_save = Clock::now();
    }
    if (since(last_note) >= 1.0 && run.job.phase == JobPhase::kDenoise) {
      FANTASCOPE_TRY_VOID(queue_.enter_phase(run.job, JobPhase::kDenoise, now.step()));
      last_note = Clock::now();
    }
    context_.studio.pass("step " + std::to_string(now.step()));
    return {};
  };
  auto latents = pipeline_->denoise(run.request, prompt_embeds, *state, run.engine);
  run.engine.on_step = nullptr;
  run.engine.on_state = nullptr;
  if (!latents) return latents.error();
  if (context_.stop.stop_requested()) return stopped();
  run.latents = *latents;
  FANTASCOPE_TRY_VOID(run.work.save_state(kLatents, *run.latents));
  leave(run, JobPhase::kDenoise);
  return {};
}

Result<void> JobRunner::render(Run& run) {
  if (const auto hash = run.work.sealed(kUnsignedClip)) {
    run.unsigned_sha256 = *hash;
    return {};
  }
  run.engine.on_fraction = [&run](double fraction) { run.clock.fraction(fraction); };
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kDecode));
  FANTASCOPE_TRY(const VideoFrames frames, pipeline_->decode_video(run.request, *run.latents, run.engine));
  leave(run, JobPhase::kDecode);
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kAudio));
  FANTASCOPE_TRY(const Waveform waveform, pipeline_->decode_audio(run.request, *run.latents, run.engine));
  if (!std::all_of(waveform.samples.begin(), waveform.samples.end(), [](float sample) { return std::isfinite(sample); })) {
    return Error{
        ErrorCode::kModelNaN, "the model produced NaN in the sound", run.order.recipe.model, "", "", "Try --dtype fp32 or another seed"};
  }
  leave(run, JobPhase::kAudio);
  run.engine.on_fraction = nullptr;
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kMux));
  FANTASCOPE_TRY_VOID(write_clip_files(run, frames, waveform));
  leave(run, JobPhase::kMux);
  return {};
}

Result<void> JobRunner::write_clip_files(Run& run, const VideoFrames& frames, const Waveform& waveform) {
  std::error_code ignored;
  const std::string clip = run.work.path(kUnsignedClip);
  FANTASCOPE_TRY_VOID(write_mp4(clip, frames, waveform.num_samples > 0 ? &waveform : nullptr, {}, context_.stop));
  const RgbImage middle = frame_image(frames, frames.num_frames / 2);
  const double scale = std::min(1.0, static_cast<double>(kPosterHeightMax) / middle.height);
  FANTASCOPE_TRY_VOID(
      write_webp(run.work.path("poster.webp"), resize_image(middle, std::max(1, static_cast<int>(std::lround(middle.width * scale))),
                                                            std::max(1, static_cast<int>(std::lround(middle.height * scale))))));
  FANTASCOPE_TRY_VOID(
      write_jpeg(run.work.path("filmstrip.jpg"), make_filmstrip(frames, std::min(kFilmstripCells, frames.num_frames), kFilmstripHeight)));
  if (run.order.write_wav) FANTASCOPE_TRY_VOID(write_wav(run.work.path("audio.wav"), waveform));
  if (run.order.write_png) {
    fs::remove_all(run.work.path("frames"), ignored);
    FANTASCOPE_TRY_VOID(write_png_sequence(run.work.path("frames"), frames, context_.stop));
  }
  FANTASCOPE_TRY(run.unsigned_sha256, sha256_file(clip));
  return run.work.seal(kUnsignedClip, run.unsigned_sha256);  // last: it says that all of these are there
}

Result<void> JobRunner::sign(Run& run) {
  if (run.work.sealed(kClip)) return {};
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kSign));
  const Recipe& recipe = run.order.recipe;
  FANTASCOPE_TRY(const SigningKeys keys, open_signing_keys(context_.studio.home().keys()));
  ClipProvenance provenance;
  provenance.title = run.job.take_id.text() + ".mp4";
  provenance.app_name = "Fantascope";
  provenance.app_version = engine_version();
  provenance.model_name = recipe.model;
  provenance.model_family = recipe.family;
  std::string lines;
  for (const auto& [name, hash] : recipe.weights) lines += hash + "  " + name + "\n";
  provenance.weights_sha256 = sha256_text(lines);
  provenance.model_version = provenance.weights_sha256.substr(0, 12);
  provenance.recipe_sha256 = run.recipe_sha256;
  provenance.seed = recipe.seed;
  provenance.take_id = run.job.take_id.text();
  if (context_.studio.settings().prompt_in_credentials) provenance.prompt = recipe.prompt;
  FANTASCOPE_TRY_VOID(sign_clip(keys, run.work.path(kUnsignedClip), run.work.path(kClip), provenance));
  leave(run, JobPhase::kSign);
  return {};
}

Result<void> JobRunner::verify(Run& run) {
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kVerify));
  const Recipe& recipe = run.order.recipe;
  const std::string clip = run.work.path(kClip);
  FANTASCOPE_TRY(const SigningKeys keys, open_signing_keys(context_.studio.home().keys()));
  FANTASCOPE_TRY(const Credentials credentials, read_credentials(clip, keys.root_certificate_pem));
  if (credentials.state != CredentialState::kTrusted) {
    return Error{ErrorCode::kMismatch,
                 "the clip's content credentials do not verify; it was not published",
                 clip,
                 credential_state_name(credentials.state),
                 "trusted",
                 ""};
  }
  FANTASCOPE_TRY(const ClipInfo info, probe_clip(clip));
  if (info.num_frames != recipe.frames || info.width != recipe.width || info.height != recipe.height || !(info.fps == recipe.fps)) {
    return Error{
        ErrorCode::kMismatch,
        "the clip is not what was asked for; it was not published",
        clip,
        PixelSize{info.width, info.height}.to_string() + ", " + std::to_string(info.num_frames) + " frames at " + info.fps.to_string(),
        PixelSize{recipe.width, recipe.height}.to_string() + ", " + std::to_string(recipe.frames) + " frames at " + recipe.fps.to_string(),
        ""};
  }
  FANTASCOPE_TRY(run.signed_sha256, sha256_file(clip));
  FANTASCOPE_TRY_VOID(run.work.seal(kClip, run.signed_sha256));
  leave(run, JobPhase::kVerify);
  return {};
}

Result<std::vector<TakeFile>> JobRunner::stage_files(Run& run, const std::string& staging) {
  std::vector<std::string> names = {kClip, "poster.webp", "filmstrip.jpg", std::string(kLatents) + ".safetensors"};
  if (run.order.write_wav) names.push_back("audio.wav");
  for (const RecipeConditioning& item : run.order.recipe.conditioning) names.push_back(item.file);
  std::error_code error;
  for (const std::string& name : names) FANTASCOPE_TRY_VOID(place(run.work.path(name), staging + "/" + name));
  if (run.order.write_png) {
    FANTASCOPE_TRY_VOID(create_private_dir(staging + "/frames"));
    for (const auto& entry : fs::directory_iterator(run.work.path("frames"), error)) {
      const std::string name = "frames/" + entry.path().filename().string();
      FANTASCOPE_TRY_VOID(place(entry.path().string(), staging + "/" + name));
      names.push_back(name);
    }
    if (error) return file_error("read", run.work.path("frames"), error.value());
  }
  nlohmann::json recipe = recipe_to_json(run.order.recipe);
  recipe["made"] = {{"take_id", run.job.take_id.text()},      {"job_id", run.job.job_id.text()},
                    {"recipe_sha256", run.recipe_sha256},     {"latents_sha256", run.latents->sha256()},
                    {"unsigned_sha256", run.unsigned_sha256}, {"warnings", run.warnings},
                    {"timings_s", run.clock.timings()},       {"created_ms", wall_clock_ms()}};
  FANTASCOPE_TRY_VOID(write_file(staging + "/recipe.json", recipe.dump(2) + "\n"));
  names.emplace_back("recipe.json");
  std::vector<TakeFile> files;
  for (const std::string& name : names) {
    FANTASCOPE_TRY(const std::string hash, sha256_file(staging + "/" + name));
    files.push_back({name, static_cast<std::int64_t>(fs::file_size(staging + "/" + name, error)), hash});
  }
  return files;
}

Result<Take> JobRunner::publish(Run& run) {
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kPublish));
  const Home& home = context_.studio.home();
  const std::string target = take_dir(home, run.job.take_id);
  const std::string staging = home.takes() + "/" + kStagingPrefix + run.job.take_id.text();
  std::error_code error;
  FANTASCOPE_TRY(const std::optional<Take> existing, takes_.find(run.job.take_id));
  if (existing) return *existing;
  // A folder without its row: the process ended between the two. What was published is whole; it is taken in as it is.
  const std::string folder = fs::exists(target, error) ? target : staging;
  std::vector<TakeFile> files;
  if (folder == staging) {
    fs::remove_all(staging, error);
    FANTASCOPE_TRY_VOID(create_private_dir(staging));
    FANTASCOPE_TRY(files, stage_files(run, staging));
    context_.studio.pass("staged");
    if (context_.stop.stop_requested()) return stopped();
    FANTASCOPE_TRY_VOID(publish_dir(staging, target));
    context_.studio.pass("published");
  } else {
    for (const auto& entry : fs::recursive_directory_iterator(target, error)) {
      if (!entry.is_regular_file(error)) continue;
      FANTASCOPE_TRY(const std::string hash, sha256_file(entry.path().string()));
      files.push_back({fs::relative(entry.path(), target, error).string(), static_cast<std::int64_t>(entry.file_size(error)), hash});
    }
  }
  FANTASCOPE_TRY(const std::string recipe_text, read_file(target + "/recipe.json", 8 << 20));
  NewTake take;
  take.take_id = run.job.take_id;
  take.job_id = run.job.job_id;
  take.prompt = run.order.recipe.prompt;
  take.model = run.order.recipe.model;
  take.family = run.order.recipe.family;
  take.width = run.order.recipe.width;
  take.height = run.order.recipe.height;
  take.num_frames = run.order.recipe.frames;
  take.fps = run.order.recipe.fps.to_string();
  take.seed = static_cast<std::int64_t>(run.order.recipe.seed);
  take.recipe = recipe_text;
  take.recipe_sha256 = run.recipe_sha256;
  take.latents_sha256 = run.latents->sha256();
  take.unsigned_sha256 = run.unsigned_sha256;
  take.timings = nlohmann::json(run.clock.timings()).dump();
  take.warnings = nlohmann::json(run.warnings).dump();
  take.files = std::move(files);
  FANTASCOPE_TRY(Take inserted, takes_.insert(take));
  leave(run, JobPhase::kPublish);
  return inserted;
}

}  // namespace fantascope
