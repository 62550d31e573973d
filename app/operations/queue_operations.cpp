#include "app/operations/queue_operations.h"

#include "app/operations/internal/job_runner.h"

namespace fantascope {
namespace {

using nlohmann::json;

constexpr ParamSpec kJob = {
    .name = "job", .type = ParamType::kText, .help = "id of the job", .value_name = "JOB", .positional = true, .required = true};

json job_to_json(const Job& job) {
  json row = {{"job_id", job.job_id.text()},        {"kind", job.kind},      {"state", job_state_name(job.state)},
              {"phase", job_phase_name(job.phase)}, {"step", job.step},      {"num_steps", job.num_steps},
              {"take_id", job.take_id.text()},      {"crashes", job.crashes}};
  if (!job.reason.empty()) row["reason"] = job.reason;
  if (!job.error_code.empty()) row["error"] = {{"code", job.error_code}, {"message", job.error_message}};
  if (auto order = order_from_text(job.recipe, "job")) {
    row["prompt"] = order->recipe.prompt;
    row["model"] = order->recipe.model;
  }
  return row;
}

Result<json> run_list(OperationContext& context, const json& arguments) {
  json rows = json::array();
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database != nullptr) {
    JobStore store(*database);
    FANTASCOPE_TRY(const std::vector<Job> jobs, JobQueue(store, this_process()).list(std::nullopt, 100'000));
    for (const Job& job : jobs) {
      const bool over = job.state == JobState::kDone || job.state == JobState::kCanceled;
      if (!over || arguments.value("all", false)) rows.push_back(job_to_json(job));
    }
  }
  return json{{"jobs", rows}};
}

Result<json> change_job(OperationContext& context, const json& arguments, Result<void> (JobQueue::*change)(Job&)) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  JobStore store(*database);
  JobQueue queue(store, this_process());
  const std::string text = arguments["job"];
  const auto id = JobId::parse(text);
  FANTASCOPE_TRY(std::optional<Job> job, id ? queue.find(*id) : Result<std::optional<Job>>(std::optional<Job>{}));
  if (!job)
    return Error{ErrorCode::kNotFound, "there is no such job", "job",
                 text.substr(0, 40),   "the id of a job",      "fantascope queue list shows them"};
  if (job->state == JobState::kRunning || job->state == JobState::kCanceling) {
    return Error{ErrorCode::kInvalidArgument, "this job is running in another program", "job", text, "a job that is not running",
                 "Press Ctrl-C there"};
  }
  FANTASCOPE_TRY_VOID((queue.*change)(*job));
  if (job->state == JobState::kCanceled) WorkFolder(work_dir(context.studio.home(), job->job_id), "").remove();
  return job_to_json(*job);
}

Result<json> run_retry(OperationContext& context, const json& arguments) { return change_job(context, arguments, &JobQueue::requeue); }
Result<json> run_cancel(OperationContext& context, const json& arguments) { return change_job(context, arguments, &JobQueue::cancel); }

/// Runs queued jobs in their order; a job that fails does not stop the others.
Result<json> run_worker(OperationContext& context, const json&) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  JobStore store(*database);
  JobQueue queue(store, this_process());
  JobRunner runner(context, *database, queue);
  json done = json::array(), failed = json::array();
  while (!context.stop.stop_requested()) {
    FANTASCOPE_TRY(std::vector<Job> jobs, queue.list(JobState::kQueued, 1));
    if (jobs.empty()) break;
    const auto finished = runner.run(jobs.front());
    if (finished)
      done.push_back(job_to_json(jobs.front()));
    else if (finished.error().code == ErrorCode::kMismatch && jobs.front().state == JobState::kQueued)
      continue;  // another worker took it
    else if (finished.error().code == ErrorCode::kCancelled)
      break;
    else if (jobs.front().state == JobState::kQueued)
      return finished.error();  // it could not even be started
    else
      failed.push_back(job_to_json(jobs.front()));
  }
  if (context.stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped", "", "", "", ""};
  return json{{"ok", failed.empty()}, {"done", done}, {"failed", failed}};
}

}  // namespace

std::span<const Operation> queue_operations() {
  static const Operation kAll[] = {
      {{"queue list", "jobs that are not done", {{.name = "all", .type = ParamType::kSwitch, .help = "done and canceled ones too"}}},
       run_list},
      {{"queue retry", "put a failed, paused or parked job back into the queue", {kJob}}, run_retry},
      {{"queue cancel", "give up a job that is not running", {kJob}}, run_cancel},
      {{"worker",
        "run the queued jobs in this process",
        {{.name = "until_idle", .type = ParamType::kSwitch, .help = "stop when the queue is empty (always so for now)"}}},
       run_worker},
  };
  return kAll;
}

}  // namespace fantascope
