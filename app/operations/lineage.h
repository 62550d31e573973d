#pragma once
/// How takes come from each other, as the window shows it: the family of one take, and the sketches of a shot with what was finished
/// from them.
#include "app/operations/operation.h"

namespace fantascope {

/// {take_id} → {takes: [{take_id, seq, shot_id, prompt, keep, sketch_steps, gone}], links: [{take_id, parent_id, relation}]}: everything
/// that this take comes from or shares an ancestor with, at most 200 takes, the nearest first. A parent that is no longer there is `gone`.
Result<nlohmann::json> view_lineage(OperationContext& context, const nlohmann::json& arguments);

/// {shot_id, limit?} → {cells: [{sketch_id, take_id, clip, size, keep, sketch_steps, num_steps, prompt, seed}]}: the shot's takes, oldest
/// first, the newest `limit` (9); a take that was finished from a sketch stands in that sketch's place (sketch_id is then the sketch's).
Result<nlohmann::json> view_sketches(OperationContext& context, const nlohmann::json& arguments);

}  // namespace fantascope
