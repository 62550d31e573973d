#include "app/operations/internal/phase_timing.h"

#include <algorithm>
#include <array>

namespace fantascope {

const char* timing_name(JobPhase phase) {
  constexpr std::array<const char*, kJobPhases.size()> kNames = {"load", "text", "denoise", "decode", "audio",
                                                                 "mux",  "sign", "verify",  "publish"};
  return kNames[static_cast<std::size_t>(phase)];
}

double phase_units(JobPhase phase, const Recipe& recipe, const SamplingWork& work) {
  const double pixels = static_cast<double>(recipe.width) * recipe.height * recipe.frames;
  switch (phase) {
    case JobPhase::kDenoise:
      return static_cast<double>(recipe.width) * recipe.height * work.frame_steps();
    case JobPhase::kDecode:
    case JobPhase::kMux:
    case JobPhase::kSign:
    case JobPhase::kVerify:
      return pixels;
    case JobPhase::kAudio:
      return recipe.frames / recipe.fps.value();
    default:
      return 1;
  }
}

TimingKey timing_key(JobPhase phase, const Recipe& recipe) {
  std::string name = timing_name(phase);
  // Guidance runs the network more than once a step.
  const auto guided = [](const RecipeGuidance& g) { return (g.guidance_scale != 1.0) + (g.stg_scale != 0.0) + (g.modality_scale != 1.0); };
  if (phase == JobPhase::kDenoise) name += std::to_string(1 + std::max(guided(recipe.guidance), guided(recipe.audio_guidance)));
  return {recipe.model, recipe.device + "/" + recipe.device_name + "/" + std::to_string(recipe.num_threads), recipe.dtype, name};
}

Result<std::vector<PhaseEstimate>> estimate_phases(const TimingStore& store, const Recipe& recipe, const SamplingWork& work) {
  std::vector<PhaseEstimate> estimates;
  for (const JobPhase phase : kJobPhases) {
    const TimingKey key = timing_key(phase, recipe);
    const double units = phase_units(phase, recipe, work);
    FANTASCOPE_TRY(auto time, store.estimate(key, units));
    if (phase == JobPhase::kDenoise && time && !time->same_size) {
      const double whole = static_cast<double>(recipe.width) * recipe.height * static_cast<double>(work.window_frames) * recipe.steps;
      FANTASCOPE_TRY(auto like_it, store.estimate(key, whole));
      if (like_it && like_it->same_size) {
        for (double* seconds : {&like_it->seconds, &like_it->seconds_min, &like_it->seconds_max}) *seconds *= units / whole;
        time = like_it;
      }
    }
    estimates.push_back({phase, time});
  }
  return estimates;
}

JobClock::JobClock(ProgressSink sink, std::vector<PhaseEstimate> estimates, int take, int num_takes)
    : sink_(std::move(sink)), estimates_(std::move(estimates)), take_(take), num_takes_(num_takes) {}

void JobClock::enter(JobPhase phase, int num_steps, int first_step) {
  phase_ = phase;
  num_steps_ = num_steps;
  first_step_ = step_ = first_step;
  fraction_ = -1;
  phase_start_ = Clock::now();
  report();
}

void JobClock::step(int step) {
  step_ = step;
  report();
}

void JobClock::fraction(double fraction) {
  fraction_ = std::clamp(fraction, 0.0, 1.0);
  report();
}

double JobClock::leave() {
  const double seconds = phase_elapsed_s();
  seconds_[timing_name(phase_)] += seconds;
  return seconds;
}

double JobClock::elapsed_s() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
double JobClock::phase_elapsed_s() const { return std::chrono::duration<double>(Clock::now() - phase_start_).count(); }

std::map<std::string, double> JobClock::timings() const {
  std::map<std::string, double> all = seconds_;
  for (const JobPhase phase : kJobPhases) all.try_emplace(timing_name(phase), 0.0);
  all["total"] = elapsed_s();
  return all;
}

void JobClock::report() {
  if (!sink_) return;
  Progress progress;
  progress.phase = job_phase_name(phase_);
  progress.step = step_;
  progress.num_steps = num_steps_;
  progress.fraction = num_steps_ > 0 ? static_cast<double>(step_) / num_steps_ : fraction_;
  progress.elapsed_s = elapsed_s();
  progress.peak_memory_bytes = peak_memory();
  progress.take = take_;
  progress.num_takes = num_takes_;
  double remaining = 0;
  bool partial = false;
  bool known = false;
  for (const PhaseEstimate& estimate : estimates_) {
    if (estimate.phase < phase_) continue;
    if (estimate.phase > phase_) {
      partial = partial || !estimate.time;
      remaining += estimate.time ? estimate.time->seconds : 0;
      known = known || estimate.time.has_value();
      continue;
    }
    const double spent = phase_elapsed_s();
    const int steps_done = step_ - first_step_;
    if (steps_done > 0) {
      remaining += spent / steps_done * (num_steps_ - step_);
      known = true;
    } else if (fraction_ > 0.05) {
      remaining += spent / fraction_ * (1 - fraction_);
      known = true;
    } else if (estimate.time) {
      remaining += std::max(0.0, estimate.time->seconds - spent);
      known = true;
    } else {
      partial = true;
    }
  }
  if (known) progress.remaining_s = remaining;
  progress.remaining_is_partial = partial;
  sink_(progress);
}

}  // namespace fantascope
