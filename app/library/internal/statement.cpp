#include "app/library/internal/statement.h"

#include <cerrno>
#include <filesystem>

#include "app/files/file_system.h"

namespace fantascope {
namespace {

constexpr std::uint64_t kBytesNeeded = 8 << 20;  // the log may grow so far before it is written back, and the file with it

Error disk_full_error(const std::string& path, const std::string& reason) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const auto free = free_space(folder);
  return {ErrorCode::kIo,
          "the disk is full; the library was not changed",
          folder,
          reason + ", " + (free ? std::to_string(*free) : std::string("unknown number of")) + " bytes free",
          std::to_string(kBytesNeeded) + " bytes needed",
          "Free some space in this folder and try again"};
}

/// A full disk has a code of its own where a write fails; where the sync fails, only the system's number tells it from a bad disk. The
/// one that SQLite keeps for the connection is not set by a failed COMMIT, the log file's own is.
int last_system_error(sqlite3* handle) {
  int number = sqlite3_system_errno(handle);
  sqlite3_file* log = nullptr;
  if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log != nullptr && log->pMethods != nullptr) {
    int of_log = 0;
    if (log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &of_log) == SQLITE_OK && of_log != 0) number = of_log;
  }
  return number;
}

}  // namespace

Error sqlite_error(sqlite3* handle, const std::string& path, std::string_view doing) {
  const int code = handle != nullptr ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;
  const std::string reason = handle != nullptr ? sqlite3_errmsg(handle) : "out of memory";
  const std::string found = reason + " (SQLite " + std::to_string(code) + ")";
  const int system = (code & 0xff) == SQLITE_IOERR && handle != nullptr ? last_system_error(handle) : 0;
  if ((code & 0xff) == SQLITE_FULL || system == ENOSPC || system == EDQUOT) return disk_full_error(path, found);
  // A log file that cannot be made for want of room is reported as a library that is read-only.
  const bool may_be_full = (code & 0xff) == SQLITE_READONLY || (code & 0xff) == SQLITE_CANTOPEN;
  if (const auto free = free_space(std::filesystem::path(path).parent_path().string()); may_be_full && free && *free < kBytesNeeded)
    return disk_full_error(path, found);
  switch (code & 0xff) {
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return {ErrorCode::kIo,
              "the library cannot be written or opened",
              path,
              found,
              "a folder you may write to",
              "Check the permissions of the folder, or set FANTASCOPE_HOME to another one"};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return {ErrorCode::kBadFile,
              "the library file is damaged; it was left as it is",
              path,
              found,
              "a Fantascope library",
              "Copies made before each upgrade are in the folder backups beside it; clips in takes are not affected"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kIo, "the library is in use by another program", path, found, "", "Try again when the other program is done"};
    case SQLITE_NOMEM:
      return {ErrorCode::kOutOfMemory, "not enough memory for the library", path, found, "", ""};
    default:
      return {ErrorCode::kIo, "the library could not do this: " + std::string(doing), path, found, "", "Run fantascope library check"};
  }
}

Statement::Statement(sqlite3* handle, const std::string& path, const char* sql) : handle_(handle), path_(path) {
  status_ = sqlite3_prepare_v2(handle_, sql, -1, &statement_, nullptr);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(std::int64_t value) {
  if (status_ == SQLITE_OK) status_ = sqlite3_bind_int64(statement_, next_bind_++, value);
  return *this;
}

Statement& Statement::bind(double value) {
  if (status_ == SQLITE_OK) status_ = sqlite3_bind_double(statement_, next_bind_++, value);
  return *this;
}

Statement& Statement::bind(const std::optional<double>& value) {
  if (value) return bind(*value);
  if (status_ == SQLITE_OK) status_ = sqlite3_bind_null(statement_, next_bind_++);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  if (status_ == SQLITE_OK) {
    const char* data = value.data() != nullptr ? value.data() : "";
    status_ = sqlite3_bind_text64(statement_, next_bind_++, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  return *this;
}

Result<bool> Statement::step() {
  if (status_ != SQLITE_OK) return sqlite_error(handle_, path_, "prepare a statement");
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return sqlite_error(handle_, path_, sqlite3_sql(statement_));
  }
}

Result<void> Statement::run() {
  while (true) {
    FANTASCOPE_TRY(const bool row, step());
    if (!row) return {};
  }
}

void Statement::reset() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  next_bind_ = 1;
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return data != nullptr ? std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))) : std::string();
}

}  // namespace fantascope
