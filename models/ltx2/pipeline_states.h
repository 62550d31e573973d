#pragma once
/// What the states of this family are called inside, and how they are read: with the suspicion of a download.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/runtime/generation.h"
#include "engine/runtime/tensors/tensor_state.h"

namespace fantascope::models::ltx2 {

inline constexpr const char* kPromptEmbeds = "prompt_embeds";
inline constexpr const char* kLatents = "latents";
inline constexpr const char* kPreviewMap = "preview_map";
/// Beside the latents of a state on its way: what they will be, as far as is known, of the window being sampled.
inline constexpr const char* kDenoisedVideo = "denoised_video";
inline constexpr const char* kDenoisedAudio = "denoised_audio";
/// And what the window being sampled was given: see WindowLatents.
inline constexpr const char* kGiven = "given";
inline constexpr const char* kAppended = "appended";

/// The tensors of a state, or an error if it is of another phase.
Result<const TensorState*> state_of_kind(const PhaseState& state, const char* kind);
/// kMismatch unless it is there in this shape.
Result<at::Tensor> tensor_of_shape(const TensorState& state, const std::string& name, const std::vector<std::int64_t>& shape);

}  // namespace fantascope::models::ltx2
