#pragma once
/// The video decoder for inference on a CPU, in bf16 or fp32, in [frame][row][column][channel] order: one pass norms, activates and pads a
/// frame into a buffer that every layer shares, the convolution reads that buffer without padding, and residuals are added in the
/// convolution's own epilogue where the library has one. Same result as VideoDecoder::forward within the format's rounding (fewer
/// roundings, not other ones). Convolutions whose outer taps are negligible are products of one place each (lone_centre_tap in the source).
/// Holds repacked copies of the weights. Not thread-safe.
#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "models/ltx2/video_vae_blocks.h"

namespace fantascope::models::ltx2 {

class FastVideoDecoder {
 public:
  /// Whether this decoder, on these weights, can run here at all: on a CPU, no block that changes channels by a projection.
  static bool supports(const VideoDecoder& decoder);
  explicit FastVideoDecoder(const VideoDecoder& decoder);
  ~FastVideoDecoder();

  /// Raw latents [B,C,F,h,w] in the weights' dtype → frames [B,3,T,H,W] in it. Call without gradients.
  at::Tensor decode(const at::Tensor& latents_BCFHW) const;
  /// False once a weight of `decoder` was changed after packing.
  bool is_current(const VideoDecoder& decoder) const;

 private:
  struct PackedConv;
  struct Resnet;
  struct Upsampler;
  struct Stage;
  at::Tensor decode_one(const at::Tensor& latents_CFHW) const;
  void run_resnet(const Resnet& resnet, at::Tensor& x_THWC, at::Tensor& padded) const;

  ConvBorder border_;
  std::int64_t patch_size_, weights_version_;
  std::unique_ptr<PackedConv> conv_in_, conv_out_;
  std::vector<Stage> stages_;
};

}  // namespace fantascope::models::ltx2
