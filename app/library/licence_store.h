#pragma once
/// Which licences of models were accepted, each for one folder and one text. Any thread.
#include <cstdint>
#include <optional>
#include <string>

#include "app/library/database.h"

namespace fantascope {

class LicenceStore {
 public:
  explicit LicenceStore(Database& database) : database_(database) {}  // borrowed; outlives the store

  /// `licence` is its name, kept for reading the table later. Accepting the same text again keeps the first time.
  Result<void> accept(const std::string& dir, const std::string& licence_sha256, const std::string& licence);
  /// When it was accepted, in milliseconds since 1970; empty: never.
  Result<std::optional<std::int64_t>> accepted_ms(const std::string& dir, const std::string& licence_sha256) const;

 private:
  Database& database_;
};

}  // namespace fantascope
