#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include "engine/ops/activation.h"
#include "engine/ops/internal/cuda_kernels.h"
#include "engine/ops/internal/tensor_rows.h"
#include "engine/ops/modulation.h"
#include "engine/ops/reference.h"

namespace fantascope::ops {
namespace {

using namespace internal;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// A modulation vector as the kernels take it: `holder` keeps the memory alive.
RowVectors row_vectors(const at::Tensor& v, std::int64_t tokens, at::Tensor& holder) {
  if (!v.defined()) return {};
  const bool one = v.size(1) == 1;
  const bool regular = v.stride(2) == 1 && (one || v.stride(0) == v.size(1) * v.stride(1));
  holder = regular ? v : v.contiguous();
  return {holder.const_data_ptr(), one ? holder.stride(0) : holder.stride(1), one ? tokens : 1};
}

/// Rows of a piece of backward work: whole groups of the vectors that need sums.
std::int64_t backward_piece(const RowVectors& v) { return v.rows_per_vector > 1 ? v.rows_per_vector : kPieceRows; }

bool is_modulation(const at::Tensor& v, const at::Tensor& x) {
  return !v.defined() || (matches(v, x) && v.dim() == 3 && v.size(2) == x.size(2) && (v.size(0) == x.size(0) || v.size(0) == 1) &&
                          (v.size(1) == 1 || v.size(1) == x.size(1)));
}

/// One vector for every batch element, so that their gradients are summed piece by piece.
at::Tensor for_each_batch(const at::Tensor& v, std::int64_t batch) {
  return v.defined() && v.size(0) != batch ? v.expand({batch, v.size(1), v.size(2)}) : v;
}

struct NormModulateFunction : torch::autograd::Function<NormModulateFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x_in, const std::optional<at::Tensor>& scale_in,
                            const std::optional<at::Tensor>& shift_in, double eps) {
    const at::Tensor x = x_in.contiguous(), scale = scale_in.value_or(at::Tensor()), shift = shift_in.value_or(at::Tensor());
    const at::Tensor y = at::empty_like(x);
    at::Tensor hold_scale, hold_shift;
    NormModulate args{.dim = x.size(2),
                      .eps = static_cast<float>(eps),
                      .x = x.const_data_ptr(),
                      .scale = row_vectors(scale, x.size(1), hold_scale),
                      .shift = row_vectors(shift, x.size(1), hold_shift),
                      .y = y.mutable_data_ptr()};
    const KernelTable& kernels = kernels_for(x);
    for_pieces(x.size(0) * x.size(1), kPieceRows,
               [&](std::int64_t, std::int64_t first, std::int64_t last) { kernels.norm_modulate(args, first, last); });
    if (ctx == nullptr) return y;
    ctx->save_for_backward({x, scale, shift});
    ctx->saved_data["eps"] = eps;
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor dy = grads[0].contiguous(), dx = at::empty_like(x);
    at::Tensor dscale, dshift, hold_scale, hold_shift;
    if (saved[1].defined()) dscale = at::empty(saved[1].sizes(), x.options());
    if (saved[2].defined()) dshift = at::empty(saved[2].sizes(), x.options());
    NormModulate args{.dim = x.size(2),
                      .eps = static_cast<float>(ctx->saved_data["eps"].toDouble()),
                      .x = x.const_data_ptr(),
                      .scale = row_vectors(saved[1], x.size(1), hold_scale),
                      .shift = row_vectors(saved[2], x.size(1), hold_shift),
                      .dy = dy.const_data_ptr(),
                      .dx = dx.mutable_data_ptr()};
    if (dscale.defined()) args.dscale = dscale.mutable_data_ptr();
    if (dshift.defined()) args.dshift = dshift.mutable_data_ptr();
    const KernelTable& kernels = kernels_for(x);
    const std::int64_t piece = std::max(backward_piece(args.scale), backward_piece(args.shift));
    for_pieces(x.size(0) * x.size(1), piece, [&](std::int64_t, std::int64_t first, std::int64_t last) {
      std::vector<float> scratch(static_cast<std::size_t>(2 * args.dim));
      kernels.norm_modulate_backward(args, first, last, scratch.data());
    });
    return {dx, dscale, dshift, at::Tensor()};
  }
};

struct GatedAddFunction : torch::autograd::Function<GatedAddFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x_in, const at::Tensor& y_in, const at::Tensor& gate) {
    const at::Tensor x = x_in.contiguous(), y = y_in.contiguous(), out = at::empty_like(x);
    at::Tensor hold;
    const GatedAdd args{.dim = x.size(2),
                        .x = x.const_data_ptr(),
                        .y = y.const_data_ptr(),
                        .gate = row_vectors(gate, x.size(1), hold),
                        .out = out.mutable_data_ptr()};
    const KernelTable& kernels = kernels_for(x);
    for_pieces(x.size(0) * x.size(1), kPieceRows,
               [&](std::int64_t, std::int64_t first, std::int64_t last) { kernels.gated_add(args, first, last); });
    if (ctx == nullptr) return out;
    ctx->save_for_backward({y, gate});
    return out;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor &y = saved[0], &gate = saved[1];
    const at::Tensor dout = grads[0].contiguous(), dy = at::empty_like(y), dgate = at::empty(gate.sizes(), y.options());
    at::Tensor hold;
    const GatedAdd args{.dim = y.size(2),
                        .y = y.const_data_ptr(),
                        .gate = row_vectors(gate, y.size(1), hold),
                        .dout = dout.const_data_ptr(),
                        .dy = dy.mutable_data_ptr(),
                        .dgate = dgate.mutable_data_ptr()};
    const KernelTable& kernels = kernels_for(y);
    for_pieces(y.size(0) * y.size(1), backward_piece(args.gate), [&](std::int64_t, std::int64_t first, std::int64_t last) {
      std::vector<float> scratch(static_cast<std::size_t>(args.dim));
      kernels.gated_add_backward(args, first, last, scratch.data());
    });
    return {dout, dy, dgate};
  }
};

constexpr std::int64_t kPieceElements = 16384;

struct GeluTanhFunction : torch::autograd::Function<GeluTanhFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x_in) {
    const at::Tensor x = x_in.contiguous(), y = at::empty_like(x);
    const KernelTable& kernels = kernels_for(x);
    const auto* from = static_cast<const char*>(x.const_data_ptr());
    auto* to = static_cast<char*>(y.mutable_data_ptr());
    const auto size = static_cast<std::int64_t>(x.element_size());
    for_pieces(x.numel(), kPieceElements, [&](std::int64_t, std::int64_t first, std::int64_t last) {
      kernels.gelu_tanh(from + first * size, to + first * size, last - first);
    });
    if (ctx == nullptr) return y;
    ctx->save_for_backward({x});
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const at::Tensor x = ctx->get_saved_variables()[0], dy = grads[0].contiguous(), dx = at::empty_like(x);
    const KernelTable& kernels = kernels_for(x);
    const auto *x_data = static_cast<const char*>(x.const_data_ptr()), *dy_data = static_cast<const char*>(dy.const_data_ptr());
    auto* dx_data = static_cast<char*>(dx.mutable_data_ptr());
    const auto size = static_cast<std::int64_t>(x.element_size());
    for_pieces(x.numel(), kPieceElements, [&](std::int64_t, std::int64_t first, std::int64_t last) {
      kernels.gelu_tanh_backward(x_data + first * size, dy_data + first * size, dx_data + first * size, last - first);
    });
    return {dx};
  }
};

}  // namespace

at::Tensor rms_norm_modulate(const at::Tensor& x_BTD, const at::Tensor& scale, const at::Tensor& shift, double eps) {
  const bool fusable = is_fusable(x_BTD) && x_BTD.dim() == 3 && is_modulation(scale, x_BTD) && is_modulation(shift, x_BTD) &&
                       (!scale.defined() || !shift.defined() || scale.size(1) == shift.size(1));
  if (x_BTD.is_cuda()) {
    if (at::Tensor y = cuda_rms_norm_modulate(x_BTD, scale, shift, eps); y.defined()) return y;
  }
  if (!fusable) return reference::rms_norm_modulate(x_BTD, scale, shift, eps);
  return apply<NormModulateFunction>(x_BTD, optional(for_each_batch(scale, x_BTD.size(0))), optional(for_each_batch(shift, x_BTD.size(0))),
                                     eps);
}

at::Tensor gated_add(const at::Tensor& x_BTD, const at::Tensor& y_BTD, const at::Tensor& gate) {
  const bool fusable = is_fusable(x_BTD) && x_BTD.dim() == 3 && y_BTD.sizes() == x_BTD.sizes() && matches(y_BTD, x_BTD) && gate.defined() &&
                       is_modulation(gate, x_BTD);
  if (!fusable) return reference::gated_add(x_BTD, y_BTD, gate);
  return apply<GatedAddFunction>(x_BTD, y_BTD, for_each_batch(gate, x_BTD.size(0)));
}

at::Tensor gelu_tanh(const at::Tensor& x) { return is_fusable(x) ? apply<GeluTanhFunction>(x) : reference::gelu_tanh(x); }

}  // namespace fantascope::ops
