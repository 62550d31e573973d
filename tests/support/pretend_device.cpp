#include "tests/support/pretend_device.h"

#include <ATen/EmptyTensor.h>
#include <ATen/TensorOperators.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/unfold_native.h>
#include <ATen/ops/view_native.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/alloc_cpu.h>
#include <torch/library.h>

#include <cstdlib>

namespace fantascope::testing {
namespace {

constexpr auto kType = c10::DeviceType::PrivateUse1;

struct PretendAllocator final : c10::Allocator {
  c10::DataPtr allocate(std::size_t bytes) override {
    void* memory = c10::alloc_cpu(bytes);
    return {memory, memory, &c10::free_cpu, c10::Device(kType, 0)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &c10::free_cpu; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override { default_copy_data(to, from, bytes); }
};
PretendAllocator allocator;
REGISTER_ALLOCATOR(kType, &allocator);

struct PretendGuard final : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return kType; }
  c10::Device exchangeDevice(c10::Device) const override { return pretend_device(); }
  c10::Device getDevice() const override { return pretend_device(); }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::Stream getStream(c10::Device device) const override { return c10::Stream(c10::Stream::DEFAULT, device); }
  c10::Stream exchangeStream(c10::Stream stream) const override { return stream; }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  // All work is done when a call returns, so that there is nothing to wait for.
  void record(void**, const c10::Stream&, const c10::DeviceIndex, const c10::EventFlag) const override {}
  void block(void*, const c10::Stream&) const override {}
  bool queryEvent(void*) const override { return true; }
  bool queryStream(const c10::Stream&) const override { return true; }
  void synchronizeStream(const c10::Stream&) const override {}
};
C10_REGISTER_GUARD_IMPL(PrivateUse1, PretendGuard);

// What autograd asks of a device.
struct PretendHooks final : at::PrivateUse1HooksInterface {
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  c10::DeviceIndex deviceCount() const override { return 1; }
  c10::DeviceIndex getCurrentDevice() const override { return 0; }
  void setCurrentDevice(c10::DeviceIndex) const override {}
  c10::DeviceIndex exchangeDevice(c10::DeviceIndex) const override { return 0; }
  c10::DeviceIndex maybeExchangeDevice(c10::DeviceIndex) const override { return 0; }
};
const bool hooked = [] {
  static PretendHooks hooks;
  at::RegisterPrivateUse1HooksInterface(&hooks);
  c10::register_privateuse1_backend(pretend_device_name());
  return true;
}();

at::Tensor make_empty(at::IntArrayRef size, std::optional<at::ScalarType> dtype, std::optional<at::Layout>, std::optional<at::Device>,
                      std::optional<bool>, std::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(size, &allocator, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), c10::dtype_or_default(dtype),
                                   format);
}

at::Tensor make_empty_strided(at::IntArrayRef size, at::IntArrayRef stride, std::optional<at::ScalarType> dtype, std::optional<at::Layout>,
                              std::optional<at::Device>, std::optional<bool>) {
  return at::detail::empty_strided_generic(size, stride, &allocator, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                           c10::dtype_or_default(dtype));
}

// The same memory as a tensor of the CPU.
at::Tensor on_cpu(const at::Tensor& tensor) {
  if (tensor.device().is_cpu()) return tensor;
  return at::from_blob(const_cast<void*>(tensor.const_data_ptr()), tensor.sizes(), tensor.strides(),
                       at::TensorOptions().dtype(tensor.scalar_type()));
}

at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool) {
  on_cpu(to).copy_(on_cpu(from));
  return to;
}

at::Tensor copy_from_and_resize(const at::Tensor& from, const at::Tensor& to) {
  if (to.sizes() != from.sizes()) to.resize_(from.sizes());
  return copy_from(from, to, false);
}

const at::Tensor& resize(const at::Tensor& tensor, at::IntArrayRef size, std::optional<at::MemoryFormat>) {
  const at::Tensor fresh = make_empty(size, tensor.scalar_type(), {}, {}, {}, {});
  tensor.unsafeGetTensorImpl()->set_storage_and_dtype(fresh.storage(), fresh.dtype());
  tensor.unsafeGetTensorImpl()->set_sizes_contiguous(size);
  return tensor;
}

bool is_foreign(const at::Tensor& tensor) { return tensor.defined() && tensor.device().type() != kType && tensor.dim() > 0; }

// A GPU takes single numbers and indices from the CPU, nothing else.
void run_on_cpu(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  const std::string name = operation.schema().name();
  bool foreign = false;
  for (const auto& argument : torch::jit::last(*stack, operation.schema().arguments().size())) {
    if (argument.isTensor()) foreign = foreign || is_foreign(argument.toTensor());
    if (argument.isTensorList()) {
      for (const at::Tensor& tensor : argument.toTensorVector()) foreign = foreign || is_foreign(tensor);
    }
  }
  if (foreign && name != "aten::index" && name != "aten::index_put_") {
    TORCH_CHECK(false, name, " got tensors of different devices");
  }
  at::native::cpu_fallback(operation, stack);
}

at::Tensor convolve(const at::Tensor& input, const at::Tensor& weight, const std::optional<at::Tensor>& bias, at::IntArrayRef stride,
                    at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed, at::IntArrayRef output_padding,
                    std::int64_t groups) {
  TORCH_CHECK(!is_foreign(input) && !is_foreign(weight) && !(bias && is_foreign(*bias)), "convolution got tensors of different devices");
  return at::convolution(on_cpu(input), on_cpu(weight), bias && bias->defined() ? std::optional(on_cpu(*bias)) : std::nullopt, stride,
                         padding, dilation, transposed, output_padding, groups)
      .to(input.device());
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolve_backward(const at::Tensor& gradient, const at::Tensor& input,
                                                                 const at::Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding,
                                                                 at::IntArrayRef dilation, bool transposed, at::IntArrayRef output_padding,
                                                                 std::int64_t groups, std::array<bool, 3> wanted) {
  TORCH_CHECK(!is_foreign(gradient) && !is_foreign(input) && !is_foreign(weight), "convolution got tensors of different devices");
  const auto [x, w, b] =
      at::convolution_backward(on_cpu(gradient.contiguous()), on_cpu(input), on_cpu(weight),
                               at::OptionalIntArrayRef(at::IntArrayRef{weight.size(transposed ? 1 : 0) * (transposed ? groups : 1)}),
                               stride, padding, dilation, transposed, output_padding, groups, wanted);
  const auto back = [&](const at::Tensor& tensor) { return tensor.defined() ? tensor.to(input.device()) : tensor; };
  return {back(x), back(w), back(b)};
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) { library.fallback(torch::CppFunction::makeFromBoxedFunction<&run_on_cpu>()); }

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  library.impl("empty.memory_format", make_empty);
  library.impl("empty_strided", make_empty_strided);
  library.impl("_copy_from", copy_from);
  library.impl("_copy_from_and_resize", copy_from_and_resize);
  library.impl("resize_", resize);
  library.impl("as_strided", at::native::as_strided_tensorimpl);
  library.impl("view", static_cast<at::Tensor (*)(const at::Tensor&, at::IntArrayRef)>(at::native::view));
  library.impl("_reshape_alias", at::native::_reshape_alias);
  library.impl("unfold", at::native::unfold);
  library.impl("convolution_overrideable", convolve);
  library.impl("convolution_backward_overrideable", convolve_backward);
}

}  // namespace

std::string other_device_name() {
  const char* wanted = std::getenv("FANTASCOPE_TEST_DEVICE");
  return wanted != nullptr && *wanted != 0 ? wanted : pretend_device_name();
}

c10::Device pretend_device() { return c10::Device(kType, 0); }

}  // namespace fantascope::testing
