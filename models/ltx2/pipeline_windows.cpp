#include "models/ltx2/pipeline_windows.h"

#include <algorithm>
#include <cmath>

namespace fantascope::models::ltx2 {
namespace {

Error refused(const char* field, const std::string& message, const std::string& found, const std::string& allowed,
              const std::string& hint) {
  return {ErrorCode::kInvalidArgument, message, field, found, allowed, hint};
}

std::string shown(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

std::int64_t audio_frames_of(const ModelSettings& settings, const GenerationRequest& request, std::int64_t latent_frames) {
  GenerationRequest part = request;
  part.num_frames = static_cast<int>((latent_frames - 1) * settings.video_vae.scale_factors.time + 1);
  return latent_frames > 0 ? clip_shape(settings, part).audio_frames : 0;
}

std::int64_t window_limit(const ModelSettings& settings, const GenerationRequest& request) {
  const std::int64_t frames = request.windows.num_frames;
  return frames > 0 ? (frames - 1) / settings.video_vae.scale_factors.time + 1 : std::int64_t{1} << 40;
}

/// The retaken frames with as much of the clip around them as can be sampled with them, half of it on either side where there is a choice.
Window retake_window(const ModelSettings& settings, const GenerationRequest& request, const ClipShape& whole) {
  const std::int64_t limit = window_limit(settings, request);
  Window window;
  window.first_frame = request.parent.retake_latent_frame;
  window.new_frames = request.parent.retake_latent_frames;
  window.rest_frames = whole.frames - window.first_frame - window.new_frames;
  if (whole.frames <= limit) {
    window.kept_frames = window.first_frame;
    window.after_frames = window.rest_frames;
  } else {
    const std::int64_t anchor = window.first_frame > 0 ? 1 : 0, room = limit - window.new_frames - anchor;
    window.kept_frames = std::min(window.first_frame, std::max((room + 1) / 2, room - window.rest_frames));
    window.after_frames = std::min(window.rest_frames, room - window.kept_frames);
    window.anchor_frames = window.kept_frames < window.first_frame ? 1 : 0;
  }
  window.shape = whole;
  window.shape.frames = window.given_frames() + window.new_frames + window.after_frames;
  const std::int64_t from = audio_frames_of(settings, request, window.first_frame);
  const std::int64_t to = audio_frames_of(settings, request, window.first_frame + window.new_frames);
  const std::int64_t end = audio_frames_of(settings, request, window.first_frame + window.new_frames + window.after_frames);
  window.kept_audio = std::clamp<std::int64_t>(audio_frames_of(settings, request, window.shape.frames) - (end - from), 0, from);
  window.shape.audio_frames = window.kept_audio + end - from;
  if (request.parent.retake_keeps_sound) {
    window.first_audio = end;
    window.kept_audio = window.shape.audio_frames;
  } else {
    window.first_audio = from;
    window.new_audio = to - from;
    window.after_audio = end - to;
  }
  window.rest_audio = whole.audio_frames - window.first_audio - window.new_audio;
  return window;
}

Result<void> check_retake(const ModelSettings& settings, const GenerationRequest& request) {
  const ParentClip& parent = request.parent;
  const std::int64_t all = clip_shape(settings, request).frames, first = parent.retake_latent_frame, count = parent.retake_latent_frames;
  if (count < 0 || first < 0 || first + count > all)
    return refused("retake_latent_frames", "The clip has no such latent frames",
                   std::to_string(first) + " to " + std::to_string(first + count - 1), "0 to " + std::to_string(all - 1), "");
  if (count == 0) return {};
  if (parent.kept_latent_frames > 0)
    return refused("kept_latent_frames", "A clip is extended or retaken, not both", std::to_string(parent.kept_latent_frames), "0", "");
  if (!parent.latents)
    return refused("retake_latent_frames", "There is no clip to retake frames of", std::to_string(count), "0", "Name the take.");
  if (count == all)
    return refused("retake_latent_frames", "A retake leaves something as it was; these are all frames of the clip", std::to_string(count),
                   "1 to " + std::to_string(all - 1), "To make all of it anew, remix the take.");
  if (request.first_image || request.last_image || !request.conditions.empty())
    return refused("conditions", "A retake is given the frames around it and no others", "an image", "none", "Leave the image out.");
  const std::int64_t limit = window_limit(settings, request);
  // Beside the new frames: the anchor, and one that it was made of. At the clip's beginning: one behind them.
  const std::int64_t around = first > 0 ? 2 : 1;
  if (all > limit && count > limit - around)
    return refused("retake_latent_frames", "So many frames cannot be retaken at once", std::to_string(count),
                   "at most " + std::to_string(std::max<std::int64_t>(limit - around, 0)), "Retake a shorter range.");
  return {};
}

}  // namespace

std::size_t ClipPlan::window_index(int step) const {
  return std::min(static_cast<std::size_t>(step / steps_per_window), windows.size() - 1);
}

std::int64_t ClipPlan::frames_at(int step) const {
  const Window& window = windows[window_index(step)];
  return window.first_frame + (starts_window(step) ? 0 : window.new_frames + window.rest_frames);
}

std::int64_t ClipPlan::audio_at(int step) const {
  const Window& window = windows[window_index(step)];
  return window.first_audio + (starts_window(step) ? 0 : window.new_audio + window.rest_audio);
}

bool extends_parent(const GenerationRequest& request) { return request.parent.latents && request.parent.kept_latent_frames > 0; }
bool retakes_parent(const GenerationRequest& request) { return request.parent.latents && request.parent.retake_latent_frames > 0; }
bool remixes_parent(const GenerationRequest& request) {
  return request.parent.latents && request.parent.kept_latent_frames == 0 && request.parent.retake_latent_frames == 0;
}

ClipPlan make_clip_plan(const ModelSettings& settings, const GenerationRequest& request, std::int64_t parent_frames) {
  const ClipShape whole = clip_shape(settings, request);
  const std::int64_t limit = window_limit(settings, request);
  ClipPlan plan;
  plan.steps_per_window = make_schedule(settings, request).num_steps();
  if (remixes_parent(request)) {
    const int run = std::max(1, static_cast<int>(std::lround(request.parent.remix_strength * plan.steps_per_window)));
    plan.first_step = plan.steps_per_window - run;
    plan.steps_per_window = run;
  }
  if (retakes_parent(request)) {
    plan.windows.push_back(retake_window(settings, request, whole));
    return plan;
  }
  for (std::int64_t done = parent_frames; done < whole.frames;) {
    const std::int64_t wanted = done == parent_frames ? request.parent.kept_latent_frames : request.windows.kept_latent_frames;
    Window window;
    window.kept_frames = std::min(done, wanted);
    window.anchor_frames = window.kept_frames < done ? 1 : 0;
    window.new_frames = std::min(whole.frames - done, limit - window.given_frames());
    window.first_frame = done;
    window.first_audio = audio_frames_of(settings, request, done);
    window.new_audio = audio_frames_of(settings, request, done + window.new_frames) - window.first_audio;
    window.shape = whole;
    window.shape.frames = window.given_frames() + window.new_frames;
    // The sound that belongs to the given frames; rounding is settled by the whole clip, so that picture and sound never drift apart.
    window.kept_audio =
        std::clamp<std::int64_t>(audio_frames_of(settings, request, window.shape.frames) - window.new_audio, 0, window.first_audio);
    window.shape.audio_frames = window.kept_audio + window.new_audio;
    done += window.new_frames;
    plan.windows.push_back(window);
  }
  return plan;
}

Result<void> check_windows(const ModelSettings& settings, const GenerationRequest& request) {
  const int time = static_cast<int>(settings.video_vae.scale_factors.time);
  const ParentClip& parent = request.parent;
  const SamplingWindows& windows = request.windows;
  if (!(parent.remix_strength > 0 && parent.remix_strength <= 1))
    return refused("remix_strength", "The share of the schedule to run again is out of range", std::to_string(parent.remix_strength),
                   "above 0, at most 1", "");
  if (parent.kept_latent_frames < 0)
    return refused("kept_latent_frames", "The number of kept frames is negative", std::to_string(parent.kept_latent_frames), "0 or more",
                   "");
  if (parent.kept_latent_frames > 0 && !parent.latents)
    return refused("kept_latent_frames", "There is no clip to keep frames of", std::to_string(parent.kept_latent_frames), "0",
                   "Name the take to extend.");
  if (windows.num_frames < 0 || (windows.num_frames > 0 && (windows.num_frames - 1) % time != 0))
    return refused("window_frames", "The model cannot sample this many frames at once", std::to_string(windows.num_frames),
                   "a multiple of " + std::to_string(time) + ", plus 1; 0 for the whole clip", "");
  FANTASCOPE_TRY_VOID(check_retake(settings, request));
  const bool several = windows.num_frames > 0 && windows.num_frames < request.num_frames && !retakes_parent(request);
  if (several && windows.kept_latent_frames < 1)
    return refused("window_kept_latent_frames", "A window must keep something of the one before",
                   std::to_string(windows.kept_latent_frames), "1 or more", "");
  // Anchor, kept, and one that is new.
  const int kept = std::max(several ? windows.kept_latent_frames : 0, extends_parent(request) ? parent.kept_latent_frames : 0);
  const int smallest = (kept + 1) * time + 1;
  if (windows.num_frames > 0 && kept > 0 && windows.num_frames < smallest)
    return refused("window_frames", "The window has no room for new frames", std::to_string(windows.num_frames),
                   std::to_string(smallest) + " or more for " + std::to_string(kept) + " kept latent frames",
                   "Keep fewer, or sample more at once.");
  return {};
}

Result<void> check_parent(const ModelSettings& settings, const GenerationRequest& request, const ParentShape& parent) {
  const ClipShape whole = clip_shape(settings, request);
  const std::vector<std::int64_t>& video = parent.video_BCFHW;
  const std::int64_t time = settings.video_vae.scale_factors.time;
  const auto misfit = [](const char* what, const std::string& found, const std::string& allowed, const std::string& hint) {
    return Error{ErrorCode::kMismatch, std::string("The take to start from has another ") + what, "parent", found, allowed, hint};
  };
  if (video.size() != 5 || video[0] != 1 || video[1] != settings.transformer.in_channels || parent.audio_BCLM.size() != 4 ||
      parent.audio_BCLM[0] != 1 || parent.audio_BCLM[1] != settings.audio.channels || parent.audio_BCLM[3] != settings.audio.num_bins) {
    return misfit("kind of latents than this model", shown(video), std::to_string(settings.transformer.in_channels) + " channels",
                  "Use the model that made the take.");
  }
  if (video[3] != whole.height || video[4] != whole.width) {
    const auto& factors = settings.video_vae.scale_factors;
    return misfit("size", std::to_string(video[4] * factors.width) + "x" + std::to_string(video[3] * factors.height),
                  std::to_string(request.width) + "x" + std::to_string(request.height), "Ask for the size of the take.");
  }
  const std::int64_t frames = video[2];
  if (parent.audio_BCLM[2] != audio_frames_of(settings, request, frames))
    return misfit("frame rate", std::to_string(parent.audio_BCLM[2]) + " audio latents",
                  std::to_string(audio_frames_of(settings, request, frames)) + " at " + request.fps.to_string() + " fps",
                  "Ask for the frame rate of the take.");
  if (!extends_parent(request) && frames != whole.frames)
    return misfit("length", std::to_string((frames - 1) * time + 1) + " frames", std::to_string(request.num_frames),
                  "A remix or a retake is as long as its take.");
  if (extends_parent(request) && request.parent.kept_latent_frames > frames)
    return refused("kept_latent_frames", "The take has fewer latent frames than are to be kept",
                   std::to_string(request.parent.kept_latent_frames), "at most " + std::to_string(frames), "Keep fewer.");
  if (extends_parent(request) && whole.frames <= frames)
    return refused("num_frames", "The extended clip is not longer than the take", std::to_string(request.num_frames),
                   std::to_string(frames * time + 1) + " or more", "Ask for more seconds.");
  return {};
}

std::uint64_t window_seed(std::uint64_t seed, std::size_t window) {
  if (window == 0) return seed;
  std::uint64_t value = seed + 0x9e3779b97f4a7c15ULL * static_cast<std::uint64_t>(window);  // splitmix64
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace fantascope::models::ltx2
