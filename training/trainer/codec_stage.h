#pragma once
/// First stage of the chain: fits the closed-form codecs on world clips and measures how well they keep objects and motion.
#include <functional>
#include <string>

#include "training/trainer/latent_store.h"

namespace fantascope::training {

/// Picture quality against the truth, in dB, over clips that were not fitted. Peak is the full range of 8 bits.
struct CodecReport {
  double all_db = 0, object_db = 0, moving_db = 0, first_frame_db = 0, later_frames_db = 0;
  int num_clips = 0;
};

/// Gathers the report over clips.
class CodecMeter {
 public:
  void add(const world::Clip& clip, const at::Tensor& reconstructed_F3HW);
  CodecReport report() const;

 private:
  struct SquaredError {
    double sum = 0, count = 0;
    void add(const at::Tensor& error_FHW, const at::Tensor& mask_FHW);
    double db() const;
  };
  SquaredError all_, object_, moving_, first_, later_;
  int num_clips_ = 0;
};

using Reconstruct = std::function<at::Tensor(const at::Tensor& frames_F3HW)>;
CodecReport measure_codec(const TrainConfig& config, int num_clips, const Reconstruct& reconstruct);

Result<Codecs> fit_codecs(const TrainConfig& config, const TrainableNetwork& mel, const std::function<void(const std::string&)>& say);
/// What save_codecs() writes.
NamedTensors tensors_of(const Codecs& codecs);
Result<void> save_codecs(const Codecs& codecs, const std::string& path);
/// The configuration's codecs from a file of them, or of codecs with more levels or components. Errors name the tensor.
Result<Codecs> load_codecs(const std::string& path, const TrainableNetwork& mel, const TrainConfig& config);

}  // namespace fantascope::training
