#pragma once
/// Parameters read from a checkpoint: what a ParameterScope gives to layers when a model is loaded. A tensor is handed out in the compute
/// dtype: as a view of the mapped file where it is stored so, widened or narrowed to own memory where not. Whole-number tensors keep
/// theirs.
#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/nn/parameter_scope.h"
#include "engine/weights/sharded_weights.h"

namespace fantascope {

class LoadedParameters final : public ParameterSource {
 public:
  /// From the name that a layer asks for to the one in the file; empty for the same.
  using KeyMap = std::function<std::string(const std::string& name)>;

  LoadedParameters(ShardedWeights weights, at::ScalarType dtype, at::Device device = at::kCPU, KeyMap key_map = {});

  at::Tensor get(const std::string& name, at::IntArrayRef shape, Init init) override;
  at::Tensor get_optional(const std::string& name, at::IntArrayRef shape) override;
  bool is_constant() const override { return true; }
  /// Missing, misshapen and unreadable tensors, or that the file changed while it was read.
  Result<void> finish() const override;

  const ShardedWeights& weights() const { return weights_; }
  /// Tensors of the file that no layer asked for: a sign of the wrong family or of a config that does not fit.
  std::vector<std::string> left_over() const;
  /// Things that do not stop loading, for the log, once: NaN or infinity in a tensor, a checkpoint that is all zero. Tensors over 16 MiB
  /// are looked at in their first and last 64 KiB only. Read after all layers are made.
  std::vector<std::string> warnings() const;

 private:
  at::Tensor load(const std::string& name, const std::string& key, at::IntArrayRef shape);
  void look_at(const std::string& key, const at::Tensor& stored);

  ShardedWeights weights_;
  at::ScalarType dtype_;
  at::Device device_;
  KeyMap key_map_;
  std::set<std::string> used_;
  std::vector<std::string> problems_;
  std::vector<std::string> not_finite_;
  bool any_nonzero_ = false, any_looked_at_ = false;
};

}  // namespace fantascope
