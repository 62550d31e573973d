#pragma once
/// The one job state machine. Front ends translate these names at their edge and keep no enum of their own.
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace fantascope {

enum class JobState {
  kQueued,
  kRunning,
  kPaused,     // by the user, or because something must be put right first (a full disk); the reason is in the row
  kCanceling,  // asked to stop, still running
  kCanceled,
  kFailed,  // with code and message; can be retried
  kParked,  // the process died twice in one phase; only a person puts it back
  kDone,
};

/// What happens inside running; each leaves a durable artefact and is repeatable on its own.
enum class JobPhase { kPrepare, kEncodePrompt, kDenoise, kDecode, kAudio, kMux, kSign, kVerify, kPublish };

inline constexpr std::array kJobStates = {JobState::kQueued,   JobState::kRunning, JobState::kPaused, JobState::kCanceling,
                                          JobState::kCanceled, JobState::kFailed,  JobState::kParked, JobState::kDone};
inline constexpr std::array kJobPhases = {JobPhase::kPrepare, JobPhase::kEncodePrompt, JobPhase::kDenoise,
                                          JobPhase::kDecode,  JobPhase::kAudio,        JobPhase::kMux,
                                          JobPhase::kSign,    JobPhase::kVerify,       JobPhase::kPublish};

constexpr std::string_view job_state_name(JobState state) {
  constexpr std::array<std::string_view, kJobStates.size()> kNames = {"queued",   "running", "paused", "canceling",
                                                                      "canceled", "failed",  "parked", "done"};
  return kNames[static_cast<std::size_t>(state)];
}

constexpr std::string_view job_phase_name(JobPhase phase) {
  constexpr std::array<std::string_view, kJobPhases.size()> kNames = {"prepare", "encode_prompt", "denoise", "decode", "audio",
                                                                      "mux",     "sign",          "verify",  "publish"};
  return kNames[static_cast<std::size_t>(phase)];
}

constexpr std::optional<JobState> parse_job_state(std::string_view name) {
  for (const JobState state : kJobStates) {
    if (job_state_name(state) == name) return state;
  }
  return std::nullopt;
}

constexpr std::optional<JobPhase> parse_job_phase(std::string_view name) {
  for (const JobPhase phase : kJobPhases) {
    if (job_phase_name(phase) == name) return phase;
  }
  return std::nullopt;
}

/// True for the moves that exist. A state never moves to itself.
constexpr bool can_move(JobState from, JobState to) {
  using enum JobState;
  switch (from) {
    case kQueued:
      return to == kRunning || to == kPaused || to == kCanceled || to == kParked;
    case kRunning:
      return to == kQueued || to == kPaused || to == kCanceling || to == kFailed || to == kParked || to == kDone;
    case kPaused:
      return to == kQueued || to == kCanceled;
    case kCanceling:
      return to == kCanceled || to == kFailed || to == kDone;  // done: it was published before the wish was read
    case kFailed:
      return to == kQueued || to == kCanceled;
    case kParked:
      return to == kQueued || to == kCanceled;
    case kCanceled:
    case kDone:
      return false;
  }
  return false;
}

}  // namespace fantascope
