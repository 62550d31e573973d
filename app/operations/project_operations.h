#pragma once
/// Projects of the library: made, named, filled and removed. Removing one removes no shot and no take. The views are our own window's
/// (views.h): they name projects by id and give back what an undo needs.
#include "app/operations/operation.h"

namespace fantascope {

std::span<const Operation> project_operations();

/// {} → {projects: [{project_id, name, num_shots, num_takes, created_ms}], num_takes}
Result<nlohmann::json> view_projects(OperationContext& context, const nlohmann::json& arguments);
/// {project_id?, name, created_ms?, shots?} → {project_id, name, created_ms}: makes it, or gives it another name; `shots` go into it.
Result<nlohmann::json> put_project(OperationContext& context, const nlohmann::json& arguments);
/// {project_id} → {shots}: those that were in it.
Result<nlohmann::json> remove_project(OperationContext& context, const nlohmann::json& arguments);
/// {takes, project_id} → {moved: [{shot_id, project_id}], num_shots, num_takes}: an empty project_id is "of no project"; `moved` says where
/// the shots were.
Result<nlohmann::json> move_takes(OperationContext& context, const nlohmann::json& arguments);
/// {shots: [{shot_id, project_id}]} → as above
Result<nlohmann::json> move_shots(OperationContext& context, const nlohmann::json& arguments);

}  // namespace fantascope
