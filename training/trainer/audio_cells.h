#pragma once
/// The closed-form audio codec that the audio VAE is trained against: principal components of blocks of 4 mel frames x 4 mel bins x both
/// channels, one basis for all groups of bins, so that a convolutional decoder finds each value where it belongs.
/// Latents are [C,L,M] with M = bins/4; latent i >= 1 covers mel frames 4i-3 … 4i, latent 0 is frame 0 repeated (causal, as the VAE is).
#include <ATen/core/Tensor.h>

#include "engine/base/result.h"
#include "training/trainer/parameters.h"
#include "training/trainer/pca.h"

namespace fantascope::training {

class AudioCells {
 public:
  static constexpr std::int64_t kSpan = 4;  ///< mel frames and bins of a block

  /// Gathers moments of log-mels [2,T,bins], then fits `channels` components.
  class Fitter {
   public:
    Fitter() : moments_(2 * kSpan * kSpan) {}
    void add(const at::Tensor& mel_CTM, std::int64_t num_latents);
    AudioCells fit(std::int64_t channels) const;

   private:
    PcaAccumulator moments_;
  };

  at::Tensor encode(const at::Tensor& mel_CTM, std::int64_t num_latents) const;  ///< [C,L,M]
  at::Tensor decode(const at::Tensor& latents_CLM) const;                        ///< [2, 4L-3, bins]
  NamedTensors tensors() const;
  static Result<AudioCells> from_tensors(const NamedTensors& tensors);

 private:
  PcaBasis basis_;
};

}  // namespace fantascope::training
