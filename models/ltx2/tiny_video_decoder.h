#pragma once
/// A small decoder that makes quick pictures of normalised latents: TAEHV of github.com/madebyollin/taehv, whose weights for this family
/// are published as taeltx_2 and taeltx2_3 (.safetensors). Each frame sees itself and the frame before, so it is causal in time.
/// Widths, strides and patch size are read from the tensors' shapes. Only for live pictures: nothing that is kept comes out of it.
#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/nn/parameter_scope.h"
#include "engine/weights/weights_in_use.h"
#include "models/ltx2/video_vae_config.h"

namespace fantascope::models::ltx2 {

class TinyVideoDecoder {
 public:
  static constexpr std::size_t kStages = 3;
  /// Which of the stages double the picture's sides, and which multiply its frames as they were trained to. What is left out makes the
  /// picture smaller, or leaves the earlier frames of a group away, and costs that much less.
  struct Growth {
    std::array<bool, kStages> space{true, true, true}, time{true, true, true};
  };

  /// Reads the folder or file. Fails where the decoder does not belong to this VAE: other channels, other factors in time or space.
  static Result<TinyVideoDecoder> load(const std::string& path, const VideoVaeConfig& vae, const LoadTarget& target);

  /// Normalised latents [1,C,F,H,W] -> frames [T,3,Y,X], float32 in [0,1]. With full growth T, Y, X are those of the VAE's own decoder.
  /// Call without gradients. Any thread.
  at::Tensor decode(const at::Tensor& latents_BCFHW, const Growth& growth) const;

 private:
  struct Conv {
    at::Tensor weight, bias;  // bias undefined: none
  };
  struct MemoryBlock {
    std::array<Conv, 3> convs;
  };
  struct Stage {
    std::array<MemoryBlock, 3> blocks;
    Conv grow;  // 1x1: a frame -> the frames of its group
    Conv out;
    std::int64_t frames = 1;  // of a group
  };
  struct Shape {
    std::int64_t latent_channels = 0, out_channels = 0;
    std::array<std::int64_t, kStages> widths{}, frames{};
    std::int64_t last_width = 0;
    std::int64_t patch() const;
    static Result<Shape> of(const ShardedWeights& weights, const std::string& path);
  };
  TinyVideoDecoder(const Shape& shape, ParameterScope scope);
  static Conv make_conv(ParameterScope scope, std::int64_t out, std::int64_t in, std::int64_t kernel, bool has_bias);
  static at::Tensor run(const Conv& conv, const at::Tensor& x);
  static at::Tensor run(const MemoryBlock& block, const at::Tensor& frames);

  Conv first_, last_;
  std::vector<Stage> stages_;
  std::int64_t patch_ = 1;
};

}  // namespace fantascope::models::ltx2
