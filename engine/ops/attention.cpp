#include "engine/ops/attention.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <memory>

#include "engine/ops/internal/cuda_kernels.h"
#include "engine/ops/internal/tensor_rows.h"
#include "engine/ops/matrix_units.h"
#include "engine/ops/reference.h"

namespace fantascope::ops {
namespace {

using namespace internal;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

NormHeads norm_heads_args(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& cos, const at::Tensor& sin, std::int64_t heads,
                          double eps) {
  NormHeads args{.tokens = x.size(1),
                 .heads = heads,
                 .head_dim = x.size(2) / heads,
                 .eps = static_cast<float>(eps),
                 .x = x.const_data_ptr(),
                 .weight = weight.const_data_ptr()};
  if (cos.defined()) {
    args.cos = cos.const_data_ptr<float>();
    args.sin = sin.const_data_ptr<float>();
    args.table_batch_stride = cos.size(0) == 1 ? 0 : cos.stride(0);
  }
  return args;
}

struct NormHeadsFunction : torch::autograd::Function<NormHeadsFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& x_in, const at::Tensor& weight_in,
                            const std::optional<at::Tensor>& cos_in, const std::optional<at::Tensor>& sin_in, std::int64_t heads,
                            double eps) {
    const at::Tensor x = x_in.contiguous(), weight = weight_in.contiguous(), cos = cos_in.value_or(at::Tensor()),
                     sin = sin_in.value_or(at::Tensor());
    const at::Tensor y = at::empty({x.size(0), heads, x.size(1), x.size(2) / heads}, x.options());
    NormHeads args = norm_heads_args(x, weight, cos, sin, heads, eps);
    args.y = y.mutable_data_ptr();
    const KernelTable& kernels = kernels_for(x);
    for_pieces(x.size(0) * x.size(1), kPieceRows, [&](std::int64_t, std::int64_t first, std::int64_t last) {
      std::vector<float> scratch(static_cast<std::size_t>(x.size(2)));
      kernels.norm_heads(args, first, last, scratch.data());
    });
    if (ctx == nullptr) return y;
    ctx->save_for_backward({x, weight, cos, sin});
    ctx->saved_data["heads"] = heads;
    ctx->saved_data["eps"] = eps;
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1];
    const at::Tensor dy = grads[0].contiguous(), dx = at::empty_like(x);
    const std::int64_t rows = x.size(0) * x.size(1), dim = x.size(2);
    NormHeads args = norm_heads_args(x, weight, saved[2], saved[3], ctx->saved_data["heads"].toInt(), ctx->saved_data["eps"].toDouble());
    args.dy = dy.const_data_ptr();
    args.dx = dx.mutable_data_ptr();
    // One sum of the weight's gradient for each piece, added up in the order of the pieces.
    const std::int64_t num_pieces = (rows + kPieceRows - 1) / kPieceRows;
    std::vector<float> sums(static_cast<std::size_t>(num_pieces * dim));
    const KernelTable& kernels = kernels_for(x);
    for_pieces(rows, kPieceRows, [&](std::int64_t piece, std::int64_t first, std::int64_t last) {
      std::vector<float> scratch(static_cast<std::size_t>(2 * dim));
      kernels.norm_heads_backward(args, first, last, sums.data() + piece * dim, scratch.data());
    });
    for (std::int64_t piece = 1; piece < num_pieces; ++piece) {
      for (std::int64_t i = 0; i < dim; ++i) sums[static_cast<std::size_t>(i)] += sums[static_cast<std::size_t>(piece * dim + i)];
    }
    const at::Tensor wide = at::empty({dim}, x.options().dtype(at::kFloat));
    std::copy_n(sums.data(), dim, wide.mutable_data_ptr<float>());
    return {dx, wide.to(weight.scalar_type()), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

/// Strides of a [B,N,T,E] tensor whose last axis is contiguous.
at::Tensor with_contiguous_rows(const at::Tensor& x) { return x.stride(3) == 1 ? x : x.contiguous(); }

/// [B,N,T,E] in the memory of [B,T,N,E].
at::Tensor empty_by_token(const at::Tensor& like) {
  return at::empty({like.size(0), like.size(2), like.size(1), like.size(3)}, like.options()).transpose(1, 2);
}

AttentionArgs attention_args(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask) {
  AttentionArgs args{.heads = q.size(1),
                     .queries = q.size(2),
                     .keys = k.size(2),
                     .head_dim = q.size(3),
                     .scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(q.size(3)))),
                     .q = q.const_data_ptr(),
                     .k = k.const_data_ptr(),
                     .v = v.const_data_ptr(),
                     .q_batch = q.stride(0),
                     .q_head = q.stride(1),
                     .q_row = q.stride(2),
                     .k_batch = k.stride(0),
                     .k_head = k.stride(1),
                     .k_row = k.stride(2),
                     .v_batch = v.stride(0),
                     .v_head = v.stride(1),
                     .v_row = v.stride(2)};
  if (mask.defined()) {
    args.mask = mask.const_data_ptr<float>();
    args.mask_batch = mask.size(0) == 1 ? 0 : mask.stride(0);
    args.mask_head = mask.size(1) == 1 ? 0 : mask.stride(1);
    args.mask_row = mask.size(2) == 1 ? 0 : mask.stride(2);
  }
  return args;
}

/// Runs work(tile, scratch) over all batch elements and heads.
template <class Work>
void for_tiles(const at::Tensor& q, std::int64_t scratch_floats, const Work& work) {
  at::parallel_for(0, q.size(0) * q.size(1), 1, [&](std::int64_t begin, std::int64_t end) {
    const auto scratch = std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(scratch_floats + 16));
    void* start = scratch.get();
    auto* aligned = reinterpret_cast<float*>((reinterpret_cast<std::uintptr_t>(start) + 63) / 64 * 64);
    for (std::int64_t tile = begin; tile < end; ++tile) work(tile, aligned);
  });
}

struct AttentionFunction : torch::autograd::Function<AttentionFunction> {
  static at::Tensor forward(AutogradContext* ctx, const at::Tensor& q_in, const at::Tensor& k_in, const at::Tensor& v_in,
                            const std::optional<at::Tensor>& mask_in) {
    const at::Tensor mask = mask_in.value_or(at::Tensor());
    const at::Tensor q = with_contiguous_rows(q_in), k = with_contiguous_rows(k_in), v = with_contiguous_rows(v_in);
    const at::Tensor out = empty_by_token(q), log_sum = at::empty({q.size(0), q.size(1), q.size(2)}, q.options().dtype(at::kFloat));
    AttentionArgs args = attention_args(q, k, v, mask);
    args.out = out.mutable_data_ptr();
    args.out_batch = out.stride(0), args.out_head = out.stride(1), args.out_row = out.stride(2);
    args.log_sum = log_sum.mutable_data_ptr<float>();
    const KernelTable& kernels = kernels_for(q);
    for_tiles(q, attention_scratch(args), [&](std::int64_t tile, float* scratch) { kernels.attention(args, tile, scratch); });
    if (ctx == nullptr) return out;
    ctx->save_for_backward({q, k, v, mask, log_sum});
    return out;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2];
    const at::Tensor dout = with_contiguous_rows(grads[0]), dq = at::empty(q.sizes(), q.options()), dk = at::empty(k.sizes(), k.options());
    const at::Tensor dv = empty_by_token(v);
    at::Tensor log_sum = saved[4];
    AttentionArgs args = attention_args(q, k, v, saved[3]);
    args.log_sum = log_sum.mutable_data_ptr<float>();
    args.dout = dout.const_data_ptr();
    args.dout_batch = dout.stride(0), args.dout_head = dout.stride(1), args.dout_row = dout.stride(2);
    args.dq = dq.mutable_data_ptr(), args.dk = dk.mutable_data_ptr(), args.dv = dv.mutable_data_ptr();
    args.dq_batch = dq.stride(0), args.dq_head = dq.stride(1), args.dq_row = dq.stride(2);
    args.dk_batch = dk.stride(0), args.dk_head = dk.stride(1), args.dk_row = dk.stride(2);
    args.dv_batch = dv.stride(0), args.dv_head = dv.stride(1), args.dv_row = dv.stride(2);
    const KernelTable& kernels = kernels_for(q);
    for_tiles(q, attention_backward_scratch(args),
              [&](std::int64_t tile, float* scratch) { kernels.attention_backward(args, tile, scratch); });
    return {dq, dk, dv, at::Tensor()};
  }
};

constexpr std::int64_t kMaxHeadDim = 256;

/// Up to how many keys. Above, the blocked attention of ATen wins: here the keys of a head are held at once, and backward all of its
/// scores. Measured at 280, 768 and 1,536 tokens with matrix units, at 280 to 4,992 on AVX-512 without.
std::int64_t max_tokens(const at::Tensor& q, bool trained) {
  if (q.scalar_type() == at::kBFloat16 && has_bf16_matrix_units()) return 768;
  return trained ? 512 : 4096;
}

bool is_small_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask) {
  if (!is_fusable(q) || !matches(k, q) || !matches(v, q) || q.dim() != 4 || k.dim() != 4 || v.sizes() != k.sizes()) return false;
  if (k.size(0) != q.size(0) || k.size(1) != q.size(1) || k.size(3) != q.size(3) || q.size(3) % 16 != 0 || q.size(3) > kMaxHeadDim)
    return false;
  if (mask.defined() && (mask.dim() != 4 || mask.size(3) != k.size(2) || mask.requires_grad() || !at::isFloatingType(mask.scalar_type())))
    return false;
  const bool trained = q.requires_grad() || k.requires_grad() || v.requires_grad();
  return (trained ? std::max(q.size(2), k.size(2)) : k.size(2)) <= max_tokens(q, trained);
}

}  // namespace

at::Tensor norm_rope_heads(const at::Tensor& x_BTD, const at::Tensor& weight_D, const at::Tensor& cos, const at::Tensor& sin,
                           std::int64_t num_heads, double eps) {
  bool fusable = is_fusable(x_BTD) && x_BTD.dim() == 3 && weight_D.defined() && matches(weight_D, x_BTD) && x_BTD.size(2) % num_heads == 0;
  if (fusable && cos.defined()) {
    const auto is_table = [&](const at::Tensor& t) {
      return t.scalar_type() == at::kFloat && t.dim() == 4 && (t.size(0) == 1 || t.size(0) == x_BTD.size(0)) && t.size(1) == num_heads &&
             t.size(2) == x_BTD.size(1) && t.size(3) * 2 * num_heads == x_BTD.size(2);
    };
    fusable = is_table(cos) && is_table(sin) && cos.size(0) == sin.size(0) && !cos.requires_grad() && !sin.requires_grad();
  }
  if (x_BTD.is_cuda()) {
    if (at::Tensor y = cuda_norm_rope_heads(x_BTD, weight_D, cos, sin, num_heads, eps); y.defined()) return y;
  }
  if (!fusable) return reference::norm_rope_heads(x_BTD, weight_D, cos, sin, num_heads, eps);
  const auto dense = [](const at::Tensor& t) { return optional(t.defined() ? t.contiguous() : t); };
  return apply<NormHeadsFunction>(x_BTD, weight_D, dense(cos), dense(sin), num_heads, eps);
}

at::Tensor attention(const at::Tensor& q_BNTE, const at::Tensor& k_BNSE, const at::Tensor& v_BNSE, const at::Tensor& mask) {
  if (q_BNTE.is_cuda()) {
    if (at::Tensor out = cuda_attention(q_BNTE, k_BNSE, v_BNSE, mask); out.defined()) return out;
  }
  if (!is_small_attention(q_BNTE, k_BNSE, v_BNSE, mask)) return reference::attention(q_BNTE, k_BNSE, v_BNSE, mask);
  return apply<AttentionFunction>(q_BNTE, k_BNSE, v_BNSE, optional(mask.defined() ? mask.to(at::kFloat).contiguous() : mask));
}

}  // namespace fantascope::ops
