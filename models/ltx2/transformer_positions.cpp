#include "models/ltx2/transformer_positions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/stack.h>

#include <algorithm>

namespace fantascope::models::ltx2 {
namespace {

/// Fraction [B,T,A] of the middle of each token's box, given the largest position of every axis.
at::Tensor fractions(const at::Tensor& coords, const std::vector<double>& max_positions) {
  const at::Tensor middle = (coords.select(-1, 0) + coords.select(-1, 1)) / 2.0;  // [B,A,T]
  std::vector<at::Tensor> axes;
  for (std::size_t axis = 0; axis < max_positions.size(); ++axis) {
    axes.push_back(middle.select(1, static_cast<std::int64_t>(axis)) / max_positions[axis]);
  }
  return at::stack(axes, -1);
}

/// [n,2] starts and ends of n latent elements, in latent units.
at::Tensor edges(std::int64_t n) {
  const at::Tensor start = at::arange(0, n, at::TensorOptions().dtype(at::kFloat));
  return at::stack({start, start + 1}, -1);
}

/// Boxes of a grid of tokens whose starts and ends in time are given, [1,3,T,2].
at::Tensor boxes(const TransformerConfig& config, const ClipShape& shape, const at::Tensor& time) {
  const auto& factors = config.vae_scale_factors;
  const at::Tensor rows = edges(shape.height) * factors[1];
  const at::Tensor columns = edges(shape.width) * factors[2];
  const std::vector<std::int64_t> grid = {time.size(0), shape.height, shape.width, 2};
  const at::Tensor box =
      at::stack({time.view({-1, 1, 1, 2}).expand(grid), rows.view({1, -1, 1, 2}).expand(grid), columns.view({1, 1, -1, 2}).expand(grid)});
  return box.flatten(1, 3).unsqueeze(0);
}

}  // namespace

RopeTables RopeTables::to(at::Device device) const {
  const auto moved = [&](const RopeTable& table) { return RopeTable{table.type, table.cos.to(device), table.sin.to(device)}; };
  return {moved(video), moved(audio), moved(cross_video), moved(cross_audio)};
}

at::Tensor video_coords(const TransformerConfig& config, const ClipShape& shape) {
  const auto& factors = config.vae_scale_factors;
  return boxes(config, shape, at::clamp_min(edges(shape.frames) * factors[0] + config.causal_offset - factors[0], 0) / shape.fps);
}

at::Tensor keyframe_coords(const TransformerConfig& config, const ClipShape& shape, std::int64_t num_latent_frames, double first_frame,
                           bool single_picture) {
  at::Tensor time = edges(num_latent_frames) * config.vae_scale_factors[0] + first_frame;
  if (single_picture) time = at::stack({time.select(-1, 0), time.select(-1, 0) + 1}, -1);
  return boxes(config, shape, time / shape.fps);
}

at::Tensor audio_coords(const TransformerConfig& config, std::int64_t audio_frames) {
  const at::Tensor mel =
      at::clamp_min(edges(audio_frames) * config.audio_scale_factor + config.causal_offset - config.audio_scale_factor, 0);
  const at::Tensor seconds = mel * config.audio_hop_length / config.audio_sampling_rate;
  return seconds.unsqueeze(0).unsqueeze(0);
}

RopeTables make_rope_tables(const TransformerConfig& config, const at::Tensor& video_coords, const at::Tensor& audio_coords) {
  const auto options = [&](std::int64_t dim, std::int64_t heads) {
    return RopeOptions{config.rope_type, dim, heads, config.rope_theta, config.rope_double_precision};
  };
  const double video_time = static_cast<double>(config.max_time_s), audio_time = static_cast<double>(config.audio_max_time_s);
  const double cross_time = std::max(video_time, audio_time);
  const at::Tensor video_time_coords = video_coords.narrow(1, 0, 1);
  RopeTables tables;
  tables.video = make_rope_table(
      fractions(video_coords, {video_time, static_cast<double>(config.base_height), static_cast<double>(config.base_width)}),
      options(config.width(), config.num_heads));
  tables.audio = make_rope_table(fractions(audio_coords, {audio_time}), options(config.audio_width(), config.audio_num_heads));
  tables.cross_video =
      make_rope_table(fractions(video_time_coords, {cross_time}), options(config.audio_cross_attention_dim, config.num_heads));
  tables.cross_audio =
      make_rope_table(fractions(audio_coords, {cross_time}), options(config.audio_cross_attention_dim, config.audio_num_heads));
  return tables;
}

RopeTables make_rope_tables(const TransformerConfig& config, const ClipShape& shape) {
  return make_rope_tables(config, video_coords(config, shape), audio_coords(config, shape.audio_frames));
}

}  // namespace fantascope::models::ltx2
