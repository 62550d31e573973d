#pragma once
/// Trains the joint denoiser with its text encoder and connectors by rectified flow on both streams.
/// x_sigma = (1 - sigma) * clean + sigma * noise; the networks predict velocity = noise - clean (Liu et al. 2022, arXiv 2209.03003).
/// Every random choice of a step is drawn from (seed, step), so that a resumed run goes on exactly as the uninterrupted one.
#include <functional>
#include <memory>
#include <string>

#include "engine/runtime/tensors/trainable.h"
#include "training/trainer/captions.h"
#include "training/trainer/config.h"
#include "training/trainer/flow_batch.h"
#include "training/trainer/flow_sampling.h"
#include "training/trainer/latent_store.h"
#include "training/trainer/mirrored_parameters.h"
#include "training/trainer/optimiser.h"

namespace fantascope::training {

struct FlowStepReport {
  std::int64_t step = 0;
  double video_loss = 0, audio_loss = 0;  ///< means since the last report
  double words_read = 0;                  ///< share of a caption's attributes that its readers name rightly; 0 without them
  double samples_per_s = 0, waited_share = 0;
};

struct FlowStart {
  bool resume = false;  ///< from the checkpoint
  c10::Device device = at::kCPU;
  std::map<std::string, NamedTensors> values;  ///< by component: where a fresh run begins, instead of at random; the rest is drawn
};

class FlowTrainer {
 public:
  static Result<std::unique_ptr<FlowTrainer>> create(const TrainConfig& config, const TrainableFamily& family, LatentStore& store,
                                                     const CaptionEncoder& captions, const std::string& checkpoint_path,
                                                     const FlowStart& start);
  /// Trains until `until_step` or until `keep_going` says no; saves a checkpoint at the configured pace and at the end.
  Result<void> run(std::int64_t until_step, const std::function<bool()>& keep_going,
                   const std::function<void(const FlowStepReport&)>& report);

  std::int64_t step() const { return optimiser_->steps(); }
  /// Averaged weights by "component/tensor".
  NamedTensors averaged() const { return optimiser_->averaged(); }
  Result<void> save() const;

  /// Clips of the first bucket's shape with the averaged weights, for looking at.
  StreamPair sample(const std::vector<std::string>& prompts, const SamplerSettings& settings, std::uint64_t seed);

 private:
  FlowTrainer(const TrainConfig& config, LatentStore& store, const CaptionEncoder& captions, std::string checkpoint_path,
              c10::Device device);
  Result<void> add_networks(const TrainableFamily& family, const SourceOf& sources);
  FlowLosses train_step(std::int64_t step, double& waited_s);
  FlowLosses backward_in_parts(const FlowBatch& whole, const FlowConfig& flow);
  double rate_factor(std::int64_t step) const;

  TrainConfig config_;
  LatentStore& store_;
  const CaptionEncoder& captions_;
  std::string checkpoint_path_;
  c10::Device device_;
  std::map<std::string, std::unique_ptr<TrainableParameters>> parameters_;           // by component
  std::vector<std::map<std::string, std::unique_ptr<MirroredParameters>>> mirrors_;  // of the second part and further ones
  std::vector<FlowNetworks> networks_;                                               // one for each part of a batch
  std::unique_ptr<Optimiser> optimiser_;
};

}  // namespace fantascope::training
