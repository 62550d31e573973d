#include "app/operations/lineage.h"

#include <deque>
#include <map>
#include <set>

#include "app/library/lineage_store.h"
#include "app/library/take_shelf.h"
#include "app/operations/internal/job_order.h"
#include "app/operations/param_spec.h"

namespace fantascope {
namespace {

using nlohmann::json;

constexpr std::size_t kTakesMax = 200;
constexpr std::size_t kCellsUsual = 9;

Result<TakeId> take_id_of(const json& arguments) {
  if (const auto id = TakeId::parse(arguments.value("take_id", ""))) return *id;
  return Error{ErrorCode::kInvalidArgument,
               "this is not the id of a take",
               "take_id",
               arguments.value("take_id", "").substr(0, 40),
               "16 letters and digits",
               ""};
}

Result<json> node_of(const TakeStore& takes, const TakeShelf& shelf, const TakeId& id) {
  FANTASCOPE_TRY(const std::optional<Take> take, takes.find(id));
  if (!take) return json{{"take_id", id.text()}, {"gone", true}};
  FANTASCOPE_TRY(const std::vector<ShelfRow> rows, shelf.rows({take->seq}));
  json node = {{"take_id", id.text()}, {"gone", false}, {"prompt", take->prompt}, {"keep", keep_name(take->keep)}, {"seq", take->seq}};
  node["shot_id"] = rows.empty() ? "" : rows.front().shot_id;
  node["sketch_steps"] = rows.empty() ? 0 : rows.front().sketch_steps;
  return node;
}

}  // namespace

Result<json> view_lineage(OperationContext& context, const json& arguments) {
  FANTASCOPE_TRY(const TakeId start, take_id_of(arguments));
  json shown = {{"takes", json::array()}, {"links", json::array()}};
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return shown;
  const LineageStore lineage(*database);
  const TakeStore takes(*database);
  const TakeShelf shelf(*database);
  std::deque<TakeId> waiting = {start};
  std::set<std::string> seen = {start.text()}, linked;
  while (!waiting.empty()) {
    const TakeId id = waiting.front();
    waiting.pop_front();
    FANTASCOPE_TRY(json node, node_of(takes, shelf, id));
    shown["takes"].push_back(std::move(node));
    FANTASCOPE_TRY(std::vector<TakeLink> links, lineage.parents(id));
    FANTASCOPE_TRY(const std::vector<TakeLink> children, lineage.children(id));
    links.insert(links.end(), children.begin(), children.end());
    for (const TakeLink& link : links) {
      for (const TakeId& other : {link.take_id, link.parent_id}) {
        if (seen.contains(other.text()) || seen.size() >= kTakesMax) continue;
        seen.insert(other.text());
        waiting.push_back(other);
      }
      if (!seen.contains(link.take_id.text()) || !seen.contains(link.parent_id.text())) continue;
      if (!linked.insert(link.take_id.text() + link.parent_id.text()).second) continue;
      shown["links"].push_back({{"take_id", link.take_id.text()}, {"parent_id", link.parent_id.text()}, {"relation", link.relation}});
    }
  }
  return shown;
}

Result<json> view_sketches(OperationContext& context, const json& arguments) {
  json cells = json::array();
  FANTASCOPE_TRY(Database* const database, context.studio.library_if_any());
  if (database == nullptr) return json{{"cells", cells}};
  TakeFilter filter;
  filter.shot_id = arguments.value("shot_id", "");
  filter.order = TakeOrder::kOldest;
  FANTASCOPE_TRY(const std::vector<std::int64_t> seqs, TakeShelf(*database).find(filter));
  FANTASCOPE_TRY(const std::vector<ShelfRow> rows, TakeShelf(*database).rows(seqs));
  const LineageStore lineage(*database);
  std::map<std::string, std::size_t> place;  // of a sketch among the cells
  for (const ShelfRow& row : rows) {
    const std::string id = row.take_id.text(), dir = take_dir(context.studio.home(), row.take_id);
    json cell = {{"sketch_id", id},
                 {"take_id", id},
                 {"clip", dir + "/clip.mp4"},
                 {"size", PixelSize{row.width, row.height}.to_string()},
                 {"keep", keep_name(row.keep)},
                 {"sketch_steps", row.sketch_steps},
                 {"num_steps", row.num_steps},
                 {"prompt", row.prompt},
                 {"seed", row.seed}};
    FANTASCOPE_TRY(const std::vector<TakeLink> parents, lineage.parents(row.take_id));
    bool placed = false;
    for (const TakeLink& link : parents) {
      const auto sketch = place.find(link.parent_id.text());
      if (link.relation != "finish" || sketch == place.end()) continue;
      cell["sketch_id"] = cells[sketch->second]["sketch_id"];
      cells[sketch->second] = cell;
      placed = true;
    }
    if (placed) continue;
    place[id] = cells.size();
    cells.push_back(std::move(cell));
  }
  const std::size_t limit = arguments.value("limit", kCellsUsual);
  if (cells.size() > limit) cells.erase(cells.begin(), cells.end() - static_cast<std::ptrdiff_t>(limit));
  return json{{"cells", cells}};
}

}  // namespace fantascope
