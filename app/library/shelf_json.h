#pragma once
/// Lists of takes as JSON, as the window asks for them. Apart from app/operations, so that they can be had without the engine.
#include <nlohmann/json.hpp>
#include <string>

#include "app/library/take_shelf.h"

namespace fantascope {

/// {filter, shot_id?, project_id?, order?} → {seqs}: the numbers of all takes that match, in order.
Result<nlohmann::json> shelf_takes(Database& database, const nlohmann::json& arguments);
/// {seqs} → {rows}: what is shown of these takes; their files lie in a folder each under `takes_dir`.
Result<nlohmann::json> shelf_rows(Database& database, const std::string& takes_dir, const nlohmann::json& arguments);
nlohmann::json shelf_row_to_json(const ShelfRow& row, const std::string& takes_dir);

}  // namespace fantascope
