#pragma once
/// The sampling loop of one clip, step by step: transformer passes, guidance, Euler. Knows tensors, not requests: the pipeline and the
/// parity runner both drive it. Follows LTX2Pipeline and LTX2ImageToVideoPipeline of diffusers. Call from one thread.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/diffusion/flow_match_euler.h"
#include "engine/diffusion/guider.h"
#include "models/ltx2/transformer.h"

namespace fantascope::models::ltx2 {

/// What the text path gives, as the transformer takes it. B is 2, [negative, prompt], when the recipe guides by a negative; else 1.
struct PromptEmbeds {
  at::Tensor video_BSD, audio_BSD;
  at::Tensor mask_BS;  ///< int64, 1 attend
};

/// Normalised latents as tokens, float32, batch 1, on the transformer's device.
struct LatentTokens {
  at::Tensor video_BTC, audio_BLC;
};

struct DenoiseRecipe {
  ClipShape shape;
  FlowMatchSchedule schedule;
  GuidanceScales video, audio;  ///< audio after its fallback to video
  std::vector<std::int64_t> stg_blocks;
  bool use_cross_timestep = true;
  at::Tensor clean_mask_BT;  ///< 1 for tokens that are given and never stepped, between 0 and 1 for those given in part; undefined: none
  /// What tokens given in part are pulled to, [1,T,C], float32; of the others any value. Undefined: none is given in part.
  at::Tensor clean_BTC;
  /// Tokens behind those of the clip (pipeline_conditions.h) and where they sit, [1,3,K,2]; undefined: none. T counts them above.
  at::Tensor appended_coords;
  at::Tensor clean_audio_mask_BL;
};

/// The clean_mask where the first latent frames are given (one for image-to-video), the last ones, or both. Undefined if none is given.
at::Tensor given_frames_mask(const ClipShape& shape, std::int64_t num_first, std::int64_t num_last = 0);
/// The same for the latents of the sound.
at::Tensor given_audio_mask(const ClipShape& shape, std::int64_t num_first, std::int64_t num_last = 0);

/// Sees every transformer call: "cfg" (batch [negative, prompt]), "cond", "stg" or "modality".
using CallObserver = std::function<void(const std::string& kind, const TransformerInput& input, const TransformerOutput& output)>;

class Denoiser {
 public:
  /// `transformer` is borrowed. prompt_embeds are cast to the dtype of the weights.
  Denoiser(const Transformer& transformer, DenoiseRecipe recipe, PromptEmbeds prompt_embeds);

  int num_steps() const { return recipe_.schedule.num_steps(); }
  const RopeTables& rope() const { return rope_; }
  /// [1,3,T,2], those of appended tokens too.
  const at::Tensor& video_token_coords() const { return video_coords_; }
  const DenoiseRecipe& recipe() const { return recipe_; }

  /// Guided velocities at step `step` (0-based), float32.
  LatentTokens velocities(int step, const LatentTokens& latents, const CallObserver& observer = {}) const;
  /// One transformer call of a kind, its batch at once, velocities as the transformer gives them, in float32.
  TransformerOutput call(const std::string& kind, int step, const LatentTokens& latents, const TransformerProbe& probe = {}) const;
  /// Velocities that lead given tokens to what was given, by their strength; the others as they are.
  LatentTokens held(int step, const LatentTokens& latents, const LatentTokens& velocities) const;
  /// Mixes the calls of one step. outputs.negative and conditional are the halves of a "cfg" call.
  LatentTokens guided(int step, const LatentTokens& latents, const GuidancePredictions& video, const GuidancePredictions& audio) const;
  /// The next latents. `velocities` are guided ones, not yet held.
  LatentTokens advance(int step, const LatentTokens& latents, const LatentTokens& velocities) const;
  /// What the velocities say the finished latents will be.
  LatentTokens denoised(int step, const LatentTokens& latents, const LatentTokens& velocities) const;

  GuidancePasses passes() const { return guidance_passes(recipe_.video, recipe_.audio); }

 private:
  TransformerInput input(const std::string& kind, int step, const LatentTokens& latents) const;
  std::vector<TransformerOutput> forward(const std::vector<std::string>& kinds, const std::vector<TransformerInput>& inputs) const;
  LatentTokens given_kept(const LatentTokens& before, LatentTokens after) const;

  const Transformer& transformer_;
  DenoiseRecipe recipe_;
  PromptEmbeds embeds_;       // as given: [negative, prompt] or prompt
  PromptEmbeds conditional_;  // the prompt alone
  at::Tensor video_coords_;
  RopeTables rope_;
  bool keeps_text_ = false;
  mutable std::map<std::string, TextMemory> text_of_;  // by the kind of call, and the element of its batch where that runs by itself
  at::ScalarType dtype_;
  at::Device device_;
};

}  // namespace fantascope::models::ltx2
