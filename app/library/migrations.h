#pragma once
/// The library's schema as numbered steps, from the .sql files in migrations/ (embedded at build time). Append-only: a step that was
/// released is never edited, only followed by another.
#include <span>

namespace fantascope {

struct Migration {
  int version = 0;  ///< 1, 2, …
  const char* name = "";
  const char* sql = "";
};

std::span<const Migration> library_migrations();

}  // namespace fantascope
