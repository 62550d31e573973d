#include "engine/diffusion/patchify.h"

namespace fantascope {

at::Tensor patchify_video(const at::Tensor& latents_BCFHW) { return latents_BCFHW.flatten(2).transpose(1, 2).contiguous(); }

at::Tensor unpatchify_video(const at::Tensor& tokens_BTC, std::int64_t frames, std::int64_t height, std::int64_t width) {
  return tokens_BTC.transpose(1, 2).unflatten(2, {frames, height, width}).contiguous();
}

at::Tensor patchify_audio(const at::Tensor& latents_BCLM) { return latents_BCLM.transpose(1, 2).flatten(2).contiguous(); }

at::Tensor unpatchify_audio(const at::Tensor& tokens_BLD, std::int64_t num_bins) {
  return tokens_BLD.unflatten(2, {-1, num_bins}).transpose(1, 2).contiguous();
}

}  // namespace fantascope
