#include "engine/ops/packed_linear.h"

#include <ATen/Version.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <optional>
#include <string_view>

namespace fantascope::ops {
namespace {

constexpr std::int64_t kMaxElements = std::int64_t{4} << 20;  // of one weight: 8 MiB

constexpr std::int64_t kUsualRows = 192;  // a hint for the layout

using Reorder = at::Tensor(const at::Tensor&, std::optional<c10::SymInt>);
using Pointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&, std::string_view,
                             c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);

struct Operations {
  c10::TypedOperatorHandle<Reorder> reorder;
  c10::TypedOperatorHandle<Pointwise> linear;
};

/// The library's own operations by name; not in every build of it.
const std::optional<Operations>& operations() {
  static const std::optional<Operations> found = []() -> std::optional<Operations> {
    auto& dispatcher = c10::Dispatcher::singleton();
    const auto reorder = dispatcher.findSchema({"mkldnn::_reorder_linear_weight", ""});
    const auto linear = dispatcher.findSchema({"mkldnn::_linear_pointwise", ""});
    if (!reorder || !linear) return std::nullopt;
    try {
      return Operations{reorder->typed<Reorder>(), linear->typed<Pointwise>()};
    } catch (const c10::Error&) {  // another version, with other arguments
      return std::nullopt;
    }
  }();
  return found;
}

}  // namespace

at::Tensor pack_linear_weight(const at::Tensor& weight) {
  if (!weight.defined() || !weight.device().is_cpu() || weight.scalar_type() != at::kBFloat16 || weight.dim() != 2 ||
      weight.numel() > kMaxElements || weight.requires_grad() || at::get_cpu_capability() != "AVX512" || !operations()) {
    return {};
  }
  try {
    return operations()->reorder.call(weight, c10::SymInt(kUsualRows));
  } catch (const c10::Error&) {  // a machine that the library has no bfloat16 products for
    return {};
  }
}

at::Tensor packed_linear(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias) {
  return operations()->linear.call(x.contiguous(), packed, bias.defined() ? std::optional<at::Tensor>(bias) : std::nullopt, "none",
                                   c10::List<std::optional<at::Scalar>>(), std::nullopt);
}

}  // namespace fantascope::ops
