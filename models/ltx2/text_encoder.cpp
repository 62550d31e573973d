#include "models/ltx2/text_encoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/scaled_dot_product_attention.h>

#include <cmath>
#include <optional>

#include "engine/weights/sharded_weights.h"

namespace fantascope::models::ltx2 {
namespace {

at::Tensor rotate_half(const at::Tensor& x) {
  const std::int64_t half = x.size(-1) / 2;
  return at::cat({-x.narrow(-1, half, half), x.narrow(-1, 0, half)}, -1);
}

}  // namespace

Result<std::string> find_text_encoder_prefix(const ShardedWeights& weights) {
  for (const char* prefix : {"language_model.model.", "model.language_model.", "model.", "language_model.", ""}) {
    if (weights.contains(std::string(prefix) + "embed_tokens.weight")) return std::string(prefix);
  }
  return Error{ErrorCode::kNotFound,
               weights.path() + ": holds no Gemma language model (embed_tokens.weight is missing)",
               weights.path(),
               "",
               "tensors called language_model.model.… or model.language_model.…",
               "Fetch the text encoder again."};
}

TextEncoder::OffsetRmsNorm::OffsetRmsNorm(const ParameterScope& scope, std::int64_t dim, double eps)
    : weight_(scope.tensor("weight", {dim}, Init::zeros())), eps_(eps) {}

at::Tensor TextEncoder::OffsetRmsNorm::forward(const at::Tensor& x) const {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor normed = wide * at::rsqrt(wide.pow(2).mean(-1, /*keepdim=*/true) + eps_);
  return (normed * (1.0 + weight_.to(at::kFloat))).to(x.scalar_type());
}

TextEncoder::Layer::Layer(const ParameterScope& scope, const TextEncoderConfig& c)
    : input_layernorm(scope.child("input_layernorm"), c.hidden_size, c.rms_norm_eps),
      post_attention_layernorm(scope.child("post_attention_layernorm"), c.hidden_size, c.rms_norm_eps),
      pre_feedforward_layernorm(scope.child("pre_feedforward_layernorm"), c.hidden_size, c.rms_norm_eps),
      post_feedforward_layernorm(scope.child("post_feedforward_layernorm"), c.hidden_size, c.rms_norm_eps),
      q_norm(scope.child("self_attn.q_norm"), c.head_dim, c.rms_norm_eps),
      k_norm(scope.child("self_attn.k_norm"), c.head_dim, c.rms_norm_eps),
      q_proj(scope.child("self_attn.q_proj"), c.hidden_size, c.num_heads * c.head_dim, c.attention_bias ? Bias::kYes : Bias::kNo,
             Init::normal(c.initializer_range)),
      k_proj(scope.child("self_attn.k_proj"), c.hidden_size, c.num_key_value_heads * c.head_dim, c.attention_bias ? Bias::kYes : Bias::kNo,
             Init::normal(c.initializer_range)),
      v_proj(scope.child("self_attn.v_proj"), c.hidden_size, c.num_key_value_heads * c.head_dim, c.attention_bias ? Bias::kYes : Bias::kNo,
             Init::normal(c.initializer_range)),
      o_proj(scope.child("self_attn.o_proj"), c.num_heads * c.head_dim, c.hidden_size, c.attention_bias ? Bias::kYes : Bias::kNo,
             Init::normal(c.initializer_range)),
      gate_proj(scope.child("mlp.gate_proj"), c.hidden_size, c.intermediate_size, Bias::kNo, Init::normal(c.initializer_range)),
      up_proj(scope.child("mlp.up_proj"), c.hidden_size, c.intermediate_size, Bias::kNo, Init::normal(c.initializer_range)),
      down_proj(scope.child("mlp.down_proj"), c.intermediate_size, c.hidden_size, Bias::kNo, Init::normal(c.initializer_range)) {}

TextEncoder::TextEncoder(const ParameterScope& scope, const TextEncoderConfig& config)
    : config_(config),
      embed_tokens_(scope.tensor("embed_tokens.weight", {config.vocab_size, config.hidden_size}, Init::normal(config.initializer_range))),
      norm_(scope.child("norm"), config.hidden_size, config.rms_norm_eps) {
  layers_.reserve(static_cast<std::size_t>(config.num_layers));
  for (std::int64_t i = 0; i < config.num_layers; ++i) layers_.emplace_back(scope.child("layers", i), config);
}

TextEncoder::LayerContext TextEncoder::make_context(bool sliding, const at::Tensor& mask_BS, std::int64_t num_tokens,
                                                    const at::Tensor& like) const {
  LayerContext context;
  const auto& rope = sliding ? config_.sliding_rope : config_.full_rope;
  const auto wide = at::TensorOptions().dtype(at::kFloat).device(like.device());
  const at::Tensor exponents = at::arange(0, config_.head_dim, 2, wide) / static_cast<double>(config_.head_dim);
  const at::Tensor frequencies = 1.0 / at::pow(at::Scalar(rope.theta), exponents) / rope.factor;
  const at::Tensor half = at::outer(at::arange(num_tokens, wide), frequencies);
  const at::Tensor angles = at::cat({half, half}, -1);
  context.cos_SE = angles.cos().to(like.scalar_type());
  context.sin_SE = angles.sin().to(like.scalar_type());
  const bool window = sliding && config_.sliding_window < num_tokens;
  if (!window && !mask_BS.defined()) return context;
  const at::Tensor places = at::arange(num_tokens, at::TensorOptions().dtype(at::kLong).device(like.device()));
  const at::Tensor distance = places.unsqueeze(1) - places.unsqueeze(0);  // query minus key
  at::Tensor seen = distance >= 0;
  if (window) seen = seen & (distance < config_.sliding_window);
  seen = seen.unsqueeze(0).unsqueeze(0);
  // Padding sees itself and nothing else: a row that sees nothing would be NaN, and NaN would spread through gradients.
  if (mask_BS.defined()) seen = (seen & mask_BS.to(at::kBool).unsqueeze(1).unsqueeze(1)) | (distance == 0);
  context.mask = seen;
  return context;
}

at::Tensor TextEncoder::attend(const Layer& layer, const at::Tensor& x_BSD, const LayerContext& context) const {
  const auto by_head = [](const at::Tensor& x, std::int64_t num_heads) { return x.unflatten(2, {num_heads, -1}).transpose(1, 2); };
  const auto rotated = [&context](const at::Tensor& x) { return x * context.cos_SE + rotate_half(x) * context.sin_SE; };
  const at::Tensor q = rotated(layer.q_norm.forward(by_head(layer.q_proj.forward(x_BSD), config_.num_heads)));
  at::Tensor k = rotated(layer.k_norm.forward(by_head(layer.k_proj.forward(x_BSD), config_.num_key_value_heads)));
  at::Tensor v = by_head(layer.v_proj.forward(x_BSD), config_.num_key_value_heads);
  if (const std::int64_t group = config_.num_heads / config_.num_key_value_heads; group > 1) {
    k = k.repeat_interleave(group, 1);
    v = v.repeat_interleave(group, 1);
  }
  const bool causal = !context.mask.defined();
  const std::optional<at::Tensor> mask = causal ? std::nullopt : std::optional<at::Tensor>(context.mask);
  const double scale = 1.0 / std::sqrt(config_.query_pre_attn_scalar);
  const at::Tensor out = at::scaled_dot_product_attention(q, k, v, mask, /*dropout_p=*/0.0, causal, scale);
  return layer.o_proj.forward(out.transpose(1, 2).flatten(2));
}

at::Tensor TextEncoder::run_layer(const Layer& layer, const at::Tensor& x_BSD, const LayerContext& context) const {
  const at::Tensor attended = x_BSD + layer.post_attention_layernorm.forward(attend(layer, layer.input_layernorm.forward(x_BSD), context));
  const at::Tensor x = layer.pre_feedforward_layernorm.forward(attended);
  const at::Tensor fed = layer.down_proj.forward(at::gelu(layer.gate_proj.forward(x), "tanh") * layer.up_proj.forward(x));
  return attended + layer.post_feedforward_layernorm.forward(fed);
}

std::vector<at::Tensor> TextEncoder::forward(const at::Tensor& input_ids_BS, const at::Tensor& mask_BS) const {
  std::vector<at::Tensor> states;
  states.reserve(layers_.size() + 1);
  // The factor is rounded to the dtype of the weights, as the reference does.
  const at::Tensor scale =
      at::scalar_tensor(std::sqrt(static_cast<double>(config_.hidden_size)), embed_tokens_.options().requires_grad(false));
  at::Tensor x = at::embedding(embed_tokens_, input_ids_BS) * scale;
  const LayerContext sliding = make_context(true, mask_BS, x.size(1), x);
  const LayerContext full = make_context(false, mask_BS, x.size(1), x);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    states.push_back(x);
    x = run_layer(layers_[i], x, config_.is_sliding[i] ? sliding : full);
  }
  states.push_back(norm_.forward(x));
  return states;
}

}  // namespace fantascope::models::ltx2
