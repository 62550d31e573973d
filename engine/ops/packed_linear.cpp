#include "engine/ops/packed_linear.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/linear.h>

#include <optional>
#include <string_view>

#include "engine/ops/matrix_units.h"

namespace fantascope::ops {
namespace {

constexpr std::int64_t kMaxElements = std::int64_t{4} << 20;      // of one weight: 8 MiB
constexpr std::int64_t kMaxWideElements = std::int64_t{1} << 20;  // 4 MiB more

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
      weight.requires_grad())
    return {};
  if (!has_bf16_matrix_units()) return weight.numel() <= kMaxWideElements ? weight.to(at::kFloat) : at::Tensor();
  if (weight.numel() > kMaxElements || !operations()) return {};
  try {
    return operations()->reorder.call(weight, c10::SymInt(kUsualRows));
  } catch (const c10::Error&) {  // told of units by the processor that the library may not use
    return {};
  }
}

at::Tensor packed_linear(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias) {
  if (packed.scalar_type() == at::kFloat) {
    const at::Tensor wide = x.to(at::kFloat);
    return (bias.defined() ? at::linear(wide, packed, bias.to(at::kFloat)) : at::linear(wide, packed)).to(x.scalar_type());
  }
  return operations()->linear.call(x.contiguous(), packed, bias.defined() ? std::optional<at::Tensor>(bias) : std::nullopt, "none",
                                   c10::List<std::optional<at::Scalar>>(), std::nullopt);
}

}  // namespace fantascope::ops
