#include "app/operations/reproduce.h"

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/library/take_store.h"
#include "app/operations/estimate.h"
#include "app/operations/internal/accept_jobs.h"
#include "app/operations/internal/licence_gate.h"
#include "app/operations/internal/request_rules.h"
#include "app/operations/worker.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

std::string shown(const std::vector<RecipeDifference>& differences) {
  std::string text;
  for (const RecipeDifference& difference : differences) {
    text += (text.empty() ? "" : "; ") + difference.field + ": was " + difference.expected.substr(0, 80) + ", is " +
            difference.found.substr(0, 80);
  }
  return text;
}

Result<Recipe> recipe_of(const Take& take) {
  FANTASCOPE_TRY(const nlohmann::json json,
                 parse_bounded_json(take.recipe, "take " + take.take_id.text(), {.max_bytes = 8 << 20, .max_depth = 10}));
  FANTASCOPE_TRY(Recipe recipe, recipe_from_json(json, "take " + take.take_id.text()));
  if (recipe_sha256(recipe) != take.recipe_sha256) {
    return Error{ErrorCode::kMismatch, "the take's recipe was changed", take.take_id.text(), recipe_sha256(recipe),
                 take.recipe_sha256,   "Run fantascope library check"};
  }
  return recipe;
}

/// The recipe as this machine and the model's files would have it now.
Result<Recipe> recipe_now(OperationContext& context, const Recipe& then, const ModelEntry& model) {
  Recipe now = then;
  FANTASCOPE_TRY(const ModelFiles files, hash_model(context, model.info.dir, HashCache::kUse));
  now.weights = files.weights;
  now.configs = files.configs;
  now.family = model.info.family;
  now.engine_version = engine_version();
  now.device_name = now.device == "cpu" ? cpu_name() : now.device;
  now.num_threads = num_threads();
  return now;
}

class PassProgress final : public WorkerListener {
 public:
  explicit PassProgress(const ProgressSink& sink) : sink_(sink) {}
  void job_progress(const std::string&, const Progress& progress) override {
    if (sink_) sink_(progress);
  }

 private:
  const ProgressSink& sink_;
};

}  // namespace

OperationSpec reproduce_spec() {
  return {"reproduce",
          "make a take again and compare the bytes before signing",
          {{.name = "take",
            .type = ParamType::kText,
            .help = "id of the take, or how it starts",
            .value_name = "TAKE",
            .positional = true,
            .required = true},
           kEstimateParam}};
}

Result<Reproduction> reproduce(OperationContext& context, const std::string& text) {
  Studio& studio = context.studio;
  FANTASCOPE_TRY(Database* const database, studio.library());
  FANTASCOPE_TRY(const Take take, TakeStore(*database).find_by_text(text));
  FANTASCOPE_TRY(const Recipe then, recipe_of(take));
  auto found_model = find_model(studio, then.model);
  if (!found_model) {
    Error error = found_model.error();
    error.message = "the model that made this take cannot be found by its name";
    error.hint = "Link its folder with fantascope models add DIR";
    return error;
  }
  const ModelEntry model = *std::move(found_model);
  FANTASCOPE_TRY(const Recipe now, recipe_now(context, then, model));
  Reproduction result;
  result.take_id = take.take_id.text();
  result.expected_sha256 = take.unsigned_sha256;
  result.differences = compare_recipes(then, now);
  if (now.weights != then.weights || now.configs != then.configs) {
    return Error{ErrorCode::kMismatch,
                 "the model is not the one that made this take",
                 model.info.dir,
                 shown(result.differences),
                 "the files named in the recipe",
                 "Put the model's files of that time back, or link their folder"};
  }
  FANTASCOPE_TRY_VOID(require_licence(studio, model));
  JobStore store(*database);
  JobQueue queue(store, this_process());
  const NewJob job{JobId::random(), kReproduceJob, order_to_text({now, model.info.dir}), now.steps};
  const std::string dir = work_dir(studio.home(), job.job_id);
  const auto accepted = [&]() -> Result<std::vector<Job>> {
    FANTASCOPE_TRY_VOID(create_private_dir(dir));
    for (const RecipeConditioning& item : then.conditioning) {
      FANTASCOPE_TRY(const std::string bytes, read_file(take_dir(studio.home(), take.take_id) + "/" + item.file, std::uint64_t{256} << 20));
      FANTASCOPE_TRY_VOID(write_file(dir + "/" + item.file, bytes));
    }
    return queue.accept({&job, 1}, AcceptFor::kThisProcess);
  }();
  if (!accepted) {
    remove_work(studio, job.job_id);
    return accepted.error();
  }
  PassProgress listener(context.progress);
  Worker worker(studio, {.listener = &listener, .previews_per_second = 0});
  const auto made = worker.run_jobs(context.stop, {job.job_id.text()});
  if (!made) {
    // A comparison is not worth keeping a job for: it is asked again.
    if (auto left = queue.find(job.job_id); left && *left && (*left)->state != JobState::kCanceled) (void)queue.cancel(**left);
    remove_work(studio, job.job_id);
    return made.error();
  }
  const GeneratedTake* finished = &made->front();
  // Scheduler and sigmas come out of the run: what the engine does now against what the recipe says.
  result.differences = compare_recipes(then, finished->recipe);
  result.found_sha256 = finished->unsigned_sha256;
  result.equal = result.found_sha256 == result.expected_sha256;
  result.latents_equal = finished->latents_sha256 == take.latents_sha256;
  result.total_s = finished->timings_s.at("total");
  return result;
}

nlohmann::json Reproduction::to_json() const {
  nlohmann::json rows = nlohmann::json::array();
  for (const RecipeDifference& difference : differences)
    rows.push_back({{"field", difference.field}, {"expected", difference.expected}, {"found", difference.found}});
  return {{"ok", equal},
          {"take_id", take_id},
          {"equal", equal},
          {"latents_equal", latents_equal},
          {"expected_sha256", expected_sha256},
          {"found_sha256", found_sha256},
          {"differences", rows},
          {"total_s", total_s}};
}

}  // namespace fantascope
