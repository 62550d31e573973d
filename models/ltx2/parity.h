#pragma once
/// Compares this family with its reference implementation on a fixture folder: every stage fed the fixture's own input of that stage,
/// and the whole chain from prompt and noise. Rows come as they are computed.
#include <functional>
#include <string>

#include "engine/runtime/model_family.h"

namespace fantascope::models::ltx2 {

Result<void> run_parity(const std::string& fixture_dir, const LoadOptions& options, const std::function<void(const ParityRow&)>& on_row);

}  // namespace fantascope::models::ltx2
