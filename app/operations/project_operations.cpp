#include "app/operations/project_operations.h"

#include <utility>

#include "app/library/project_store.h"
#include "app/library/take_store.h"

namespace fantascope {
namespace {

using nlohmann::json;

constexpr std::size_t kNameBytesMax = 512;  // the store says how many characters

constexpr ParamSpec kName = {.name = "name",
                             .type = ParamType::kText,
                             .help = "name of the project",
                             .value_name = "NAME",
                             .positional = true,
                             .required = true,
                             .bytes_max = kNameBytesMax};
constexpr ParamSpec kItems = {.name = "items",
                              .type = ParamType::kText,
                              .help = "ids of shots, or of takes whose shots are meant (or how they start)",
                              .value_name = "SHOT|TAKE...",
                              .positional = true,
                              .required = true,
                              .bytes_max = 64,
                              .repeated = true};

json to_json(const Project& project) {
  return {{"project_id", project.project_id.text()}, {"name", project.name}, {"created_ms", project.created_ms}};
}

json to_json(const ProjectMove& move) {
  json moved = json::array();
  for (const ShotPlace& place : move.before) {
    moved.push_back({{"shot_id", place.shot_id.text()}, {"project_id", place.project_id ? place.project_id->text() : std::string()}});
  }
  return {{"moved", moved}, {"num_shots", move.before.size()}, {"num_takes", move.num_takes}};
}

Error bad_id(const char* name, const json& value) {
  return {ErrorCode::kInvalidArgument, "this is not an id", name, value.dump().substr(0, 40), "16 letters and digits", ""};
}

/// "" is none.
Result<std::optional<ProjectId>> project_of(const json& arguments) {
  const std::string text = arguments.value("project_id", "");
  if (text.empty()) return std::optional<ProjectId>{};
  const auto id = ProjectId::parse(text);
  return id ? Result<std::optional<ProjectId>>(id) : Result<std::optional<ProjectId>>(bad_id("project_id", text));
}

Result<json> run_list(OperationContext& context, const json& arguments) { return view_projects(context, arguments); }

Result<json> run_create(OperationContext& context, const json& arguments) { return put_project(context, {{"name", arguments["name"]}}); }

Result<Project> named(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  return ProjectStore(*database).find_by_name(arguments["name"]);
}

Result<json> run_rename(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(Project project, named(context, arguments));
  const std::string before = std::exchange(project.name, arguments["new_name"].get<std::string>());
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY(project, ProjectStore(*database).put(project));
  json renamed = to_json(project);
  renamed["name_before"] = before;
  return renamed;
}

Result<json> run_remove(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const Project project, named(context, arguments));
  FANTASCOPE_TRY(json removed, remove_project(context, {{"project_id", project.project_id.text()}}));
  removed.update(to_json(project));
  return removed;
}

/// Every item is known before anything is moved.
Result<json> move_items(OperationContext& context, const json& arguments, const std::optional<ProjectId>& project) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  const ShotStore shots(*database);
  std::vector<ShotPlace> places;
  std::vector<TakeId> takes;
  for (const json& item : arguments["items"]) {
    const std::string text = item;
    if (const auto id = ShotId::parse(text)) {
      FANTASCOPE_TRY(const std::optional<Shot> shot, shots.find(*id));
      if (shot) {
        places.push_back({*id, project});
        continue;
      }
    }
    FANTASCOPE_TRY(const Take take, TakeStore(*database).find_by_text(text));
    takes.push_back(take.take_id);
  }
  ProjectStore store(*database);
  FANTASCOPE_TRY(ProjectMove move, store.move_shots(places));
  FANTASCOPE_TRY(const ProjectMove of_takes, store.move_takes(takes, project));
  move.before.insert(move.before.end(), of_takes.before.begin(), of_takes.before.end());
  move.num_takes += of_takes.num_takes;
  return to_json(move);
}

Result<json> run_add(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const Project project, named(context, arguments));
  FANTASCOPE_TRY(json moved, move_items(context, arguments, project.project_id));
  moved["project"] = project.name;
  return moved;
}

Result<json> run_release(OperationContext& context, const json& arguments) { return move_items(context, arguments, std::nullopt); }

}  // namespace

Result<json> view_projects(OperationContext& context, const json&) {
  json rows = json::array();
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return json{{"projects", rows}, {"num_takes", 0}};
  FANTASCOPE_TRY(const ProjectList list, ProjectStore(*database).list());
  for (const ProjectRow& project : list.projects) {
    json row = to_json(static_cast<const Project&>(project));
    row["num_shots"] = project.num_shots;
    row["num_takes"] = project.num_takes;
    rows.push_back(std::move(row));
  }
  return json{{"projects", rows}, {"num_takes", list.num_takes}};
}

Result<json> put_project(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY(const std::optional<ProjectId> id, project_of(arguments));
  ProjectStore store(*database);
  FANTASCOPE_TRY(const Project project, store.put({id.value_or(ProjectId::random()), arguments.value("name", std::string()),
                                                   arguments.value("created_ms", std::int64_t{0})}));
  std::vector<ShotPlace> places;
  for (const json& shot : arguments.value("shots", json::array())) {
    const auto shot_id = ShotId::parse(shot.get<std::string>());
    if (!shot_id) return bad_id("shots", shot);
    places.push_back({*shot_id, project.project_id});
  }
  FANTASCOPE_TRY(const ProjectMove moved, store.move_shots(places));
  return to_json(project);
}

Result<json> remove_project(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::optional<ProjectId> id, project_of(arguments));
  if (!id) return bad_id("project_id", "");
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY(const std::vector<ShotId> shots, ProjectStore(*database).remove(*id));
  json ids = json::array();
  for (const ShotId& shot : shots) ids.push_back(shot.text());
  return json{{"shots", ids}};
}

Result<json> move_takes(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const std::optional<ProjectId> project, project_of(arguments));
  std::vector<TakeId> takes;
  for (const json& take : arguments.value("takes", json::array())) {
    const auto id = TakeId::parse(take.get<std::string>());
    if (!id) return bad_id("takes", take);
    takes.push_back(*id);
  }
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY(const ProjectMove move, ProjectStore(*database).move_takes(takes, project));
  return to_json(move);
}

Result<json> move_shots(OperationContext& context, const json& arguments) {
  std::vector<ShotPlace> places;
  for (const json& place : arguments.value("shots", json::array())) {
    const auto shot = ShotId::parse(place.value("shot_id", ""));
    if (!shot) return bad_id("shot_id", place);
    FANTASCOPE_TRY(const std::optional<ProjectId> project, project_of(place));
    places.push_back({*shot, project});
  }
  FANTASCOPE_TRY(Database* const database, context.studio.library());
  FANTASCOPE_TRY(const ProjectMove move, ProjectStore(*database).move_shots(places));
  return to_json(move);
}

std::span<const Operation> project_operations() {
  static const std::vector<Operation> all = [] {
    ParamSpec new_name = kName;
    new_name.name = "new_name";
    new_name.help = "what it is called from now on";
    new_name.value_name = "NEW_NAME";
    return std::vector<Operation>{
        {{"project list", "projects with how many shots and takes they hold", {}}, run_list},
        {{"project create", "make a project; generate --project NAME puts clips into it", {kName}}, run_create},
        {{"project rename", "give a project another name", {kName, new_name}}, run_rename},
        {{"project remove", "remove a project; its shots and takes stay in the library", {kName}}, run_remove},
        {{"project add", "move shots into a project, with all their takes", {kName, kItems}}, run_add},
        {{"project release", "take shots out of their project", {kItems}}, run_release},
    };
  }();
  return all;
}

}  // namespace fantascope
