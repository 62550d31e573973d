#pragma once
/// Enlarges raw video latents between two sampling stages: in space by 2 (or 3/4, 3/2, 4), in time by 2, or both. After: diffusers
/// LTX2LatentUpsamplerModel and LTX2LatentUpsamplePipeline.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/nn/parameter_scope.h"
#include "engine/weights/weights_in_use.h"

namespace fantascope::models::ltx2 {

struct LatentUpsamplerConfig {
  std::int64_t in_channels = 128, mid_channels = 1024, num_blocks_per_stage = 4;
  std::int64_t dims = 3;  ///< of the convolutions: 2 works frame by frame
  bool spatial_upsample = true, temporal_upsample = false;
  bool use_rational_resampler = true;           ///< where only space is enlarged
  std::int64_t numerator = 2, denominator = 1;  ///< of rational_spatial_scale

  static Result<LatentUpsamplerConfig> from_json(const nlohmann::json& json, const std::string& file = "latent_upsampler/config.json");
};

class LatentUpsampler {
 public:
  /// Reads the component folder (config.json and weights).
  static Result<LatentUpsampler> load(const std::string& folder, const LoadTarget& target);
  /// Ask the scope's source for finish() before use.
  LatentUpsampler(const LatentUpsamplerConfig& config, ParameterScope scope);
  const LatentUpsamplerConfig& config() const { return config_; }

  /// Raw latents [B,C,F,H,W] → enlarged raw latents; F frames become 2 F - 1 where time is doubled. In the weights' dtype.
  at::Tensor forward(const at::Tensor& latents_BCFHW) const;

 private:
  struct ResidualBlock {
    at::Tensor conv1_weight, conv1_bias, norm1_weight, norm1_bias, conv2_weight, conv2_bias, norm2_weight, norm2_bias;
  };
  ResidualBlock make_block(ParameterScope scope) const;
  at::Tensor conv(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) const;
  at::Tensor run(const ResidualBlock& block, const at::Tensor& x) const;
  at::Tensor enlarge(const at::Tensor& x) const;

  LatentUpsamplerConfig config_;
  at::Tensor initial_weight_, initial_bias_, initial_norm_weight_, initial_norm_bias_;
  at::Tensor upsampler_weight_, upsampler_bias_, blur_kernel_, final_weight_, final_bias_;
  std::vector<ResidualBlock> res_blocks_, post_upsample_res_blocks_;
};

/// Gives each channel of `latents` the mean and deviation that it has in `reference`, mixed with what it was by `factor` (0: nothing
/// changes, 1: wholly). [B,C,F,H,W] both; sizes after C may differ.
at::Tensor adain_filter(const at::Tensor& latents_BCFHW, const at::Tensor& reference_BCFHW, double factor);

/// Presses large values together; compression 0…1, 0 changes nothing.
at::Tensor tone_map(const at::Tensor& latents, double compression);

}  // namespace fantascope::models::ltx2
