#pragma once
/// Shape of the vocoders, read from vocoder/config.json; missing keys take the defaults of the reference classes (diffusers LTX2Vocoder and
/// LTX2VocoderWithBWE).
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace fantascope::models::ltx2 {

/// One convolutional generator from mel frames to samples.
struct VocoderConfig {
  std::int64_t in_channels = 128;  ///< audio channels * mel bins
  std::int64_t hidden_channels = 1024, out_channels = 2;
  std::vector<std::int64_t> upsample_kernel_sizes = {16, 15, 8, 4, 4}, upsample_factors = {6, 5, 2, 2, 2};
  std::vector<std::int64_t> resnet_kernel_sizes = {3, 7, 11};
  std::vector<std::vector<std::int64_t>> resnet_dilations = {{1, 3, 5}, {1, 3, 5}, {1, 3, 5}};
  std::string act_fn = "leaky_relu";  ///< "snake", "snakebeta"
  double leaky_relu_negative_slope = 0.1;
  bool antialias = false;  ///< activations at a higher rate
  std::int64_t antialias_ratio = 2, antialias_kernel_size = 12;
  std::string final_act_fn = "tanh";  ///< "clamp", "none"
  bool final_bias = true;
  std::int64_t output_sampling_rate = 24000;

  std::int64_t samples_per_frame() const;
  static Result<VocoderConfig> from_json(const nlohmann::json& json, const std::string& file = "vocoder/config.json");
};

/// A generator, whose sound is analysed again and extended to a higher rate by a second one.
struct BandwidthExtensionConfig {
  VocoderConfig vocoder, bwe_generator;
  std::int64_t filter_length = 512, hop_length = 80, window_length = 512, num_mel_channels = 64;
  std::int64_t input_sampling_rate = 16000, output_sampling_rate = 48000;

  static Result<BandwidthExtensionConfig> from_json(const nlohmann::json& json, const std::string& file = "vocoder/config.json");
};

}  // namespace fantascope::models::ltx2
