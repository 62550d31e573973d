#include "app/operations/internal/job_runner.h"

#include <malloc.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "app/files/file_system.h"
#include "app/operations/internal/accept_jobs.h"
#include "app/operations/internal/continuation.h"
#include "app/operations/internal/licence_gate.h"
#include "app/operations/internal/request_rules.h"
#include "app/operations/prompt_text.h"
#include "engine/runtime/number_format.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kPreviewShareMax = 0.01;  ///< of the sampling time

double seconds_since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }

/// Says when the next live picture may be made: not oftener than asked, and not so often that pictures take more than their share.
class PreviewPacer {
 public:
  explicit PreviewPacer(double per_second) : interval_s_(per_second > 0 ? 1 / per_second : 0), wanted_(per_second > 0) {}
  bool is_due() const { return wanted_ && (first_ || seconds_since(last_) >= wait_s_); }
  void made(double cost_s) {
    first_ = false;
    last_ = Clock::now();
    wait_s_ = std::max(interval_s_, cost_s / kPreviewShareMax);
  }
  void give_up() { wanted_ = false; }

 private:
  double interval_s_, wait_s_ = 0;
  bool wanted_, first_ = true;
  Clock::time_point last_{};
};

/// The usual step of this run: the median, from the second one on (the first warms caches).
class StepWatch {
 public:
  explicit StepWatch(RunControl& control) : control_(control) {}
  void step() {
    const auto now = Clock::now();
    seconds_.push_back(std::chrono::duration<double>(now - last_).count());
    last_ = now;
    if (seconds_.size() < 2) return;
    std::vector<double> sorted(seconds_.begin() + 1, seconds_.end());
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
    control_.set_usual_step(std::max<std::int64_t>(1, static_cast<std::int64_t>(sorted[sorted.size() / 2] * 1000)));
  }

 private:
  RunControl& control_;
  Clock::time_point last_ = Clock::now();
  std::vector<double> seconds_;
};

}  // namespace

JobRunner::JobRunner(Studio& studio, Database& database, JobQueue& queue)
    : studio_(studio), queue_(queue), takes_(database), lineage_(database), timing_(database) {}
JobRunner::~JobRunner() = default;

void JobRunner::release_model() {
  if (!pipeline_) return;
  pipeline_.reset();
  pipeline_key_.clear();
  ::malloc_trim(0);
}

void JobRunner::pass(const JobRun& run, const std::string& point) const {
  run.hooks.control.mark_progress(monotonic_ms());
  studio_.pass(point);
}

Result<FinishedJob> JobRunner::run(Job& job, RunHooks hooks) {
  FANTASCOPE_CHECK(job.state == JobState::kRunning);
  hooks.control.mark_progress(monotonic_ms());
  Result<FinishedJob> result = [&]() -> Result<FinishedJob> {
    FANTASCOPE_TRY(JobOrder order, order_from_text(job.recipe, "job " + job.job_id.text()));
    // A model that cannot be described ends the job when it is loaded.
    const auto model = describe_model(studio_, order.model_dir, "given");
    FANTASCOPE_TRY(const std::vector<PhaseEstimate> estimates,
                   estimate_phases(timing_, order.recipe, sampling_work(order.recipe, model ? model->info.frames_multiple : 1)));
    const auto tell = [&hooks](const Progress& progress) {
      hooks.control.mark_progress(monotonic_ms());
      if (hooks.progress) hooks.progress(progress);
    };
    JobRun run{job,
               hooks,
               std::move(order),
               "",
               WorkFolder(work_dir(studio_.home(), job.job_id), ""),
               estimates,
               JobClock(tell, estimates, hooks.take, hooks.num_takes),
               {},
               {},
               nullptr,
               "",
               "",
               {},
               false};
    run.engine.stop = hooks.control.token();
    return run_phases(run);
  }();
  if (!result) return end(job, result.error(), hooks);
  settle(hooks, [&] { return queue_.finish(job); });
  studio_.pass("done");
  if (job.state == JobState::kDone) remove_traces(job);
  return result;
}

void JobRunner::settle(const RunHooks& hooks, const std::function<Result<void>()>& write) {
  std::mutex mutex;
  std::condition_variable_any later;
  for (int tries = 0; hooks.settle_tries < 0 || tries < hooks.settle_tries; ++tries) {
    const Result<void> written = write();
    // Only a full or failing disk may pass: anything else will not get better.
    if (written || written.error().code != ErrorCode::kIo) return;
    std::unique_lock lock(mutex);
    later.wait_for(lock, hooks.give_up, std::chrono::duration<double>(hooks.settle_pause_s * (tries < 10 ? 0.05 : 1.0)),
                   [] { return false; });
    if (hooks.give_up.stop_requested()) return;
  }
}

/// Writes the state of a job that did not get done, and gives back the error to show.
Error JobRunner::end(Job& job, const Error& error, RunHooks& hooks) {
  using Ask = RunControl::Ask;
  const Ask asked = hooks.control.asked();
  const bool was_stopped = error.code == ErrorCode::kCancelled;
  // Canceling may also have been read from the row, before the control knew of it.
  if (asked == Ask::kCancel || (was_stopped && asked == Ask::kNothing)) {
    settle(hooks, [&] { return queue_.cancel(job); });
    remove_traces(job);
    return stopped_error();
  }
  if (was_stopped) {
    settle(hooks,
           [&] { return asked == Ask::kPause ? queue_.pause(job, hooks.control.reason()) : queue_.release(job, hooks.control.reason()); });
    const auto wish = queue_.wish(job.job_id);
    if (job.state == JobState::kRunning && wish && *wish && (*wish)->state == job_state_name(JobState::kCanceling)) {
      settle(hooks, [&] { return queue_.cancel(job); });  // somebody asked to cancel it meanwhile
      remove_traces(job);
    }
    return stopped_error();
  }
  const std::string dir = work_dir(studio_.home(), job.job_id);
  std::error_code ignored;
  if (is_disk_full(error)) {
    const std::string folder = studio_.home().dir;
    const auto order = order_from_text(job.recipe, "job");
    const std::uint64_t needed = order ? disk_bytes_needed(order->recipe, studio_.settings()) : 0;
    const std::uint64_t free = studio_.free_space(folder).has_value() ? *studio_.free_space(folder) : 0;
    Error full = disk_error(folder, needed, free);
    full.allowed += " needed";
    full.message = "the disk is full; the job is paused and goes on when there is room";
    full.hint = "Free some space in this folder; a window or fantascope worker then goes on with job " + job.job_id.text();
    const std::string reason =
        "the disk of " + folder + " is full: " + std::to_string(needed >> 20) + " MiB needed, " + std::to_string(free >> 20) + " MiB free";
    settle(hooks, [&] { return queue_.pause(job, reason, folder, needed); });
    return full;
  }
  Error shown = error;
  if (fs::exists(dir + "/" + kLatentsState + ".safetensors", ignored)) {
    shown.hint += (shown.hint.empty() ? "" : ". ") + std::string("The sampled latents are kept: fantascope queue retry ") +
                  job.job_id.text() + " goes on from them";
  }
  settle(hooks, [&] { return queue_.fail(job, shown); });
  if (fs::is_empty(dir, ignored)) fs::remove(dir, ignored);
  return shown;
}

void JobRunner::remove_traces(const Job& job) const {
  WorkFolder(work_dir(studio_.home(), job.job_id), "").remove();
  std::error_code ignored;
  fs::remove_all(studio_.home().takes() + "/" + kStagingPrefix + job.take_id.text(), ignored);
}

Result<void> JobRunner::enter(JobRun& run, JobPhase phase, int num_steps, int first_step) {
  if (run.engine.stop.stop_requested()) return stopped_error();
  pass(run, std::string("before ") + std::string(job_phase_name(phase)));
  // What is to be kept free for others is asked for at the start only: a job on its way may use the last of it.
  const std::uint64_t reserve = phase == JobPhase::kPrepare ? 0 : static_cast<std::uint64_t>(studio_.settings().free_space_min_mb) << 20;
  FANTASCOPE_TRY_VOID(check_space(studio_, disk_bytes_needed(run.order.recipe, studio_.settings()) - reserve));
  // A job taken up again stays marked with the phase it had reached until that one is passed: that is how repeated crashes are counted.
  if (phase >= run.job.phase) FANTASCOPE_TRY_VOID(queue_.enter_phase(run.job, phase, first_step));
  const auto& time = run.estimates[static_cast<std::size_t>(phase)].time;
  run.hooks.control.set_usual_step(time ? static_cast<std::int64_t>(time->seconds * 1000 / std::max(1, num_steps)) : 0);
  run.clock.enter(phase, num_steps, first_step);
  return {};
}

void JobRunner::leave(JobRun& run, JobPhase phase) {
  const double seconds = run.clock.leave();
  // Only a whole phase is a measurement. A timing that cannot be written costs an estimate, not the job.
  const Recipe& recipe = run.order.recipe;
  if (phase != JobPhase::kDenoise || !run.resumed)
    (void)timing_.record(timing_key(phase, recipe), phase_units(phase, recipe, sampling_work(recipe, pipeline_->info().frames_multiple)),
                         seconds);
  pass(run, std::string("after ") + std::string(job_phase_name(phase)));
}

Result<FinishedJob> JobRunner::run_phases(JobRun& run) {
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
    copy_out(run, finished);
  }
  finished.warnings = run.warnings;
  finished.parent_take = run.order.parent_take;
  finished.relation = run.order.relation;
  finished.seams = read_seams(run.work.path(kSeamsFile));
  finished.timings_s = run.clock.timings();
  run.job.timings = nlohmann::json(finished.timings_s).dump();
  return finished;
}

Result<void> JobRunner::load_pipeline(JobRun& run) {
  const Recipe& recipe = run.order.recipe;
  const std::string key = run.order.model_dir + "\n" + recipe.device + "\n" + recipe.dtype + "\n" + nlohmann::json(recipe.weights).dump() +
                          nlohmann::json(recipe.configs).dump();
  if (pipeline_ && pipeline_key_ == key) return {};
  release_model();
  FANTASCOPE_TRY(const ModelEntry model, describe_model(studio_, run.order.model_dir, "given"));
  LoadOptions options;
  options.device = recipe.device;
  options.dtype = dtype_named(recipe.dtype);
  FANTASCOPE_TRY(pipeline_, model.family->load(run.order.model_dir, options));
  pipeline_key_ = key;
  return {};
}

Result<void> JobRunner::prepare(JobRun& run) {
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kPrepare));
  Recipe& recipe = run.order.recipe;
  FANTASCOPE_TRY_VOID(create_private_dir(run.work.dir()));
  OperationContext context{studio_, run.engine.stop, run.hooks.progress};
  FANTASCOPE_TRY(const ModelFiles files, hash_model(context, run.order.model_dir, HashCache::kUse));
  if (!recipe.weights.empty() && (recipe.weights != files.weights || recipe.configs != files.configs)) {
    return Error{ErrorCode::kMismatch,        "the model was changed after this job had begun",
                 run.order.model_dir,         "other file hashes",
                 "those in the job's recipe", "Put the model back, or cancel this job and make a new one"};
  }
  FANTASCOPE_TRY_VOID(require_order_model(studio_, run.order));
  const bool is_fresh = recipe.weights.empty();
  if (is_fresh) {  // it was accepted by another program perhaps; this one makes it
    recipe.engine_version = engine_version();
    recipe.num_threads = num_threads();
  } else if (recipe.engine_version != engine_version() || recipe.num_threads != num_threads()) {
    run.warnings.push_back("begun by engine " + recipe.engine_version + " with " + std::to_string(recipe.num_threads) +
                           " threads, went on with " + engine_version() + " and " + std::to_string(num_threads()) +
                           ": reproduce may give other bytes");
  }
  recipe.weights = files.weights;
  recipe.configs = files.configs;
  FANTASCOPE_TRY_VOID(load_pipeline(run));
  FANTASCOPE_TRY(run.request, make_request(recipe, run.work.dir()));
  FANTASCOPE_TRY_VOID(load_parent(*pipeline_, recipe, run.work.dir(), run.request));
  FANTASCOPE_TRY_VOID(pipeline_->validate(run.request));
  for (const std::string& warning : pipeline_->warnings()) run.warnings.push_back(warning);
  if (run.hooks.preview) ready_preview_map(studio_.home(), *pipeline_, nlohmann::json(files.weights).dump());
  for (const PromptWarning& warning : pipeline_->prompt_warnings(recipe.prompt)) run.warnings.push_back(warning.message);
  FANTASCOPE_TRY(const SamplingPlan plan, pipeline_->sampling_plan(run.request));
  recipe.scheduler = plan.scheduler;
  recipe.sampler = plan.sampler;
  recipe.sigmas = plan.sigmas;
  FANTASCOPE_TRY(run.num_steps, steps_of_run(recipe, plan));
  run.job.num_steps = run.num_steps;
  run.recipe_sha256 = recipe_sha256(recipe);
  run.work = WorkFolder(run.work.dir(), run.recipe_sha256);
  run.job.recipe = order_to_text(run.order);
  FANTASCOPE_TRY_VOID(queue_.note(run.job));
  if (run.hooks.progress) {
    for (const std::string& warning : run.warnings) {
      Progress line;
      line.note = "note: " + shown_safely(warning);
      run.hooks.progress(line);
    }
  }
  leave(run, JobPhase::kPrepare);
  return {};
}

Result<void> JobRunner::sample(JobRun& run) {
  run.latents = run.work.load_state(kLatentsState, *pipeline_);
  if (run.latents) return {};
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kEncodePrompt));
  std::shared_ptr<PhaseState> embeds = run.work.load_state(kPromptEmbedsState, *pipeline_);
  if (!embeds) {
    FANTASCOPE_TRY(embeds, pipeline_->encode_prompt(run.request, run.engine));
    FANTASCOPE_TRY_VOID(run.work.save_state(kPromptEmbedsState, *embeds));
  }
  leave(run, JobPhase::kEncodePrompt);
  return denoise(run, *embeds);
}

Result<void> JobRunner::denoise(JobRun& run, const PhaseState& prompt_embeds) {
  using Ask = RunControl::Ask;
  RunControl& control = run.hooks.control;
  std::shared_ptr<PhaseState> state = run.work.newest_checkpoint(*pipeline_);
  if (!state) state = sketched_state(*pipeline_, run.order, run.work.dir());
  run.resumed = state != nullptr;
  if (!state) {
    FANTASCOPE_TRY(state, pipeline_->start(run.request, run.engine));
  }
  FANTASCOPE_TRY_VOID(enter(run, JobPhase::kDenoise, run.num_steps, state->step()));
  auto last_save = Clock::now();
  auto last_note = last_save;
  const double interval_s = studio_.settings().checkpoint_interval_s;
  PreviewPacer pacer(run.hooks.preview ? run.hooks.previews_per_second : 0);
  StepWatch watch(control);
  run.engine.on_step = [&](int step, int) { run.clock.step(step); };
  run.engine.on_state = [&](const PhaseState& now) -> Result<void> {
    watch.step();
    const bool must_stop = control.asked() == Ask::kPause || control.asked() == Ask::kRelease;
    const bool is_last = now.step() >= run.num_steps;  // then the latents themselves are saved
    if (!is_last && (must_stop || seconds_since(last_save) >= interval_s)) {
      FANTASCOPE_TRY_VOID(run.work.save_checkpoint(now));
      last_save = Clock::now();
    }
    if ((must_stop || seconds_since(last_note) >= 1.0) && run.job.phase == JobPhase::kDenoise) {
      FANTASCOPE_TRY_VOID(queue_.enter_phase(run.job, JobPhase::kDenoise, now.step()));
      last_note = Clock::now();
    }
    pass(run, "step " + std::to_string(now.step()));
    if (must_stop && !is_last) return stopped_error();
    if (pacer.is_due()) {
      const auto begin = Clock::now();
      if (const auto frames = pipeline_->preview(now)) {
        run.hooks.preview(now.step(), *frames);
        pacer.made(seconds_since(begin));
      } else {
        pacer.give_up();
      }
    }
    return {};
  };
  control.begin_steps();
  auto latents = pipeline_->denoise(run.request, prompt_embeds, *state, run.engine, run.num_steps);
  run.engine.on_step = nullptr;
  run.engine.on_state = nullptr;
  // The last step's state is kept before anything else is listened to: it is all of the sampling.
  if (latents && control.asked() != Ask::kCancel) {
    run.latents = *latents;
    const Result<void> saved = run.work.save_state(kLatentsState, *run.latents);
    control.end_steps();
    FANTASCOPE_TRY_VOID(saved);
    leave(run, JobPhase::kDenoise);
    return {};
  }
  control.end_steps();
  return latents ? stopped_error() : latents.error();
}

}  // namespace fantascope
