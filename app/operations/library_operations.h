#pragma once
/// Looking into the library and tidying it.
#include <string>
#include <vector>

#include "app/library/take_store.h"
#include "app/operations/operation.h"

namespace fantascope {

/// One thing that `library check` found.
struct LibraryFinding {
  std::string severity;  ///< "error": something is lost or damaged; "warning": something is out of place
  std::string subject, message, advice;
};

struct LibraryCheck {
  bool ok = true;  ///< no errors
  int num_takes = 0, num_files = 0, num_adopted = 0;
  std::vector<LibraryFinding> findings;
  nlohmann::json to_json() const;
};

enum class Repair { kNo, kAdoptOrphans };

/// Database, rows against files against hashes, and files without rows. kAdoptOrphans enters whole takes that lost their row.
Result<LibraryCheck> check_library(OperationContext& context, Repair repair);

nlohmann::json take_to_json(const Take& take, const Home& home);
std::span<const Operation> library_operations();

}  // namespace fantascope
