#pragma once
/// Muon for the matrices inside the blocks, AdamW for the rest, and an exponential moving average of all masters.
/// Muon: Jordan et al. 2024, momentum orthogonalised by five Newton-Schulz steps (coefficients 3.4445, -4.7750, 2.0315), run in the number
/// format that is fastest (compute_type.h) and batched over matrices of one shape; a 3-D kernel [O,I,t,h,w] is a matrix [O,I*t*h*w]. State
/// is exact in a checkpoint: state() gives every tensor by name, restore() takes them back.
#include <functional>
#include <string>
#include <vector>

#include "training/trainer/parameters.h"

namespace fantascope::training {

struct OptimiserConfig {
  double muon_lr = 0.02, muon_momentum = 0.95, muon_weight_decay = 0.0;
  double adamw_lr = 2e-3, adamw_beta1 = 0.9, adamw_beta2 = 0.98, adamw_eps = 1e-8, adamw_weight_decay = 0.0;
  double ema_decay = 0.999;
  double gradient_clip = 1.0;  ///< on the global norm of the AdamW part; Muon's step has a fixed size anyway
  bool use_muon = true;
};

class Optimiser {
 public:
  /// Borrows the parameters of one or more sources; they outlive the optimiser.
  /// `rate_of` gives a factor on the rate by parameter name (AdamW only); empty: 1.
  Optimiser(std::vector<TrainableParameters*> sources, std::vector<std::string> prefixes, const OptimiserConfig& config,
            const std::function<double(const std::string&)>& rate_of = {});

  /// One step from the gradients in the leaves, with all rates times `rate_factor`; then publishes the masters and clears gradients.
  void step(double rate_factor);
  /// Averaged weights by "<prefix>/<name>".
  NamedTensors averaged() const;
  /// Runs `body` with the averaged weights in the networks.
  void with_average(const std::function<void()>& body);
  NamedTensors state() const;
  /// A component of the name `newcomer` that the state does not have at all joins the training now and starts fresh.
  Result<void> restore(const NamedTensors& state, const std::string& newcomer = {});
  std::int64_t steps() const { return steps_; }

 private:
  struct Slot {
    Parameter* parameter;
    std::string key;
    at::Tensor average, first, second;  // AdamW moments; for Muon `first` is the momentum
    double rate = 1.0;
  };
  void muon_step(double rate);
  void adamw_step(double rate);
  void adamw_group(double rate, std::vector<Slot*>& slots, double gradient_factor);

  std::vector<TrainableParameters*> sources_;
  OptimiserConfig config_;
  std::vector<std::vector<Slot>> muon_groups_;  // one group a shape
  std::vector<Slot> adamw_;
  std::int64_t steps_ = 0;
};

}  // namespace fantascope::training
