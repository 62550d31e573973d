#pragma once
/// The library file: SQLite in WAL mode with synchronous=FULL, so that a committed change survives a power cut.
/// Any number of programs may read. A write (and the checkpoint after it) holds an exclusive flock on <dir>/library.lock, so no two
/// connections ever write or checkpoint at once: SQLite before 3.51.3 can corrupt a WAL when they do (reliability notes, section 3).
/// Any thread: writes are serialised by one mutex, reads by another. They have a connection each, so a read never waits for a write, nor
/// for another program's; it sees every change that was committed when it began.
/// SQL text lives only in app/library's .cpp files.
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "app/library/migrations.h"
#include "engine/base/result.h"

struct sqlite3;

namespace fantascope {

class Database {
 public:
  enum class Access { kReadWrite, kReadOnly };

  /// Opens <dir>/library.db. Read-write creates it, or brings it to the newest schema after a copy into <dir>/backups. A file of a newer
  /// schema is refused with both versions. Read-only needs an existing file of this very schema.
  static Result<std::unique_ptr<Database>> open(const std::string& dir, Access access,
                                                std::span<const Migration> migrations = library_migrations());
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `body` in one transaction: all of it is durable when this returns success, none of it happened otherwise.
  Result<void> write(const std::function<Result<void>(sqlite3*)>& body);
  /// Runs `body` on one consistent snapshot.
  Result<void> read(const std::function<Result<void>(sqlite3*)>& body) const;

  /// A number that differs after any committed change, of this or another program.
  Result<std::int64_t> revision() const;

  const std::string& path() const { return path_; }
  int schema_version() const { return schema_version_; }
  /// What PRAGMA integrity_check and foreign_key_check find; empty when all is well.
  Result<std::vector<std::string>> integrity_problems() const;

 private:
  Database() = default;
  Result<void> connect(sqlite3*& handle, Access access);
  Result<void> configure(sqlite3* handle, Access access);
  Result<void> migrate(std::span<const Migration> migrations);
  Result<void> back_up(int from_version) const;
  Result<void> check_owner(sqlite3* handle);
  Result<void> lock_file() const;
  void unlock_file() const;

  std::string dir_, path_;
  sqlite3* handle_ = nullptr;  ///< writes; in a read-only library unused
  sqlite3* reader_ = nullptr;
  int lock_fd_ = -1;
  int schema_version_ = 0;
  int wal_pages_ = 0;
  std::mutex write_mutex_;
  mutable std::mutex read_mutex_;
};

/// Milliseconds since 1970, for display only: order and identity never come from it.
std::int64_t wall_clock_ms();

}  // namespace fantascope
