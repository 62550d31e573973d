#include <cstdio>

#include "training/trainer/checkpoint.h"
#include "training/trainer/finished_model.h"
#include "training/trainer/internal/network_stage.h"
#include "training/trainer/world_clip.h"

namespace fantascope::training {
namespace {

constexpr std::uint64_t kAudioSeed = 0xA0D10000000ULL, kNextSeed = 0x9E3779B1ULL;

std::function<void(const NetworkReport&)> reporter(const std::string& stage, std::int64_t steps) {
  return [stage, steps](const NetworkReport& report) {
    std::fprintf(stderr, "[%s] step %lld of %lld  loss %.5f  %.2f s a step\n", stage.c_str(), static_cast<long long>(report.step),
                 static_cast<long long>(steps), report.loss, report.seconds_per_step);
  };
}

}  // namespace

Result<std::unique_ptr<NetworkTrainer>> run_network(Workshop& shop, const StageOptions& options, NetworkStage stage) {
  if (options.steps > 0) stage.config.steps = options.steps;
  const std::string state = stage.name + "-state.safetensors";
  const bool resume = options.resume && shop.has(state);
  if (!resume && !options.start.empty()) {
    NamedTensors finished;
    if (stage.task.finished) {
      finished = *stage.task.finished;
    } else {
      FANTASCOPE_TRY(finished, finished_component(options.start, stage.task.component));
    }
    for (const auto& [name, tensor] : finished) {
      if (name.starts_with(stage.task.part)) stage.task.start[name] = tensor;
    }
  }
  FANTASCOPE_TRY(auto trainer,
                 NetworkTrainer::create(std::move(stage.task), stage.config, shop.config().seed, shop.file(state), resume, options.device));
  FANTASCOPE_TRY_VOID(trainer->run(deadline(options), reporter(stage.name, stage.config.steps)));
  FANTASCOPE_TRY_VOID(save_checkpoint(shop.file(stage.name + ".safetensors"), trainer->averaged()));
  return trainer;
}

world::Clip audio_clip(const TrainConfig& config, std::uint64_t index, const std::function<bool(const world::Scene&)>& wanted) {
  world::ClipShape shape = config.buckets[0].shape;
  shape.width = shape.height = 16;
  world::Scene scene = training_scene(kAudioSeed + index, kNextSeed);
  // Far from the scenes of all other numbers.
  for (std::uint64_t far = 1; wanted && !wanted(scene); ++far) scene = training_scene(kAudioSeed + index + (far << 40), kNextSeed);
  return world::render_clip(scene, shape);
}

}  // namespace fantascope::training
