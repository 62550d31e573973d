#pragma once
/// What goes into a generation and what comes out, in plain types: no tensor library, so that app/ can use it.
/// Units: pixels, frames, seconds. Optional fields that are empty take the model's own default (ModelInfo::defaults).
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/clip.h"
#include "engine/base/rational.h"
#include "engine/base/result.h"

namespace fantascope {

/// Guidance of one modality; see models/<family>/README.md for the formula. Neutral values switch a term off.
struct GuidanceSettings {
  double guidance_scale = 1.0;  ///< classifier-free; 1 is off
  double stg_scale = 0.0;       ///< spatio-temporal (perturbed attention); 0 is off
  double modality_scale = 1.0;  ///< cross-modal; 1 is off
  double rescale = 0.0;         ///< 0 is off, at most 1
};

enum class DType { kFloat32, kBFloat16 };

class PhaseState;

/// A clip made from another one's finished latents, never from its pixels. The parent's latents must come from the same autoencoders.
struct ParentClip {
  std::shared_ptr<const PhaseState> latents;  ///< as denoise() left them (or load_state read them); null: no parent
  /// Extend, if above 0: the clip is the parent's with new frames after it (num_frames counts both), and so many of the parent's last
  /// latent frames are given to the new ones, clean, with the sound of that time. The parent's part of the result keeps its bits.
  int kept_latent_frames = 0;
  /// Remix, if neither is above 0: the share of the schedule that is run again, in (0, 1]. The parent's latents (same size and length)
  /// are noised to the sigma where that share begins. 1: from the schedule's first sigma.
  double remix_strength = 1.0;
  /// Retake, if above 0 (kept_latent_frames is then 0): so many latent frames from retake_latent_frame on are made anew. All others and the
  /// sound of their time are given clean and keep their bits. The clip is as long as its parent.
  int retake_latent_frames = 0, retake_latent_frame = 0;
  bool retake_keeps_sound = false;  ///< the parent's sound is given whole, that of the retaken frames too
};

/// Clips that are longer than what a model can sample at once are made in windows that overlap, one after the other.
struct SamplingWindows {
  int num_frames = 0;          ///< largest number of frames that is sampled at once; 0: the whole clip
  int kept_latent_frames = 1;  ///< of the window before, given clean to the next one (the first after a parent keeps ParentClip's)
};

/// Frames of the clip that are given, wholly or in part; the model makes the rest to fit. How it takes them is the model's matter.
struct FrameCondition {
  std::vector<RgbImage> pictures;             ///< one, or frames_multiple * k + 1 that follow each other, already at width x height
  std::shared_ptr<const PhaseState> latents;  ///< instead: the latents of a whole clip of the same size, as denoise() left them
  int latent_frame = 0;                       ///< where they begin: 0 is the first one (one video frame), -1 the last one
  double strength = 1.0;                      ///< above 0; 1: exactly these frames
};

/// Two stages: sampled at half the width and height, enlarged by the model's own upsampler, and sampled again at the full size from part of
/// the way down. For models that have an upsampler (ModelInfo::two_stages); not with a parent or windows.
struct TwoStages {
  bool on = false;
  std::vector<double> refine_sigmas;  ///< of the second stage, without the final 0, taken as they are; empty: the model's own
};

struct GenerationRequest {
  std::string prompt;
  std::optional<std::string> negative_prompt;
  int width = 0, height = 0, num_frames = 0;
  Rational fps;
  int num_inference_steps = 0;
  std::vector<double> sigmas;  ///< given sigmas without the final 0; empty: the scheduler makes them
  GuidanceSettings guidance, audio_guidance;
  std::uint64_t seed = 0;
  std::optional<RgbImage> first_image, last_image;  ///< already at width x height
  std::vector<FrameCondition> conditions;           ///< beside those two
  ParentClip parent;
  SamplingWindows windows;
  TwoStages two_stages;
};

/// One word of a prompt that the model was never shown, for models with a closed vocabulary.
struct PromptWarning {
  std::string word;
  std::string message;
};

/// How a request will be sampled, for the recipe: names of the scheduler and sampler classes, and sigmas with the final 0.
struct SamplingPlan {
  std::string scheduler, sampler;
  std::vector<double> sigmas;  ///< of one window, as sampled: a remix begins further down
  int num_steps = 0;           ///< of the whole run, over all windows; 0: as many as sigmas say
};

/// Tensors of a generation between two phases (prompt_embeds, latents with their step). Opaque outside the engine; can be stored
/// and read back exactly, which is how a job survives a crash. Files are safetensors.
class PhaseState {
 public:
  virtual ~PhaseState() = default;
  virtual int step() const = 0;  ///< steps of this run that are done, over all windows; 0 for prompt_embeds
  virtual Result<void> save(const std::string& path) const = 0;
  /// SHA-256 (hex) over names, shapes and bytes of the tensors.
  virtual std::string sha256() const = 0;
};

/// Progress and cancelling. Callbacks run on the worker's thread.
struct RunContext {
  std::stop_token stop;
  std::function<void(int step, int num_steps)> on_step;     ///< after each denoising step
  std::function<void(double fraction)> on_fraction;         ///< decode: 0..1
  std::function<Result<void>(const PhaseState&)> on_state;  ///< after each step; an error stops the run
};

/// What is allowed and what is usual for one model.
struct ModelInfo {
  std::string name;    ///< folder name, e.g. "previz"
  std::string family;  ///< e.g. the folder in models/
  std::string licence;
  std::string dir;
  std::uint64_t weights_bytes = 0;
  int size_multiple = 32;  ///< width and height are multiples of this
  int size_min = 32, size_max = 4096;
  int frames_multiple = 8;  ///< num_frames = frames_multiple * k + 1
  int frames_max = 1025;
  int steps_max = 200;
  bool two_stages = false;     ///< has an upsampler of latents: TwoStages may be asked for
  double seconds_at_once = 0;  ///< longer clips should be made in windows; 0: no limit is known
  int image_crf = 0;           ///< H.264 quality (0…51) of the frames it was trained on: given pictures are pressed to it; 0: as they are
  GenerationRequest defaults;
};

class Pipeline {
 public:
  virtual ~Pipeline() = default;
  virtual const ModelInfo& info() const = 0;
  /// Refuses what the model does not allow, naming the nearest two allowed values.
  virtual Result<void> validate(const GenerationRequest& request) const = 0;
  virtual std::vector<PromptWarning> prompt_warnings(const std::string& prompt) const = 0;
  /// What was odd about the weights (NaN, all zero) and did not stop loading. To be shown once.
  virtual std::vector<std::string> warnings() const { return {}; }
  /// What the recipe records. A family that leaves this alone records the given sigmas only.
  virtual Result<SamplingPlan> sampling_plan(const GenerationRequest& request) const { return SamplingPlan{"", "", request.sigmas, 0}; }

  virtual Result<std::shared_ptr<PhaseState>> encode_prompt(const GenerationRequest& request, RunContext& context) = 0;
  /// Noise of the seed (and the clean conditioning, the parent's latents), at step 0.
  virtual Result<std::shared_ptr<PhaseState>> start(const GenerationRequest& request, RunContext& context) = 0;
  /// Runs from state.step() to sampling_plan().num_steps (or to `until_step` if it is not negative). Bit-identical however it is cut up.
  virtual Result<std::shared_ptr<PhaseState>> denoise(const GenerationRequest& request, const PhaseState& prompt_embeds,
                                                      const PhaseState& state, RunContext& context, int until_step = -1) = 0;
  /// A small, quick picture of a state on its way: its denoised latents through a linear map fitted to this model's VAE, several pixels a
  /// latent cell. Costs milliseconds once the map is there; never changes the state. Any thread. The first call fits the map, which takes
  /// seconds, unless set_preview_map() was called; a caller that wants live pictures keeps the map in its cache.
  virtual Result<VideoFrames> preview(const PhaseState& /*state*/) const { return no_preview(); }
  /// The fitted map, to be saved; load_state() reads it. On the thread that decodes, where fitting is quicker than in preview().
  virtual Result<std::shared_ptr<const PhaseState>> preview_map() const { return no_preview(); }
  /// Refuses a map of another VAE (kMismatch); then fit anew.
  virtual Result<void> set_preview_map(std::shared_ptr<const PhaseState> /*map*/) { return no_preview(); }
  /// Frames of the latents. Of a state that is on its way: of its denoised estimate, as far as the clip has come.
  virtual Result<VideoFrames> decode_video(const GenerationRequest& request, const PhaseState& latents, RunContext& context) = 0;
  virtual Result<Waveform> decode_audio(const GenerationRequest& request, const PhaseState& latents, RunContext& context) = 0;
  /// Reads what PhaseState::save wrote, with the suspicion of a download.
  virtual Result<std::shared_ptr<PhaseState>> load_state(const std::string& path) const = 0;

 private:
  static Error no_preview() { return {ErrorCode::kUnsupported, "this model has no live picture", "preview", "", "", ""}; }
};

}  // namespace fantascope
