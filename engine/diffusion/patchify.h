#pragma once
/// Latents to tokens and back. Pure rearrangement.
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace fantascope {

/// [B,C,F,H,W] -> [B, F*H*W, C], row-major over (F,H,W).
at::Tensor patchify_video(const at::Tensor& latents_BCFHW);
at::Tensor unpatchify_video(const at::Tensor& tokens_BTC, std::int64_t frames, std::int64_t height, std::int64_t width);

/// [B,C,L,M] -> [B, L, C*M]: feature index = channel * M + bin.
at::Tensor patchify_audio(const at::Tensor& latents_BCLM);
at::Tensor unpatchify_audio(const at::Tensor& tokens_BLD, std::int64_t num_bins);

}  // namespace fantascope
