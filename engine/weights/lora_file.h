#pragma once
/// A low-rank adapter (LoRA, Hu et al. 2021) as it is published: for a linear layer "<module>" a pair of matrices A [rank, in] and
/// B [out, rank], named <module>.lora_A.weight and .lora_B.weight, or .lora_down.weight and .lora_up.weight, and a number <module>.alpha
/// where it is not the rank. The layer's weight becomes W + strength * alpha / rank * B A.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/nn/parameter_scope.h"
#include "engine/weights/sharded_weights.h"

namespace fantascope {

class LoraFile {
 public:
  /// kBadFile if a pair is not whole, its shapes do not meet, or the file holds tensors of another kind of adapter.
  static Result<LoraFile> open(const std::string& path);

  const ShardedWeights& weights() const { return weights_; }
  std::vector<std::string> modules() const;  ///< sorted
  bool contains(const std::string& module) const { return pairs_.contains(module); }
  std::vector<std::int64_t> shape(const std::string& module) const;  ///< [out, in]; the module must be there
  /// alpha / rank * B A: [out, in], float32, on the CPU. The module must be there.
  Result<at::Tensor> delta(const std::string& module) const;

 private:
  struct Pair {
    std::string down, up, alpha;  ///< names of tensors; alpha may be empty
  };
  explicit LoraFile(ShardedWeights weights) : weights_(std::move(weights)) {}
  Result<void> check(const std::string& module, const Pair& pair) const;

  ShardedWeights weights_;
  std::map<std::string, Pair> pairs_;
};

/// kCheck only looks whether names and shapes fit, and hands out what the base has.
enum class Adapt { kCheck, kApply };

/// What `base` gives, with an adapter added while layers are made: weights that it touches get memory of their own, in the dtype and on the
/// device of the others.
class AdaptedParameters final : public ParameterSource {
 public:
  /// The adapter's names that may stand for our module ("transformer_blocks.0.attn1.to_q"), in the order in which they are tried.
  using ModuleNames = std::function<std::vector<std::string>(const std::string& module)>;

  /// `base` and `lora` are borrowed.
  AdaptedParameters(ParameterSource& base, const LoraFile& lora, double strength, ModuleNames names, Adapt adapt = Adapt::kApply)
      : base_(base), lora_(lora), strength_(strength), names_(std::move(names)), adapt_(adapt) {}

  at::Tensor get(const std::string& name, at::IntArrayRef shape, Init init) override;
  at::Tensor get_optional(const std::string& name, at::IntArrayRef shape) override { return base_.get_optional(name, shape); }
  bool is_constant() const override { return base_.is_constant(); }
  /// The base's, then an adapter that does not fit: a delta of another shape, or no module of it belongs to any layer.
  Result<void> finish() const override;
  /// Modules of the adapter that no layer asked for.
  std::vector<std::string> left_over() const;

 private:
  ParameterSource& base_;
  const LoraFile& lora_;
  double strength_;
  ModuleNames names_;
  Adapt adapt_;
  std::set<std::string> used_;
  std::vector<std::string> problems_;
};

}  // namespace fantascope
