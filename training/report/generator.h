#pragma once
/// Clips of a model as the judge takes them: one prompt after the other through the family's own pipeline, and truth through its codecs.
#include <memory>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/runtime/generation.h"
#include "training/world/world.h"

namespace fantascope::training {

class ClipGenerator {
 public:
  static Result<ClipGenerator> open(const std::string& model_dir);
  ClipGenerator(ClipGenerator&&) noexcept;
  ~ClipGenerator();

  const GenerationRequest& defaults() const;
  void set_steps(int steps);
  /// The shape of the model's default clip, with its vocoder's sample rate unknown until the first clip.
  world::ClipShape shape() const;
  Result<world::Clip> generate(const std::string& prompt, std::uint64_t seed);
  /// A rendered clip encoded and decoded by the model's video VAE, audio VAE and vocoder.
  Result<world::Clip> reconstruct(const world::Clip& clip);
  double seconds_per_clip() const;  ///< median of generate so far

 private:
  ClipGenerator();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fantascope::training
