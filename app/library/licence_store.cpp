#include "app/library/licence_store.h"

#include "app/library/internal/statement.h"

namespace fantascope {

Result<void> LicenceStore::accept(const std::string& dir, const std::string& licence_sha256, const std::string& licence) {
  return database_.write([&](sqlite3* handle) {
    return Statement(handle, database_.path(),
                     "INSERT INTO licence_acceptance (dir, licence_sha256, licence, accepted_ms) VALUES (?,?,?,?) ON CONFLICT DO NOTHING")
        .bind(dir)
        .bind(licence_sha256)
        .bind(licence)
        .bind(wall_clock_ms())
        .run();
  });
}

Result<std::optional<std::int64_t>> LicenceStore::accepted_ms(const std::string& dir, const std::string& licence_sha256) const {
  std::optional<std::int64_t> accepted;
  FANTASCOPE_TRY_VOID(database_.read([&](sqlite3* handle) -> Result<void> {
    Statement statement(handle, database_.path(), "SELECT accepted_ms FROM licence_acceptance WHERE dir = ? AND licence_sha256 = ?");
    FANTASCOPE_TRY(const bool row, statement.bind(dir).bind(licence_sha256).step());
    if (row) accepted = statement.integer(0);
    return {};
  }));
  return accepted;
}

}  // namespace fantascope
