#include "training/trainer/optimiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "training/trainer/compute_type.h"

namespace fantascope::training {
namespace {

// A kernel [O,I,t,h,w] as the matrix [O,I*t*h*w] that it is; matrices stay as they are.
at::Tensor as_matrix(const at::Tensor& weight) { return weight.flatten(1); }

// Weight matrices of linear layers inside blocks, and kernels of residual blocks in space and time; tables, norms, embeddings and the outer
// projections go to AdamW.
bool is_block_matrix(const Parameter& parameter) {
  const auto& name = parameter.name;
  const std::int64_t dim = parameter.master.dim();
  const bool linear = dim == 2 && (name.find("transformer_blocks.") != std::string::npos || name.find("layers.") != std::string::npos);
  const bool kernel = dim == 5 && name.find(".resnets.") != std::string::npos;
  return (linear || kernel) && name.ends_with(".weight") &&
         std::min(parameter.master.size(0), parameter.master.numel() / parameter.master.size(0)) >= 16;
}

constexpr int kNewtonSchulzSteps = 5;
constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;
// From this ratio of columns to rows on, two products with the matrix itself and the rest on its small Gram matrix cost less.
constexpr std::int64_t kWide = 8;

at::Tensor orthogonalised(at::Tensor x) {
  x = x.to(compute_type(x.device()));
  for (int i = 0; i < kNewtonSchulzSteps; ++i) {
    const at::Tensor gram = at::bmm(x, x.transpose(1, 2));
    const at::Tensor poly = at::baddbmm(gram, gram, gram, kB, kC);
    x = at::baddbmm(x, poly, x, kA, 1.0);
  }
  return x.to(at::kFloat);
}

// The same: every step multiplies x by a polynomial of its Gram matrix from the left, and these commute. In double, since what is small in
// x is smaller still in its square.
at::Tensor orthogonalised_by_gram(const at::Tensor& x) {
  at::Tensor gram = at::bmm(x, x.transpose(1, 2)).to(at::kDouble);
  at::Tensor all;
  for (int i = 0; i < kNewtonSchulzSteps; ++i) {
    at::Tensor poly = at::baddbmm(gram, gram, gram, kB, kC);
    poly.diagonal(0, 1, 2).add_(kA);
    all = all.defined() ? at::bmm(poly, all) : poly;
    gram = at::bmm(poly, at::bmm(gram, poly));
  }
  return at::bmm(all.to(at::kFloat), x);
}

// Orthogonalises a stack of matrices [n,r,c] of one shape.
at::Tensor newton_schulz(const at::Tensor& stacked) {
  const bool tall = stacked.size(1) > stacked.size(2);
  at::Tensor x = (tall ? stacked.transpose(1, 2) : stacked).contiguous();
  x = x / (at::linalg_vector_norm(x, 2, at::IntArrayRef{1, 2}, /*keepdim=*/true) + 1e-7);
  x = x.size(2) >= kWide * x.size(1) ? orthogonalised_by_gram(x) : orthogonalised(x);
  return tall ? x.transpose(1, 2) : x;
}

}  // namespace

Optimiser::Optimiser(std::vector<TrainableParameters*> sources, std::vector<std::string> prefixes, const OptimiserConfig& config,
                     const std::function<double(const std::string&)>& rate_of)
    : sources_(std::move(sources)), config_(config) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<Slot>> groups;
  for (std::size_t s = 0; s < sources_.size(); ++s) {
    for (auto& parameter : sources_[s]->all()) {
      Slot slot{&parameter, prefixes[s] + "/" + parameter.name,     parameter.master.clone(), at::zeros_like(parameter.master),
                {},         rate_of ? rate_of(parameter.name) : 1.0};
      if (config_.use_muon && is_block_matrix(parameter)) {
        const at::Tensor matrix = as_matrix(parameter.master);
        groups[{matrix.size(0), matrix.size(1)}].push_back(std::move(slot));
      } else {
        slot.second = at::zeros_like(parameter.master);
        adamw_.push_back(std::move(slot));
      }
    }
  }
  for (auto& [shape, slots] : groups) muon_groups_.push_back(std::move(slots));
}

void Optimiser::muon_step(double rate) {
  for (auto& group : muon_groups_) {
    std::vector<at::Tensor> updates;
    std::vector<Slot*> active;
    for (auto& slot : group) {
      const at::Tensor& gradient = slot.parameter->leaf.grad();
      if (!gradient.defined()) continue;
      const at::Tensor wide = gradient.to(at::kFloat);
      slot.first.mul_(config_.muon_momentum).add_(wide);
      updates.push_back(as_matrix(wide.add(slot.first, config_.muon_momentum)));  // Nesterov
      active.push_back(&slot);
    }
    if (active.empty()) continue;
    const at::Tensor orthogonal = newton_schulz(at::stack(updates));
    const double rows = static_cast<double>(orthogonal.size(1)), columns = static_cast<double>(orthogonal.size(2));
    const double scale = rate * config_.muon_lr * std::sqrt(std::max(1.0, rows / columns));
    for (std::size_t i = 0; i < active.size(); ++i) {
      at::Tensor& master = active[i]->parameter->master;
      if (config_.muon_weight_decay > 0) master.mul_(1.0 - rate * config_.muon_lr * config_.muon_weight_decay);
      master.sub_(orthogonal[static_cast<std::int64_t>(i)].view_as(master), scale);
    }
  }
}

void Optimiser::adamw_group(double rate, std::vector<Slot*>& slots, double gradient_factor) {
  std::vector<at::Tensor> masters, gradients, first, second, max_second, counts;
  for (Slot* slot : slots) {
    masters.push_back(slot->parameter->master);
    gradients.push_back(slot->parameter->leaf.grad().to(at::kFloat).contiguous().mul(gradient_factor));
    first.push_back(slot->first);
    second.push_back(slot->second);
    counts.push_back(at::scalar_tensor(static_cast<double>(steps_), at::kFloat).to(slot->first.device()));
  }
  at::_fused_adamw_(masters, gradients, first, second, max_second, counts, rate * config_.adamw_lr, config_.adamw_beta1,
                    config_.adamw_beta2, config_.adamw_weight_decay, config_.adamw_eps, /*amsgrad=*/false, /*maximize=*/false);
}

void Optimiser::adamw_step(double rate) {
  std::map<double, std::vector<Slot*>> by_rate;
  double square = 0;
  for (auto& slot : adamw_) {
    const at::Tensor& gradient = slot.parameter->leaf.grad();
    if (!gradient.defined()) continue;
    by_rate[slot.rate].push_back(&slot);
    const double norm = at::linalg_vector_norm(gradient, 2, std::nullopt, false, at::kFloat).item<double>();
    square += norm * norm;
  }
  const double norm = std::sqrt(square);
  const double factor = config_.gradient_clip > 0 && norm > config_.gradient_clip ? config_.gradient_clip / norm : 1.0;
  for (auto& [slot_rate, slots] : by_rate) adamw_group(rate * slot_rate, slots, factor);
}

void Optimiser::step(double rate_factor) {
  const at::NoGradGuard no_grad;
  ++steps_;
  muon_step(rate_factor);
  adamw_step(rate_factor);
  // The average starts short and grows to its full length, so that it is useful from the first checkpoint on.
  const double decay = std::min(config_.ema_decay, (1.0 + static_cast<double>(steps_)) / (10.0 + static_cast<double>(steps_)));
  const auto average = [decay](Slot& slot) { slot.average.lerp_(slot.parameter->master, 1.0 - decay); };
  for (auto& group : muon_groups_) std::ranges::for_each(group, average);
  std::ranges::for_each(adamw_, average);
  for (auto* source : sources_) {
    source->publish();
    source->zero_gradients();
  }
}

NamedTensors Optimiser::averaged() const {
  NamedTensors result;
  for (const auto& group : muon_groups_) {
    for (const auto& slot : group) result[slot.key] = slot.average;
  }
  for (const auto& slot : adamw_) result[slot.key] = slot.average;
  return result;
}

void Optimiser::with_average(const std::function<void()>& body) {
  const at::NoGradGuard no_grad;
  const auto show = [](Slot& slot) { slot.parameter->leaf.copy_(slot.average); };
  for (auto& group : muon_groups_) std::ranges::for_each(group, show);
  std::ranges::for_each(adamw_, show);
  body();
  for (auto* source : sources_) source->publish();
}

NamedTensors Optimiser::state() const {
  NamedTensors result;
  const auto add = [&result](const Slot& slot) {
    result["master/" + slot.key] = slot.parameter->master;
    result["average/" + slot.key] = slot.average;
    result["first/" + slot.key] = slot.first;
    if (slot.second.defined()) result["second/" + slot.key] = slot.second;
  };
  for (const auto& group : muon_groups_) std::ranges::for_each(group, add);
  std::ranges::for_each(adamw_, add);
  result["steps"] = at::scalar_tensor(steps_, at::kLong);
  return result;
}

Result<void> Optimiser::restore(const NamedTensors& state, const std::string& newcomer) {
  const at::NoGradGuard no_grad;
  std::string missing;
  const std::string newcomer_prefix = "master/" + newcomer + "/";
  const auto known = state.lower_bound(newcomer_prefix);
  const bool has_newcomer = newcomer.empty() || (known != state.end() && known->first.starts_with(newcomer_prefix));
  for (auto& [name, tensor] : this->state()) {
    if (!has_newcomer && name.find("/" + newcomer + "/") != std::string::npos) continue;
    const auto found = state.find(name);
    if (found == state.end() || found->second.sizes() != tensor.sizes()) {
      missing = name;
      break;
    }
    if (name != "steps") tensor.copy_(found->second);
  }
  if (!missing.empty()) {
    return Error{ErrorCode::kMismatch,
                 "the training checkpoint does not fit this configuration",
                 missing,
                 "missing or of another shape",
                 "",
                 "Start again without --resume"};
  }
  steps_ = state.at("steps").item<std::int64_t>();
  for (auto* source : sources_) source->publish();
  return {};
}

}  // namespace fantascope::training
