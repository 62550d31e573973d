#include "models/ltx2/connectors.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/amin.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/argsort.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>

#include <cmath>
#include <limits>

#include "engine/nn/norms.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr double kEps = 1e-6;
constexpr double kRangeScale = 8.0;  // of the whole-prompt norm

}  // namespace

TextConnectors::Block::Block(const ParameterScope& scope, const ConnectorConfig& config)
    : attn1(scope.child("attn1"), {.query_dim = config.dim(),
                                   .context_dim = config.dim(),
                                   .num_heads = config.num_heads,
                                   .head_dim = config.head_dim,
                                   .gated = config.gated}),
      ff(scope.child("ff"), config.dim()) {}

TextConnectors::Connector::Connector(const ParameterScope& scope, const ConnectorConfig& connector_config) : config(connector_config) {
  if (config.num_registers > 0)
    learnable_registers = scope.tensor("learnable_registers", {config.num_registers, config.dim()}, Init::uniform(1.0));
  blocks.reserve(static_cast<std::size_t>(config.num_layers));
  for (std::int64_t i = 0; i < config.num_layers; ++i) blocks.emplace_back(scope.child("transformer_blocks", i), config);
}

TextConnectors::TextConnectors(const ParameterScope& scope, const ConnectorsConfig& config)
    : config_(config),
      video_connector_(scope.child("video_connector"), config.video),
      audio_connector_(scope.child("audio_connector"), config.audio) {
  const std::int64_t in = config.caption_channels * config.text_proj_in_factor;
  const Bias bias = config.proj_bias ? Bias::kYes : Bias::kNo;
  if (config.per_modality_projections) {
    video_text_proj_in_.emplace(scope.child("video_text_proj_in"), in, config.video_hidden_dim, bias);
    audio_text_proj_in_.emplace(scope.child("audio_text_proj_in"), in, config.audio_hidden_dim, bias);
  } else {
    text_proj_in_.emplace(scope.child("text_proj_in"), in, config.caption_channels, bias);
  }
}

Result<void> TextConnectors::check_length(std::int64_t num_tokens) const {
  for (const auto* connector : {&video_connector_, &audio_connector_}) {
    const std::int64_t registers = connector->config.num_registers;
    if (num_tokens >= 1 && (registers == 0 || num_tokens % registers == 0)) continue;
    return Error{ErrorCode::kInvalidArgument,
                 "max_sequence_length: not a multiple of the " + std::to_string(registers) + " registers of this model",
                 "max_sequence_length",
                 std::to_string(num_tokens),
                 "multiples of " + std::to_string(registers),
                 "Use one of them."};
  }
  return {};
}

at::Tensor TextConnectors::normalise(const at::Tensor& states_BSDL, const at::Tensor& mask_BS) const {
  const at::Tensor real = mask_BS.to(at::kBool).unsqueeze(-1).unsqueeze(-1);  // [B,S,1,1]
  at::Tensor normed;
  if (config_.per_modality_projections) {
    normed = states_BSDL * at::rsqrt(states_BSDL.pow(2).mean(2, /*keepdim=*/true) + kEps);
  } else {
    const double infinity = std::numeric_limits<double>::infinity();
    const at::Tensor count = (mask_BS.sum(-1) * states_BSDL.size(2)).view({-1, 1, 1, 1}) + kEps;
    const at::Tensor mean = states_BSDL.masked_fill(~real, 0.0).sum(at::IntArrayRef{1, 2}, /*keepdim=*/true) / count;
    const at::Tensor low = at::amin(states_BSDL.masked_fill(~real, infinity), {1, 2}, /*keepdim=*/true);
    const at::Tensor high = at::amax(states_BSDL.masked_fill(~real, -infinity), {1, 2}, /*keepdim=*/true);
    normed = (states_BSDL - mean) / (high - low + kEps) * kRangeScale;
  }
  return normed.masked_fill(~real, 0.0).flatten(2).to(states_BSDL.scalar_type());
}

at::Tensor TextConnectors::place_registers(const Connector& connector, const at::Tensor& x_BSD, const at::Tensor& mask_BS,
                                           std::int64_t num_tokens) const {
  const std::int64_t given = x_BSD.size(1);
  // Real tokens to the front, in order: a stable sort by "is padding".
  const at::Tensor order = at::argsort(1 - mask_BS, /*stable=*/true, /*dim=*/1, /*descending=*/false);
  at::Tensor front = at::gather(x_BSD, 1, order.unsqueeze(-1).expand_as(x_BSD));
  if (num_tokens > given) front = at::constant_pad_nd(front, {0, 0, 0, num_tokens - given});
  // Registers stand by absolute position, whatever the length of the text before them.
  const at::Tensor registers = connector.learnable_registers.repeat({num_tokens / connector.config.num_registers, 1}).unsqueeze(0);
  const at::Tensor places = at::arange(num_tokens, mask_BS.options()).unsqueeze(0);
  const at::Tensor is_text = (places < mask_BS.sum(1, /*keepdim=*/true)).unsqueeze(-1);
  return at::where(is_text, front, registers.to(front.scalar_type()));
}

at::Tensor TextConnectors::run(const Connector& connector, const at::Tensor& x_BSD, const at::Tensor& mask_BS) const {
  const std::int64_t num_tokens = x_BSD.size(1);
  const at::Tensor fractions = at::arange(num_tokens, x_BSD.options().dtype(at::kFloat)) / static_cast<double>(config_.rope_base_seq_len);
  const RopeTable rope = make_rope_table(fractions.view({1, num_tokens, 1}), {.type = config_.rope_type,
                                                                              .dim = connector.config.dim(),
                                                                              .num_heads = connector.config.num_heads,
                                                                              .theta = config_.rope_theta,
                                                                              .double_precision = config_.rope_double_precision});
  AttentionExtras extras;
  extras.query_rope = &rope;
  if (mask_BS.defined()) {
    const double lowest =
        x_BSD.scalar_type() == at::kHalf ? -65504.0 : -3.3895313892515355e38;  // the largest finite of bf16, which float32 holds too
    extras.mask = ((1 - mask_BS).to(x_BSD.scalar_type()) * lowest).unsqueeze(1).unsqueeze(1);
  }
  at::Tensor x = x_BSD;
  for (const auto& block : connector.blocks) {
    x = x + block.attn1.forward(rms_norm(x, kEps), {}, extras);
    x = x + block.ff.forward(rms_norm(x, kEps));
  }
  return rms_norm(x, kEps);
}

TextEmbeds TextConnectors::forward(const std::vector<at::Tensor>& states, const at::Tensor& mask_BS, std::int64_t num_tokens) const {
  FANTASCOPE_CHECK(static_cast<std::int64_t>(states.size()) == config_.text_proj_in_factor);
  const std::int64_t given = states[0].size(1);
  const auto whole = at::TensorOptions().dtype(at::kLong).device(states[0].device());
  const std::int64_t length = num_tokens == 0 ? given : num_tokens;
  FANTASCOPE_CHECK(length >= given);
  at::Tensor mask = mask_BS.defined() ? mask_BS.to(at::kLong) : at::ones({states[0].size(0), given}, whole);
  at::Tensor features = normalise(at::stack(states, -1), mask);
  const bool registers = config_.video.num_registers > 0 && config_.audio.num_registers > 0;
  if (!registers && length > given) {  // some stream keeps its padding, which stands on the left
    features = at::constant_pad_nd(features, {0, 0, length - given, 0});
    mask = at::constant_pad_nd(mask, {length - given, 0});
  }
  at::Tensor video;
  at::Tensor audio;
  if (config_.per_modality_projections) {
    const auto scale = [this](std::int64_t dim) {
      return std::sqrt(static_cast<double>(dim) / static_cast<double>(config_.caption_channels));
    };
    video = video_text_proj_in_->forward(features * scale(config_.video_hidden_dim));
    audio = audio_text_proj_in_->forward(features * scale(config_.audio_hidden_dim));
  } else {
    video = audio = text_proj_in_->forward(features);
  }
  const auto through = [&](const Connector& connector, const at::Tensor& x) {
    return connector.config.num_registers > 0 ? run(connector, place_registers(connector, x, mask, length), {}) : run(connector, x, mask);
  };
  TextEmbeds embeds;
  embeds.video_BSD = through(video_connector_, video);
  embeds.audio_BSD = through(audio_connector_, audio);
  embeds.mask_BS = config_.video.num_registers > 0 ? at::ones({video.size(0), length}, whole) : mask;
  if (config_.video.num_registers == 0) embeds.video_BSD = embeds.video_BSD * mask.unsqueeze(-1).to(embeds.video_BSD.scalar_type());
  return embeds;
}

}  // namespace fantascope::models::ltx2
