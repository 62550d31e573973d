#pragma once
/// A noised batch of the denoiser's training and the loss on it. Batches are cut into parts that are worked on at the same time: what a
/// part adds to the loss is divided by the whole batch's weights, so that the parts' gradients sum to the whole's.
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/tensors/trainable.h"
#include "training/trainer/caption_reader.h"
#include "training/trainer/config.h"

namespace fantascope::training {

/// One copy of everything that is trained here.
struct FlowNetworks {
  std::unique_ptr<TrainableDenoiser> denoiser;
  std::unique_ptr<CaptionReader> reader;  ///< none if its loss never counts
};

void move_to(DenoiserBatch& batch, c10::Device device);

struct FlowBatch {
  DenoiserBatch input;
  at::Tensor video_velocity_BTC, audio_velocity_BLC;  ///< float: noise - clean
  at::Tensor video_weights_BT, audio_weights_BL;      ///< of the loss; one column where all tokens have the same
  std::vector<world::Scene> scenes;
  std::vector<std::string> captions;
  double video_weight = 0, audio_weight = 0;  ///< sums over the whole batch, at least 1
  double share = 1;                           ///< of the whole batch's samples

  void move_to(c10::Device device);
  std::int64_t size() const { return static_cast<std::int64_t>(captions.size()); }
  /// `count` near-equal parts, or fewer if there are not so many samples.
  std::vector<FlowBatch> split(std::int64_t count) const;
};

struct FlowLosses {
  double video = 0, audio = 0, words_read = 0;
};

/// Runs forward and backward; gradients lie in the networks' leaves afterwards. Channel weights are [C] and of mean 1.
FlowLosses backward(FlowNetworks& networks, const FlowBatch& batch, const FlowConfig& config, const at::Tensor& video_channel_weights,
                    const at::Tensor& audio_channel_weights);

}  // namespace fantascope::training
