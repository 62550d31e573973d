#include "app/library/model_store.h"

#include "app/library/internal/statement.h"

namespace fantascope {

Result<void> ModelStore::link(const std::string& dir) {
  return database_.write([&](sqlite3* handle) {
    return Statement(handle, database_.path(), "INSERT INTO model_link (dir, created_ms) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .bind(dir)
        .bind(wall_clock_ms())
        .run();
  });
}

Result<bool> ModelStore::unlink(const std::string& dir) {
  bool removed = false;
  FANTASCOPE_TRY_VOID(database_.write([&](sqlite3* handle) -> Result<void> {
    FANTASCOPE_TRY_VOID(Statement(handle, database_.path(), "DELETE FROM model_link WHERE dir = ?").bind(dir).run());
    removed = sqlite3_changes(handle) > 0;
    return {};
  }));
  return removed;
}

Result<std::vector<std::string>> ModelStore::links() const {
  std::vector<std::string> dirs;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT dir FROM model_link ORDER BY dir");
    while (true) {
      FANTASCOPE_TRY(const bool row, statement.step());
      if (!row) return {};
      dirs.push_back(statement.text(0));
    }
  }));
  return dirs;
}

Result<std::optional<std::string>> ModelStore::find_hash(const FileIdentity& file) const {
  std::optional<std::string> hash;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(),
                        "SELECT sha256 FROM file_hash WHERE path = ? AND size_bytes = ? AND mtime_ns = ? AND inode = ?");
    FANTASCOPE_TRY(const bool row, statement.bind(file.path).bind(file.size_bytes).bind(file.mtime_ns).bind(file.inode).step());
    if (row) hash = statement.text(0);
    return {};
  }));
  return hash;
}

Result<void> ModelStore::remember_hashes(const std::vector<std::pair<FileIdentity, std::string>>& hashes) {
  if (hashes.empty()) return {};
  return database_.write([&](sqlite3* handle) -> Result<void> {
    for (const auto& [file, hash] : hashes) {
      Statement statement(
          handle, database_.path(),
          "INSERT INTO file_hash (path, size_bytes, mtime_ns, inode, sha256) VALUES (?,?,?,?,?) ON CONFLICT (path) DO UPDATE SET "
          "size_bytes = excluded.size_bytes, mtime_ns = excluded.mtime_ns, inode = excluded.inode, sha256 = excluded.sha256");
      FANTASCOPE_TRY_VOID(statement.bind(file.path).bind(file.size_bytes).bind(file.mtime_ns).bind(file.inode).bind(hash).run());
    }
    return {};
  });
}

}  // namespace fantascope
