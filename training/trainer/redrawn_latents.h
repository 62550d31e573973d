#pragma once
/// Latents with the denoiser's own faults: those of a clip are noised to some level and sampled from there (SDEdit, Meng et al. 2022,
/// arXiv 2108.01073). They show the clip as the denoiser would have drawn it, so that the decoder can learn what it has to mend.
#include <map>
#include <memory>

#include "training/trainer/flow_sampling.h"
#include "training/trainer/latent_store.h"
#include "training/trainer/parameters.h"

namespace fantascope::training {

class RedrawnLatents {
 public:
  /// `weights` by component: transformer, connectors, text_encoder. `codecs` and `captions` must outlive it.
  static Result<std::unique_ptr<RedrawnLatents>> create(const TrainConfig& config, const TrainableFamily& family, const Codecs& codecs,
                                                        const CaptionEncoder& captions, const std::map<std::string, NamedTensors>& weights,
                                                        c10::Device device);
  /// Clips of one bucket and their scenes, each with its caption in some wording; latents [B,C,f,h,w], not normalised, float on the CPU.
  /// The same for the same clips and seed. Single-threaded use.
  at::Tensor redraw(const Bucket& bucket, const std::vector<world::Scene>& scenes, const std::vector<world::Clip>& clips,
                    std::uint64_t seed);

 private:
  RedrawnLatents(const TrainConfig& config, const Codecs& codecs, const CaptionEncoder& captions, c10::Device device);

  SamplerSettings settings_;
  std::int64_t text_length_;
  const Codecs& codecs_;
  const CaptionEncoder& captions_;
  c10::Device device_;
  std::map<std::string, TrainableParameters> parameters_;
  std::unique_ptr<TrainableDenoiser> denoiser_;
};

}  // namespace fantascope::training
