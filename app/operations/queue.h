#pragma once
/// The queue as every front end sees and changes it. What is added is durable when the call returns; it runs in whatever process has a
/// Worker (worker.h): the window, `fantascope worker`, or the `generate` that added it.
///
/// Threads: any. Two threads may call at once with contexts of the same Studio. Reads never wait for writes. A write waits for the
/// library's lock (a few milliseconds; at most 30 s if another program hangs while it writes), so a window calls the changing functions
/// from a thread that may wait. Other programs' changes are seen by polling queue_revision(), which costs microseconds.
///
/// Jobs are named by their id or its first characters (4 or more).
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/jobs/job_state.h"
#include "app/operations/generate.h"
#include "app/operations/operation.h"

namespace fantascope {

/// What can be shown of a job without opening its files.
struct QueueEntry {
  std::string job_id, take_id;
  std::string kind;  ///< "generate", "reproduce"
  JobState state = JobState::kQueued;
  JobPhase phase = JobPhase::kPrepare;
  int step = 0, num_steps = 0;  ///< of denoise
  std::int64_t position = 0;    ///< order in the queue; only the order means anything
  std::string prompt, model, size, fps;
  int frames = 0;
  std::uint64_t seed = 0;
  double duration_s = 0;
  int steps = 0;  ///< of the whole schedule
  double guidance = 0;
  std::string negative, dtype;
  std::string parent_take, relation;      ///< what it goes on from; empty: nothing
  std::string reason;                     ///< why it is paused or parked
  std::string error_code, error_message;  ///< of failed
  int crashes = 0;                        ///< of the program in this phase
  bool pause_wanted = false;              ///< still running, pauses at the next step boundary
  bool runs_here = false;                 ///< in this process
  bool is_stalled = false;                ///< running, but without a step (or without any sign of life) for far longer than usual
  double silent_s = 0;                    ///< of running jobs: since the last step or other progress
  std::string wait_folder;                ///< of a job that waits for disk space: where, and how much it needs
  std::uint64_t wait_bytes = 0;
  std::int64_t created_ms = 0, changed_ms = 0;  ///< since 1970, for display

  bool is_over() const { return state == JobState::kDone || state == JobState::kCanceled; }
  nlohmann::json to_json() const;
};

/// Which jobs may start. Jobs that the user starts by hand (`generate`) do not ask.
struct QueueRule {
  bool held = false;                        ///< pause_all: nothing starts, what runs goes back to queued at its next step boundary
  int from_minute = -1, until_minute = -1;  ///< of the local day, [from, until), over midnight if from > until; -1: at any time
  double load_max = -1;  ///< one-minute load average without this program's own threads up to which jobs start; -1: whatever it is

  bool operator==(const QueueRule&) const = default;
  nlohmann::json to_json() const;
};
/// "22:00" → 1320; kInvalidArgument otherwise.
Result<int> parse_minute(const std::string& text, const std::string& field);
std::string minute_text(int minute);

/// One job a take, seeds counting up. Refuses what `generate` refuses, before anything is stored.
Result<std::vector<QueueEntry>> queue_add(OperationContext& context, const GenerateRequest& request);

/// One job a line (and take). *.csv: a header row with names of generate's parameters, prompt among them, then one row a clip; any other
/// file: one prompt a line, empty lines and lines that begin with # are skipped. `common` gives what the file does not. All lines are
/// checked before the first is accepted, and either all or none become jobs; the error names the lines.
Result<std::vector<QueueEntry>> queue_add_batch(OperationContext& context, const std::string& path, const GenerateRequest& common);

enum class QueueFilter { kOpen, kAll };  ///< kOpen: without done and canceled ones
/// In queue order.
Result<std::vector<QueueEntry>> queue_list(OperationContext& context, QueueFilter filter = QueueFilter::kOpen);
Result<QueueEntry> queue_find(OperationContext& context, const std::string& job);
/// A number that changes whenever anything in the library changed, by whatever program; 0 while there is no library.
Result<std::int64_t> queue_revision(OperationContext& context);

/// A queued job is paused at once, a running one at its next step boundary (its entry says pause_wanted until then).
Result<QueueEntry> queue_pause(OperationContext& context, const std::string& job);
/// paused → queued.
Result<QueueEntry> queue_resume(OperationContext& context, const std::string& job);
/// A waiting job is canceled at once; a running one is `canceling` until its program has stopped within a step.
Result<QueueEntry> queue_cancel(OperationContext& context, const std::string& job);
/// failed, parked or paused → queued; what it had sampled is used again.
Result<QueueEntry> queue_retry(OperationContext& context, const std::string& job);
/// Holds the queue, durably: also after a restart nothing starts before queue_resume_all.
Result<QueueRule> queue_pause_all(OperationContext& context);
/// Lets the queue go on, and puts every paused job back into it.
Result<QueueRule> queue_resume_all(OperationContext& context);

enum class QueuePlace { kTop, kBottom, kBefore, kAfter };
/// `anchor` is the other job for kBefore and kAfter. Gives back the open jobs in their new order.
Result<std::vector<QueueEntry>> queue_move(OperationContext& context, const std::string& job, QueuePlace place,
                                           const std::string& anchor = {});

enum class DuplicateSeed { kSame, kNew };
/// The same order once more, as a new job at the end.
Result<QueueEntry> queue_duplicate(OperationContext& context, const std::string& job, DuplicateSeed seed);
/// Forgets jobs that are done or canceled (their takes stay); gives back how many.
Result<int> queue_clear(OperationContext& context);

Result<QueueRule> queue_rule(OperationContext& context);
Result<QueueRule> queue_set_rule(OperationContext& context, const QueueRule& rule);

}  // namespace fantascope
