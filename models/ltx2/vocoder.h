#pragma once
/// Vocoders: log-mel [B,channels,T,bins] → waveform [B,channels,N] in [-1,1]. Plain differentiable tensor operations in the weights' dtype.
/// After: diffusers pipelines/ltx2/vocoder.py (HiFi-GAN and BigVGAN generators).
#include <ATen/core/Tensor.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/nn/parameter_scope.h"
#include "engine/weights/weights_in_use.h"
#include "models/ltx2/model_folder.h"
#include "models/ltx2/vocoder_config.h"

namespace fantascope::models::ltx2 {

/// What the bandwidth extension computes on its way, for comparing with the reference.
struct VocoderTrace {
  at::Tensor first_waveform;  ///< [B,channels,n] of the first generator
  at::Tensor mel;             ///< [B*channels,bins,T] of that waveform
  at::Tensor residual;        ///< [B,channels,N] of the second generator
};

class Vocoder {
 public:
  virtual ~Vocoder() = default;
  virtual at::Tensor forward(const at::Tensor& mel_BCTM, VocoderTrace* trace = nullptr) const = 0;
  virtual int output_sampling_rate() const = 0;
  virtual std::int64_t samples_per_frame() const = 0;  ///< at output_sampling_rate
  virtual std::int64_t mel_features() const = 0;       ///< channels * bins of the input

  /// The class that config.json names (`_class_name`), from fresh or loaded weights. Ask the scope's source for finish() before use.
  static Result<std::unique_ptr<Vocoder>> make(const nlohmann::json& config, ParameterScope scope,
                                               const std::string& file = "vocoder/config.json");
  /// Reads the component folder (config.json and weights).
  static Result<std::unique_ptr<Vocoder>> load(const ModelPart& part, const LoadTarget& target);
};

}  // namespace fantascope::models::ltx2
