#include "training/trainer/parameters.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <functional>

namespace fantascope::training {
namespace {

// FNV-1a: std::hash is not the same on every machine, and the shipped model must be reproducible from its seed.
std::uint64_t stable_hash(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

at::Tensor make(at::IntArrayRef shape, Init init, std::uint64_t seed) {
  const auto options = at::TensorOptions().dtype(at::kFloat);
  switch (init.kind) {
    case Init::Kind::kZeros:
      return at::zeros(shape, options);
    case Init::Kind::kOnes:
      return at::ones(shape, options);
    case Init::Kind::kNormal:
      return at::empty(shape, options).normal_(0.0, init.scale, at::make_generator<at::CPUGeneratorImpl>(seed));
    case Init::Kind::kUniform:
      return at::empty(shape, options).uniform_(-init.scale, init.scale, at::make_generator<at::CPUGeneratorImpl>(seed));
  }
  return {};
}

}  // namespace

TrainableParameters::TrainableParameters(at::ScalarType compute_dtype, std::uint64_t seed, NamedTensors start, c10::Device device)
    : compute_dtype_(compute_dtype), seed_(seed), start_(std::move(start)), device_(device) {}

at::Tensor TrainableParameters::get(const std::string& name, at::IntArrayRef shape, Init init) {
  const at::NoGradGuard no_grad;
  at::Tensor master;
  if (const auto found = start_.find(name); found != start_.end()) {
    if (found->second.sizes() != shape) {
      problems_ += "\n  " + name + ": the checkpoint has another shape than the configuration";
      return {};
    }
    master = found->second.to(at::kFloat).clone();
  } else {
    master = make(shape, init, seed_ ^ stable_hash(name));
  }
  master = master.to(device_);
  at::Tensor leaf = master.to(compute_dtype_, /*non_blocking=*/false, /*copy=*/true).requires_grad_(true);
  parameters_.push_back({name, master, leaf});
  return leaf;
}

at::Tensor TrainableParameters::get_optional(const std::string& name, at::IntArrayRef shape) {
  if (!start_.contains(name)) return {};
  return get(name, shape, Init::zeros());
}

Result<void> TrainableParameters::finish() const {
  if (problems_.empty()) return {};
  return Error{ErrorCode::kMismatch,          "the checkpoint does not fit the configuration:" + problems_, "checkpoint", "", "",
               "Start again without --resume"};
}

void TrainableParameters::keep_only(const std::string& prefix) {
  std::erase_if(parameters_, [&](const Parameter& parameter) { return !parameter.name.starts_with(prefix); });
}

void TrainableParameters::publish() {
  const at::NoGradGuard no_grad;
  for (auto& parameter : parameters_) parameter.leaf.copy_(parameter.master);
}

void TrainableParameters::zero_gradients() {
  for (auto& parameter : parameters_) parameter.leaf.mutable_grad() = at::Tensor();
}

NamedTensors TrainableParameters::masters() const {
  NamedTensors result;
  for (const auto& parameter : parameters_) result[parameter.name] = parameter.master;
  return result;
}

std::int64_t TrainableParameters::count() const {
  std::int64_t total = 0;
  for (const auto& parameter : parameters_) total += parameter.master.numel();
  return total;
}

}  // namespace fantascope::training
