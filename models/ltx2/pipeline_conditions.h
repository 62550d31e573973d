#pragma once
/// Frames that a request gives. Two ways of giving them, as LTX2ConditionPipeline of diffusers has them:
/// in place: at the first latent frame the given latents stand where the noise would, with timestep t * (1 - strength);
/// appended: anywhere later they are tokens of their own behind the clip's, at the place and time that they show, and fall away at the end.
/// After every prediction the denoised latents are pulled to the given ones by the strength. A model that was trained to find its last
/// latent frame in place (fantascope.json: "last_image") takes it so; it knows no other later frames.
///
/// One first image and nothing else is LTX2ImageToVideoPipeline, which draws its noise in another order: given_by_conditions() tells.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "models/ltx2/pipeline_denoiser.h"
#include "models/ltx2/pipeline_settings.h"
#include "models/ltx2/pipeline_windows.h"

namespace fantascope::models::ltx2 {

/// One item of a request; borrowed from it.
struct GivenFrames {
  std::span<const RgbImage> pictures;
  const PhaseState* latents = nullptr;  ///< instead of pictures
  int latent_frame = 0;                 ///< as asked: negative from the end
  double strength = 1.0;
  const char* field = "";
};

/// first_image, last_image and conditions of a request, in this order.
std::vector<GivenFrames> given_frames(const GenerationRequest& request);
/// Whether the request is one for the rules above. A second stage always is: it begins so, whether or not frames are given.
bool given_by_conditions(const ModelSettings& settings, const GenerationRequest& request);
/// Refuses frames outside the clip, of another size, or given in a way that the model does not know.
Result<void> check_conditions(const ModelSettings& settings, const GenerationRequest& request);

/// An item in the window where it begins.
struct PlacedFrames {
  GivenFrames given;
  std::int64_t latent_frame = 0;       ///< of the window
  std::int64_t num_latent_frames = 1;  ///< what is left of it after the end of the clip was cut off
  std::int64_t num_frames = 1;         ///< video frames that these stand for
  bool appended = false;
};
std::vector<PlacedFrames> place_frames(const ModelSettings& settings, const GenerationRequest& request, const ClipPlan& plan,
                                       std::size_t window);

/// Tokens behind the window's own.
std::int64_t num_appended_tokens(std::span<const PlacedFrames> placed, const ClipShape& shape);
/// [1,3,K,2], as video_coords(); undefined if there are none.
at::Tensor appended_coords(const TransformerConfig& config, const ClipShape& shape, std::span<const PlacedFrames> placed);
/// Strength of every token, [1,T+K]. `kept_BT` marks frames that are given anyway; may be undefined.
at::Tensor strengths(std::span<const PlacedFrames> placed, const ClipShape& shape, const at::Tensor& kept_BT);
/// The given latents where they belong, [1,T+K,C], in a copy of `base_BTC`. `given_BGC`: tokens of all items one after the other.
at::Tensor with_given_tokens(std::span<const PlacedFrames> placed, const ClipShape& shape, const at::Tensor& base_BTC,
                             const at::Tensor& given_BGC);
/// What sampling starts from: noise * ns + x * (1 - ns) with ns = noise_scale * (1 - strength) token by token.
at::Tensor noised_by_strength(const at::Tensor& x_BTC, const at::Tensor& noise_BTC, const at::Tensor& strength_BT, double noise_scale);

}  // namespace fantascope::models::ltx2
