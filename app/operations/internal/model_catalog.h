#pragma once
/// Which models there are and what their files hash to.
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "app/operations/studio.h"
#include "engine/runtime/model_family.h"

namespace fantascope {

struct ModelEntry {
  ModelInfo info;
  const ModelFamily* family = nullptr;
  std::string origin;  ///< "home", "linked", "shipped" or "given" (a folder named by the user)
};

/// A folder that looks like a model but cannot be described.
struct BrokenModel {
  std::string dir;
  Error error;
};

struct ModelList {
  std::vector<ModelEntry> models;
  std::vector<BrokenModel> broken;
};

/// By name on the search path (home, linked, shipped), or by folder: text with a '/', or a model folder.
Result<ModelEntry> find_model(Studio& studio, const std::string& name_or_dir);
Result<ModelEntry> describe_model(Studio& studio, const std::string& dir, const std::string& origin);
Result<ModelList> list_models(Studio& studio);

struct ModelFiles {
  std::map<std::string, std::string> weights, configs;  ///< SHA-256 by path in the folder
  std::string weights_sha256;                           ///< over the lines "hash  path" of the weights
};

enum class HashCache { kUse, kIgnore };

/// Hashes come from the library where size, time and inode are unchanged. `kIgnore` reads every byte and reports files whose content
/// changed under the same size and time (damage).
Result<ModelFiles> hash_model(OperationContext& context, const std::string& dir, HashCache cache,
                              std::vector<std::string>* damaged = nullptr);

}  // namespace fantascope
