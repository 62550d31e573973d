#pragma once
/// Every user action once, by name: JSON arguments that its spec describes in, one JSON object out. Front ends only translate.
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "app/operations/param_spec.h"
#include "app/operations/studio.h"
#include "engine/base/result.h"

namespace fantascope {

struct Operation {
  OperationSpec spec;
  /// `arguments` have passed check_arguments. A response may say {"ok": false} where the action ran but its answer is no
  /// (a check that found damage, a parity row out of tolerance).
  Result<nlohmann::json> (*run)(OperationContext& context, const nlohmann::json& arguments) = nullptr;
};

std::span<const Operation> all_operations();
const Operation* find_operation(const std::string& name);
/// Checks the arguments, then runs.
Result<nlohmann::json> run_operation(const Operation& operation, OperationContext& context, const nlohmann::json& arguments);

nlohmann::json error_to_json(const Error& error);

}  // namespace fantascope
