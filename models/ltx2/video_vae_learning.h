#pragma once
/// The video decoder under autograd with channels innermost, where a CPU's convolutions and our row kernels are fastest. Any device.
/// The same function as VideoDecoder::forward, up to rounding.
/// Convolutions between the levels whose kernels hold nothing but a centre tap (a decoder that begins as a closed form) are computed, and
/// learn, as products of one place.
#include <ATen/core/Tensor.h>

#include <vector>

#include "models/ltx2/video_vae_blocks.h"

namespace fantascope::models::ltx2 {

class LearningVideoDecoder {
 public:
  /// Whether it knows this decoder's blocks: no block that changes channels by a projection, no residual upsampling, black borders.
  static bool supports(const VideoDecoder& decoder);
  /// Looks at the weights as they are now for which kernels have a centre tap only; borrows the decoder.
  explicit LearningVideoDecoder(const VideoDecoder& decoder);
  /// Raw latents [B,C,F,h,w] → frames [B,3,T,H,W], in the weights' dtype. Differentiable in latents and weights.
  at::Tensor forward(const at::Tensor& latents_BCFHW) const;

 private:
  /// Whether conv_in, each upsampler's convolution and conv_out, in this order, are products of one place.
  std::vector<bool> lone_;
  const VideoDecoder& decoder_;
};

}  // namespace fantascope::models::ltx2
