#pragma once
/// Runs queued jobs, one after another, in the process that has it: the window, `fantascope worker`, `generate`, tests. One state
/// machine, many doors; front ends keep none of their own.
///
/// Threads: run() and run_jobs() work on the thread that calls them (a window gives the worker a thread of its own) and call the
/// listener there. One more thread, which lives as long as the call, reads other programs' wishes (pause, cancel, hold, hours) twice a
/// second, gives signs of life every few seconds, and notices a step that hangs; WorkerListener::job_stalled is called on it, and it is
/// never called at the same time as another function of the listener. request_pause, request_cancel and wake may be called from any
/// thread, also from the listener.
///
/// Ownership: a running job's row names the process that runs it. A process that ended, however it ended, loses its jobs to the next
/// worker that looks; one that only hangs keeps them (two processes in one job's folder would be worse) and is reported. Where the owner
/// cannot be looked up (another container on one library), a minute without a sign of life counts as the end.
///
/// Memory: a model stays loaded between jobs of the same model. Pausing or releasing a job gives it back, as do two idle minutes.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/operations/generate.h"
#include "app/operations/progress.h"
#include "app/operations/queue.h"
#include "app/operations/studio.h"
#include "engine/base/clip.h"
#include "engine/base/result.h"

namespace fantascope {

/// What a worker tells while it works. Every function may be left out. Keep them short: sampling waits for them.
class WorkerListener {
 public:
  virtual ~WorkerListener() = default;
  /// The job moved to another state (queued again, running, paused, done, …), durable already.
  virtual void job_changed(const QueueEntry& /*job*/) {}
  /// Phase, step, remaining time. A Progress with a note is a line to show once.
  virtual void job_progress(const std::string& /*job_id*/, const Progress& /*progress*/) {}
  /// A live picture after `step`: small frames, linear copies the receiver may keep. At most WorkerOptions::previews_per_second, and
  /// never more than one percent of the sampling time: slow previews come less often.
  virtual void job_preview(const std::string& /*job_id*/, int /*step*/, const VideoFrames& /*frames*/) {}
  virtual void take_made(const GeneratedTake& /*take*/) {}
  /// No step for far longer than usual. Called once per silence, on the watching thread.
  virtual void job_stalled(const std::string& /*job_id*/, double /*silent_s*/, double /*usual_s*/) {}
  /// Jobs wait, but none may start now, and why (held, hours, a busy machine); an empty reason: nothing waits, or work goes on.
  virtual void waiting(const std::string& /*reason*/) {}
};

struct WorkerOptions {
  WorkerListener* listener = nullptr;  ///< borrowed; may be null
  double previews_per_second = 4;      ///< 0: none
  double stall_factor = 3;             ///< a step that takes so many times the usual one …
  double stall_after_s = 120;          ///< … and at least so long is said to hang
  double poll_s = 0.5;                 ///< how often the queue and other programs' wishes are looked at
  double heartbeat_s = 5;
  double disk_retry_s = 1;               ///< the pause between tries to write on after a full or failing disk; the first few are shorter
  double idle_release_s = 120;           ///< the model is given back after so long without a job
  std::function<int()> minute_of_day;    ///< local time, for the rule's hours; empty: the system's
  std::function<double()> load_average;  ///< of the last minute; empty: the system's
};

/// What a call of run did.
struct WorkerSummary {
  std::vector<QueueEntry> done, failed, paused;
  std::string waiting;  ///< why queued jobs were left: the rule; empty if none were
};

enum class WorkUntil {
  kIdle,     // nothing is left that may run now
  kStopped,  // for ever, until the stop token says so
};

class Worker {
 public:
  explicit Worker(Studio& studio, WorkerOptions options = {});  // studio is borrowed
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Runs queued jobs in queue order; a job that fails, pauses or is canceled does not stop the others. When `stop` is requested the
  /// running job goes back to queued at its next step boundary (with a checkpoint; a decode is broken off and done again later) and this
  /// returns what was done. An error means that the queue itself cannot be read or written.
  Result<WorkerSummary> run(std::stop_token stop, WorkUntil until);

  /// Runs exactly these jobs, in this order and whatever the rule says; they were accepted for this process, so that no
  /// other worker took them meanwhile.
  /// A stop request cancels them. Ends with the first one that does not get done, with its error; the others are canceled.
  Result<std::vector<GeneratedTake>> run_jobs(std::stop_token stop, const std::vector<std::string>& job_ids);

  /// For the job that runs here; false if it does not. Faster than queue_pause and queue_cancel, which reach any process.
  bool request_pause(const std::string& job_id);
  bool request_cancel(const std::string& job_id);
  /// Looks at the queue now instead of at the next poll.
  void wake();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fantascope
