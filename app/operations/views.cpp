#include "app/operations/views.h"

#include <algorithm>
#include <filesystem>

#include "app/files/atomic_file.h"
#include "app/files/file_system.h"
#include "app/library/measure_store.h"
#include "app/library/project_store.h"
#include "app/library/shelf_json.h"
#include "app/library/shot_store.h"
#include "app/library/take_shelf.h"
#include "app/operations/continue.h"
#include "app/operations/internal/job_order.h"
#include "app/operations/internal/same_take.h"
#include "app/operations/lineage.h"
#include "app/operations/measures.h"
#include "app/operations/project_operations.h"
#include "app/operations/queue.h"
#include "engine/base/bounded_json.h"
#include "engine/runtime/host_memory.h"

namespace fantascope {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::uint64_t kClipBytesMax = std::uint64_t{16} << 30;

json parsed(const std::string& text) {
  auto value = parse_bounded_json(text, "library", {.max_bytes = 8 << 20, .max_depth = 10});
  return value ? *value : json(nullptr);
}

/// A text argument; views are called by our own window, so a missing one is a bug there, said as an error all the same.
Result<std::string> text_of(const json& arguments, const char* name) {
  const auto found = arguments.find(name);
  if (found != arguments.end() && found->is_string()) return found->get<std::string>();
  return Error{ErrorCode::kInvalidArgument, "a field is missing", name, "", "a text", ""};
}

template <typename T>
Result<T> id_of(const json& value) {
  if (value.is_string()) {
    if (auto id = T::parse(value.get<std::string>())) return *id;
  }
  return Error{ErrorCode::kInvalidArgument, "this is not an id", "", value.dump().substr(0, 40), "16 letters and digits", ""};
}

template <typename T>
Result<std::vector<T>> ids_of(const json& arguments, const char* name) {
  std::vector<T> ids;
  for (const json& value : arguments.value(name, json::array())) {
    FANTASCOPE_TRY(const T id, id_of<T>(value));
    ids.push_back(id);
  }
  return ids;
}

Result<json> view_takes(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  return database != nullptr ? shelf_takes(*database, arguments) : Result<json>(json{{"seqs", json::array()}});
}

Result<json> view_rows(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  return database != nullptr ? shelf_rows(*database, context.studio.home().takes(), arguments)
                             : Result<json>(json{{"rows", json::array()}});
}

Result<json> view_take(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const TakeId id, id_of<TakeId>(arguments.value("take_id", json())));
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return Error{ErrorCode::kNotFound, "the library is empty", "take", id.text(), "", ""};
  FANTASCOPE_TRY(const std::optional<Take> take, TakeStore(*database).find(id));
  if (!take) return Error{ErrorCode::kNotFound, "there is no such take in the library", "take", id.text(), "", ""};
  FANTASCOPE_TRY(const std::vector<ShelfRow> rows, TakeShelf(*database).rows({take->seq}));
  json shown = rows.empty() ? json::object() : shelf_row_to_json(rows.front(), context.studio.home().takes());
  const auto fps = Rational::parse(take->fps);
  const auto measures = MeasureStore(*database).find(id);
  shown["measures"] = measures && *measures ? measures_to_json(**measures, fps ? fps->value() : 0) : json(nullptr);
  shown["recipe"] = parsed(take->recipe);
  shown["timings_s"] = parsed(take->timings);
  shown["recipe_sha256"] = take->recipe_sha256;
  std::int64_t size_bytes = 0;
  for (const TakeFile& file : take->files) size_bytes += file.size_bytes;
  shown["size_bytes"] = size_bytes;
  return shown;
}

Result<json> view_marks(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::vector<TakeId> ids, ids_of<TakeId>(arguments, "takes"));
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY(const std::vector<TakeMark> marks, TakeShelf(*database).marks(ids));
  json rows = json::array();
  for (const TakeMark& mark : marks)
    rows.push_back({{"take_id", mark.take_id.text()}, {"keep", keep_name(*mark.keep)}, {"stars", *mark.stars}, {"tags", *mark.tags}});
  return json{{"marks", rows}};
}

Result<json> mark_takes(OperationContext& context, const json& arguments) {
  std::vector<TakeMark> marks;
  for (const json& row : arguments.value("marks", json::array())) {
    FANTASCOPE_TRY(const TakeId id, id_of<TakeId>(row.value("take_id", json())));
    TakeMark mark{id, {}, {}, {}};
    if (row.contains("keep")) mark.keep = parse_keep(row["keep"].get<std::string>());
    if (row.contains("stars")) mark.stars = row["stars"].get<int>();
    if (row.contains("tags")) mark.tags = row["tags"].get<std::vector<std::string>>();
    marks.push_back(std::move(mark));
  }
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY_VOID(TakeShelf(*database).mark(marks));
  return json::object();
}

Result<json> view_tags(OperationContext& context, const json&) {
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return json{{"tags", json::array()}};
  FANTASCOPE_TRY(const std::vector<std::string> tags, TakeShelf(*database).tags());
  return json{{"tags", tags}};
}

/// "a-lighthouse-at-dusk-4f2k.mp4": letters and digits of the prompt's first words, then the start of the id.
std::string export_name(const Take& take) {
  std::string name;
  for (const char c : take.prompt) {
    if (name.size() >= 40) break;
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain)
      name += c;
    else if (c >= 'A' && c <= 'Z')
      name += static_cast<char>(c - 'A' + 'a');
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return (name.empty() ? "take" : name) + "-" + take.take_id.text().substr(0, 4) + ".mp4";
}

Result<void> copy_clip(const std::string& source, const std::string& target) {
  FANTASCOPE_TRY(const std::string bytes, read_file(source, kClipBytesMax));
  return write_file(target, bytes, {.mode = 0644, .overwrite = Overwrite::kAllow, .expected_bytes = bytes.size()});
}

Result<json> export_takes(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::vector<TakeId> ids, ids_of<TakeId>(arguments, "takes"));
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  const std::string folder = arguments.value("folder", context.studio.home().exports());
  std::error_code error;
  if (!fs::is_directory(folder, error))
    return Error{ErrorCode::kNotFound, "the folder to export to is not there", folder, "", "an existing folder", "Choose another folder"};
  json files = json::array();
  for (const TakeId& id : ids) {
    FANTASCOPE_TRY(const std::optional<Take> take, TakeStore(*database).find(id));
    if (!take) return Error{ErrorCode::kNotFound, "there is no such take in the library", "take", id.text(), "", ""};
    const std::string target = folder + "/" + export_name(*take);
    FANTASCOPE_TRY_VOID(copy_clip(take_dir(context.studio.home(), id) + "/clip.mp4", target));
    files.push_back(target);
  }
  return json{{"folder", folder}, {"files", files}};
}

json shot_to_json(const Shot& shot) {
  return {{"shot_id", shot.shot_id.text()},
          {"name", shot.name},
          {"prompt", shot.prompt},
          {"form", parsed(shot.form)},
          {"board_position", shot.board_position ? json(*shot.board_position) : json(nullptr)},
          {"chosen_take", shot.chosen_take},
          {"project_id", shot.project_id},
          {"created_ms", shot.created_ms}};
}

Result<json> view_shot(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const ShotId id, id_of<ShotId>(arguments.value("shot_id", json())));
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY(const std::optional<Shot> shot, ShotStore(*database).find(id));
  if (!shot) return Error{ErrorCode::kNotFound, "there is no such shot", "shot", id.text(), "", ""};
  return shot_to_json(*shot);
}

Result<json> put_shot(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  ShotStore store(*database);
  Shot shot;
  shot.shot_id = ShotId::random();
  if (arguments.contains("shot_id")) {
    FANTASCOPE_TRY(shot.shot_id, id_of<ShotId>(arguments["shot_id"]));
    FANTASCOPE_TRY(const std::optional<Shot> old, store.find(shot.shot_id));
    if (old) shot = *old;
  }
  shot.name = arguments.value("name", shot.name);
  shot.prompt = arguments.value("prompt", shot.prompt);
  shot.chosen_take = arguments.value("chosen_take", shot.chosen_take);
  if (const std::string project = arguments.value("project_id", shot.project_id); project != shot.project_id) {
    FANTASCOPE_TRY(const ProjectId id, id_of<ProjectId>(project));
    FANTASCOPE_TRY(const std::optional<Project> there, ProjectStore(*database).find(id));
    if (!there) return Error{ErrorCode::kNotFound, "there is no such project any more", "project", project, "", "Choose another one"};
    shot.project_id = project;
  }
  if (arguments.contains("form")) shot.form = arguments["form"].dump();
  FANTASCOPE_TRY_VOID(store.put(shot));
  return json{{"shot_id", shot.shot_id.text()}};
}

Result<json> remove_shot(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const ShotId id, id_of<ShotId>(arguments.value("shot_id", json())));
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY_VOID(ShotStore(*database).remove(id));
  return json::object();
}

Result<json> attach_jobs(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const ShotId id, id_of<ShotId>(arguments.value("shot_id", json())));
  FANTASCOPE_TRY(const std::vector<JobId> jobs, ids_of<JobId>(arguments, "jobs"));
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY_VOID(ShotStore(*database).attach_jobs(id, jobs));
  return json::object();
}

/// The take that stands for a shot: the chosen one (which may be another shot's), else the newest kept, else the newest.
Result<json> take_of_shot(const TakeStore& takes, const TakeShelf& shelf, const Shot& shot, const Home& home) {
  std::vector<std::int64_t> seqs;
  if (const auto chosen = TakeId::parse(shot.chosen_take)) {
    FANTASCOPE_TRY(const std::optional<Take> take, takes.find(*chosen));
    if (take) seqs = {take->seq};
  }
  TakeFilter filter;
  filter.shot_id = shot.shot_id.text();
  for (const auto keep : {std::optional(Keep::kKept), std::optional<Keep>()}) {
    if (!seqs.empty()) break;
    filter.keep = keep;
    FANTASCOPE_TRY(seqs, shelf.find(filter));
  }
  if (seqs.empty()) return json(nullptr);
  FANTASCOPE_TRY(const std::vector<ShelfRow> rows, shelf.rows({seqs.front()}));
  return rows.empty() ? json(nullptr) : shelf_row_to_json(rows.front(), home.takes());
}

/// The text for all shots, of one project or of the library.
std::string world_name(const json& arguments) {
  const std::string project = arguments.value("project_id", "");
  return project.empty() ? "world" : "world " + project;
}

Result<json> view_board(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return json{{"shots", json::array()}, {"world", ""}};
  const ShotStore store(*database);
  const TakeShelf shelf(*database);
  const TakeStore takes(*database);
  FANTASCOPE_TRY(const std::vector<Shot> board, store.board(arguments.value("project_id", "")));
  json shots = json::array();
  for (const Shot& shot : board) {
    json row = shot_to_json(shot);
    FANTASCOPE_TRY(row["take"], take_of_shot(takes, shelf, shot, context.studio.home()));
    shots.push_back(std::move(row));
  }
  FANTASCOPE_TRY(const std::string world, store.text(world_name(arguments)));
  return json{{"shots", shots}, {"world", world}};
}

Result<json> set_board(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::vector<ShotId> order, ids_of<ShotId>(arguments, "shots"));
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY_VOID(ShotStore(*database).set_board(order, arguments.value("project_id", "")));
  return json::object();
}

Result<json> set_world(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::string text, text_of(arguments, "text"));
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY_VOID(ShotStore(*database).set_text(world_name(arguments), text));
  return json::object();
}

Result<json> queue_request(OperationContext& context, GenerateRequest request) {
  FANTASCOPE_TRY(const std::vector<QueueEntry> entries, queue_add(context, request));
  json jobs = json::array();
  for (const QueueEntry& entry : entries) jobs.push_back(entry.to_json());
  return json{{"job_id", entries.front().job_id}, {"jobs", jobs}};
}

Result<json> queue_finish(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::string take, text_of(arguments, "take"));
  return queue_request(context, finish_request(take));
}
Result<json> queue_extend(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::string take, text_of(arguments, "take"));
  GenerateRequest request = extend_request(take, arguments.value("prompt", ""));
  if (arguments.contains("seconds")) {
    for (const ParamSpec& param : generation_params())
      if (std::string_view(param.name) == "seconds") FANTASCOPE_TRY_VOID(check_param(param, arguments["seconds"]));
    request.seconds = arguments["seconds"].get<double>();
    request.snap = true;  // what the estimate beside the button showed
  }
  return queue_request(context, request);
}
Result<json> queue_remix(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::string take, text_of(arguments, "take"));
  return queue_request(context, remix_request(take, arguments.value("prompt", ""), arguments.value("strength", 0.6)));
}

Result<GenerateRequest> asked_retake(const json& arguments) {
  FANTASCOPE_TRY(const std::string take, text_of(arguments, "take"));
  GenerateRequest request = retake_request(take, arguments.value("prompt", ""), arguments.value("from", 0.0), arguments.value("to", 0.0));
  request.from->keep_sound = arguments.value("keep_sound", false);
  return request;
}
Result<json> queue_retake(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const GenerateRequest request, asked_retake(arguments));
  return queue_request(context, request);
}
Result<json> view_retake(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const GenerateRequest request, asked_retake(arguments));
  FANTASCOPE_TRY(const RetakeRange range, retake_range(context.studio, request));
  return range.to_json();
}

Result<json> view_same_take(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::optional<Take> take, find_same_take(context, GenerateRequest::from_json(arguments)));
  if (!take) return json::object();
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY(const std::vector<ShelfRow> rows, TakeShelf(*database).rows({take->seq}));
  return json{{"take_id", take->take_id.text()}, {"shot_id", rows.empty() ? "" : rows.front().shot_id}};
}

std::uint64_t folder_bytes(const std::string& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error))
    if (entry.is_regular_file(error)) bytes += entry.file_size(error);
  return bytes;
}

Result<json> view_home(OperationContext& context, const json&) {
  const Home& home = context.studio.home();
  json folders = json::array();
  for (const auto& [name, path] : {std::pair<const char*, std::string>{"home", home.dir},
                                   {"takes", home.takes()},
                                   {"work", home.work()},
                                   {"models", home.models()},
                                   {"exports", home.exports()},
                                   {"keys", home.keys()}})
    folders.push_back({{"name", name}, {"path", path}, {"size_bytes", folder_bytes(path)}});
  const auto free = context.studio.free_space(home.dir);
  return json{{"folders", folders},
              {"free_bytes", free ? json(*free) : json(nullptr)},
              {"available_memory_bytes", available_memory()},
              {"version", engine_version()}};
}

Result<json> view_memory(OperationContext&, const json&) {
  const std::uint64_t total = total_memory(), available = available_memory();
  return json{{"total_bytes", total}, {"used_bytes", total > available ? total - available : 0}};
}

/// Every operation's name with the names of its fields: what a window may offer.
Result<json> view_operations(OperationContext&, const json&) {
  json all = json::object();
  for (const Operation& operation : all_operations()) {
    json fields = json::array();
    for (const ParamSpec& param : operation.spec.params) fields.push_back(param.name);
    all[operation.spec.name] = fields;
  }
  return all;
}

json setting_value(const Settings& settings, const SettingField& field) {
  return std::visit([&settings](auto member) { return json(settings.*member); }, field.member);
}

Result<json> view_settings(OperationContext& context, const json&) {
  FANTASCOPE_TRY(const Settings settings, read_settings(context.studio.home().settings_file()));
  json fields = json::array();
  for (const SettingField& field : setting_fields()) {
    fields.push_back({{"name", field.name},
                      {"help", field.help},
                      {"value", setting_value(settings, field)},
                      {"default", setting_value(Settings{}, field)},
                      {"in_use", setting_value(context.studio.settings(), field)},
                      {"min", field.min},
                      {"max", field.max},
                      {"allowed", field.allowed}});
  }
  return json{{"fields", fields}, {"file", context.studio.home().settings_file()}};
}

Result<json> set_setting(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::string name, text_of(arguments, "name"));
  const std::string file = context.studio.home().settings_file();
  FANTASCOPE_TRY(const Settings settings, read_settings(file));
  json all = settings_to_json(settings);
  all[name] = arguments.value("value", json());
  FANTASCOPE_TRY(const Settings changed, settings_from_json(all, "settings"));
  FANTASCOPE_TRY_VOID(create_home(context.studio.home()));
  FANTASCOPE_TRY_VOID(write_settings(file, changed));
  return json::object();
}

struct View {
  const char* name;
  Result<json> (*run)(OperationContext&, const json&);
};
constexpr View kViews[] = {
    {"view takes", view_takes},       {"view rows", view_rows},         {"view take", view_take},
    {"view lineage", view_lineage},   {"view sketches", view_sketches}, {"view marks", view_marks},
    {"mark takes", mark_takes},       {"view tags", view_tags},         {"export takes", export_takes},
    {"view shot", view_shot},         {"put shot", put_shot},           {"remove shot", remove_shot},
    {"attach jobs", attach_jobs},     {"view board", view_board},       {"set board", set_board},
    {"set world", set_world},         {"view home", view_home},         {"view settings", view_settings},
    {"set setting", set_setting},     {"view memory", view_memory},     {"view operations", view_operations},
    {"queue finish", queue_finish},   {"queue extend", queue_extend},   {"queue remix", queue_remix},
    {"queue retake", queue_retake},   {"view retake", view_retake},     {"view same take", view_same_take},
    {"view projects", view_projects}, {"put project", put_project},     {"remove project", remove_project},
    {"move takes", move_takes},       {"move shots", move_shots},
};

const View* find_view(const std::string& name) {
  const auto* found = std::ranges::find_if(kViews, [&name](const View& view) { return name == view.name; });
  return found == std::end(kViews) ? nullptr : found;
}

}  // namespace

bool is_view(const std::string& name) { return find_view(name) != nullptr; }

Result<json> run_by_name(OperationContext& context, const std::string& name, const json& arguments) {
  try {
    if (const View* view = find_view(name)) return view->run(context, arguments);
  } catch (const json::exception& error) {
    return Error{ErrorCode::kInvalidArgument, "a field has the wrong type", name, error.what(), "", ""};
  }
  if (const Operation* operation = find_operation(name)) return run_operation(*operation, context, arguments);
  return Error{ErrorCode::kNotFound, "there is no such action", name, "", "", ""};
}

}  // namespace fantascope
