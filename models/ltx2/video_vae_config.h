#pragma once
/// Shape of the video VAE, read from vae/config.json; missing keys take the defaults of the reference class
/// (diffusers AutoencoderKLLTX2Video). Lists are in the file's own order; decoder lists run from the last block to the first, except
/// upsample_type, which the reference does not reverse.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace fantascope::models::ltx2 {

/// How many frames, rows and columns of a clip one latent stands for: F = (T - 1) / time + 1.
struct ScaleFactors {
  std::int64_t time = 1, height = 1, width = 1;
};

struct VideoVaeConfig {
  std::int64_t in_channels = 3, out_channels = 3, latent_channels = 128;
  std::vector<std::int64_t> block_out_channels = {256, 512, 1024, 2048};
  std::vector<std::int64_t> decoder_block_out_channels = {256, 512, 1024};
  std::vector<std::int64_t> layers_per_block = {4, 6, 6, 2, 2};
  std::vector<std::int64_t> decoder_layers_per_block = {5, 5, 5, 5};
  std::vector<bool> spatio_temporal_scaling = {true, true, true, true};
  std::vector<bool> decoder_spatio_temporal_scaling = {true, true, true};
  std::vector<std::string> downsample_type = {"spatial", "temporal", "spatiotemporal", "spatiotemporal"};
  std::vector<std::string> upsample_type = {"spatiotemporal", "spatiotemporal", "spatiotemporal"};
  std::vector<bool> upsample_residual = {true, true, true};
  std::vector<std::int64_t> upsample_factor = {2, 2, 2};
  std::int64_t patch_size = 4;
  double resnet_norm_eps = 1e-6;
  double scaling_factor = 1.0;
  bool encoder_causal = true, decoder_causal = true;
  std::string encoder_spatial_padding_mode = "zeros", decoder_spatial_padding_mode = "reflect";
  ScaleFactors scale_factors;  ///< follow from the blocks; a config that claims others is refused

  /// Refuses what does not fit together, naming the field, what was found and what is allowed. `file` is named in errors.
  static Result<VideoVaeConfig> from_json(const nlohmann::json& json, const std::string& file = "vae/config.json");
};

/// {time, height, width} factors of a "spatial", "temporal", "spatiotemporal" or "conv" resampler.
ScaleFactors resample_stride(const std::string& type);

}  // namespace fantascope::models::ltx2
