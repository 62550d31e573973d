#pragma once
/// Fits one network from tensor to tensor (a decoder, an encoder, the vocoder) by AdamW on samples that a function makes.
/// Sample i is a pure function of i, so that a resumed run goes on exactly.
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "engine/runtime/tensors/trainable.h"
#include "training/trainer/config.h"
#include "training/trainer/optimiser.h"

namespace fantascope::training {

struct NetworkSample {
  at::Tensor input, target, weight;  ///< weight may be undefined
};

struct NetworkTask {
  std::string component;  ///< whose parameters they are: "vae", "audio_vae", "vocoder"
  std::string part;       ///< only parameters whose name begins with this are trained and stored: "decoder.", "encoder."
  std::function<Result<TrainableNetwork>(const SourceOf&)> make;
  std::function<NetworkSample(std::int64_t index)> sample;  ///< on the CPU; called from one helper thread, ahead of use
  std::function<at::Tensor(const at::Tensor& output, const NetworkSample& sample)> loss;
  NamedTensors start;                    ///< values for parameters that do not begin at random
  std::optional<NamedTensors> finished;  ///< instead of a finished model's own parameters of these names, where it is of another layout
  NamedTensors learnt;         ///< by parameter, 1 where it is trained and 0 where it stays what it is; those not named are trained
  std::set<std::string> slow;  ///< parameters that move slowly, since they are good from the start
  double slow_rate = 1.0;      ///< factor on the rate of those
  /// Of weights and activations; left out: what the device is fast in. Gradients are applied to float32 masters.
  std::optional<at::ScalarType> dtype;
};

struct NetworkReport {
  std::int64_t step = 0;
  double loss = 0, seconds_per_step = 0;
};

class NetworkTrainer {
 public:
  static Result<std::unique_ptr<NetworkTrainer>> create(NetworkTask task, const DecoderConfig& config, std::uint64_t seed,
                                                        const std::string& checkpoint_path, bool resume, c10::Device device = at::kCPU);
  ~NetworkTrainer();
  Result<void> run(const std::function<bool()>& keep_going, const std::function<void(const NetworkReport&)>& report);
  std::int64_t step() const { return optimiser_->steps(); }
  /// Averaged weights by tensor name.
  NamedTensors averaged() const;
  /// The network as it stands now, for looking at; input and output on the CPU.
  at::Tensor forward(const at::Tensor& input) const;

 private:
  NetworkTrainer(NetworkTask task, const DecoderConfig& config, std::string checkpoint_path, c10::Device device);

  NetworkTask task_;
  DecoderConfig config_;
  std::string checkpoint_path_;
  c10::Device device_;
  at::ScalarType dtype_;
  std::unique_ptr<TrainableParameters> parameters_;
  TrainableNetwork network_;
  std::unique_ptr<Optimiser> optimiser_;
};

}  // namespace fantascope::training
