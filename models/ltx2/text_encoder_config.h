#pragma once
/// Numbers of the text encoder, from its config.json. No tensor library here: configs are fuzzed alone.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace fantascope::models::ltx2 {

struct TextEncoderConfig {
  /// Rotary embedding of one kind of layer: angle = position / factor * theta^(-2i/head_dim).
  struct Rope {
    double theta = 10'000.0, factor = 1.0;
  };
  std::int64_t vocab_size = 262'208, hidden_size = 2304, intermediate_size = 9216, num_layers = 26;
  std::int64_t num_heads = 8, num_key_value_heads = 4, head_dim = 256;
  double rms_norm_eps = 1e-6, query_pre_attn_scalar = 256, initializer_range = 0.02;
  std::int64_t sliding_window = 4096;
  bool attention_bias = false;
  std::vector<bool> is_sliding;  ///< one a layer
  Rope full_rope{1'000'000.0, 1.0}, sliding_rope{10'000.0, 1.0};

  /// From a config.json with `text_config` (Gemma3ForConditionalGeneration) or of the text model alone; rope as transformers 4 or 5 writes
  /// it.
  static Result<TextEncoderConfig> from_json(const nlohmann::json& json, const std::string& subject);
};

}  // namespace fantascope::models::ltx2
