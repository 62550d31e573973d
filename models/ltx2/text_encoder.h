#pragma once
/// The text encoder of this family: the language model of Gemma 3 (Google, arXiv 2503.19786; tensor names and arithmetic of transformers'
/// Gemma3TextModel), read for its hidden states only. A layer looks at itself and what stands before it; most layers at the last
/// `sliding_window` tokens of that.
/// Plain ATen operations: differentiable, and trained through this same class. Const calls may run on several threads.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/nn/linear.h"
#include "engine/nn/parameter_scope.h"
#include "models/ltx2/text_encoder_config.h"

namespace fantascope {
class ShardedWeights;
}

namespace fantascope::models::ltx2 {

/// What stands before "embed_tokens.weight" and "layers.0…" in these weights: "language_model.model.", "model.language_model.", "model." or
/// nothing. kNotFound if they hold no such model.
Result<std::string> find_text_encoder_prefix(const ShardedWeights& weights);

class TextEncoder {
 public:
  /// `scope` is that of the language model, after the prefix above.
  TextEncoder(const ParameterScope& scope, const TextEncoderConfig& config);

  /// input_ids_BS: int64, every id below vocab_size. mask_BS: 1 for real tokens, 0 for padding (at either end; positions are relative);
  /// undefined if there is none. Returns num_layers + 1 states [B,S,D]: the scaled embeddings, the output of each layer but the last, and
  /// the normed output of the last. Rows of padding hold finite values without meaning.
  std::vector<at::Tensor> forward(const at::Tensor& input_ids_BS, const at::Tensor& mask_BS = {}) const;

  const TextEncoderConfig& config() const { return config_; }

 private:
  /// RMS norm over the last axis with weight 1 + w, in float32.
  class OffsetRmsNorm {
   public:
    OffsetRmsNorm(const ParameterScope& scope, std::int64_t dim, double eps);
    at::Tensor forward(const at::Tensor& x) const;

   private:
    at::Tensor weight_;
    double eps_;
  };
  struct Layer {
    Layer(const ParameterScope& scope, const TextEncoderConfig& config);
    OffsetRmsNorm input_layernorm, post_attention_layernorm, pre_feedforward_layernorm, post_feedforward_layernorm, q_norm, k_norm;
    Linear q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj;
  };
  /// What a kind of layer needs, made once a call.
  struct LayerContext {
    at::Tensor cos_SE, sin_SE;
    at::Tensor mask;  // bool, broadcastable to [B,N,S,S]; undefined: causal and nothing else
  };
  LayerContext make_context(bool sliding, const at::Tensor& mask_BS, std::int64_t num_tokens, const at::Tensor& like) const;
  at::Tensor attend(const Layer& layer, const at::Tensor& x_BSD, const LayerContext& context) const;
  at::Tensor run_layer(const Layer& layer, const at::Tensor& x_BSD, const LayerContext& context) const;

  TextEncoderConfig config_;
  at::Tensor embed_tokens_;
  std::vector<Layer> layers_;
  OffsetRmsNorm norm_;
};

}  // namespace fantascope::models::ltx2
