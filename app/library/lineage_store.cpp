#include "app/library/lineage_store.h"

#include "app/library/internal/statement.h"

namespace fantascope {

Result<void> LineageStore::add(const TakeId& take, const std::string& parent, const std::string& relation) {
  if (parent.empty()) return {};
  return database_.write([&](sqlite3* handle) -> Result<void> {
    Statement row(handle, database_.path(), "INSERT OR IGNORE INTO take_parent (take_id, parent_id, relation) VALUES (?,?,?)");
    return row.bind(take.text()).bind(parent).bind(relation).run();
  });
}

Result<std::vector<TakeLink>> LineageStore::parents(const TakeId& take) const { return links("take_id", take); }
Result<std::vector<TakeLink>> LineageStore::children(const TakeId& take) const { return links("parent_id", take); }

Result<std::vector<TakeLink>> LineageStore::links(const char* column, const TakeId& take) const {
  std::vector<TakeLink> found;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    const std::string sql = std::string("SELECT take_id, parent_id, relation FROM take_parent WHERE ") + column + " = ? ORDER BY 1, 2";
    Statement statement(handle, database_.path(), sql.c_str());
    statement.bind(take.text());
    while (true) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) return {};
      found.push_back(
          {TakeId::parse(statement.text(0)).value_or(TakeId{}), TakeId::parse(statement.text(1)).value_or(TakeId{}), statement.text(2)});
    }
  }));
  return found;
}

}  // namespace fantascope
