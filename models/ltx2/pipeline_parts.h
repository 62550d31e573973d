#pragma once
/// The loaded networks of a model folder, and the steps between them that are no networks: starting latents, decoding to frames and
/// samples. Shared by the pipeline and the parity runner.
#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/base/result.h"
#include "models/ltx2/audio_vae.h"
#include "models/ltx2/latent_upsampler.h"
#include "models/ltx2/model_folder.h"
#include "models/ltx2/pipeline_denoiser.h"
#include "models/ltx2/pipeline_settings.h"
#include "models/ltx2/refine_adapter.h"
#include "models/ltx2/text_path.h"
#include "models/ltx2/tiny_video_decoder.h"
#include "models/ltx2/transformer.h"
#include "models/ltx2/video_vae.h"
#include "models/ltx2/vocoder.h"

namespace fantascope::models::ltx2 {

struct PipelineParts {
  ModelSettings settings;
  at::ScalarType dtype = at::kFloat;
  at::Device device = at::kCPU;
  WeightsInUse weights;
  TextPath text;
  Transformer transformer;
  VideoVae video_vae;
  AudioVae audio_vae;
  std::unique_ptr<Vocoder> vocoder;
  std::optional<LatentUpsampler> upsampler;      ///< where the folder has one: doubles width and height
  std::optional<RefineAdapter> refine_adapter;   ///< where the folder has one: what the second stage adds to the transformer
  std::optional<TinyVideoDecoder> tiny_decoder;  ///< where the folder has one, as tiny_vae/*.safetensors: for live pictures

  static Result<PipelineParts> load(const std::string& dir, at::ScalarType dtype, at::Device device = at::kCPU);
};

/// Noise of a clip, unpacked: [1,C,F,H,W] and [1,C,L,M], float32, video drawn first, on the CPU.
struct ClipNoise {
  at::Tensor video_BCFHW, audio_BCLM;
};
ClipNoise draw_noise(const ModelSettings& settings, const ClipShape& shape, std::uint64_t seed);

/// Normalised latents [1,C,1,h,w], float32, of one picture [1,3,1,H,W] in [-1,1].
at::Tensor encode_image(const VideoVae& vae, const at::Tensor& image_BCTHW);
/// 8-bit picture -> [1,3,1,H,W] in [-1,1], float32.
at::Tensor image_tensor(const RgbImage& image);
/// The same for a picture that stands still for `num_frames`: the latent frame that ends the clip. Latent frames after the first stand for
/// several video frames, so that a single picture would be encoded as a first one.
at::Tensor encode_held_image(const VideoVae& vae, const at::Tensor& image_BCTHW, std::int64_t num_frames);
/// The first (the last) latent frame clean, the others noise.
at::Tensor with_first_frame(const at::Tensor& noise_BCFHW, const at::Tensor& first_BC1HW);
at::Tensor with_last_frame(const at::Tensor& noise_BCFHW, const at::Tensor& last_BC1HW);

/// Normalised latents, float32 -> what the decoders take, in `dtype`.
at::Tensor raw_video_latents(const VideoVae& vae, const at::Tensor& latents_BCFHW, at::ScalarType dtype);
at::Tensor raw_audio_latents(const AudioVae& vae, const at::Tensor& latents_BCLM, at::ScalarType dtype);

}  // namespace fantascope::models::ltx2
