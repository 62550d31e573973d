#pragma once
/// The weights of one component: one safetensors file, or a folder with one or with an index and its shards, in the layouts that diffusers
/// and transformers write: {diffusion_pytorch_model, model}[.VARIANT].safetensors or the same with .index.json and -0000i-of-0000n.
/// Files that hold program code (.bin, .ckpt, .pt: pickles) are never opened as weights.
#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/weights/safetensors_file.h"

namespace fantascope {

class ShardedWeights {
 public:
  /// A folder or a file. `variant` is the infix of the file name ("bf16"); empty takes the plain files, or else the only variant there.
  static Result<ShardedWeights> open(const std::string& path, const std::string& variant = {});

  const std::string& path() const { return path_; }
  std::vector<std::string> files() const;  ///< the shards, in order
  std::vector<std::string> names() const;  ///< of all tensors, sorted
  const std::map<std::string, std::string>& metadata() const { return shards_.front()->metadata(); }
  bool contains(const std::string& name) const { return shard_of_.contains(name); }
  const TensorEntry* find(const std::string& name) const;  ///< null if there is none
  Result<at::Tensor> view(const std::string& name) const;
  Result<at::Tensor> read(const std::string& name) const;
  /// "file changed while reading" if a shard is not what it was when it was opened. Ask after loading and before trusting a result.
  Result<void> verify_unchanged() const;

 private:
  static Result<ShardedWeights> open_folder(const std::string& folder, const std::string& variant);
  static Result<ShardedWeights> open_single(const std::string& file);
  static Result<ShardedWeights> open_index(const std::string& index_file);
  Result<const SafetensorsFile*> shard(const std::string& name) const;

  std::string path_;
  std::vector<std::shared_ptr<const SafetensorsFile>> shards_;  // never empty
  std::map<std::string, std::size_t> shard_of_;
};

}  // namespace fantascope
