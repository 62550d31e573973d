#pragma once
/// Numbers of the text connectors, from their config.json. No tensor library here: configs are fuzzed alone.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/base/result.h"
#include "engine/nn/rope_type.h"

namespace fantascope::models::ltx2 {

struct ConnectorConfig {
  std::int64_t num_heads = 30, head_dim = 128, num_layers = 2;
  std::int64_t num_registers = 128;  ///< 0: none, padding stays padding
  bool gated = false;
  std::int64_t dim() const { return num_heads * head_dim; }
};

struct ConnectorsConfig {
  std::int64_t caption_channels = 3840;   ///< width of the text encoder
  std::int64_t text_proj_in_factor = 49;  ///< its number of layers, plus one
  ConnectorConfig video, audio;
  std::int64_t rope_base_seq_len = 4096;
  double rope_theta = 10'000.0;
  bool rope_double_precision = true;
  RopeType rope_type = RopeType::kInterleaved;
  bool per_modality_projections = false, proj_bias = false;
  std::int64_t video_hidden_dim = 4096, audio_hidden_dim = 2048;

  /// Missing fields take the reference class's defaults.
  static Result<ConnectorsConfig> from_json(const nlohmann::json& json, const std::string& subject);
};

}  // namespace fantascope::models::ltx2
