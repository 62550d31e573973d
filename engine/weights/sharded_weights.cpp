#include "engine/weights/sharded_weights.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "engine/base/bounded_json.h"

namespace fantascope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxShards = 1000;
constexpr std::size_t kMaxFolderEntries = 10'000;
constexpr const char* kStems[] = {"diffusion_pytorch_model", "model"};

bool has_code_extension(const std::string& name) {
  for (const char* extension : {".bin", ".ckpt", ".pt", ".pth", ".pkl"}) {
    if (name.ends_with(extension)) return true;
  }
  return false;
}

Error holds_program_code(const std::string& path) {
  return Error{ErrorCode::kUnsupported, path + ": holds program code (a Python pickle), which is never loaded", path, "",
               "safetensors",           "Convert to safetensors elsewhere, or fetch the model in that format."};
}

Result<std::vector<std::string>> list_folder(const std::string& folder) {
  std::error_code code;
  std::vector<std::string> names;
  fs::directory_iterator entries(folder, code);
  for (; !code && entries != fs::directory_iterator(); entries.increment(code)) {
    if (names.size() >= kMaxFolderEntries) {
      return Error{
          ErrorCode::kBadFile, folder + ": more than " + std::to_string(kMaxFolderEntries) + " files in a model folder", folder, "", "",
          "Check the path."};
    }
    names.push_back(entries->path().filename().string());
  }
  if (code) return Error{ErrorCode::kIo, folder + ": cannot be listed: " + code.message(), folder, "", "", "Check its permissions."};
  std::sort(names.begin(), names.end());
  return names;
}

struct Candidate {
  std::string name, variant;
  bool is_index = false;
};

/// The files of a folder that are the whole weights or their index, for every stem and variant.
std::vector<Candidate> candidates(const std::vector<std::string>& names) {
  std::vector<Candidate> found;
  for (const std::string stem : kStems) {
    for (const auto& name : names) {
      if (!name.starts_with(stem)) continue;
      const std::string rest = name.substr(stem.size());
      if (rest == ".safetensors" || rest == ".safetensors.index.json") {
        found.push_back({name, "", rest != ".safetensors"});
        continue;
      }
      // .VARIANT.safetensors, .safetensors.index.VARIANT.json, .VARIANT.safetensors.index.json
      for (const auto& [front, back] :
           {std::pair<std::string, std::string>{".", ".safetensors"}, {".safetensors.index.", ".json"}, {".", ".safetensors.index.json"}}) {
        if (rest.size() <= front.size() + back.size() || !rest.starts_with(front) || !rest.ends_with(back)) continue;
        const std::string variant = rest.substr(front.size(), rest.size() - front.size() - back.size());
        if (variant.find('.') == std::string::npos) found.push_back({name, variant, back != ".safetensors"});
      }
    }
  }
  return found;
}

}  // namespace

Result<ShardedWeights> ShardedWeights::open(const std::string& path, const std::string& variant) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (status.type() == fs::file_type::not_found) {
    return Error{
        ErrorCode::kNotFound, path + ": there is no such file or folder", path, "", "", "Check the path, or fetch the model again."};
  }
  if (fs::is_directory(status)) return open_folder(path, variant);
  if (has_code_extension(path)) return holds_program_code(path);
  if (path.ends_with(".index.json")) return open_index(path);
  return open_single(path);
}

Result<ShardedWeights> ShardedWeights::open_folder(const std::string& folder, const std::string& variant) {
  FANTASCOPE_TRY(const auto names, list_folder(folder));
  const auto found = candidates(names);
  const auto in_folder = [&folder](const std::string& name) { return (fs::path(folder) / name).string(); };
  const auto take = [&](const std::string& wanted) -> const Candidate* {
    const Candidate* best = nullptr;
    for (const auto& candidate : found) {
      // A whole file is preferred to an index of the same stem and variant, as the reference does.
      if (candidate.variant == wanted &&
          (best == nullptr || (best->is_index && !candidate.is_index && best->name.substr(0, 5) == candidate.name.substr(0, 5))))
        best = &candidate;
    }
    return best;
  };
  const Candidate* chosen = take(variant);
  if (chosen == nullptr && variant.empty()) {
    std::set<std::string> variants;
    for (const auto& candidate : found) variants.insert(candidate.variant);
    if (variants.size() == 1) chosen = take(*variants.begin());
    if (variants.size() > 1) {
      std::string list;
      for (const auto& name : variants) list += (list.empty() ? "" : ", ") + name;
      return Error{ErrorCode::kInvalidArgument, folder + ": holds several variants of the weights", folder, list, "one",
                   "Name the variant."};
    }
  }
  if (chosen != nullptr) return chosen->is_index ? open_index(in_folder(chosen->name)) : open_single(in_folder(chosen->name));
  for (const auto& name : names) {
    if (has_code_extension(name)) return holds_program_code(in_folder(name));
  }
  return Error{ErrorCode::kNotFound,
               folder + ": holds no weights" + (variant.empty() ? "" : " of variant " + variant),
               folder,
               "",
               "diffusion_pytorch_model.safetensors or model.safetensors, whole or with an index",
               "Fetch the model again."};
}

Result<ShardedWeights> ShardedWeights::open_single(const std::string& file) {
  ShardedWeights weights;
  weights.path_ = file;
  FANTASCOPE_TRY(auto opened, SafetensorsFile::open(file));
  for (const auto& entry : opened->entries()) weights.shard_of_.emplace(entry.name, 0);
  weights.shards_.push_back(std::move(opened));
  return weights;
}

Result<ShardedWeights> ShardedWeights::open_index(const std::string& index_file) {
  FANTASCOPE_TRY(const auto index, read_bounded_json(index_file, {.max_bytes = std::size_t{64} << 20, .max_depth = 16}));
  const auto bad = [&index_file](const std::string& problem, const std::string& found = {}) {
    return Error{
        ErrorCode::kBadFile,     index_file + ": " + problem, index_file + ": weight_map", found, "the name of a file in the same folder",
        "Fetch the model again."};
  };
  if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object() || index["weight_map"].empty()) {
    return bad("weight_map is missing or is not an object of file names");
  }
  std::set<std::string> files;
  for (const auto& [name, file] : index["weight_map"].items()) {
    if (!file.is_string()) return bad("weight_map of \"" + name.substr(0, 200) + "\" is not a file name");
    const auto& text = file.get_ref<const std::string&>();
    const bool outside = text.empty() || text.find('/') != std::string::npos || text.find('\\') != std::string::npos || text == ".." ||
                         text == "." || text.find('\0') != std::string::npos || text.size() > 255;
    if (outside) return bad("weight_map names a place outside the model's folder: refused", text.substr(0, 255));
    if (has_code_extension(text)) return holds_program_code((fs::path(index_file).parent_path() / text).string());
    files.insert(text);
  }
  if (files.size() > kMaxShards) return bad("more than " + std::to_string(kMaxShards) + " shards", std::to_string(files.size()));
  ShardedWeights weights;
  weights.path_ = index_file;
  std::map<std::string, std::size_t> number_of;
  for (const auto& file : files) {
    const std::string path = (fs::path(index_file).parent_path() / file).string();
    auto opened = SafetensorsFile::open(path);
    if (!opened && opened.error().code == ErrorCode::kNotFound) {
      return Error{
          ErrorCode::kNotFound,
          index_file + ": shard " + std::to_string(number_of.size() + 1) + " of " + std::to_string(files.size()) + " missing: " + file,
          path,
          "",
          "",
          "Fetch the model again; the download is not complete."};
    }
    if (!opened) return std::move(opened).error();
    number_of[file] = weights.shards_.size();
    weights.shards_.push_back(*std::move(opened));
  }
  for (const auto& [name, file] : index["weight_map"].items()) {
    const std::size_t number = number_of.at(file.get_ref<const std::string&>());
    if (weights.shards_[number]->find(name) == nullptr) {
      return Error{ErrorCode::kBadFile,
                   weights.shards_[number]->path() + ": does not hold tensor \"" + name.substr(0, 200) + "\" that the index says it does",
                   index_file,
                   "",
                   "",
                   "Fetch the model again; index and shards do not belong together."};
    }
    weights.shard_of_.emplace(name, number);
  }
  return weights;
}

std::vector<std::string> ShardedWeights::files() const {
  std::vector<std::string> paths;
  for (const auto& shard : shards_) paths.push_back(shard->path());
  return paths;
}

std::vector<std::string> ShardedWeights::names() const {
  std::vector<std::string> list;
  list.reserve(shard_of_.size());
  for (const auto& [name, number] : shard_of_) list.push_back(name);
  return list;
}

const TensorEntry* ShardedWeights::find(const std::string& name) const {
  const auto place = shard_of_.find(name);
  return place == shard_of_.end() ? nullptr : shards_[place->second]->find(name);
}

Result<const SafetensorsFile*> ShardedWeights::shard(const std::string& name) const {
  const auto place = shard_of_.find(name);
  if (place == shard_of_.end()) {
    return Error{
        ErrorCode::kNotFound, path_ + ": has no tensor \"" + name + "\"", path_, "", "", "Check that the file belongs to this model."};
  }
  return static_cast<const SafetensorsFile*>(shards_[place->second].get());
}

Result<at::Tensor> ShardedWeights::view(const std::string& name) const {
  FANTASCOPE_TRY(const auto* file, shard(name));
  return file->view(name);
}

Result<at::Tensor> ShardedWeights::read(const std::string& name) const {
  FANTASCOPE_TRY(const auto* file, shard(name));
  return file->read(name);
}

Result<void> ShardedWeights::verify_unchanged() const {
  for (const auto& shard : shards_) FANTASCOPE_TRY_VOID(shard->verify_unchanged());
  return {};
}

}  // namespace fantascope
