#pragma once
/// PhaseState for families: named tensors with a step and a kind, stored as safetensors and read back bit for bit.
/// The kind says what the tensors are ("prompt_embeds", "latents"), so that one cannot be taken for the other; the space says whose
/// latents they are, so that one model's are not given to another's decoder.
#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/runtime/generation.h"

namespace fantascope {

class TensorState final : public PhaseState {
 public:
  TensorState(std::string kind, int step, std::map<std::string, at::Tensor> tensors, std::string space = {});

  const std::string& kind() const { return kind_; }
  const std::string& space() const { return space_; }  ///< empty: not known (states of earlier versions)
  const std::map<std::string, at::Tensor>& tensors() const { return tensors_; }
  /// The tensor called so, or undefined.
  at::Tensor get(const std::string& name) const;

  int step() const override { return step_; }
  /// Writes to a private name beside `path`, with fsync, and renames: a reader sees all of it or nothing.
  Result<void> save(const std::string& path) const override;
  std::string sha256() const override;

  /// Refuses files that save() did not write or that are damaged: the hash in the metadata is checked.
  static Result<std::shared_ptr<TensorState>> load(const std::string& path);

 private:
  std::string kind_;
  int step_;
  std::string space_;
  std::map<std::string, at::Tensor> tensors_;  // contiguous, on the CPU
};

}  // namespace fantascope
