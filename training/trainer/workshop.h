#pragma once
/// One output folder of a training run with what all stages share: configuration, family, tokenizer, codecs.
#include <c10/core/Device.h>

#include <functional>
#include <memory>
#include <string>

#include "engine/runtime/tensors/trainable.h"
#include "training/trainer/captions.h"
#include "training/trainer/codec_stage.h"
#include "training/trainer/config.h"

namespace fantascope::training {

struct StageOptions {
  double minutes = 0;      ///< stop after so long; 0: when the stage is done
  std::int64_t steps = 0;  ///< overrides the configuration's number; 0: does not
  bool resume = true;      ///< from the stage's checkpoint if there is one
  c10::Device device = c10::kCPU;
  /// A finished model's folder, or empty: a stage without a checkpoint of its own begins with that model's weights instead of with a closed
  /// form or at random, and the export takes from it what no stage here has trained.
  std::string start;
  int num_renderers = 1;  ///< threads that render clips for the denoiser
};

class Workshop {
 public:
  static Result<Workshop> open(const std::string& config_path, const std::string& out);

  const TrainConfig& config() const { return config_; }
  const TrainableFamily& family() const { return *family_; }
  const CaptionEncoder& captions() const { return *captions_; }
  std::string file(const std::string& name) const { return out_ + "/" + name; }
  bool has(const std::string& name) const;

  /// Forgets the fitted codecs and the clips encoded with them.
  void drop_codecs();
  /// The fitted codecs of OUT; those that the configuration names if OUT has none, and if it names none, fits them first.
  Result<const Codecs*> codecs();

 private:
  TrainConfig config_;
  std::string out_;
  const TrainableFamily* family_ = nullptr;
  std::shared_ptr<CaptionEncoder> captions_;
  std::shared_ptr<Codecs> codecs_;
};

/// True while a stage with these options may go on; counts from the call.
std::function<bool()> deadline(const StageOptions& options);

Result<void> run_codec_stage(Workshop& shop, const StageOptions& options);
Result<void> run_flow_stage(Workshop& shop, const StageOptions& options);
Result<void> run_video_decoder_stage(Workshop& shop, const StageOptions& options);
Result<void> run_video_encoder_stage(Workshop& shop, const StageOptions& options);
Result<void> run_audio_stage(Workshop& shop, const StageOptions& options);
Result<void> run_vocoder_stage(Workshop& shop, const StageOptions& options);
/// Writes the model folder from the newest checkpoints of all stages.
Result<void> run_export_stage(Workshop& shop, const StageOptions& options);

}  // namespace fantascope::training
