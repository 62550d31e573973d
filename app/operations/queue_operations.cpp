#include "app/operations/queue_operations.h"

#include <algorithm>

#include "app/operations/queue.h"
#include "app/operations/worker.h"

namespace fantascope {
namespace {

using nlohmann::json;

constexpr ParamSpec kJob = {.name = "job",
                            .type = ParamType::kText,
                            .help = "id of the job, or how it starts",
                            .value_name = "JOB",
                            .positional = true,
                            .required = true};
constexpr ParamSpec kJobOrAll = {
    .name = "job", .type = ParamType::kText, .help = "id of the job, or how it starts", .value_name = "JOB", .positional = true};

json entries_to_json(const std::vector<QueueEntry>& entries) {
  json rows = json::array();
  for (const QueueEntry& entry : entries) rows.push_back(entry.to_json());
  return rows;
}

Result<json> to_json(const Result<QueueEntry>& entry) { return entry ? Result<json>(entry->to_json()) : Result<json>(entry.error()); }

Result<json> run_add(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::vector<QueueEntry> entries, queue_add(context, GenerateRequest::from_json(arguments)));
  return json{{"job_id", entries.front().job_id}, {"jobs", entries_to_json(entries)}};
}

Result<json> run_batch(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::vector<QueueEntry> entries, queue_add_batch(context, arguments["file"], GenerateRequest::from_json(arguments)));
  return json{{"num_jobs", entries.size()}, {"jobs", entries_to_json(entries)}};
}

Result<json> run_list(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::vector<QueueEntry> entries,
                 queue_list(context, arguments.value("all", false) ? QueueFilter::kAll : QueueFilter::kOpen));
  FANTASCOPE_TRY(const QueueRule rule, queue_rule(context));
  return json{{"jobs", entries_to_json(entries)}, {"rule", rule.to_json()}};
}

/// Either one job or --all.
Result<json> one_or_all(OperationContext& context, const json& arguments, Result<QueueEntry> (*one)(OperationContext&, const std::string&),
                        Result<QueueRule> (*all)(OperationContext&)) {
  const bool wants_all = arguments.value("all", false);
  if (wants_all == arguments.contains("job")) {
    return Error{ErrorCode::kInvalidArgument, "either a job or all of them", "job", wants_all ? "both" : "neither", "JOB or --all", ""};
  }
  if (!wants_all) return to_json(one(context, arguments["job"]));
  FANTASCOPE_TRY(const QueueRule rule, all(context));
  return json{{"rule", rule.to_json()}};
}

Result<json> run_pause(OperationContext& context, const json& arguments) {
  return one_or_all(context, arguments, queue_pause, queue_pause_all);
}
Result<json> run_resume(OperationContext& context, const json& arguments) {
  return one_or_all(context, arguments, queue_resume, queue_resume_all);
}
Result<json> run_retry(OperationContext& context, const json& arguments) { return to_json(queue_retry(context, arguments["job"])); }
Result<json> run_cancel(OperationContext& context, const json& arguments) { return to_json(queue_cancel(context, arguments["job"])); }

Result<json> run_move(OperationContext& context, const json& arguments) {
  const int given = arguments.value("top", false) + arguments.value("bottom", false) + static_cast<int>(arguments.contains("before")) +
                    static_cast<int>(arguments.contains("after"));
  if (given != 1) {
    return Error{ErrorCode::kInvalidArgument,
                 "say where to, once",
                 "job",
                 std::to_string(given) + " places",
                 "--top, --bottom, --before JOB or --after JOB",
                 ""};
  }
  const QueuePlace place = arguments.contains("before")    ? QueuePlace::kBefore
                           : arguments.contains("after")   ? QueuePlace::kAfter
                           : arguments.value("top", false) ? QueuePlace::kTop
                                                           : QueuePlace::kBottom;
  const std::string anchor = arguments.value("before", arguments.value("after", ""));
  FANTASCOPE_TRY(const std::vector<QueueEntry> entries, queue_move(context, arguments["job"], place, anchor));
  return json{{"jobs", entries_to_json(entries)}};
}

Result<json> run_duplicate(OperationContext& context, const json& arguments) {
  return to_json(
      queue_duplicate(context, arguments["job"], arguments.value("new_seed", false) ? DuplicateSeed::kNew : DuplicateSeed::kSame));
}

Result<json> run_clear(OperationContext& context, const json&) {
  FANTASCOPE_TRY(const int cleared, queue_clear(context));
  return json{{"num_cleared", cleared}};
}

/// Shows the rule, or changes what is named.
Result<json> run_rule(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(QueueRule rule, queue_rule(context));
  const QueueRule before = rule;
  if (arguments.value("always", false)) rule = {rule.held, -1, -1, -1};
  if (arguments.contains("from")) {
    FANTASCOPE_TRY(rule.from_minute, parse_minute(arguments["from"], "from"));
  }
  if (arguments.contains("until")) {
    FANTASCOPE_TRY(rule.until_minute, parse_minute(arguments["until"], "until"));
  }
  if (arguments.contains("load_max")) rule.load_max = arguments["load_max"];
  if (!(rule == before)) {
    FANTASCOPE_TRY(rule, queue_set_rule(context, rule));
  }
  return rule.to_json();
}

/// Says on the context's progress what the worker does.
class ShowWork final : public WorkerListener {
 public:
  explicit ShowWork(const ProgressSink& sink) : sink_(sink) {}
  void job_changed(const QueueEntry& job) override {
    std::string line = "job " + job.job_id + ": " + std::string(job_state_name(job.state));
    if (!job.reason.empty()) line += ", " + job.reason;
    if (job.state == JobState::kFailed) line += ", " + job.error_message;
    note(line);
  }
  void job_progress(const std::string&, const Progress& progress) override {
    if (sink_) sink_(progress);
  }
  void job_stalled(const std::string& job_id, double silent_s, double) override {
    note("job " + job_id + ": no step for " + std::to_string(static_cast<int>(silent_s)) + " s; it may hang");
  }
  void waiting(const std::string& reason) override {
    if (!reason.empty()) note("waiting: " + reason);
  }

 private:
  void note(const std::string& line) {
    if (!sink_) return;
    Progress progress;
    progress.note = line;
    sink_(progress);
  }
  const ProgressSink& sink_;
};

Result<json> run_worker(OperationContext& context, const json& arguments) {
  ShowWork listener(context.progress);
  Worker worker(context.studio, {.listener = &listener, .previews_per_second = 0});
  const WorkUntil until = arguments.value("until_idle", false) ? WorkUntil::kIdle : WorkUntil::kStopped;
  FANTASCOPE_TRY(const WorkerSummary summary, worker.run(context.stop, until));
  // Being told to stop is how a worker without --until-idle ends well; the job it had is queued again.
  if (context.stop.stop_requested() && until == WorkUntil::kIdle) return Error{ErrorCode::kCancelled, "stopped", "", "", "", ""};
  json response = {{"ok", summary.failed.empty()},
                   {"done", entries_to_json(summary.done)},
                   {"failed", entries_to_json(summary.failed)},
                   {"paused", entries_to_json(summary.paused)}};
  if (!summary.waiting.empty()) response["waiting"] = summary.waiting;
  return response;
}

OperationSpec batch_spec() {
  OperationSpec spec{"queue batch", "put a clip for every line of a file into the queue", {}};
  spec.params.push_back({.name = "file",
                         .type = ParamType::kPath,
                         .help = "one prompt a line, or a .csv table whose columns are generate's parameters",
                         .value_name = "FILE",
                         .positional = true,
                         .required = true});
  for (const ParamSpec& param : generate_spec().params) {
    if (!param.positional) spec.params.push_back(param);
  }
  return spec;
}

std::vector<Operation> make_operations() {
  return {
      {{"queue list", "jobs that are not done", {{.name = "all", .type = ParamType::kSwitch, .help = "done and canceled ones too"}}},
       run_list},
      {{"queue add", "put a clip into the queue; a window or fantascope worker makes it", generate_spec().params}, run_add},
      {batch_spec(), run_batch},
      {{"queue pause",
        "pause a job at its next step, or the whole queue",
        {kJobOrAll, {.name = "all", .type = ParamType::kSwitch, .help = "nothing starts until queue resume --all"}}},
       run_pause},
      {{"queue resume",
        "go on with a paused job, or with the whole queue",
        {kJobOrAll, {.name = "all", .type = ParamType::kSwitch, .help = "every paused job too"}}},
       run_resume},
      {{"queue cancel", "give up a job, running or not", {kJob}}, run_cancel},
      {{"queue retry", "put a failed, paused or parked job back into the queue", {kJob}}, run_retry},
      {{"queue move",
        "change the order of the queue",
        {kJob,
         {.name = "top", .type = ParamType::kSwitch, .help = "before all others"},
         {.name = "bottom", .type = ParamType::kSwitch, .help = "after all others"},
         {.name = "before", .type = ParamType::kText, .help = "before this one", .value_name = "JOB"},
         {.name = "after", .type = ParamType::kText, .help = "after this one", .value_name = "JOB"}}},
       run_move},
      {{"queue duplicate",
        "queue the same clip once more",
        {kJob, {.name = "new_seed", .type = ParamType::kSwitch, .help = "with a seed of its own"}}},
       run_duplicate},
      {{"queue clear", "forget jobs that are done or canceled; their takes stay", {}}, run_clear},
      {{"queue rule",
        "when jobs may run; without flags, shows it",
        {{.name = "from", .type = ParamType::kText, .help = "time of day from which jobs start", .value_name = "HH:MM", .bytes_max = 8},
         {.name = "until", .type = ParamType::kText, .help = "time of day at which they pause", .value_name = "HH:MM", .bytes_max = 8},
         {.name = "load_max",
          .type = ParamType::kNumber,
          .help = "only while the rest of the machine has at most this load average",
          .value_name = "X",
          .min_number = 0,
          .max_number = 1024},
         {.name = "always", .type = ParamType::kSwitch, .help = "at any time, however busy the machine is"}}},
       run_rule},
      {{"worker",
        "run the queued jobs in this process",
        {{.name = "until_idle",
          .type = ParamType::kSwitch,
          .help = "stop when nothing is left that may run; otherwise it waits for more"}}},
       run_worker},
  };
}

}  // namespace

std::span<const Operation> queue_operations() {
  static const std::vector<Operation> all = make_operations();
  return all;
}

}  // namespace fantascope
