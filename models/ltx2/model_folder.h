#pragma once
/// Where the parts of a model lie. Two layouts:
///   diffusers: model_index.json, and a folder with config.json and weights for each part;
///   original:  one checkpoint with everything but the text encoder ("ltx-2-19b-dev.safetensors": its metadata hold the configs, its
///              tensors have other names), and beside it text_encoder/ (Gemma, with its tokenizer there or in tokenizer/).
/// Part names are those of model_index.json: "text_encoder", "transformer", "connectors", "vae", "audio_vae", "vocoder".
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/weights/weights_in_use.h"

namespace fantascope::models::ltx2 {

/// One part: its configuration and its weights.
struct ModelPart {
  nlohmann::json config;
  std::string subject;  ///< of errors about the configuration
  ShardedWeights weights;
  LoadedParameters::KeyMap key_map;  ///< from our names of tensors to those of the file; empty where they are the same

  /// A folder with config.json and weights.
  static Result<ModelPart> in_folder(const std::string& folder);
  LoadedParameters parameters(const LoadTarget& target) const { return target.source(weights, key_map); }
};

/// The one safetensors file in `folder`, under whatever name it was published; nothing where there is none, an error where there are
/// several. `what`: of errors, "decoders for live pictures".
Result<std::optional<std::string>> only_weight_file(const std::string& folder, const std::string& what);

class ModelFolder {
 public:
  /// Reads no weights. A folder of neither layout is taken for the first: its missing files are then named when they are asked for.
  static Result<ModelFolder> open(const std::string& dir);
  /// Whether an original checkpoint of this family lies in `dir`. Reads the headers of the safetensors files there.
  static bool holds_original(const std::string& dir);

  struct Config {
    nlohmann::json json;
    std::string subject;
  };
  /// Of a part, or of "scheduler".
  Result<Config> config(const std::string& part) const;
  Result<ModelPart> part(const std::string& name) const;
  /// The folder with tokenizer.json or tokenizer.model.
  std::string tokenizer_dir() const;

 private:
  struct Original {
    ShardedWeights weights;
    std::map<std::string, nlohmann::json> configs;  ///< of the parts that it holds, and of the scheduler
  };
  std::string dir_;
  std::optional<Original> original_;
};

}  // namespace fantascope::models::ltx2
