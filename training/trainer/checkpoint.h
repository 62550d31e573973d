#pragma once
/// Named tensors on disk, written so that a crash leaves the old file or the new one, never half of one.
#include <string>

#include "engine/base/result.h"
#include "training/trainer/parameters.h"

namespace fantascope::training {

/// safetensors by way of a temporary file and rename, flushed to the disk.
Result<void> save_checkpoint(const std::string& path, const NamedTensors& tensors);
/// The tensors whose names begin with `prefix` + `part`, by their names without the prefix.
NamedTensors part_of(const NamedTensors& all, const std::string& prefix, const std::string& part = "");
/// Tensors that own their memory (nothing stays mapped).
Result<NamedTensors> load_checkpoint(const std::string& path);

}  // namespace fantascope::training
