#pragma once
/// Dual-stream transformer of this family: predicts the velocities of video and audio latents together. The module tree and the tensor
/// names are those of the published LTX2VideoTransformer3DModel (diffusers transformer_ltx2.py, versions 2.0 and 2.3).
/// Plain differentiable operations in the dtype of the weights; norms' statistics and rotary products in float32, timesteps' sinusoids
/// too. Written for one device; training runs this very class under autograd.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/nn/attention.h"
#include "engine/nn/parameter_scope.h"
#include "models/ltx2/config.h"
#include "models/ltx2/transformer_positions.h"

namespace fantascope::models::ltx2 {

/// Keys and values of the text in every block. They hold for one prompt and batch; the caller keeps them over the steps of a clip.
struct TextMemory {
  std::vector<KeysValues> video, audio;  ///< sized by the first call
};

/// T video tokens, L audio tokens, S text tokens. Timesteps and sigmas are float32, already times timestep_scale_multiplier.
struct TransformerInput {
  at::Tensor video_BTC;                ///< [B,T,in_channels]
  at::Tensor audio_BLC;                ///< [B,L,audio_in_channels]
  at::Tensor video_prompt_embeds_BSD;  ///< caption_channels wide if use_prompt_embeddings, else cross_attention_dim
  at::Tensor audio_prompt_embeds_BSD;
  at::Tensor video_prompt_mask_BS;  ///< 1 attend, 0 ignore; undefined: attend everywhere
  at::Tensor audio_prompt_mask_BS;
  at::Tensor video_timesteps;  ///< [B], or [B,T] where tokens differ (clean conditioning holds 0)
  at::Tensor audio_timesteps;  ///< [B] or [B,L]
  at::Tensor video_sigma_B;    ///< of the clip, whatever single tokens hold
  at::Tensor audio_sigma_B;
  const RopeTables* rope = nullptr;
  bool use_cross_timestep = true;            ///< false for 2.0: the cross-modal modulation follows the own modality's timesteps
  bool isolate_modalities = false;           ///< no attention between video and audio
  std::vector<std::int64_t> stg_blocks;      ///< blocks whose self-attention returns its values; needs perturbed_attn, else without effect
  at::Tensor stg_keep_B;                     ///< 0 for elements of the batch to perturb, 1 for others; undefined: perturb all
  at::Tensor video_self_attention_mask_BTT;  ///< 1 attend, 0 not; undefined: everywhere
  TextMemory* text_memory = nullptr;         ///< ignored where the text is modulated by sigma (use_prompt_adaln_single with cross_attn_mod)
  at::Tensor video_keyframes_mask_BT1;       ///< tokens that encode a single frame (use_keyframes_abs_pos_embedding)
};

struct TransformerOutput {
  at::Tensor video_velocity_BTC, audio_velocity_BLC;
};

/// Sees intermediate tensors by name, for comparison with the reference: "time_embed.video" …, "block3.video", "block3.audio".
using TransformerProbe = std::function<void(const std::string& name, const at::Tensor& value)>;

class Transformer {
 public:
  Transformer(const TransformerConfig& config, const ParameterScope& scope);
  ~Transformer();
  Transformer(Transformer&&) noexcept;
  Transformer& operator=(Transformer&&) noexcept;

  TransformerOutput forward(const TransformerInput& input, const TransformerProbe& probe = {}) const;
  const TransformerConfig& config() const;
  bool text_follows_sigma() const;  ///< keys and values of the text differ from step to step
  at::ScalarType dtype() const;     ///< of the weights, in which it computes
  at::Device device() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fantascope::models::ltx2
