#pragma once
/// Whether a clip has been made already.
#include <optional>

#include "app/library/take_store.h"
#include "app/operations/generate.h"

namespace fantascope {

/// The newest take, dropped ones left out, with the words, seed, settings, pictures and model files of this request. Nothing for requests
/// without a seed, for sketches and for clips made from a take.
Result<std::optional<Take>> find_same_take(OperationContext& context, const GenerateRequest& request);

}  // namespace fantascope
