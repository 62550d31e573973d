#include "app/operations/model_operations.h"

#include <filesystem>
#include <sstream>

#include "app/files/file_system.h"
#include "app/library/model_store.h"
#include "app/operations/internal/model_catalog.h"
#include "app/operations/prompt_text.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr ParamSpec kModel = {.name = "model",
                              .type = ParamType::kText,
                              .help = "name or folder of the model",
                              .value_name = "NAME|DIR",
                              .positional = true,
                              .required = true};

json model_to_json(const ModelEntry& model) {
  const ModelInfo& info = model.info;
  const GenerationRequest& defaults = info.defaults;
  return {{"name", info.name},
          {"family", info.family},
          {"origin", model.origin},
          {"dir", info.dir},
          {"licence", info.licence},
          {"weights_bytes", info.weights_bytes},
          {"size_multiple", info.size_multiple},
          {"size_min", info.size_min},
          {"size_max", info.size_max},
          {"frames_multiple", info.frames_multiple},
          {"frames_max", info.frames_max},
          {"steps_max", info.steps_max},
          {"defaults",
           {{"size", PixelSize{defaults.width, defaults.height}.to_string()},
            {"frames", defaults.num_frames},
            {"fps", defaults.fps.to_string()},
            {"steps", defaults.num_inference_steps},
            {"guidance", defaults.guidance.guidance_scale},
            {"audio_guidance", defaults.audio_guidance.guidance_scale}}}};
}

Result<json> run_list(OperationContext& context, const json&) {
  FANTASCOPE_TRY(const ModelList list, list_models(context.studio));
  json models = json::array();
  for (const ModelEntry& model : list.models) models.push_back(model_to_json(model));
  json broken = json::array();
  for (const BrokenModel& model : list.broken) broken.push_back({{"dir", shown_safely(model.dir)}, {"error", error_to_json(model.error)}});
  return json{{"models", models}, {"broken", broken}};
}

Result<json> run_add(OperationContext& context, const json& arguments) {
  std::error_code error;
  const fs::path dir = fs::weakly_canonical(arguments["dir"].get<std::string>(), error);
  FANTASCOPE_TRY(const ModelEntry model, describe_model(context.studio, dir.string(), "linked"));
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY_VOID(ModelStore(*database).link(dir.string()));
  return model_to_json(model);
}

/// Hashes and everything that describe() says.
Result<json> run_show(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const ModelEntry model, find_model(context.studio, arguments["model"]));
  FANTASCOPE_TRY(const ModelFiles files, hash_model(context, model.info.dir, HashCache::kUse));
  json shown = model_to_json(model);
  shown["weights"] = files.weights;
  shown["configs"] = files.configs;
  shown["weights_sha256"] = files.weights_sha256;
  return shown;
}

/// Lines "hash  name" of a SHA256SUMS file in the model's folder, if there is one.
Result<std::map<std::string, std::string>> published_sums(const std::string& dir) {
  std::map<std::string, std::string> sums;
  std::error_code error;
  if (!fs::exists(dir + "/SHA256SUMS", error)) return sums;
  FANTASCOPE_TRY(const std::string text, read_file(dir + "/SHA256SUMS", 4 << 20));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.size() > 66 && line[64] == ' ') sums[line.substr(66)] = line.substr(0, 64);
  }
  return sums;
}

Result<json> run_verify(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const ModelEntry model, find_model(context.studio, arguments["model"]));
  std::vector<std::string> damaged;
  FANTASCOPE_TRY(const ModelFiles files, hash_model(context, model.info.dir, HashCache::kIgnore, &damaged));
  json problems = json::array();
  for (const std::string& name : damaged)
    problems.push_back(name + ": the content changed, but neither size nor time did; the disk may be failing");
  FANTASCOPE_TRY(const auto sums, published_sums(model.info.dir));
  for (const auto& [name, hash] : sums) {
    const auto& group = files.weights.contains(name) ? files.weights : files.configs;
    const auto found = group.find(name);
    if (found == group.end()) continue;
    if (found->second != hash) problems.push_back(name + ": not the published content; SHA-256 " + found->second + ", published " + hash);
  }
  LoadOptions options;
  options.device = "cpu";
  const auto loaded = model.family->load(model.info.dir, options);
  if (!loaded) problems.push_back("loading: " + loaded.error().to_string());
  return json{{"ok", problems.empty()},
              {"name", model.info.name},
              {"family", model.info.family},
              {"dir", model.info.dir},
              {"num_files", files.weights.size() + files.configs.size()},
              {"num_published_sums", sums.size()},
              {"weights_sha256", files.weights_sha256},
              {"problems", problems}};
}

}  // namespace

std::span<const Operation> model_operations() {
  static const Operation kAll[] = {
      {{"models list", "models that can be used by name", {}}, run_list},
      {{"models add",
        "link a model's folder where it lies",
        {{.name = "dir",
          .type = ParamType::kPath,
          .help = "folder with model_index.json",
          .value_name = "DIR",
          .positional = true,
          .required = true}}},
       run_add},
      {{"models show", "what a model allows, and its hashes", {kModel}}, run_show},
      {{"models verify", "read every byte, compare hashes, load the weights", {kModel}}, run_verify},
  };
  return kAll;
}

}  // namespace fantascope
