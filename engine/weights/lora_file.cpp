#include "engine/weights/lora_file.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>

#include <cmath>
#include <exception>
#include <string_view>
#include <utility>

namespace fantascope {
namespace {

enum class Role { kDown, kUp, kAlpha };

struct Suffix {
  std::string_view text;
  Role role;
};

constexpr Suffix kSuffixes[] = {
    {".lora_A.weight", Role::kDown},
    {".lora_B.weight", Role::kUp},
    {".lora_A.default.weight", Role::kDown},
    {".lora_B.default.weight", Role::kUp},
    {".lora_down.weight", Role::kDown},
    {".lora_up.weight", Role::kUp},
    {".alpha", Role::kAlpha},
};

Error bad(const std::string& path, const std::string& what, const std::string& found, const std::string& allowed) {
  return {ErrorCode::kBadFile,
          "this is not a low-rank adapter that can be used",
          path + ": " + what,
          found,
          allowed,
          "Use a LoRA file with lora_A and lora_B, or lora_down and lora_up, for each layer."};
}

std::string shown(at::IntArrayRef shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

}  // namespace

Result<LoraFile> LoraFile::open(const std::string& path) {
  FANTASCOPE_TRY(ShardedWeights weights, ShardedWeights::open(path));
  LoraFile file(std::move(weights));
  for (const std::string& name : file.weights_.names()) {
    bool known = false;
    for (const auto& [suffix, role] : kSuffixes) {
      if (!name.ends_with(suffix)) continue;
      Pair& pair = file.pairs_[name.substr(0, name.size() - suffix.size())];
      (role == Role::kDown ? pair.down : role == Role::kUp ? pair.up : pair.alpha) = name;
      known = true;
      break;
    }
    if (!known) return bad(path, "a tensor", name, "pairs of matrices, and alpha");
  }
  if (file.pairs_.empty()) return bad(path, "tensors", "none", "pairs of matrices");
  for (const auto& [module, pair] : file.pairs_) FANTASCOPE_TRY_VOID(file.check(module, pair));
  return file;
}

Result<void> LoraFile::check(const std::string& module, const Pair& pair) const {
  const TensorEntry *down = weights_.find(pair.down), *up = weights_.find(pair.up);
  if (down == nullptr || up == nullptr)
    return bad(weights_.path(), module, down == nullptr ? "no lora_A" : "no lora_B", "both matrices of the pair");
  if (down->shape.size() == 2 && up->shape.size() == 2 && down->shape[0] == up->shape[1] && down->shape[0] > 0) return {};
  return bad(weights_.path(), module, shown(up->shape) + " by " + shown(down->shape), "[out, rank] by [rank, in]");
}

std::vector<std::string> LoraFile::modules() const {
  std::vector<std::string> names;
  for (const auto& [module, pair] : pairs_) names.push_back(module);
  return names;
}

std::vector<std::int64_t> LoraFile::shape(const std::string& module) const {
  const Pair& pair = pairs_.at(module);
  return {weights_.find(pair.up)->shape[0], weights_.find(pair.down)->shape[1]};
}

Result<at::Tensor> LoraFile::delta(const std::string& module) const {
  const Pair& pair = pairs_.at(module);
  FANTASCOPE_TRY(const at::Tensor down, weights_.view(pair.down));
  FANTASCOPE_TRY(const at::Tensor up, weights_.view(pair.up));
  double scale = 1;
  if (!pair.alpha.empty()) {
    FANTASCOPE_TRY(const at::Tensor alpha, weights_.view(pair.alpha));
    if (alpha.numel() != 1) return bad(weights_.path(), pair.alpha, shown(alpha.sizes()), "one number");
    scale = alpha.to(at::kDouble).item<double>() / static_cast<double>(down.size(0));
    if (!std::isfinite(scale)) return bad(weights_.path(), pair.alpha, "not finite", "a number");
  }
  return at::matmul(up.to(at::kFloat), down.to(at::kFloat)) * scale;
}

at::Tensor AdaptedParameters::get(const std::string& name, at::IntArrayRef shape, Init init) {
  const at::Tensor weight = base_.get(name, shape, init);
  constexpr std::string_view kWeight = ".weight";
  if (!weight.defined() || !name.ends_with(kWeight)) return weight;
  for (const std::string& module : names_(name.substr(0, name.size() - kWeight.size()))) {
    if (!lora_.contains(module)) continue;
    used_.insert(module);
    if (const auto changed = lora_.shape(module); at::IntArrayRef(changed) != weight.sizes()) {
      problems_.push_back(module + " changes a weight of shape " + shown(changed) + ", the layer's is " + shown(weight.sizes()));
      return weight;
    }
    if (adapt_ == Adapt::kCheck) return weight;
    try {
      const auto delta = lora_.delta(module);
      if (delta) return (weight.to(at::kFloat) + delta->to(weight.device()) * strength_).to(weight.scalar_type());
      problems_.push_back(delta.error().to_string());
    } catch (const std::exception&) {  // LibTorch's way to say that there is no memory
      problems_.push_back(module + " does not fit in memory");
    }
    return weight;
  }
  return weight;
}

Result<void> AdaptedParameters::finish() const {
  FANTASCOPE_TRY_VOID(base_.finish());
  if (problems_.empty() && !used_.empty()) return {};
  return Error{ErrorCode::kMismatch,
               "The adapter does not fit the model",
               lora_.weights().path(),
               problems_.empty() ? "no layer is called " + lora_.modules().front() : problems_.front(),
               "",
               "Use an adapter that was made for this model."};
}

std::vector<std::string> AdaptedParameters::left_over() const {
  std::vector<std::string> names;
  for (std::string module : lora_.modules()) {
    if (!used_.contains(module)) names.push_back(std::move(module));
  }
  return names;
}

}  // namespace fantascope
