#include "app/operations/internal/model_catalog.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "app/files/sha256.h"
#include "app/library/model_store.h"
#include "app/operations/prompt_text.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kModelFilesMax = 4096;

/// With an index, also one that no family knows; without, if a family knows the files all the same.
bool is_model_dir(const Studio& studio, const fs::path& dir) {
  std::error_code error;
  if (fs::is_regular_file(dir / "model_index.json", error)) return true;
  return std::any_of(studio.families().begin(), studio.families().end(), [&](const ModelFamily& f) { return f.detect(dir.string()); });
}

struct SearchFolder {
  std::string dir, origin;
};

/// Folders of model folders, in search order; linked ones are model folders themselves.
Result<std::vector<SearchFolder>> model_dirs(Studio& studio) {
  std::vector<SearchFolder> dirs;
  const auto add_children = [&studio, &dirs](const std::string& parent, const std::string& origin) {
    std::error_code error;
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(parent, error)) {
      if (is_model_dir(studio, entry.path())) found.push_back(entry.path().string());
    }
    std::sort(found.begin(), found.end());
    for (std::string& dir : found) dirs.push_back({std::move(dir), origin});
  };
  add_children(studio.home().models(), "home");
  FANTASCOPE_TRY(Database* const database, studio.library_if_any());
  if (database != nullptr) {
    FANTASCOPE_TRY(const std::vector<std::string> links, ModelStore(*database).links());
    for (const std::string& dir : links) dirs.push_back({dir, "linked"});
  }
  for (const std::string& parent : studio.shipped_models()) add_children(parent, "shipped");
  return dirs;
}

Result<FileIdentity> identify(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return Error{ErrorCode::kNotFound, "a model file is not there", path, "", "", ""};
  return FileIdentity{path, info.st_size, info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec,
                      static_cast<std::int64_t>(info.st_ino)};
}

/// Weight and configuration files, sorted by path. Links are followed, since linked models often lie in caches of links.
Result<std::vector<std::string>> model_files(const std::string& dir) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(dir, fs::directory_options::follow_directory_symlink, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    // A decoder for live pictures: no clip depends on it.
    const bool only_shown = it.depth() == 0 && name == "tiny_vae";
    if (name.starts_with(".") || only_shown || it.depth() > 4) {
      if (it->is_directory(error)) it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file(error)) continue;
    const std::string extension = it->path().extension().string();
    if (extension == ".safetensors" || extension == ".json" || extension == ".model" || name == "merges.txt" || name == "vocab.txt") {
      files.push_back(fs::relative(it->path(), dir, error).string());
    }
    if (files.size() > kModelFilesMax) break;
  }
  if (error || files.size() > kModelFilesMax) {
    return Error{ErrorCode::kBadFile,
                 "the model's folder cannot be read",
                 dir,
                 error ? error.message() : "more than 4096 files",
                 "a model folder",
                 ""};
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<ModelEntry> describe_model(Studio& studio, const std::string& dir, const std::string& origin) {
  if (first_invalid_utf8(dir))
    return Error{ErrorCode::kInvalidArgument, "the name of the model's folder is not UTF-8", shown_safely(dir), "", "",
                 "Rename the folder"};
  if (!is_model_dir(studio, dir)) {
    return Error{ErrorCode::kNotFound,
                 "this folder is not a model",
                 dir,
                 "no model_index.json, and no checkpoint that holds a whole model",
                 "a folder in the diffusers layout, or one with an original checkpoint and its text_encoder",
                 "Give the folder that holds model_index.json or the checkpoint"};
  }
  for (const ModelFamily& family : studio.families()) {
    if (!family.detect(dir)) continue;
    FANTASCOPE_TRY(ModelInfo info, family.describe(dir));
    // A name that could be taken for a path is not used: recipes and the command line find models by it.
    if (info.name.empty() || info.name.find('/') != std::string::npos || info.name.starts_with("."))
      info.name = fs::path(dir).filename().string();
    return ModelEntry{std::move(info), &family, origin};
  }
  std::string known;
  for (const ModelFamily& family : studio.families()) known += (known.empty() ? "" : ", ") + family.id;
  return Error{ErrorCode::kUnsupported, "this build knows no family for this model", dir + "/model_index.json", "", known, ""};
}

Result<ModelEntry> find_model(Studio& studio, const std::string& name_or_dir) {
  std::error_code error;
  if (name_or_dir.find('/') != std::string::npos || name_or_dir == "." || name_or_dir == "..") {
    return describe_model(studio, fs::weakly_canonical(name_or_dir, error).string(), "given");
  }
  FANTASCOPE_TRY(const std::vector<SearchFolder> dirs, model_dirs(studio));
  std::string names;
  for (const SearchFolder& folder : dirs) {
    const std::string name = fs::path(folder.dir).filename().string();
    if (name == name_or_dir) return describe_model(studio, folder.dir, folder.origin);
    names += (names.empty() ? "" : ", ") + shown_safely(name);
  }
  // Its own files may give a model another name than its folder has.
  for (const SearchFolder& folder : dirs) {
    auto entry = describe_model(studio, folder.dir, folder.origin);
    if (entry && entry->info.name == name_or_dir) return entry;
  }
  if (is_model_dir(studio, name_or_dir)) return describe_model(studio, fs::weakly_canonical(name_or_dir, error).string(), "given");
  return Error{ErrorCode::kNotFound,
               "there is no such model",
               "model",
               "\"" + shown_safely(name_or_dir) + "\"",
               names.empty() ? "none is installed" : names,
               "fantascope models list shows what there is; fantascope models add DIR links a folder"};
}

Result<ModelList> list_models(Studio& studio) {
  FANTASCOPE_TRY(const std::vector<SearchFolder> dirs, model_dirs(studio));
  ModelList list;
  for (const SearchFolder& folder : dirs) {
    auto entry = describe_model(studio, folder.dir, folder.origin);
    if (entry)
      list.models.push_back(*std::move(entry));
    else
      list.broken.push_back({folder.dir, entry.error()});
  }
  return list;
}

Result<ModelFiles> hash_model(OperationContext& context, const std::string& dir, HashCache cache, std::vector<std::string>* damaged) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  ModelStore store(*database);
  FANTASCOPE_TRY(const std::vector<std::string> names, model_files(dir));
  ModelFiles files;
  std::vector<std::pair<FileIdentity, std::string>> fresh;
  std::string lines;
  for (const std::string& name : names) {
    if (context.stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped", "", "", "", ""};
    if (first_invalid_utf8(name))
      return Error{ErrorCode::kBadFile, "a file in the model's folder has a name that is not UTF-8", dir, shown_safely(name), "",
                   "Rename it"};
    FANTASCOPE_TRY(const FileIdentity before, identify(dir + "/" + name));
    FANTASCOPE_TRY(std::optional<std::string> hash, store.find_hash(before));
    if (!hash || cache == HashCache::kIgnore) {
      if (context.progress && before.size_bytes > (64 << 20)) {
        Progress progress;
        progress.note = "reading " + name + " to know its hash (once)";
        context.progress(progress);
      }
      FANTASCOPE_TRY(const std::string now, sha256_file(before.path, context.stop));
      FANTASCOPE_TRY(const FileIdentity after, identify(before.path));
      if (after.size_bytes != before.size_bytes || after.mtime_ns != before.mtime_ns || after.inode != before.inode) {
        return Error{
            ErrorCode::kMismatch, "a model file changed while it was read", before.path, "", "", "Try again when nothing writes to it"};
      }
      if (hash && *hash != now && damaged != nullptr)
        damaged->push_back(name);
      else
        fresh.emplace_back(before, now);
      hash = now;
    }
    if (name.ends_with(".safetensors")) {
      files.weights[name] = *hash;
      lines += *hash + "  " + name + "\n";
    } else {
      files.configs[name] = *hash;
    }
  }
  files.weights_sha256 = sha256_text(lines);
  FANTASCOPE_TRY_VOID(store.remember_hashes(fresh));
  return files;
}

}  // namespace fantascope
