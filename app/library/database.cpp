#include "app/library/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "app/files/file_system.h"
#include "app/library/internal/statement.h"

namespace fantascope {
namespace {

constexpr std::int64_t kApplicationId = 0x46534c42;  // "FSLB", in the file's header: tells our library from any other SQLite file
constexpr int kBusyTimeout_ms = 10'000;
constexpr int kCheckpointPages = 1000;
constexpr auto kLockPatience = std::chrono::seconds(30);

Result<std::int64_t> pragma_integer(sqlite3* handle, const std::string& path, const char* sql) {
  Statement statement(handle, path, sql);
  FANTASCOPE_TRY(const bool row, statement.step());
  return row ? statement.integer(0) : std::int64_t{0};
}

Result<void> run_literal(sqlite3* handle, const std::string& path, const char* sql) { return Statement(handle, path, sql).run(); }

/// All statements of a migration, one after another.
Result<void> run_script(sqlite3* handle, const std::string& path, const char* sql) {
  for (const char* rest = sql; *rest != '\0';) {
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    int status = sqlite3_prepare_v2(handle, rest, -1, &statement, &tail);
    if (status == SQLITE_OK && statement != nullptr) {
      do status = sqlite3_step(statement);
      while (status == SQLITE_ROW);
      status = sqlite3_finalize(statement);
    }
    if (status != SQLITE_OK) return sqlite_error(handle, path, "change the schema");
    rest = tail;
  }
  return {};
}

}  // namespace

std::int64_t wall_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Result<std::unique_ptr<Database>> Database::open(const std::string& dir, Access access, std::span<const Migration> migrations) {
  std::unique_ptr<Database> database(new Database());
  database->dir_ = dir;
  database->path_ = dir + "/library.db";
  if (access == Access::kReadWrite) {
    const std::string lock_path = dir + "/library.lock";
    database->lock_fd_ = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (database->lock_fd_ < 0) return file_error("open the library's lock", lock_path, errno);
    FANTASCOPE_TRY_VOID(database->lock_file());
    const Result<void> ready = [&]() -> Result<void> {
      FANTASCOPE_TRY_VOID(database->connect(database->handle_, access));
      FANTASCOPE_TRY_VOID(database->configure(database->handle_, access));
      FANTASCOPE_TRY_VOID(database->check_owner(database->handle_));
      FANTASCOPE_TRY_VOID(database->migrate(migrations));
      // The write connection keeps the log's index in place, so this one can be read-only.
      FANTASCOPE_TRY_VOID(database->connect(database->reader_, Access::kReadOnly));
      return database->configure(database->reader_, Access::kReadOnly);
    }();
    database->unlock_file();
    if (!ready) return ready.error();
    return database;
  }
  struct stat info {};
  if (::stat(database->path_.c_str(), &info) != 0) {
    return Error{ErrorCode::kNotFound, "there is no library here yet", database->path_, "", "", "Generate a first clip"};
  }
  FANTASCOPE_TRY_VOID(database->connect(database->reader_, access));
  FANTASCOPE_TRY_VOID(database->configure(database->reader_, access));
  FANTASCOPE_TRY_VOID(database->check_owner(database->reader_));
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (database->schema_version_ != newest) {
    const bool newer = database->schema_version_ > newest;
    return Error{
        ErrorCode::kUnsupported,
        newer ? "the library was made by a newer version of Fantascope" : "the library is of an older version",
        database->path_,
        "schema " + std::to_string(database->schema_version_),
        "schema " + std::to_string(newest),
        newer ? "Use the newer program; nothing was changed" : "Open it once for writing, for example with fantascope library check"};
  }
  return database;
}

Database::~Database() {
  if (reader_ != nullptr) sqlite3_close(reader_);
  if (handle_ != nullptr) sqlite3_close(handle_);
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

Result<void> Database::connect(sqlite3*& handle, Access access) {
  const int flags = access == Access::kReadWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  // The mutex of this class serialises all use of the handle.
  int status = sqlite3_open_v2(path_.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (status == SQLITE_OK && access == Access::kReadOnly) {
    Statement probe(handle, path_, "SELECT count(*) FROM sqlite_schema");
    if (auto row = probe.step(); !row && (sqlite3_errcode(handle) & 0xff) == SQLITE_CANTOPEN) {
      // A WAL library in a folder that cannot be written (a disc, a backup) can still be read where no writer can exist.
      probe.reset();
      sqlite3* old = handle;
      handle = nullptr;
      std::string uri = "file:";
      for (const char c : path_) {
        if (c == '?' || c == '#' || c == '%') {
          constexpr char kHex[] = "0123456789abcdef";
          uri += {'%', kHex[static_cast<unsigned char>(c) >> 4], kHex[c & 15]};
        } else {
          uri += c;
        }
      }
      status = sqlite3_open_v2((uri + "?immutable=1").c_str(), &handle,
                               flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI, nullptr);
      sqlite3_close_v2(old);
    }
  }
  if (status != SQLITE_OK) return sqlite_error(handle, path_, "open the file");
  ::chmod(path_.c_str(), 0600);
  return {};
}

Result<void> Database::configure(sqlite3* handle, Access access) {
  sqlite3_busy_timeout(handle, kBusyTimeout_ms);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  // Closing must not checkpoint: that would be a checkpoint outside the flock.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_wal_hook(
      handle,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Database*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);  // in place of the automatic checkpoint
  for (const char* pragma : {"PRAGMA cell_size_check = ON", "PRAGMA mmap_size = 0", "PRAGMA synchronous = FULL"}) {
    FANTASCOPE_TRY_VOID(run_literal(handle, path_, pragma));
  }
  if (access == Access::kReadOnly) return run_literal(handle, path_, "PRAGMA query_only = ON");
  Statement mode(handle, path_, "PRAGMA journal_mode = WAL");
  FANTASCOPE_TRY(const bool row, mode.step());
  if (!row || mode.text(0) != "wal") {
    return Error{ErrorCode::kUnsupported,
                 "the library needs a local file system (write-ahead log)",
                 path_,
                 row ? mode.text(0) : "",
                 "wal",
                 "Network file systems cannot hold the library; set FANTASCOPE_HOME to a local folder"};
  }
  return {};
}

Result<void> Database::check_owner(sqlite3* handle) {
  FANTASCOPE_TRY(const std::int64_t application, pragma_integer(handle, path_, "PRAGMA application_id"));
  FANTASCOPE_TRY(const std::int64_t version, pragma_integer(handle, path_, "PRAGMA user_version"));
  FANTASCOPE_TRY(const std::int64_t objects, pragma_integer(handle, path_, "SELECT count(*) FROM sqlite_schema"));
  schema_version_ = static_cast<int>(version);
  if (application != kApplicationId && (application != 0 || objects != 0)) {
    return Error{ErrorCode::kBadFile,
                 "this database is not a Fantascope library; it was left as it is",
                 path_,
                 "application id " + std::to_string(application),
                 std::to_string(kApplicationId),
                 "Move it away, or set FANTASCOPE_HOME to another folder"};
  }
  return {};
}

Result<void> Database::migrate(std::span<const Migration> migrations) {
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (schema_version_ > newest) {
    return Error{ErrorCode::kUnsupported,
                 "the library was made by a newer version of Fantascope",
                 path_,
                 "schema " + std::to_string(schema_version_),
                 "schema up to " + std::to_string(newest),
                 "Use the newer program; nothing was changed"};
  }
  if (schema_version_ == newest) return {};
  if (schema_version_ > 0) FANTASCOPE_TRY_VOID(back_up(schema_version_));
  for (const Migration& migration : migrations) {
    if (migration.version <= schema_version_) continue;
    FANTASCOPE_TRY_VOID(run_literal(handle_, path_, "BEGIN IMMEDIATE"));
    // PRAGMA takes no bound values: the number is ours.
    const std::string stamp = "PRAGMA user_version = " + std::to_string(migration.version);
    const std::string mark = "PRAGMA application_id = " + std::to_string(kApplicationId);
    const Result<void> done = [&]() -> Result<void> {
      FANTASCOPE_TRY_VOID(run_script(handle_, path_, migration.sql));
      FANTASCOPE_TRY_VOID(run_literal(handle_, path_, mark.c_str()));
      FANTASCOPE_TRY_VOID(run_literal(handle_, path_, stamp.c_str()));
      return run_literal(handle_, path_, "COMMIT");
    }();
    if (!done) {
      (void)run_literal(handle_, path_, "ROLLBACK");
      Error error = done.error();
      error.message = "upgrading the library to schema " + std::to_string(migration.version) + " failed: " + error.message;
      return error;
    }
    schema_version_ = migration.version;
  }
  return sync_dir(dir_);
}

Result<void> Database::back_up(int from_version) const {
  const std::string folder = dir_ + "/backups";
  FANTASCOPE_TRY_VOID(create_private_dir(folder));
  const std::string target = folder + "/library-schema" + std::to_string(from_version) + "-" + std::to_string(wall_clock_ms()) + ".db";
  const std::string part = target + ".part";
  sqlite3* copy = nullptr;
  int status = sqlite3_open_v2(part.c_str(), &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Result<void> result;
  if (status == SQLITE_OK) {
    sqlite3_backup* backup = sqlite3_backup_init(copy, "main", handle_, "main");
    if (backup != nullptr) {
      sqlite3_backup_step(backup, -1);
      sqlite3_backup_finish(backup);
    }
    status = sqlite3_errcode(copy);
  }
  if (status != SQLITE_OK) result = sqlite_error(copy, part, "copy the library before the upgrade");
  sqlite3_close(copy);
  if (result) {
    const int fd = ::open(part.c_str(), O_RDONLY | O_CLOEXEC);
    const bool durable = fd >= 0 && ::fchmod(fd, 0600) == 0 && ::fsync(fd) == 0 && ::rename(part.c_str(), target.c_str()) == 0;
    if (!durable) result = file_error("keep the copy of the library", target, errno);
    if (fd >= 0) ::close(fd);
  }
  if (!result) {
    ::unlink(part.c_str());
    return result;
  }
  return sync_dir(folder);
}

Result<void> Database::lock_file() const {
  const auto give_up = std::chrono::steady_clock::now() + kLockPatience;
  while (::flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return file_error("lock the library", dir_ + "/library.lock", errno);
    if (std::chrono::steady_clock::now() > give_up) {
      return Error{ErrorCode::kIo,
                   "another program has been writing to the library for 30 s",
                   dir_ + "/library.lock",
                   "",
                   "",
                   "Stop the other fantascope and try again"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return {};
}

void Database::unlock_file() const { ::flock(lock_fd_, LOCK_UN); }

Result<void> Database::write(const std::function<Result<void>(sqlite3*)>& body) {
  const std::lock_guard guard(write_mutex_);
  if (lock_fd_ < 0) return Error{ErrorCode::kIo, "the library is open for reading only", path_, "", "", ""};
  FANTASCOPE_TRY_VOID(lock_file());
  const Result<void> result = [&]() -> Result<void> {
    FANTASCOPE_TRY_VOID(run_literal(handle_, path_, "BEGIN IMMEDIATE"));
    Result<void> done = body(handle_);
    if (done) done = run_literal(handle_, path_, "COMMIT");
    if (!done && sqlite3_get_autocommit(handle_) == 0) (void)run_literal(handle_, path_, "ROLLBACK");
    if (!done) return done;
    // A checkpoint that cannot finish (a reader is busy) is done after a later write; the change itself is already durable.
    if (wal_pages_ > kCheckpointPages) sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    return {};
  }();
  unlock_file();
  return result;
}

Result<void> Database::read(const std::function<Result<void>(sqlite3*)>& body) const {
  const std::lock_guard guard(read_mutex_);
  FANTASCOPE_TRY_VOID(run_literal(reader_, path_, "BEGIN"));
  const Result<void> done = body(reader_);
  (void)run_literal(reader_, path_, "COMMIT");
  return done;
}

Result<std::int64_t> Database::revision() const {
  const std::lock_guard guard(read_mutex_);
  return pragma_integer(reader_, path_, "PRAGMA data_version");
}

Result<std::vector<std::string>> Database::integrity_problems() const {
  std::vector<std::string> problems;
  const Result<void> done = read([&](sqlite3* handle) -> Result<void> {
    Statement integrity(handle, path_, "PRAGMA integrity_check(20)");
    while (true) {
      FANTASCOPE_TRY(const bool row, integrity.step());
      if (!row) break;
      if (integrity.text(0) != "ok") problems.push_back(integrity.text(0));
    }
    Statement keys(handle, path_, "PRAGMA foreign_key_check");
    while (true) {
      FANTASCOPE_TRY(const bool row, keys.step());
      if (!row) break;
      problems.push_back("row " + keys.text(1) + " of " + keys.text(0) + " points to a missing row of " + keys.text(2));
    }
    return {};
  });
  if (!done) return done.error();
  return problems;
}

}  // namespace fantascope
