#include "app/operations/queue.h"

#include <algorithm>
#include <map>

#include "app/operations/internal/accept_jobs.h"
#include "app/operations/internal/batch_file.h"
#include "app/operations/internal/job_place.h"
#include "app/operations/internal/licence_gate.h"
#include "app/operations/internal/queue_entry.h"
#include "app/operations/prompt_text.h"

namespace fantascope {
namespace {

constexpr int kJobsMax = 1'000'000;  // more than anybody has; the list is whole

/// The library for writing with a queue on it.
struct OpenQueue {
  explicit OpenQueue(Database& library) : database(library), store(library), queue(store, this_process()) {}
  Database& database;
  JobStore store;
  JobQueue queue;
};
Result<std::unique_ptr<OpenQueue>> open_queue(OperationContext& context) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  return std::make_unique<OpenQueue>(*database);
}

std::vector<QueueEntry> to_entries(const std::vector<Job>& jobs) {
  std::vector<QueueEntry> entries;
  entries.reserve(jobs.size());
  for (const Job& job : jobs) entries.push_back(to_entry(job));
  return entries;
}

/// What a line of a batch sets, over what holds for all of them.
GenerateRequest overlaid(const GenerateRequest& common, const nlohmann::json& arguments) {
  GenerateRequest request = common;
  GenerateRequest line = GenerateRequest::from_json(arguments);
  const auto take = [](auto& to, auto& from) {
    if (from) to = std::move(from);
  };
  request.prompt = line.prompt;
  take(request.model, line.model);
  take(request.size, line.size);
  take(request.fps, line.fps);
  take(request.negative, line.negative);
  take(request.image, line.image);
  take(request.last_image, line.last_image);
  take(request.dtype, line.dtype);
  take(request.device, line.device);
  take(request.out, line.out);
  take(request.project, line.project);
  if (line.seconds || line.frames) request.seconds = request.frames = {};  // one of them counts
  take(request.seconds, line.seconds);
  take(request.frames, line.frames);
  take(request.guidance, line.guidance);
  take(request.audio_guidance, line.audio_guidance);
  take(request.seed, line.seed);
  take(request.image_crf, line.image_crf);
  take(request.steps, line.steps);
  if (arguments.contains("takes")) request.takes = line.takes;
  for (const auto& [name, member] : {std::pair{"snap", &GenerateRequest::snap}, std::pair{"save_latents", &GenerateRequest::save_latents},
                                     std::pair{"wav", &GenerateRequest::wav}, std::pair{"png", &GenerateRequest::png},
                                     std::pair{"two_stages", &GenerateRequest::two_stages}}) {
    if (arguments.contains(name)) request.*member = line.*member;
  }
  return request;
}

/// Several outputs of one batch must not be one file.
Result<void> check_outs(const std::vector<std::pair<int, std::string>>& outs, const std::string& path) {
  std::map<std::string, int> lines;
  for (const auto& [line, out] : outs) {
    const auto [found, fresh] = lines.emplace(out, line);
    if (!fresh) {
      return Error{ErrorCode::kInvalidArgument,
                   "two lines write the same file; nothing was queued",
                   path,
                   "lines " + std::to_string(found->second) + " and " + std::to_string(line) + ": " + out,
                   "a name for each clip",
                   ""};
    }
  }
  return {};
}

Result<QueueEntry> change(OperationContext& context, const std::string& text, Result<void> (JobQueue::*move)(Job&)) {
  FANTASCOPE_TRY(const auto open, open_queue(context));
  FANTASCOPE_TRY(Job job, open->queue.find_by_text(text));
  FANTASCOPE_TRY_VOID((open->queue.*move)(job));
  if (job.state == JobState::kCanceled) remove_work(context.studio, job.job_id);
  return to_entry(job);
}

Result<QueueRule> set_held(OperationContext& context, bool held) {
  FANTASCOPE_TRY(const auto open, open_queue(context));
  FANTASCOPE_TRY(QueueRuleRow rule, open->store.rule());
  rule.held = held;
  FANTASCOPE_TRY_VOID(open->store.set_rule(rule));
  return to_rule(rule);
}

}  // namespace

Result<std::vector<QueueEntry>> queue_add(OperationContext& context, const GenerateRequest& request) {
  Studio& studio = context.studio;
  if (request.out) FANTASCOPE_TRY_VOID(check_out(*request.out));
  FANTASCOPE_TRY_VOID(check_project(studio, request));
  FANTASCOPE_TRY(const PlannedGeneration plan, plan_to_make(studio, request, random_seed()));
  FANTASCOPE_TRY(const auto open, open_queue(context));
  FANTASCOPE_TRY_VOID(check_space(studio, disk_bytes_needed(plan.recipe, studio.settings())));
  FANTASCOPE_TRY(const std::vector<NewJob> jobs, make_jobs(studio, request, plan));
  FANTASCOPE_TRY(const std::vector<Job> accepted,
                 accept_placed(studio, open->queue, open->database, request, plan, jobs, AcceptFor::kAnyone));
  return to_entries(accepted);
}

Result<std::vector<QueueEntry>> queue_add_batch(OperationContext& context, const std::string& path, const GenerateRequest& common) {
  Studio& studio = context.studio;
  FANTASCOPE_TRY(const std::vector<BatchLine> lines, read_batch(path));
  std::vector<std::pair<GenerateRequest, PlannedGeneration>> plans;
  std::vector<std::pair<int, std::string>> outs;
  LineErrors errors;
  for (const BatchLine& line : lines) {
    GenerateRequest request = overlaid(common, line.arguments);
    const auto planned = [&]() -> Result<PlannedGeneration> {
      if (request.out) FANTASCOPE_TRY_VOID(check_out(*request.out));
      FANTASCOPE_TRY_VOID(check_project(studio, request));
      return plan_to_make(studio, request, random_seed());
    }();
    if (!planned) {
      errors.add(line.line, planned.error());
      continue;
    }
    if (request.out) outs.emplace_back(line.line, *request.out);
    plans.emplace_back(std::move(request), *planned);
  }
  if (!errors.empty()) return errors.to_error(path, lines.size());
  FANTASCOPE_TRY_VOID(check_outs(outs, path));
  FANTASCOPE_TRY(const auto open, open_queue(context));
  std::vector<NewJob> jobs;
  std::vector<ShotId> shots;
  const auto made = [&]() -> Result<std::vector<Job>> {
    for (const auto& [request, plan] : plans) {
      FANTASCOPE_TRY(std::vector<NewJob> more, make_jobs(studio, request, plan));
      const std::size_t first = jobs.size();
      std::move(more.begin(), more.end(), std::back_inserter(jobs));
      FANTASCOPE_TRY(const std::optional<ShotId> shot, place_jobs(open->database, request, plan, std::span(jobs).subspan(first)));
      if (shot) shots.push_back(*shot);
    }
    return open->queue.accept(jobs);
  }();
  if (!made) {
    for (const NewJob& job : jobs) remove_work(studio, job.job_id);
    for (const ShotId& shot : shots) (void)ShotStore(open->database).remove(shot);
    return made.error();
  }
  return to_entries(*made);
}

Result<std::vector<QueueEntry>> queue_list(OperationContext& context, QueueFilter filter) {
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return std::vector<QueueEntry>{};
  JobStore store(*database);
  FANTASCOPE_TRY(const std::vector<Job> jobs, JobQueue(store, this_process()).list(std::nullopt, kJobsMax));
  std::vector<QueueEntry> entries;
  for (const Job& job : jobs) {
    const bool over = job.state == JobState::kDone || job.state == JobState::kCanceled;
    if (!over || filter == QueueFilter::kAll) entries.push_back(to_entry(job));
  }
  return entries;
}

Result<QueueEntry> queue_find(OperationContext& context, const std::string& job) {
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return Error{ErrorCode::kNotFound, "the queue is empty", "job", job.substr(0, 40), "", ""};
  JobStore store(*database);
  FANTASCOPE_TRY(const Job found, JobQueue(store, this_process()).find_by_text(job));
  return to_entry(found);
}

Result<std::int64_t> queue_revision(OperationContext& context) {
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  return database == nullptr ? Result<std::int64_t>(std::int64_t{0}) : database->revision();
}

Result<QueueEntry> queue_pause(OperationContext& context, const std::string& job) { return change(context, job, &JobQueue::ask_pause); }
Result<QueueEntry> queue_cancel(OperationContext& context, const std::string& job) { return change(context, job, &JobQueue::ask_cancel); }
Result<QueueEntry> queue_retry(OperationContext& context, const std::string& job) { return change(context, job, &JobQueue::requeue); }

Result<QueueEntry> queue_resume(OperationContext& context, const std::string& job) {
  FANTASCOPE_TRY(const QueueEntry entry, queue_find(context, job));
  if (entry.state == JobState::kRunning && entry.pause_wanted) {
    FANTASCOPE_TRY(const auto open, open_queue(context));
    FANTASCOPE_TRY(Job running, open->queue.find_by_text(job));
    FANTASCOPE_TRY_VOID(open->store.set_wish(running.job_id, ""));
    return queue_find(context, job);
  }
  if (entry.state != JobState::kPaused) {
    return Error{ErrorCode::kInvalidArgument,
                 "this job is not paused",
                 entry.job_id,
                 std::string(job_state_name(entry.state)),
                 "a paused job",
                 entry.state == JobState::kFailed || entry.state == JobState::kParked ? "Use queue retry" : ""};
  }
  return change(context, job, &JobQueue::requeue);
}

Result<QueueRule> queue_pause_all(OperationContext& context) { return set_held(context, true); }

Result<QueueRule> queue_resume_all(OperationContext& context) {
  FANTASCOPE_TRY(const QueueRule rule, set_held(context, false));
  FANTASCOPE_TRY(const auto open, open_queue(context));
  FANTASCOPE_TRY(std::vector<Job> paused, open->queue.list(JobState::kPaused, kJobsMax));
  for (Job& job : paused) {
    const Result<void> moved = open->queue.requeue(job);
    if (!moved && moved.error().code != ErrorCode::kMismatch) return moved.error();
  }
  return rule;
}

Result<std::vector<QueueEntry>> queue_move(OperationContext& context, const std::string& job, QueuePlace place, const std::string& anchor) {
  {
    FANTASCOPE_TRY(const auto open, open_queue(context));
    FANTASCOPE_TRY(const Job moved, open->queue.find_by_text(job));
    const bool needs_anchor = place == QueuePlace::kBefore || place == QueuePlace::kAfter;
    FANTASCOPE_TRY(const Job other, needs_anchor ? open->queue.find_by_text(anchor) : Result<Job>(moved));
    if (needs_anchor && other.job_id == moved.job_id)
      return Error{ErrorCode::kInvalidArgument, "a job cannot be moved next to itself", "job", moved.job_id.text(), "another job", ""};
    FANTASCOPE_TRY_VOID(open->store.move(moved.job_id, [&](const std::vector<JobId>& others) -> Result<std::size_t> {
      if (place == QueuePlace::kTop) return std::size_t{0};
      if (place == QueuePlace::kBottom) return others.size();
      const auto found = std::find(others.begin(), others.end(), other.job_id);
      if (found == others.end())
        return Error{ErrorCode::kInvalidArgument,
                     "the other job is over and has no place in the queue",
                     "anchor",
                     other.job_id.text(),
                     "an open job",
                     ""};
      return static_cast<std::size_t>(found - others.begin()) + (place == QueuePlace::kAfter ? 1 : 0);
    }));
  }
  return queue_list(context);
}

Result<QueueEntry> queue_duplicate(OperationContext& context, const std::string& job, DuplicateSeed seed) {
  FANTASCOPE_TRY(const auto open, open_queue(context));
  FANTASCOPE_TRY(const Job original, open->queue.find_by_text(job));
  FANTASCOPE_TRY(JobOrder order, order_from_text(original.recipe, "job " + original.job_id.text()));
  if (original.kind != kGenerateJob) {
    return Error{ErrorCode::kInvalidArgument, "only jobs that make a take can be duplicated", "job", original.kind, kGenerateJob, ""};
  }
  FANTASCOPE_TRY_VOID(require_order_model(context.studio, order));
  if (seed == DuplicateSeed::kNew) order.recipe.seed = random_seed();
  order.out.clear();  // the copy belongs to the first
  FANTASCOPE_TRY(const std::vector<NewJob> jobs, make_duplicate(context.studio, original, order));
  FANTASCOPE_TRY_VOID(ShotStore(open->database).attach_beside(original.job_id, jobs.front().job_id));
  FANTASCOPE_TRY(const std::vector<Job> accepted, accept_jobs(context.studio, open->queue, jobs, AcceptFor::kAnyone));
  return to_entry(accepted.front());
}

Result<int> queue_clear(OperationContext& context) {
  FANTASCOPE_TRY(const auto open, open_queue(context));
  const std::string over[] = {std::string(job_state_name(JobState::kDone)), std::string(job_state_name(JobState::kCanceled))};
  return open->store.remove(over);
}

Result<QueueRule> queue_rule(OperationContext& context) {
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return QueueRule{};
  FANTASCOPE_TRY(const QueueRuleRow row, JobStore(*database).rule());
  return to_rule(row);
}

Result<QueueRule> queue_set_rule(OperationContext& context, const QueueRule& rule) {
  const auto bad_minute = [](int minute) { return minute < -1 || minute > 1439; };
  if (bad_minute(rule.from_minute) || bad_minute(rule.until_minute) || (rule.from_minute < 0) != (rule.until_minute < 0)) {
    return Error{ErrorCode::kInvalidArgument,
                 "the hours need a beginning and an end",
                 "from, until",
                 std::to_string(rule.from_minute) + ", " + std::to_string(rule.until_minute),
                 "minutes of the day, 0 to 1439, or both -1",
                 ""};
  }
  FANTASCOPE_TRY(const auto open, open_queue(context));
  FANTASCOPE_TRY_VOID(open->store.set_rule({rule.held, rule.from_minute, rule.until_minute, rule.load_max < 0 ? -1 : rule.load_max}));
  return queue_rule(context);
}

}  // namespace fantascope
