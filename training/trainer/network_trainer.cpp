#include "training/trainer/network_trainer.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <chrono>
#include <cmath>
#include <future>

#include "training/trainer/checkpoint.h"
#include "training/trainer/compute_type.h"

namespace fantascope::training {

NetworkTrainer::NetworkTrainer(NetworkTask task, const DecoderConfig& config, std::string checkpoint_path, c10::Device device)
    : task_(std::move(task)),
      config_(config),
      checkpoint_path_(std::move(checkpoint_path)),
      device_(device),
      dtype_(task_.dtype.value_or(compute_type(device))) {}

NetworkTrainer::~NetworkTrainer() = default;

Result<std::unique_ptr<NetworkTrainer>> NetworkTrainer::create(NetworkTask task, const DecoderConfig& config, std::uint64_t seed,
                                                               const std::string& checkpoint_path, bool resume, c10::Device device) {
  std::unique_ptr<NetworkTrainer> trainer(new NetworkTrainer(std::move(task), config, checkpoint_path, device));
  trainer->parameters_ = std::make_unique<TrainableParameters>(trainer->dtype_, seed, trainer->task_.start, device);
  const SourceOf sources = [&](const std::string&) -> ParameterSource& { return *trainer->parameters_; };
  FANTASCOPE_TRY(trainer->network_, trainer->task_.make(sources));
  FANTASCOPE_TRY_VOID(trainer->parameters_->finish());
  trainer->parameters_->keep_only(trainer->task_.part);
  OptimiserConfig optimiser;
  optimiser.use_muon = config.muon_rate > 0;
  optimiser.muon_lr = config.muon_rate;
  optimiser.adamw_lr = config.rate;
  optimiser.adamw_beta2 = 0.99;
  optimiser.ema_decay = 0.995;
  trainer->optimiser_ = std::make_unique<Optimiser>(
      std::vector<TrainableParameters*>{trainer->parameters_.get()}, std::vector<std::string>{trainer->task_.component}, optimiser,
      [&](const std::string& name) { return trainer->task_.slow.contains(name) ? trainer->task_.slow_rate : 1.0; });
  if (resume) {
    FANTASCOPE_TRY(const NamedTensors state, load_checkpoint(checkpoint_path));
    FANTASCOPE_TRY_VOID(trainer->optimiser_->restore(state));
  }
  return trainer;
}

Result<void> NetworkTrainer::run(const std::function<bool()>& keep_going, const std::function<void(const NetworkReport&)>& report) {
  using Clock = std::chrono::steady_clock;
  constexpr int kReportEvery = 20;
  const auto prepare = [this](std::int64_t index) {
    return std::async(std::launch::async, [this, index] {
      at::set_num_threads(1);
      return task_.sample(index);
    });
  };
  NamedTensors learnt;
  for (const auto& [name, mask] : task_.learnt) learnt[name] = mask.to(device_, dtype_);
  double sum = 0;
  auto start = Clock::now(), saved = start;
  std::future<NetworkSample> next = prepare(step());
  while (step() < config_.steps && keep_going()) {
    NetworkSample sample = next.get();
    for (at::Tensor* tensor : {&sample.input, &sample.target, &sample.weight}) {
      if (tensor->defined()) *tensor = tensor->to(device_);
    }
    next = prepare(step() + 1);
    const at::Tensor loss = task_.loss(network_(sample.input.to(dtype_)), sample);
    loss.backward();
    for (const Parameter& parameter : parameters_->all()) {
      if (const auto mask = learnt.find(parameter.name); mask != learnt.end()) parameter.leaf.grad().mul_(mask->second);
    }
    sum += loss.item<double>();
    // Cosine to a tenth, after a short rise.
    const double progress = static_cast<double>(step()) / static_cast<double>(config_.steps);
    const double warm = std::min(1.0, static_cast<double>(step() + 1) / 30.0);
    optimiser_->step(warm * (0.1 + 0.45 * (1.0 + std::cos(progress * 3.14159265358979))));
    if (step() % kReportEvery == 0) {
      if (!std::isfinite(sum))
        return Error{ErrorCode::kModelNaN, "the loss is not a number any more", task_.component, "", "", "Lower the rate"};
      report({step(), sum / kReportEvery, std::chrono::duration<double>(Clock::now() - start).count() / kReportEvery});
      sum = 0;
      start = Clock::now();
    }
    if (std::chrono::duration<double>(Clock::now() - saved).count() > 120) {
      FANTASCOPE_TRY_VOID(save_checkpoint(checkpoint_path_, optimiser_->state()));
      saved = Clock::now();
    }
  }
  next.wait();
  return save_checkpoint(checkpoint_path_, optimiser_->state());
}

NamedTensors NetworkTrainer::averaged() const {
  NamedTensors result;
  for (const auto& [key, tensor] : optimiser_->averaged()) result[key.substr(task_.component.size() + 1)] = tensor;
  return result;
}

at::Tensor NetworkTrainer::forward(const at::Tensor& input) const {
  const at::NoGradGuard no_grad;
  return network_(input.to(device_, dtype_)).cpu().to(at::kFloat);
}

}  // namespace fantascope::training
