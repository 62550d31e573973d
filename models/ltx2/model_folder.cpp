#include "models/ltx2/model_folder.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <utility>
#include <vector>

#include "engine/base/bounded_json.h"
#include "models/ltx2/original_configs.h"
#include "models/ltx2/original_names.h"

namespace fantascope::models::ltx2 {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// The `config` metadata of a file that holds a whole model of this family; nothing for any other file.
std::optional<nlohmann::json> original_metadata(const ShardedWeights& weights) {
  const auto text = weights.metadata().find("config");
  if (text == weights.metadata().end()) return std::nullopt;
  auto config = parse_bounded_json(text->second, weights.path());
  if (!config || !config->is_object()) return std::nullopt;
  const auto transformer = config->find("transformer");
  if (transformer == config->end() || !transformer->is_object() || !transformer->contains("audio_num_attention_heads")) return std::nullopt;
  if (!config->contains("vae") || !config->contains("vocoder")) return std::nullopt;
  return std::move(*config);
}

struct FoundOriginal {
  ShardedWeights weights;
  nlohmann::json metadata;
};

std::vector<FoundOriginal> find_originals(const std::string& dir) {
  std::vector<FoundOriginal> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(dir, ignored)) {
    if (entry.path().extension() != ".safetensors" || !entry.is_regular_file(ignored)) continue;
    auto weights = ShardedWeights::open(entry.path().string());
    if (!weights) continue;
    if (auto metadata = original_metadata(*weights)) found.push_back({*std::move(weights), *std::move(metadata)});
  }
  return found;
}

/// Published files say it in their names only.
bool is_distilled(const std::string& path) {
  std::string name = fs::path(path).filename().string();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.find("distilled") != std::string::npos;
}

}  // namespace

Result<ModelPart> ModelPart::in_folder(const std::string& folder) {
  std::string subject = folder + "/config.json";
  FANTASCOPE_TRY(nlohmann::json config, read_bounded_json(subject));
  FANTASCOPE_TRY(ShardedWeights weights, ShardedWeights::open(folder));
  return ModelPart{std::move(config), std::move(subject), std::move(weights), {}};
}

Result<std::optional<std::string>> only_weight_file(const std::string& folder, const std::string& what) {
  std::vector<std::string> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path().string());
  }
  if (files.empty()) return std::optional<std::string>();
  if (files.size() > 1) {
    return Error{ErrorCode::kInvalidArgument,
                 "There are several " + what,
                 folder,
                 std::to_string(files.size()) + " files",
                 "one",
                 "Leave the one that was published for this model."};
  }
  return std::optional<std::string>(files.front());
}

bool ModelFolder::holds_original(const std::string& dir) { return !exists(dir + "/model_index.json") && !find_originals(dir).empty(); }

Result<ModelFolder> ModelFolder::open(const std::string& dir) {
  ModelFolder folder;
  folder.dir_ = dir;
  if (exists(dir + "/model_index.json") || exists(dir + "/transformer")) return folder;
  std::vector<FoundOriginal> found = find_originals(dir);
  if (found.empty()) return folder;
  if (found.size() > 1) {
    return Error{ErrorCode::kInvalidArgument,
                 "There are several models in one folder",
                 dir,
                 fs::path(found[0].weights.path()).filename().string() + ", " + fs::path(found[1].weights.path()).filename().string(),
                 "one checkpoint",
                 "Give each a folder of its own; text_encoder may be a link."};
  }
  FoundOriginal& only = found.front();
  const std::string& path = only.weights.path();
  if (!exists(dir + "/text_encoder/config.json")) {
    return Error{ErrorCode::kNotFound,
                 "The text encoder is not beside the checkpoint",
                 dir + "/text_encoder",
                 "",
                 "the folder of a Gemma 3 model: config.json, weights, tokenizer",
                 "The checkpoint holds everything else. Put that folder there, or a link to it."};
  }
  FANTASCOPE_TRY(auto configs, configs_of_original(only.metadata, only.weights, is_distilled(path), path));
  folder.original_ = Original{std::move(only.weights), std::move(configs)};
  return folder;
}

Result<ModelFolder::Config> ModelFolder::config(const std::string& part) const {
  const std::string file = dir_ + "/" + part + (part == "scheduler" ? "/scheduler_config.json" : "/config.json");
  // What lies beside an original checkpoint goes before what it says: a scheduler folder, which says how this one is to be sampled.
  if (original_ && original_->configs.contains(part) && !(part == "scheduler" && exists(file)))
    return Config{original_->configs.at(part), original_->weights.path() + ": " + part};
  FANTASCOPE_TRY(nlohmann::json json, read_bounded_json(file));
  return Config{std::move(json), file};
}

Result<ModelPart> ModelFolder::part(const std::string& name) const {
  if (!original_ || !original_->configs.contains(name)) return ModelPart::in_folder(dir_ + "/" + name);
  FANTASCOPE_TRY(Config config, this->config(name));
  const auto num_encoder_blocks = static_cast<std::int64_t>(original_->configs.at("vae").at("block_out_channels").size());
  return ModelPart{std::move(config.json), std::move(config.subject), original_->weights,
                   [name, num_encoder_blocks](const std::string& key) { return original_name(name, key, num_encoder_blocks); }};
}

std::string ModelFolder::tokenizer_dir() const {
  // Gemma's own folder holds both.
  return original_ && !exists(dir_ + "/tokenizer") ? dir_ + "/text_encoder" : dir_ + "/tokenizer";
}

}  // namespace fantascope::models::ltx2
