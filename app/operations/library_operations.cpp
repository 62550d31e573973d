#include "app/operations/library_operations.h"

#include <filesystem>
#include <set>

#include "app/files/sha256.h"
#include "app/jobs/job_queue.h"
#include "app/library/lineage_store.h"
#include "app/library/measure_store.h"
#include "app/library/take_shelf.h"
#include "app/operations/internal/job_runner.h"
#include "app/operations/measures.h"
#include "engine/base/bounded_json.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr ParamSpec kTake = {.name = "take",
                             .type = ParamType::kText,
                             .help = "id of the take, or how it starts",
                             .value_name = "TAKE",
                             .positional = true,
                             .required = true};
constexpr ParamSpec kProject = {
    .name = "project", .type = ParamType::kText, .help = "only takes of this project", .value_name = "NAME", .bytes_max = 512};
constexpr ParamSpec kLimit = {.name = "limit",
                              .type = ParamType::kInteger,
                              .help = "at most so many, newest first (50)",
                              .value_name = "N",
                              .min = 1,
                              .max = 100'000};

json parsed(const std::string& text) {
  auto value = parse_bounded_json(text, "library", {.max_bytes = 8 << 20, .max_depth = 10});
  return value ? *value : json(nullptr);
}

json takes_to_json(const std::vector<Take>& takes, const Home& home) {
  json rows = json::array();
  for (const Take& take : takes) rows.push_back(take_to_json(take, home));
  return {{"takes", rows}};
}

double rate_of(const Take& take) {
  const auto fps = Rational::parse(take.fps);
  return fps ? fps->value() : 0;
}

/// Null for a take that was not measured.
Result<json> measures_of(Database& database, const Take& take) {
  FANTASCOPE_TRY(const std::optional<TakeMeasures> measures, MeasureStore(database).find(take.take_id));
  return measures ? measures_to_json(*measures, rate_of(take)) : json(nullptr);
}

/// A list as the shelf makes it: of one project, or in an order, then with the numbers that it goes by.
Result<json> shelf_list(OperationContext& context, Database& database, const json& arguments) {
  TakeFilter filter;
  filter.words = arguments.value("text", "");
  filter.project = arguments.value("project", "");
  if (arguments.contains("keep")) filter.keep = parse_keep(arguments["keep"].get<std::string>());
  filter.order = parse_take_order(arguments.value("sort", "newest")).value_or(TakeOrder::kNewest);
  FANTASCOPE_TRY(std::vector<std::int64_t> seqs, TakeShelf(database).find(filter));
  if (const std::size_t limit = arguments.value("limit", std::size_t{50}); seqs.size() > limit) seqs.resize(limit);
  FANTASCOPE_TRY(const std::vector<ShelfRow> rows, TakeShelf(database).rows(seqs));
  json takes = json::array();
  for (const ShelfRow& row : rows) {
    FANTASCOPE_TRY(const std::optional<Take> take, TakeStore(database).find(row.take_id));
    if (!take) continue;
    json shown = take_to_json(*take, context.studio.home());
    if (arguments.contains("sort")) {
      FANTASCOPE_TRY(shown["measures"], measures_of(database, *take));
    }
    if (arguments.contains("project")) shown["project"] = row.project;
    takes.push_back(std::move(shown));
  }
  return json{{"takes", takes}};
}

Result<json> run_list(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return takes_to_json({}, context.studio.home());
  if (arguments.contains("sort") || arguments.contains("project")) return shelf_list(context, *database, arguments);
  const auto keep = arguments.contains("keep") ? parse_keep(arguments["keep"].get<std::string>()) : std::nullopt;
  FANTASCOPE_TRY(const std::vector<Take> takes, TakeStore(*database).list(keep, arguments.value("limit", 50)));
  return takes_to_json(takes, context.studio.home());
}

Result<json> run_search(OperationContext& context, const json& arguments) {
  const std::string text = arguments["text"];
  FANTASCOPE_TRY(const std::string query, search_query(text));
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return takes_to_json({}, context.studio.home());
  if (arguments.contains("project")) return shelf_list(context, *database, arguments);
  FANTASCOPE_TRY(const std::vector<Take> takes, TakeStore(*database).search(text, arguments.value("limit", 50)));
  return takes_to_json(takes, context.studio.home());
}

Result<Take> find_take(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr)
    return Error{ErrorCode::kNotFound,   "the library is empty", "take", arguments["take"].get<std::string>().substr(0, 40), "",
                 "Generate a first clip"};
  return TakeStore(*database).find_by_text(arguments["take"]);
}

Result<json> run_show(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const Take take, find_take(context, arguments));
  json shown = take_to_json(take, context.studio.home());
  json files = json::array();
  for (const TakeFile& file : take.files) files.push_back({{"name", file.name}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
  shown["files"] = files;
  shown["recipe"] = parsed(take.recipe);
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return shown;
  // A library that is only read may be of a time without measures.
  const auto measures = measures_of(*database, take);
  shown["measures"] = measures ? *measures : json(nullptr);
  const LineageStore lineage(*database);
  FANTASCOPE_TRY(const std::vector<ShelfRow> rows, TakeShelf(*database).rows({take.seq}));
  if (!rows.empty()) shown.update({{"shot_id", rows.front().shot_id}, {"project", rows.front().project}});
  shown["parents"] = shown["children"] = json::array();
  // A library that is only read may be of a time without lineage.
  if (const auto parents = lineage.parents(take.take_id)) {
    for (const TakeLink& link : *parents) shown["parents"].push_back({{"take_id", link.parent_id.text()}, {"relation", link.relation}});
  }
  if (const auto children = lineage.children(take.take_id)) {
    for (const TakeLink& link : *children) shown["children"].push_back({{"take_id", link.take_id.text()}, {"relation", link.relation}});
  }
  return shown;
}

Result<json> set_keep(OperationContext& context, const json& arguments, Keep keep) {
  FANTASCOPE_TRY(Take take, find_take(context, arguments));
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY_VOID(TakeStore(*database).set_keep(take.take_id, keep));
  take.keep = keep;
  return json{{"take_id", take.take_id.text()}, {"keep", keep_name(keep)}};
}

Result<json> run_keep(OperationContext& context, const json& arguments) { return set_keep(context, arguments, Keep::kKept); }
Result<json> run_drop(OperationContext& context, const json& arguments) { return set_keep(context, arguments, Keep::kDropped); }

Result<json> measure_missing(OperationContext& context) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  const TakeStore takes(*database);
  FANTASCOPE_TRY(const std::vector<TakeId> missing, MeasureStore(*database).missing(100'000));
  json measured = json::array(), failed = json::array();
  for (const TakeId& id : missing) {
    if (context.stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped", "", "", "", ""};
    FANTASCOPE_TRY(const std::optional<Take> take, takes.find(id));
    if (!take) continue;
    const auto measures = measure_take(context.studio, *database, *take);
    if (measures)
      measured.push_back(id.text());
    else
      failed.push_back({{"take_id", id.text()}, {"error", measures.error().to_string()}});
  }
  return json{{"measured", measured}, {"failed", failed}};
}

Result<json> run_measure(OperationContext& context, const json& arguments) {
  if (arguments.value("missing", false)) return measure_missing(context);
  if (!arguments.contains("take"))
    return Error{ErrorCode::kInvalidArgument,         "no take is named", "take", "", "the id of a take, or --missing",
                 "fantascope library list shows them"};
  FANTASCOPE_TRY(const Take take, find_take(context, arguments));
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY(const TakeMeasures measures, measure_take(context.studio, *database, take));
  json shown = measures_to_json(measures, rate_of(take));
  shown["take_id"] = take.take_id.text();
  return shown;
}

void check_take(const Take& take, const Home& home, LibraryCheck& check) {
  const std::string dir = take_dir(home, take.take_id);
  std::set<std::string> expected;
  for (const TakeFile& file : take.files) {
    expected.insert(file.name);
    ++check.num_files;
    const std::string path = dir + "/" + file.name;
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
      check.findings.push_back(
          {"error", path, "the file is missing",
           "Put it back from a backup; fantascope reproduce " + take.take_id.text() + " shows whether the clip can be made again"});
      continue;
    }
    const auto hash = sha256_file(path);
    if (!hash) {
      check.findings.push_back({"error", path, hash.error().to_string(), "Check the disk"});
    } else if (*hash != file.sha256) {
      const auto size = static_cast<std::int64_t>(fs::file_size(path, error));
      check.findings.push_back(
          {"error", path,
           "the file was changed since it was made: " + std::to_string(size) + " bytes, were " + std::to_string(file.size_bytes),
           "Put it back from a backup; the take's other files are not affected"});
    }
  }
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(dir, error)) {
    const std::string name = fs::relative(entry.path(), dir, error).string();
    if (entry.is_regular_file(error) && !expected.contains(name))
      check.findings.push_back({"warning", entry.path().string(), "this file does not belong to the take", "Move it elsewhere"});
  }
  const json recipe = parsed(take.recipe);
  auto read = recipe_from_json(recipe, "take " + take.take_id.text());
  if (!read) {
    check.findings.push_back({"error", "take " + take.take_id.text(), "the recipe in the library is damaged: " + read.error().to_string(),
                              "Its copy is recipe.json in the take's folder"});
  } else if (recipe_sha256(*read) != take.recipe_sha256) {
    check.findings.push_back({"error", "take " + take.take_id.text(), "the recipe in the library does not have its hash",
                              "Its copy is recipe.json in the take's folder"});
  } else if (read->prompt != take.prompt || static_cast<std::int64_t>(read->seed) != take.seed) {
    check.findings.push_back({"error", "take " + take.take_id.text(), "the row says something else than its recipe",
                              "recipe.json in the take's folder is right"});
  }
}

/// A take's row made from its folder, if everything in it fits together.
Result<NewTake> adopt(const std::string& dir, const TakeId& id) {
  FANTASCOPE_TRY(const json recipe_json, read_bounded_json(dir + "/recipe.json", {.max_bytes = 8 << 20, .max_depth = 10}));
  FANTASCOPE_TRY(const Recipe recipe, recipe_from_json(recipe_json, dir + "/recipe.json"));
  const json made = recipe_json.value("made", json::object());
  const auto text = [&made](const char* key) {
    return made.is_object() && made.contains(key) && made[key].is_string() ? made[key].get<std::string>() : std::string();
  };
  NewTake take;
  take.take_id = id;
  take.job_id = JobId::parse(text("job_id")).value_or(JobId{});
  take.recipe_sha256 = recipe_sha256(recipe);
  take.latents_sha256 = text("latents_sha256");
  take.unsigned_sha256 = text("unsigned_sha256");
  if (text("take_id") != id.text() || text("recipe_sha256") != take.recipe_sha256 || take.latents_sha256.size() != 64 ||
      take.unsigned_sha256.size() != 64) {
    return Error{ErrorCode::kMismatch, "the recipe is not of this folder", dir + "/recipe.json", text("take_id"), id.text(), ""};
  }
  take.prompt = recipe.prompt;
  take.model = recipe.model;
  take.family = recipe.family;
  take.width = recipe.width;
  take.height = recipe.height;
  take.num_frames = recipe.frames;
  take.fps = recipe.fps.to_string();
  take.seed = static_cast<std::int64_t>(recipe.seed);
  take.recipe = recipe_json.dump(2) + "\n";
  take.timings = made.value("timings_s", json::object()).dump();
  take.warnings = made.value("warnings", json::array()).dump();
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(dir, error)) {
    if (!entry.is_regular_file(error)) continue;
    FANTASCOPE_TRY(const std::string hash, sha256_file(entry.path().string()));
    take.files.push_back({fs::relative(entry.path(), dir, error).string(), static_cast<std::int64_t>(entry.file_size(error)), hash});
  }
  return take;
}

Result<void> check_orphans(OperationContext& context, Database& database, Repair repair, LibraryCheck& check) {
  const Home& home = context.studio.home();
  TakeStore takes(database);
  JobStore job_store(database);
  JobQueue queue(job_store, this_process());
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(home.takes(), error)) {
    const std::string name = entry.path().filename().string();
    const auto id = TakeId::parse(name);
    if (!id) {
      const bool staging = name.starts_with(kStagingPrefix);
      check.findings.push_back(
          {"warning", entry.path().string(), staging ? "a take that was being put together" : "this is not a take",
           staging ? "It belongs to a job that is running or was interrupted; fantascope queue list shows it" : "Move it elsewhere"});
      continue;
    }
    FANTASCOPE_TRY(const std::optional<Take> take, takes.find(*id));
    if (take) continue;
    auto orphan = adopt(entry.path().string(), *id);
    if (orphan && repair == Repair::kAdoptOrphans) {
      FANTASCOPE_TRY(const Take adopted, takes.insert(*orphan));
      ++check.num_adopted;
      continue;
    }
    check.findings.push_back(
        {"warning", entry.path().string(),
         orphan ? "a whole take that the library does not know" : "a folder that the library does not know: " + orphan.error().to_string(),
         orphan ? "fantascope library check --repair enters it" : "Look into it; nothing here is ever deleted by itself"});
  }
  for (const auto& entry : fs::directory_iterator(home.work(), error)) {
    const auto id = JobId::parse(entry.path().filename().string());
    FANTASCOPE_TRY(const std::optional<Job> job, id ? queue.find(*id) : Result<std::optional<Job>>(std::optional<Job>{}));
    if (!job)
      check.findings.push_back(
          {"warning", entry.path().string(), "a work folder without a job", "It can be deleted when no fantascope is running"});
  }
  return {};
}

Result<json> run_check(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const LibraryCheck check, check_library(context, arguments.value("repair", false) ? Repair::kAdoptOrphans : Repair::kNo));
  return check.to_json();
}

}  // namespace

json take_to_json(const Take& take, const Home& home) {
  return {{"take_id", take.take_id.text()},
          {"job_id", take.job_id.text()},
          {"keep", keep_name(take.keep)},
          {"path", take_dir(home, take.take_id) + "/clip.mp4"},
          {"prompt", take.prompt},
          {"model", take.model},
          {"family", take.family},
          {"size", PixelSize{take.width, take.height}.to_string()},
          {"frames", take.num_frames},
          {"fps", take.fps},
          {"seed", take.seed},
          {"recipe_sha256", take.recipe_sha256},
          {"latents_sha256", take.latents_sha256},
          {"unsigned_sha256", take.unsigned_sha256},
          {"warnings", parsed(take.warnings)},
          {"timings_s", parsed(take.timings)},
          {"created_ms", take.created_ms}};
}

json LibraryCheck::to_json() const {
  json rows = json::array();
  for (const LibraryFinding& finding : findings) {
    rows.push_back(
        {{"severity", finding.severity}, {"subject", finding.subject}, {"message", finding.message}, {"advice", finding.advice}});
  }
  return {{"ok", ok}, {"num_takes", num_takes}, {"num_files", num_files}, {"num_adopted", num_adopted}, {"findings", rows}};
}

Result<LibraryCheck> check_library(OperationContext& context, Repair repair) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  LibraryCheck check;
  FANTASCOPE_TRY(const std::vector<std::string> problems, database->integrity_problems());
  for (const std::string& problem : problems) {
    check.findings.push_back(
        {"error", database->path(), problem, "Copy the file away first; copies from before each upgrade are in the folder backups"});
  }
  TakeStore takes(*database);
  for (std::int64_t before = 0; !context.stop.stop_requested();) {
    FANTASCOPE_TRY(const std::vector<Take> page, takes.list_all(200, before));
    if (page.empty()) break;
    for (const Take& listed : page) {
      if (context.stop.stop_requested()) break;
      FANTASCOPE_TRY(const std::optional<Take> take, takes.find(listed.take_id));
      if (!take) {
        check.findings.push_back(
            {"error", "take row " + std::to_string(listed.seq), "the row has no good id", "Restore library.db from backups"});
        continue;
      }
      ++check.num_takes;
      check_take(*take, context.studio.home(), check);
    }
    before = page.back().seq;
  }
  if (context.stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped", "", "", "", ""};
  FANTASCOPE_TRY_VOID(check_orphans(context, *database, repair, check));
  for (const LibraryFinding& finding : check.findings) check.ok = check.ok && finding.severity != "error";
  return check;
}

std::span<const Operation> library_operations() {
  static const Operation kAll[] = {
      {{"library list",
        "takes, newest first",
        {{.name = "keep",
          .type = ParamType::kChoice,
          .help = "only these; without it drafts and kept ones",
          .value_name = "draft|kept|dropped",
          .choices = "draft|kept|dropped"},
         kLimit,
         {.name = "sort",
          .type = ParamType::kChoice,
          .help = "newest first if left out; the measured ones show the most of it first, takes that were not measured last",
          .value_name = "ORDER",
          .choices = "newest|oldest|stars|av_offset|flicker|frozen|black|colour_drift|loudness"},
         kProject}},
       run_list},
      {{"library search",
        "takes whose prompt has these words",
        {{.name = "text",
          .type = ParamType::kText,
          .help = "words; the last one may be a beginning",
          .value_name = "TEXT",
          .positional = true,
          .required = true,
          .bytes_max = 1 << 20},
         kLimit,
         kProject}},
       run_search},
      {{"library show", "everything about one take", {kTake}}, run_show},
      {{"library measure",
        "sound against picture, flicker, frozen and black frames, drift of colour, loudness; kept for sorting",
        {{.name = "take", .type = ParamType::kText, .help = "id of the take, or how it starts", .value_name = "TAKE", .positional = true},
         {.name = "missing", .type = ParamType::kSwitch, .help = "all takes that were not measured yet"}}},
       run_measure},
      {{"library keep", "keep a take (also brings back a dropped one)", {kTake}}, run_keep},
      {{"library drop", "hide a take from the lists; library keep brings it back", {kTake}}, run_drop},
      {{"library check",
        "compare rows, files and hashes",
        {{.name = "repair", .type = ParamType::kSwitch, .help = "enter whole takes that the library does not know"}}},
       run_check},
  };
  return kAll;
}

}  // namespace fantascope
