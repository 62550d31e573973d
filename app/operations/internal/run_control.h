#pragma once
/// How a running job is asked to stop: by its own program, by another one (through the worker's watching thread), by the user. Any thread
/// may ask; the thread that runs the job reads. Sampling stops at step boundaries, where its state can be kept: so a pause or release
/// only reaches the engine's stop token outside of sampling, a cancellation at once.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>

namespace fantascope {

class RunControl {
 public:
  /// Stronger asks win over weaker ones, the first of equals stays.
  enum class Ask { kNothing, kRelease, kPause, kCancel };

  void ask(Ask what, const std::string& reason) {
    const std::lock_guard guard(mutex_);
    if (what <= asked_) return;
    asked_ = what;
    reason_ = reason;
    if (what == Ask::kCancel || !at_steps_) stop_.request_stop();
  }
  Ask asked() const {
    const std::lock_guard guard(mutex_);
    return asked_;
  }
  std::string reason() const {
    const std::lock_guard guard(mutex_);
    return reason_;
  }
  /// Between begin and end, only steps are places to stop at.
  void begin_steps() { set_at_steps(true); }
  void end_steps() { set_at_steps(false); }
  std::stop_token token() const { return stop_.get_token(); }

  /// The work came forward (a step, a tile, a phase).
  void mark_progress(std::int64_t now_ms) { progress_ms_ = now_ms; }
  std::int64_t progress_ms() const { return progress_ms_; }
  /// How long a step of this run takes; 0 until two of them are known.
  void set_usual_step(std::int64_t step_ms) { usual_step_ms_ = step_ms; }
  std::int64_t usual_step_ms() const { return usual_step_ms_; }

 private:
  void set_at_steps(bool at_steps) {
    const std::lock_guard guard(mutex_);
    at_steps_ = at_steps;
    if (!at_steps && asked_ != Ask::kNothing) stop_.request_stop();
  }
  mutable std::mutex mutex_;
  Ask asked_ = Ask::kNothing;
  bool at_steps_ = false;
  std::string reason_;
  std::stop_source stop_;
  std::atomic<std::int64_t> progress_ms_ = 0, usual_step_ms_ = 0;
};

}  // namespace fantascope
