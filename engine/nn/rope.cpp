#include "engine/nn/rope.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <numbers>

#include "engine/base/result.h"

namespace fantascope {
namespace {

/// Angles [B,T,n*A], frequency-major and axis-minor.
at::Tensor rope_angles(const at::Tensor& fractions_BTA, const RopeOptions& options) {
  const std::int64_t num_axes = fractions_BTA.size(2);
  const auto frequency_options = fractions_BTA.options().dtype(options.double_precision ? at::kDouble : at::kFloat);
  const at::Tensor exponents = at::linspace(0.0, 1.0, options.dim / (2 * num_axes), frequency_options);
  const at::Tensor frequencies = (at::pow(at::Scalar(options.theta), exponents) * std::numbers::pi / 2.0).to(at::kFloat);
  const at::Tensor angles = (fractions_BTA.unsqueeze(-1) * 2 - 1) * frequencies;  // [B,T,A,n]
  return angles.transpose(-1, -2).flatten(2);
}

}  // namespace

RopeTable make_rope_table(const at::Tensor& fractions_BTA, const RopeOptions& options) {
  FANTASCOPE_CHECK(fractions_BTA.dim() == 3 && fractions_BTA.scalar_type() == at::kFloat);
  const at::Tensor angles = rope_angles(fractions_BTA, options);
  at::Tensor cos = angles.cos(), sin = angles.sin();
  std::int64_t padding = options.dim / 2 - cos.size(-1);
  if (options.type == RopeType::kInterleaved) {
    cos = cos.repeat_interleave(2, -1);
    sin = sin.repeat_interleave(2, -1);
    padding = options.dim - cos.size(-1);
  }
  if (padding > 0) {
    const at::Tensor front = at::zeros({cos.size(0), cos.size(1), padding}, cos.options());
    cos = at::cat({at::ones_like(front), cos}, -1);
    sin = at::cat({front, sin}, -1);
  }
  if (options.type == RopeType::kSplit) {
    const auto by_head = [&](const at::Tensor& x) {
      return x.reshape({x.size(0), x.size(1), options.num_heads, -1}).transpose(1, 2).contiguous();
    };
    cos = by_head(cos);
    sin = by_head(sin);
  }
  return {options.type, cos, sin};
}

at::Tensor apply_split_rope(const at::Tensor& x_BNTE, const RopeTable& table) {
  const at::Tensor wide = x_BNTE.to(at::kFloat);
  const std::int64_t half = wide.size(-1) / 2;
  const at::Tensor first = wide.narrow(-1, 0, half), second = wide.narrow(-1, half, half);
  const at::Tensor rotated_first = at::addcmul(first * table.cos, second, table.sin, /*value=*/-1);
  const at::Tensor rotated_second = at::addcmul(second * table.cos, first, table.sin);
  return at::cat({rotated_first, rotated_second}, -1).to(x_BNTE.scalar_type());
}

at::Tensor apply_rope(const at::Tensor& x_BTD, const RopeTable& table) {
  if (table.type == RopeType::kSplit) {
    const at::Tensor x_BNTE = x_BTD.unflatten(2, {table.cos.size(1), -1}).transpose(1, 2);
    return apply_split_rope(x_BNTE, table).transpose(1, 2).flatten(2);
  }
  const at::Tensor pairs = x_BTD.unflatten(2, {-1, 2});
  const at::Tensor turned = at::stack({-pairs.select(-1, 1), pairs.select(-1, 0)}, -1).flatten(2);
  return (x_BTD.to(at::kFloat) * table.cos + turned.to(at::kFloat) * table.sin).to(x_BTD.scalar_type());
}

}  // namespace fantascope
