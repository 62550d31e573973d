#pragma once
/// How a clip is made of stretches that are sampled at once: one for most clips, one after the other where a clip continues another or is
/// longer than the model can hold. Arithmetic of latent frames only; the pipeline does the work.
///
/// A later window is given the last latent frames of what is there ("kept", clean, timestep 0, their bits untouched) and makes new ones.
/// The autoencoder is causal: its first latent frame stands for one video frame and all others for several, and the transformer was trained
/// so. A window therefore starts with an anchor: the one video frame before the kept ones, decoded and encoded again as a first frame. It
/// steers and is not part of the result. Where the kept frames reach back to the clip's own first latent frame, that one is the anchor.
///
/// A retake is one window that makes frames in the middle: it is given those before and those after, as far as the window reaches.
#include <cstdint>
#include <vector>

#include "models/ltx2/pipeline_settings.h"

namespace fantascope::models::ltx2 {

/// In latent frames of picture and sound.
struct Window {
  ClipShape shape;                 ///< what is sampled: anchor, kept, new
  std::int64_t anchor_frames = 0;  ///< 0 or 1
  std::int64_t kept_frames = 0, new_frames = 0;
  std::int64_t kept_audio = 0, new_audio = 0;
  std::int64_t after_frames = 0, after_audio = 0;  ///< retake: given behind the new ones
  std::int64_t first_frame = 0, first_audio = 0;   ///< where the new part begins in the whole clip
  std::int64_t rest_frames = 0, rest_audio = 0;    ///< retake: of the whole clip behind the new part, after_frames among them
  std::int64_t given_frames() const { return anchor_frames + kept_frames; }
};

struct ClipPlan {
  std::vector<Window> windows;  ///< never empty
  int first_step = 0;           ///< of the schedule: above 0 for a remix
  int steps_per_window = 1;

  int num_steps() const { return steps_per_window * static_cast<int>(windows.size()); }
  std::size_t window_index(int step) const;  ///< of the window that `step` belongs to; the last one after the end
  bool starts_window(int step) const { return step > 0 && step < num_steps() && step % steps_per_window == 0; }
  /// Latent frames that a state after `step` steps holds. Between two windows the next one has not begun.
  std::int64_t frames_at(int step) const;
  std::int64_t audio_at(int step) const;
};

/// `parent_frames`: latent frames of the clip that is continued; 0: none. The request must be valid and fit the parent.
ClipPlan make_clip_plan(const ModelSettings& settings, const GenerationRequest& request, std::int64_t parent_frames);

/// Whether the request continues its parent, samples part of the way again, or makes some of its frames anew.
bool extends_parent(const GenerationRequest& request);
bool remixes_parent(const GenerationRequest& request);
bool retakes_parent(const GenerationRequest& request);

/// Refuses what cannot be planned: windows that do not fit the grid or leave no room, a remix share outside (0, 1], a retake of frames that
/// are not there or of all of them.
Result<void> check_windows(const ModelSettings& settings, const GenerationRequest& request);
/// Refuses a parent that the request does not fit: of another size, frame rate or autoencoder, too short for the frames to keep.
struct ParentShape {
  std::vector<std::int64_t> video_BCFHW, audio_BCLM;
};
Result<void> check_parent(const ModelSettings& settings, const GenerationRequest& request, const ParentShape& parent);

/// Noise of the first window is the seed's own; later ones draw from a seed made of it and their number.
std::uint64_t window_seed(std::uint64_t seed, std::size_t window);

}  // namespace fantascope::models::ltx2
