#pragma once
/// Questions and changes of a window that are no commands of their own: lists by number, rows by page, marks with their state before, shots
/// and the storyboard. JSON in and out, like operations, but for our own window only: nothing here is promised to anybody outside.
#include <nlohmann/json.hpp>
#include <string>

#include "app/operations/operation.h"

namespace fantascope {

/// "view takes" {filter, shot_id?, order?} → {seqs} · "view rows" {seqs} → {rows} · "view take" {take_id} → a row with recipe and files
/// "view marks" {takes} → {marks} · "mark takes" {marks} · "view tags" → {tags} · "export takes" {takes, folder?} → {folder, files}
/// "view shot" {shot_id} · "put shot" {…} → {shot_id} · "remove shot" {shot_id} · "attach jobs" {shot_id, jobs}
/// "view board" → {shots, world} · "set board" {shots} · "set world" {text}
/// "queue finish" {take} · "queue extend" {take, prompt} · "queue remix" {take, prompt, strength} → {job_id, jobs}
/// "view home" → folders with sizes and free space · "view memory" · "view operations" → {name: [fields]} · "view settings" → {fields} ·
/// "set setting" {name, value}
bool is_view(const std::string& name);
/// Asks the operation or view of this name. kNotFound for other names.
Result<nlohmann::json> run_by_name(OperationContext& context, const std::string& name, const nlohmann::json& arguments);

}  // namespace fantascope
