#pragma once
/// One prepared SQLite statement. Values only ever enter by bind; text goes in and out byte for byte, whatever it contains.
#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace fantascope {

/// What SQLite reported, as an error a user can act on: full disk, no permission, damage and locks each get their own sentence.
Error sqlite_error(sqlite3* handle, const std::string& path, std::string_view doing);

class Statement {
 public:
  /// `sql` must be a string literal. An error here is a bug or a damaged schema.
  Statement(sqlite3* handle, const std::string& path, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Bound in order of the question marks.
  Statement& bind(std::int64_t value);
  Statement& bind(double value);
  Statement& bind(const std::optional<double>& value);  ///< none is NULL
  Statement& bind(std::string_view value);

  Result<bool> step();  ///< true: a row is there
  Result<void> run();   ///< steps to the end
  /// Starts over with nothing bound.
  void reset();

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  double real(int column) const { return sqlite3_column_double(statement_, column); }
  std::optional<double> real_if_any(int column) const {
    if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
    return real(column);
  }
  std::string text(int column) const;

 private:
  sqlite3* handle_;
  const std::string& path_;
  sqlite3_stmt* statement_ = nullptr;
  int status_ = SQLITE_OK;
  int next_bind_ = 1;
};

}  // namespace fantascope
