#pragma once
/// From the text encoder's hidden states to what the transformer attends to (diffusers' LTX2TextConnectors): normalise every layer's state,
/// project all layers together, then one small transformer a stream, in which learned registers stand where padding was.
/// Two variants by `per_modality_projections`: one projection for both streams, with a norm over the whole prompt (2.0); or one each, with
/// a norm a token (2.3 and later).
/// Plain ATen operations, differentiable. Const calls may run on several threads.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/nn/attention.h"
#include "engine/nn/feed_forward.h"
#include "engine/nn/linear.h"
#include "engine/nn/parameter_scope.h"
#include "engine/nn/rope.h"
#include "models/ltx2/connectors_config.h"

namespace fantascope::models::ltx2 {

/// What the transformer gets of the text: [B,S,D] a stream, with a mask of ones and zeros [B,S] (all ones where registers fill the
/// padding).
struct TextEmbeds {
  at::Tensor video_BSD, audio_BSD;
  at::Tensor mask_BS;  ///< int64
};

class TextConnectors {
 public:
  TextConnectors(const ParameterScope& scope, const ConnectorsConfig& config);

  /// states: the text encoder's, text_proj_in_factor of [B,S,caption_channels]. mask_BS: 1 for real tokens; undefined for all. num_tokens ≥
  /// S: the length given back, 0 for S. Real tokens come first, in order, then registers; without registers padding comes first.
  TextEmbeds forward(const std::vector<at::Tensor>& states, const at::Tensor& mask_BS = {}, std::int64_t num_tokens = 0) const;

  /// kInvalidArgument unless registers fill a text of this length evenly.
  Result<void> check_length(std::int64_t num_tokens) const;
  const ConnectorsConfig& config() const { return config_; }

 private:
  struct Block {
    Block(const ParameterScope& scope, const ConnectorConfig& config);
    Attention attn1;
    FeedForward ff;
  };
  struct Connector {
    Connector(const ParameterScope& scope, const ConnectorConfig& config);
    ConnectorConfig config;
    at::Tensor learnable_registers;
    std::vector<Block> blocks;
  };
  at::Tensor normalise(const at::Tensor& states_BSDL, const at::Tensor& mask_BS) const;  // [B,S,D*L]
  at::Tensor place_registers(const Connector& connector, const at::Tensor& x_BSD, const at::Tensor& mask_BS, std::int64_t num_tokens) const;
  at::Tensor run(const Connector& connector, const at::Tensor& x_BSD, const at::Tensor& mask_BS) const;

  ConnectorsConfig config_;
  std::optional<Linear> text_proj_in_, video_text_proj_in_, audio_text_proj_in_;
  Connector video_connector_, audio_connector_;
};

}  // namespace fantascope::models::ltx2
