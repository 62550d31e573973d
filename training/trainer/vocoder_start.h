#pragma once
/// Closed-form weights that a vocoder starts from: the tones of the world, by least squares from log-mels to samples.
///
/// A vocoder makes the same of every hop of a mel that stands still, so that whatever it hums repeats after each hop. The tones of the
/// world are made for that: pitches are multiples of the hop's rate, in the phase of one clock (training/world/sound.cpp). Each hop of
/// samples is then nearly a linear function of what rectifiers make of the log-mel, and such a function can be written into a generator of
/// the HiFi-GAN kind, some channels of each level for it: the first convolution gives the rectified bins, the first transposed convolution
/// their basis functions of three hops, and all later levels hand samples on, as pairs (x, -x), since leaky(x) - leaky(-x) is linear.
/// Gradient descent on spectra, which do not know phases, did not find tones in many thousand steps (docs/measurements.md, "Why the vocoder
/// does not sing"). The remaining channels begin at random; noise, which has no phase to be learnt, is theirs. What was written for the
/// tones must then stay: a few hundred steps of AdamW, which moves small weights as far as large ones, were enough to silence crickets
/// again.
#include <ATen/core/Tensor.h>

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "engine/base/result.h"
#include "training/trainer/parameters.h"

namespace fantascope::training {

/// One clip's sound: log-mel [channels,T,bins] and the samples [channels,N] it stands for; frame t goes with samples t*hop … (t+1)*hop-1.
struct MelAndWave {
  at::Tensor mel_CTM, wave_CN;
};

struct VocoderStart {
  NamedTensors weights;  ///< of every tensor that tones pass through
  NamedTensors learnt;   ///< by tensor, 1 where training may change it and 0 where it belongs to the tones
};

/// `vocoder` is the component's configuration: leaky_relu and tanh, a first kernel of three times its factor, and channels enough (error
/// kUnsupported names the field). `hinges`: rectifiers a bin, at its mean and each a standard deviation above the one before.
Result<VocoderStart> vocoder_start(const std::vector<MelAndWave>& clips, const nlohmann::json& vocoder, int hinges, std::uint64_t seed);

}  // namespace fantascope::training
