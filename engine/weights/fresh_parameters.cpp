#include "engine/weights/fresh_parameters.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>

#include <algorithm>

namespace fantascope {
namespace {

/// FNV-1a: the same everywhere, unlike std::hash.
std::uint64_t hash_name(const std::string& name) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3u;
  return hash;
}

at::Tensor make_tensor(at::IntArrayRef shape, Init init, std::uint64_t seed) {
  at::Tensor tensor = at::empty(shape, at::TensorOptions().dtype(at::kFloat));
  const at::Generator generator = at::detail::createCPUGenerator(seed);
  switch (init.kind) {
    case Init::Kind::kZeros:
      return tensor.zero_();
    case Init::Kind::kOnes:
      return tensor.fill_(1);
    case Init::Kind::kNormal:
      return init.scale > 0 ? tensor.normal_(0, init.scale, generator) : tensor.zero_();
    case Init::Kind::kUniform:
      return init.scale > 0 ? tensor.uniform_(-init.scale, init.scale, generator) : tensor.zero_();
  }
  FANTASCOPE_CHECK(false);
}

}  // namespace

FreshParameters::FreshParameters(std::uint64_t seed, at::ScalarType dtype, at::Device device)
    : seed_(seed), dtype_(dtype), device_(device) {}

FreshParameters::FreshParameters(std::uint64_t seed, ShardedWeights start, at::ScalarType dtype, at::Device device)
    : seed_(seed), start_(std::move(start)), dtype_(dtype), device_(device) {}

at::Tensor FreshParameters::from_start(const std::string& name, at::IntArrayRef shape) {
  if (!start_ || !start_->contains(name)) return {};
  if (at::IntArrayRef(start_->find(name)->shape) != shape) {
    problems_.push_back(name + " has another shape in the checkpoint");
    return {};
  }
  auto stored = start_->read(name);
  if (!stored) {
    problems_.push_back(name + ": " + stored.error().message);
    return {};
  }
  return *stored;
}

at::Tensor FreshParameters::get(const std::string& name, at::IntArrayRef shape, Init init) {
  if (const auto known = by_name_.find(name); known != by_name_.end()) {
    if (known->second.sizes() == shape) return known->second;
    problems_.push_back(name + " was asked for with two shapes");
    return {};
  }
  at::Tensor tensor = from_start(name, shape);
  if (!tensor.defined()) tensor = make_tensor(shape, init, seed_ ^ hash_name(name));
  tensor = tensor.to(device_, dtype_);
  tensor.set_requires_grad(true);
  by_name_.emplace(name, tensor);
  parameters_.emplace_back(name, tensor);
  return tensor;
}

at::Tensor FreshParameters::get_optional(const std::string& name, at::IntArrayRef shape) {
  if (const auto known = by_name_.find(name); known != by_name_.end()) return known->second;
  at::Tensor tensor = from_start(name, shape);
  if (!tensor.defined()) return {};
  if (at::isFloatingType(tensor.scalar_type())) tensor = tensor.to(device_, dtype_);
  by_name_.emplace(name, tensor);
  buffers_.emplace_back(name, tensor);
  return tensor;
}

Result<void> FreshParameters::finish() const {
  if (problems_.empty()) return {};
  std::string message = (start_ ? start_->path() + ": " : std::string()) + "parameters do not fit: ";
  for (std::size_t i = 0; i < std::min<std::size_t>(problems_.size(), 10); ++i) message += (i == 0 ? "" : "; ") + problems_[i];
  return Error{ErrorCode::kMismatch,
               message,
               start_ ? start_->path() : "",
               std::to_string(problems_.size()) + " tensors",
               "",
               "Start from a checkpoint of the same config."};
}

std::vector<std::string> FreshParameters::left_over() const {
  std::vector<std::string> names;
  if (!start_) return names;
  for (auto& name : start_->names()) {
    if (!by_name_.contains(name)) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace fantascope
