#pragma once
/// Questions and changes of a window that are no commands of their own: lists by number, rows by page, marks with their state before, shots
/// and the storyboard. JSON in and out, like operations, but for our own window only: nothing here is promised to anybody outside.
#include <nlohmann/json.hpp>
#include <string>

#include "app/operations/operation.h"

namespace fantascope {

/// "view takes" {filter, shot_id?, project_id?, order?} → {seqs} · "view rows" {seqs} → {rows} · "view take" {take_id} → a row with recipe
/// and files "view marks" {takes} → {marks} · "mark takes" {marks} · "view tags" → {tags} · "export takes" {takes, folder?} → {folder,
/// files} "view shot" {shot_id} · "put shot" {…} → {shot_id} · "remove shot" {shot_id} · "attach jobs" {shot_id, jobs} "view board"
/// {project_id?} → {shots, world} · "set board" {shots, project_id?} · "set world" {text, project_id?} "view projects" · "put project" ·
/// "remove project" · "move takes" · "move shots": project_operations.h "queue finish" {take} · "queue extend" {take, prompt} · "queue
/// remix" {take, prompt, strength} → {job_id, jobs} "queue retake" {take, prompt, from, to, keep_sound?} → {job_id, jobs} · "view retake"
/// {take, from, to} → {from, to, first_frame, last_frame, widened}: what it would make anew, frames counted from 1 · "view same take"
/// {generate's arguments} → {take_id, shot_id}: a take made with these very words, seed and settings, or {} "view home" → folders with
/// sizes and free space · "view memory" · "view operations" → {name: [fields]} · "view settings" → {fields} · "set setting" {name, value}
bool is_view(const std::string& name);
/// Asks the operation or view of this name. kNotFound for other names.
Result<nlohmann::json> run_by_name(OperationContext& context, const std::string& name, const nlohmann::json& arguments);

}  // namespace fantascope
