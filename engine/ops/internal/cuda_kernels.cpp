#include "engine/ops/internal/cuda_kernels.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <cmath>
#include <optional>

#include "kernels/attention/flash_attention.h"
#include "kernels/norm/rms_norm_modulate.h"
#include "kernels/rope/norm_rope_heads.h"

namespace fantascope::ops::internal {
namespace {

using kernels::Status;

/// The stream that the tensor library is using for this device.
void* stream_of(const at::Tensor& x) { return c10::impl::getDeviceGuardImpl(x.device().type())->getStream(x.device()).native_handle(); }

std::optional<kernels::DType> dtype_of(const at::Tensor& x) {
  if (x.scalar_type() == at::kBFloat16) return kernels::DType::kBFloat16;
  if (x.scalar_type() == at::kFloat) return kernels::DType::kFloat32;
  return std::nullopt;
}

bool alike(const at::Tensor& a, const at::Tensor& b) { return a.device() == b.device() && a.scalar_type() == b.scalar_type(); }

/// [B or 1, 1 or T, D] as one vector for every so many rows of x; false if it has no such regular order.
bool row_vectors(const at::Tensor& v, const at::Tensor& x, at::Tensor& holder, kernels::RowVectors& vectors) {
  if (!v.defined()) return true;
  if (!alike(v, x) || v.dim() != 3 || v.size(2) != x.size(2)) return false;
  const std::int64_t batch = x.size(0), tokens = x.size(1);
  const bool one_each = v.size(1) == 1;
  if ((v.size(0) != batch && v.size(0) != 1) || (!one_each && v.size(1) != tokens)) return false;
  holder = v.expand({batch, v.size(1), v.size(2)}).contiguous();
  vectors = {holder.const_data_ptr(), x.size(2), one_each ? tokens : 1};
  return true;
}

at::Tensor checked(Status status, const at::Tensor& result) { return status == Status::kOk ? result : at::Tensor(); }

}  // namespace

at::Tensor cuda_rms_norm_modulate(const at::Tensor& x_in, const at::Tensor& scale, const at::Tensor& shift, double eps) {
  const auto dtype = dtype_of(x_in);
  if (!dtype || at::GradMode::is_enabled() || x_in.dim() != 3 || x_in.numel() == 0) return {};
  const at::Tensor x = x_in.contiguous();
  at::Tensor hold_scale, hold_shift;
  kernels::RmsNormModulateArgs args;
  if (!row_vectors(scale, x, hold_scale, args.scale) || !row_vectors(shift, x, hold_shift, args.shift)) return {};
  const at::Tensor out = at::empty_like(x);
  args.x = x.const_data_ptr();
  args.out = out.mutable_data_ptr();
  args.rows = x.size(0) * x.size(1);
  args.dim = x.size(2);
  args.eps = static_cast<float>(eps);
  args.dtype = *dtype;
  return checked(kernels::rms_norm_modulate(args, stream_of(x)), out);
}

at::Tensor cuda_norm_rope_heads(const at::Tensor& x_in, const at::Tensor& weight_D, const at::Tensor& cos_in, const at::Tensor& sin_in,
                                std::int64_t num_heads, double eps) {
  const auto dtype = dtype_of(x_in);
  if (!dtype || at::GradMode::is_enabled() || x_in.dim() != 3 || x_in.numel() == 0 || x_in.size(2) % num_heads != 0 ||
      !alike(weight_D, x_in)) {
    return {};
  }
  const at::Tensor x = x_in.contiguous(), weight = weight_D.contiguous();
  const std::int64_t head_dim = x.size(2) / num_heads;
  kernels::NormRopeHeadsArgs args;
  at::Tensor cos, sin;
  if (cos_in.defined()) {
    cos = cos_in.contiguous();
    sin = sin_in.contiguous();
    const bool fits = cos.device() == x.device() && cos.scalar_type() == at::kFloat && cos.dim() == 4 && cos.size(1) == num_heads &&
                      cos.size(2) == x.size(1) && cos.size(3) * 2 == head_dim && (cos.size(0) == 1 || cos.size(0) == x.size(0)) &&
                      sin.sizes() == cos.sizes();
    if (!fits) return {};
    args.cos = cos.const_data_ptr<float>();
    args.sin = sin.const_data_ptr<float>();
    args.table_batch_stride = cos.size(0) == 1 ? 0 : cos.stride(0);
  }
  const at::Tensor out = at::empty({x.size(0), num_heads, x.size(1), head_dim}, x.options());
  args.x = x.const_data_ptr();
  args.weight = weight.const_data_ptr();
  args.out = out.mutable_data_ptr();
  args.batch = x.size(0);
  args.tokens = x.size(1);
  args.heads = num_heads;
  args.head_dim = head_dim;
  args.eps = static_cast<float>(eps);
  args.dtype = *dtype;
  return checked(kernels::norm_rope_heads(args, stream_of(x)), out);
}

at::Tensor cuda_attention(const at::Tensor& q_in, const at::Tensor& k_in, const at::Tensor& v_in, const at::Tensor& mask_in) {
  if (at::GradMode::is_enabled() || q_in.scalar_type() != at::kBFloat16 || !alike(k_in, q_in) || !alike(v_in, q_in) || q_in.dim() != 4 ||
      q_in.numel() == 0 || k_in.numel() == 0) {
    return {};
  }
  const auto rows = [](const at::Tensor& x) { return x.stride(3) == 1 ? x : x.contiguous(); };
  const auto strides = [](const at::Tensor& x) { return kernels::Strides{x.stride(0), x.stride(1), x.stride(2)}; };
  const at::Tensor q = rows(q_in), k = rows(k_in), v = rows(v_in);
  const at::Tensor out = at::empty({q.size(0), q.size(2), q.size(1), q.size(3)}, q.options()).transpose(1, 2);
  kernels::FlashAttentionArgs args;
  at::Tensor mask;
  if (mask_in.defined()) {
    mask = mask_in.to(at::kFloat).expand({q.size(0), q.size(1), q.size(2), k.size(2)});
    if (mask.device() != q.device() || (k.size(2) > 1 && mask.stride(3) != 1)) mask = mask.to(q.device()).contiguous();
    args.mask = mask.const_data_ptr<float>();
    args.mask_strides = strides(mask);
  }
  args.q = q.const_data_ptr();
  args.k = k.const_data_ptr();
  args.v = v.const_data_ptr();
  args.out = out.mutable_data_ptr();
  args.q_strides = strides(q);
  args.k_strides = strides(k);
  args.v_strides = strides(v);
  args.out_strides = strides(out);
  args.batch = q.size(0);
  args.heads = q.size(1);
  args.queries = q.size(2);
  args.keys = k.size(2);
  args.head_dim = q.size(3);
  args.scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(q.size(3))));
  return checked(kernels::flash_attention(args, stream_of(q)), out);
}

}  // namespace fantascope::ops::internal
