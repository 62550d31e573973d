#include "app/operations/model_operations.h"

#include <filesystem>
#include <sstream>

#include "app/files/file_system.h"
#include "app/jobs/job_queue.h"
#include "app/library/model_store.h"
#include "app/operations/internal/job_order.h"
#include "app/operations/internal/licence_gate.h"
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

Result<json> model_to_json(Studio& studio, const ModelEntry& model) {
  FANTASCOPE_TRY(const LicenceStanding licence, licence_of(studio, model));
  const ModelInfo& info = model.info;
  const GenerationRequest& defaults = info.defaults;
  json shown = {{"name", info.name},
                {"family", info.family},
                {"origin", model.origin},
                {"dir", info.dir},
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
                  {"image_crf", info.image_crf},
                  {"guidance", defaults.guidance.guidance_scale},
                  {"audio_guidance", defaults.audio_guidance.guidance_scale}}}};
  shown.update(licence.to_json());
  return shown;
}

Result<json> run_list(OperationContext& context, const json&) {
  FANTASCOPE_TRY(const ModelList list, list_models(context.studio));
  json models = json::array();
  for (const ModelEntry& model : list.models) {
    FANTASCOPE_TRY(json shown, model_to_json(context.studio, model));
    models.push_back(std::move(shown));
  }
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
  return model_to_json(context.studio, model);
}

/// The licence's text, the sentences of it that bite, and whether it was accepted.
Result<json> run_licence(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const ModelEntry model, find_model(context.studio, arguments["model"]));
  FANTASCOPE_TRY(const LicenceStanding standing, licence_of(context.studio, model));
  const ModelLicence& licence = standing.licence;
  json shown = standing.to_json();
  shown["name"] = model.info.name;
  shown["dir"] = model.info.dir;
  shown["text"] = licence.text;
  shown["terms"] = json::array();
  for (const LicenceTerm& term : licence.terms)
    shown["terms"].push_back({{"topic", term.topic}, {"file", term.file}, {"line", term.line}, {"text", term.text}});
  shown["licence_files"] = json::array();
  for (const std::string& file : licence.files) shown["licence_files"].push_back(shown_safely(file));
  return shown;
}

Result<json> run_accept(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const ModelEntry model, find_model(context.studio, arguments["model"]));
  FANTASCOPE_TRY(const LicenceStanding standing, accept_licence(context.studio, model, arguments.value("licence_sha256", "")));
  json shown = standing.to_json();
  shown["name"] = model.info.name;
  shown["dir"] = model.info.dir;
  return shown;
}

/// The linked folder that is meant: by folder, by the folder's name, or by the name that its files give it. It need not be there any more.
Result<std::string> find_link(Studio& studio, ModelStore& store, const std::string& name_or_dir) {
  FANTASCOPE_TRY(const std::vector<std::string> links, store.links());
  std::error_code error;
  const std::string dir = fs::weakly_canonical(name_or_dir, error).string();
  for (const std::string& link : links) {
    if (link == name_or_dir || link == dir || fs::path(link).filename().string() == name_or_dir) return link;
  }
  for (const std::string& link : links) {
    const auto model = describe_model(studio, link, "linked");
    if (model && model->info.name == name_or_dir) return link;
  }
  FANTASCOPE_TRY(const ModelEntry model, find_model(studio, name_or_dir));
  const bool shipped = model.origin == "shipped", home = model.origin == "home";
  return Error{ErrorCode::kInvalidArgument,
               shipped ? "this model comes with the program and cannot be unlinked" : "this model is not linked",
               "model",
               model.info.dir,
               "a linked model",
               home ? "It lies in the home's folder of models: take its folder away from there" : ""};
}

/// Jobs that wait for this model and will fail without it.
Result<std::int64_t> count_waiting(Database& database, const std::string& dir) {
  constexpr int kJobsMax = 1'000'000;
  JobStore store(database);
  std::int64_t count = 0;
  for (const JobState state : {JobState::kQueued, JobState::kPaused}) {
    FANTASCOPE_TRY(const std::vector<Job> jobs, JobQueue(store, this_process()).list(state, kJobsMax));
    for (const Job& job : jobs) {
      const auto order = order_from_text(job.recipe, "job");
      if (order && order->linked && order->model_dir == dir) ++count;
    }
  }
  return count;
}

Result<json> run_unlink(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  ModelStore store(*database);
  FANTASCOPE_TRY(const std::string dir, find_link(context.studio, store, arguments["model"]));
  const auto model = describe_model(context.studio, dir, "linked");
  FANTASCOPE_TRY(const bool removed, store.unlink(dir));
  FANTASCOPE_TRY(const std::int64_t waiting, count_waiting(*database, dir));
  return json{{"name", shown_safely(model ? model->info.name : fs::path(dir).filename().string())},
              {"dir", dir},
              {"unlinked", removed},
              {"num_waiting_jobs", waiting}};
}

/// Hashes and everything that describe() says.
Result<json> run_show(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const ModelEntry model, find_model(context.studio, arguments["model"]));
  FANTASCOPE_TRY(const ModelFiles files, hash_model(context, model.info.dir, HashCache::kUse));
  FANTASCOPE_TRY(json shown, model_to_json(context.studio, model));
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
          .help = "folder with model_index.json, or with an original checkpoint and text_encoder/",
          .value_name = "DIR",
          .positional = true,
          .required = true}}},
       run_add},
      {{"models unlink", "forget a linked folder; its files and the takes made with it stay", {kModel}}, run_unlink},
      {{"models licence", "a model's licence: its text, and what of it to know first", {kModel}}, run_licence},
      {{"models accept",
        "accept a model's licence, once for its folder and its text",
        {kModel,
         {.name = "licence_sha256",
          .type = ParamType::kText,
          .help = "refuse if the text is not this one, as models licence shows it",
          .value_name = "HASH",
          .bytes_max = 64}}},
       run_accept},
      {{"models show", "what a model allows, and its hashes", {kModel}}, run_show},
      {{"models verify", "read every byte, compare hashes, load the weights", {kModel}}, run_verify},
  };
  return kAll;
}

}  // namespace fantascope
