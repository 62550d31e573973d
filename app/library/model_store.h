#pragma once
/// What the library remembers about model folders: where linked ones lie, and hashes of their files. Any thread.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/library/database.h"

namespace fantascope {

/// A file as the system describes it: while none of these change, its hash is taken from the library.
struct FileIdentity {
  std::string path;  ///< absolute
  std::int64_t size_bytes = 0, mtime_ns = 0, inode = 0;
};

class ModelStore {
 public:
  explicit ModelStore(Database& database) : database_(database) {}  // borrowed; outlives the store

  /// Linking the same folder again changes nothing.
  Result<void> link(const std::string& dir);
  Result<bool> unlink(const std::string& dir);  ///< false: was not linked
  Result<std::vector<std::string>> links() const;

  Result<std::optional<std::string>> find_hash(const FileIdentity& file) const;
  Result<void> remember_hashes(const std::vector<std::pair<FileIdentity, std::string>>& hashes);

 private:
  Database& database_;
};

}  // namespace fantascope
