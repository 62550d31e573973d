#pragma once
/// Proves that a take can be made again: same bytes before signing, or which input differs.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/operations/operation.h"
#include "app/operations/recipe.h"

namespace fantascope {

struct Reproduction {
  std::string take_id;
  bool equal = false;  ///< of the clip before signing
  bool latents_equal = false;
  std::string expected_sha256, found_sha256;
  std::vector<RecipeDifference> differences;  ///< inputs that are not as they were
  double total_s = 0;

  nlohmann::json to_json() const;
};

OperationSpec reproduce_spec();
/// Weights that differ are an error (kMismatch): it would not be the same model. Any other difference is tried and named.
Result<Reproduction> reproduce(OperationContext& context, const std::string& take);

}  // namespace fantascope
