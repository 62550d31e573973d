#pragma once
/// Which take was made from which. Any thread; writes are serialised by Database.
#include <string>
#include <vector>

#include "app/library/database.h"
#include "app/library/ids.h"

namespace fantascope {

struct TakeLink {
  TakeId take_id, parent_id;
  std::string relation;  ///< how the take was made from its parent: "extend", "remix", "finish", "retake"
};

class LineageStore {
 public:
  explicit LineageStore(Database& database) : database_(database) {}  // borrowed; outlives the store

  /// Adding a link again changes nothing. An empty parent is a take of its own: nothing is written.
  Result<void> add(const TakeId& take, const std::string& parent, const std::string& relation);
  Result<std::vector<TakeLink>> parents(const TakeId& take) const;
  Result<std::vector<TakeLink>> children(const TakeId& take) const;

 private:
  Result<std::vector<TakeLink>> links(const char* column, const TakeId& take) const;
  Database& database_;
};

}  // namespace fantascope
