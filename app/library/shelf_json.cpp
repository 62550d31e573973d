#include "app/library/shelf_json.h"

#include "engine/base/bounded_json.h"
#include "engine/base/rational.h"

namespace fantascope {

using nlohmann::json;

Result<json> shelf_takes(Database& database, const json& arguments) {
  FANTASCOPE_TRY(TakeFilter filter, parse_take_filter(arguments.value("filter", "")));
  filter.shot_id = arguments.value("shot_id", "");
  filter.project_id = arguments.value("project_id", "");
  filter.order = parse_take_order(arguments.value("order", "newest")).value_or(TakeOrder::kNewest);
  FANTASCOPE_TRY(const std::vector<std::int64_t> seqs, TakeShelf(database).find(filter));
  return json{{"seqs", seqs}};
}

Result<json> shelf_rows(Database& database, const std::string& takes_dir, const json& arguments) {
  FANTASCOPE_TRY(const std::vector<ShelfRow> found, TakeShelf(database).rows(arguments.value("seqs", std::vector<std::int64_t>{})));
  json rows = json::array();
  for (const ShelfRow& row : found) rows.push_back(shelf_row_to_json(row, takes_dir));
  return json{{"rows", rows}};
}

json shelf_row_to_json(const ShelfRow& row, const std::string& takes_dir) {
  const std::string dir = takes_dir + "/" + row.take_id.text();
  const auto fps = Rational::parse(row.fps);
  const auto warnings = parse_bounded_json(row.warnings, "library", {.max_bytes = 8 << 20, .max_depth = 10});
  return {{"seq", row.seq},
          {"take_id", row.take_id.text()},
          {"job_id", row.job_id.text()},
          {"keep", keep_name(row.keep)},
          {"stars", row.stars},
          {"tags", row.tags},
          {"prompt", row.prompt},
          {"model", row.model},
          {"size", std::to_string(row.width) + "x" + std::to_string(row.height)},
          {"frames", row.num_frames},
          {"fps", row.fps},
          {"duration_s", fps ? row.num_frames / fps->value() : 0.0},
          {"seed", row.seed},
          {"warnings", warnings ? *warnings : json(nullptr)},
          {"shot_id", row.shot_id},
          {"project_id", row.project_id},
          {"project", row.project},
          {"sketch_steps", row.sketch_steps},
          {"num_steps", row.num_steps},
          {"created_ms", row.created_ms},
          {"clip", dir + "/clip.mp4"},
          {"poster", dir + "/poster.webp"},
          {"filmstrip", dir + "/filmstrip.jpg"}};
}

}  // namespace fantascope
