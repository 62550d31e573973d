#pragma once
/// The interface that a model family implements and the only one through which others see it. All data, no names: nothing outside
/// models/<family>/ may ask which family it has.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/generation.h"

namespace fantascope {

struct TrainableFamily;  // engine/runtime/tensors/trainable.h

struct LoadOptions {
  DType dtype = DType::kBFloat16;
  std::string device = "cpu";  ///< "cpu", "cuda", "cuda:1"
};

/// One stage of a parity fixture: how far ours is from the reference. error_ratio = max|ours - expected| / max|expected|.
struct ParityRow {
  std::string stage;
  double error_ratio = 0, tolerance = 0;
  bool passed = false;
  std::string note;
};

struct ModelFamily {
  std::string id;
  /// True if this folder holds a model of this family. Cheap: reads model_index.json, or headers of weight files.
  std::function<bool(const std::string& dir)> detect;
  std::function<Result<ModelInfo>(const std::string& dir)> describe;
  std::function<Result<std::unique_ptr<Pipeline>>(const std::string& dir, const LoadOptions& options)> load;
  /// Runs a parity fixture (see tests/parity/README.md); rows come as they are computed.
  std::function<Result<void>(const std::string& fixture_dir, const LoadOptions& options,
                             const std::function<void(const ParityRow&)>& on_row)>
      parity;
  /// The networks for training/, or null if the family cannot be trained here.
  const TrainableFamily* trainable = nullptr;
};

}  // namespace fantascope
