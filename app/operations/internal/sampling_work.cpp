#include "app/operations/internal/sampling_work.h"

#include <algorithm>
#include <cmath>

namespace fantascope {
namespace {

/// Latent frames of each window, given ones and new ones, while `done` of `all` are there.
struct LatentWindows {
  int count = 0;
  std::int64_t largest = 0;
  std::int64_t frames = 0;  ///< of all of them, as frames of the picture
  void add(std::int64_t latent_frames, int multiple) {
    ++count;
    largest = std::max(largest, latent_frames);
    frames += (latent_frames - 1) * multiple + 1;
  }
};

/// Latent frames of the one window around a retaken range: the whole clip, or as much of it on both sides as there is room for.
std::int64_t around_range(const RecipeContinuation& range, std::int64_t all, std::int64_t limit) {
  if (all <= limit) return all;
  const std::int64_t before = range.first_latent_frame, fresh = range.num_latent_frames, rest = all - before - fresh;
  const std::int64_t room = limit - fresh - (before > 0 ? 1 : 0);
  const std::int64_t kept = std::min(before, std::max((room + 1) / 2, room - rest));
  return (kept < before ? 1 : 0) + kept + fresh + std::min(rest, room - kept);
}

LatentWindows windows_of(const Recipe& recipe, int multiple) {
  const auto latent = [multiple](std::int64_t frames) { return (frames - 1) / multiple + 1; };
  const std::int64_t all = latent(recipe.frames), limit = recipe.window_frames > 0 ? latent(recipe.window_frames) : all;
  LatentWindows windows;
  const bool extends = recipe.continuation && recipe.continuation->kind == "extend";
  if (recipe.continuation && recipe.continuation->kind == "retake") {
    windows.add(around_range(*recipe.continuation, all, limit), multiple);
    return windows;
  }
  std::int64_t done = extends ? latent(recipe.continuation->parent_frames) : 0;
  std::int64_t kept = extends ? recipe.continuation->kept_latent_frames : 0;
  while (done < all) {
    // What is kept of the frames before, and an anchor where there are others before those.
    const std::int64_t given = std::min(kept, done) + (kept < done ? 1 : 0);
    const std::int64_t fresh = std::max<std::int64_t>(1, std::min(all - done, (recipe.window_frames > 0 ? limit : all) - given));
    windows.add(given + fresh, multiple);
    done += fresh;
    kept = recipe.window_kept_latent_frames;
  }
  return windows;
}

}  // namespace

double SamplingWork::frame_steps() const {
  return all_steps() > 0 ? static_cast<double>(sampled_frames) * steps_per_window * num_steps() / all_steps() : 0;
}

SamplingWork sampling_work(const Recipe& recipe, int frames_multiple, int first_step) {
  const int multiple = std::max(1, frames_multiple);
  const LatentWindows windows = windows_of(recipe, multiple);
  SamplingWork work;
  work.num_windows = std::max(1, windows.count);
  work.window_frames = (windows.largest - 1) * multiple + 1;
  work.sampled_frames = windows.frames;
  const bool remix = recipe.continuation && recipe.continuation->kind == "remix";
  const int schedule = recipe.given_sigmas.empty() ? recipe.steps : static_cast<int>(recipe.given_sigmas.size());
  work.steps_per_window = remix ? std::max(1, static_cast<int>(std::lround(recipe.continuation->strength * schedule))) : schedule;
  work.end_step = recipe.sketch_steps > 0 ? std::min(recipe.sketch_steps, work.all_steps()) : work.all_steps();
  work.first_step = std::clamp(first_step, 0, work.end_step);
  return work;
}

}  // namespace fantascope
