#include "models/ltx2/pipeline_parts.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include <cstring>
#include <utility>

#include "engine/diffusion/noise.h"

namespace fantascope::models::ltx2 {

namespace {

/// One that a second stage can use: twice the width and height of this model's latents, in the same time.
Result<LatentUpsampler> load_upsampler(const std::string& folder, const ModelSettings& settings, const LoadTarget& target) {
  FANTASCOPE_TRY(LatentUpsampler upsampler, LatentUpsampler::load(folder, target));
  const LatentUpsamplerConfig& config = upsampler.config();
  const bool doubles = config.spatial_upsample && !config.temporal_upsample &&
                       (!config.use_rational_resampler || config.numerator == 2 * config.denominator);
  if (config.in_channels == settings.transformer.in_channels && doubles) return upsampler;
  return Error{ErrorCode::kMismatch,
               "The upsampler is not one for the second stage of this model",
               folder + "/config.json",
               std::to_string(config.in_channels) + " channels" + (doubles ? "" : ", another scale"),
               std::to_string(settings.transformer.in_channels) + " channels, twice the width and height",
               "Use the spatial upsampler that was published with the model, or take the folder away."};
}

/// No result depends on it, so it is not among the weights in use.
Result<std::optional<TinyVideoDecoder>> load_tiny_decoder(const std::string& folder, const VideoVaeConfig& vae, const LoadTarget& target) {
  FANTASCOPE_TRY(const std::optional<std::string> file, only_weight_file(folder, "decoders for live pictures"));
  if (!file) return std::optional<TinyVideoDecoder>();
  FANTASCOPE_TRY(TinyVideoDecoder decoder, TinyVideoDecoder::load(*file, vae, target));
  return std::optional<TinyVideoDecoder>(std::move(decoder));
}

}  // namespace

Result<PipelineParts> PipelineParts::load(const std::string& dir, at::ScalarType dtype, at::Device device) {
  FANTASCOPE_TRY(ModelSettings settings, ModelSettings::read(dir));
  WeightsInUse weights;
  const LoadTarget target(dtype, device, &weights);
  FANTASCOPE_TRY(const ModelFolder folder, ModelFolder::open(dir));
  FANTASCOPE_TRY(TextPath text, TextPath::load(folder, target));
  FANTASCOPE_TRY(ModelPart denoiser, folder.part("transformer"));
  FANTASCOPE_TRY(std::optional<LoraFile> adapter, open_refine_lora(dir + "/refine_lora", settings));
  FANTASCOPE_TRY(Transformer transformer, load_transformer(denoiser, settings.transformer, target, adapter ? &*adapter : nullptr));
  std::optional<RefineAdapter> refine_adapter;
  if (adapter) refine_adapter.emplace(RefineAdapter{std::move(denoiser), *std::move(adapter), settings.refine_lora_strength});
  FANTASCOPE_TRY(const ModelPart picture, folder.part("vae"));
  FANTASCOPE_TRY(VideoVae video_vae, VideoVae::load(picture, target));
  FANTASCOPE_TRY(const ModelPart sound, folder.part("audio_vae"));
  FANTASCOPE_TRY(AudioVae audio_vae, AudioVae::load(sound, target));
  FANTASCOPE_TRY(const ModelPart waveform, folder.part("vocoder"));
  FANTASCOPE_TRY(std::unique_ptr<Vocoder> vocoder, Vocoder::load(waveform, target));
  const auto& config = settings.transformer;
  const ConnectorsConfig& connectors = text.connectors().config();
  const std::int64_t video_text = connectors.video.dim(), audio_text = connectors.audio.dim();
  const std::int64_t video_wanted = config.use_prompt_embeddings ? config.caption_channels : config.cross_attention_dim;
  const std::int64_t audio_wanted = config.use_prompt_embeddings ? config.caption_channels : config.audio_cross_attention_dim;
  FANTASCOPE_TRY(const ModelFolder::Config links, folder.config("connectors"));
  if (video_text != video_wanted || audio_text != audio_wanted) {
    return Error{ErrorCode::kMismatch,
                 "The connectors and the transformer do not belong together",
                 links.subject,
                 std::to_string(video_text) + " and " + std::to_string(audio_text) + " wide",
                 std::to_string(video_wanted) + " and " + std::to_string(audio_wanted),
                 "Download the folder again."};
  }
  std::optional<LatentUpsampler> upsampler;
  if (settings.info.two_stages) {
    FANTASCOPE_TRY(upsampler, load_upsampler(dir + "/latent_upsampler", settings, target));
  }
  FANTASCOPE_TRY(std::optional<TinyVideoDecoder> tiny_decoder, load_tiny_decoder(dir + "/tiny_vae", settings.video_vae, {dtype, device}));
  return PipelineParts{std::move(settings),
                       dtype,
                       device,
                       std::move(weights),
                       std::move(text),
                       std::move(transformer),
                       std::move(video_vae),
                       std::move(audio_vae),
                       std::move(vocoder),
                       std::move(upsampler),
                       std::move(refine_adapter),
                       std::move(tiny_decoder)};
}

ClipNoise draw_noise(const ModelSettings& settings, const ClipShape& shape, std::uint64_t seed) {
  NoiseSource source(seed);
  ClipNoise noise;
  noise.video_BCFHW = source.draw({1, settings.transformer.in_channels, shape.frames, shape.height, shape.width});
  noise.audio_BCLM = source.draw({1, settings.audio.channels, shape.audio_frames, settings.audio.num_bins});
  return noise;
}

at::Tensor encode_image(const VideoVae& vae, const at::Tensor& image_BCTHW) {
  const at::Tensor moments = vae.encode_moments(image_BCTHW.to(vae.dtype()));
  return vae.normalise(moments.narrow(1, 0, moments.size(1) / 2).to(at::kFloat));
}

at::Tensor encode_held_image(const VideoVae& vae, const at::Tensor& image_BCTHW, std::int64_t num_frames) {
  const at::Tensor latents = encode_image(vae, image_BCTHW.expand({-1, -1, num_frames, -1, -1}).contiguous());
  return latents.narrow(2, latents.size(2) - 1, 1);
}

at::Tensor image_tensor(const RgbImage& image) {
  at::Tensor bytes = at::empty({image.height, image.width, 3}, at::TensorOptions().dtype(at::kByte));
  std::memcpy(bytes.data_ptr(), image.pixels.data(), image.pixels.size());
  const at::Tensor unit = bytes.permute({2, 0, 1}).to(at::kFloat) / 255.0;
  return (2.0 * unit - 1.0).unsqueeze(0).unsqueeze(2).contiguous();
}

at::Tensor with_first_frame(const at::Tensor& noise_BCFHW, const at::Tensor& first_BC1HW) {
  return at::cat({first_BC1HW, noise_BCFHW.narrow(2, 1, noise_BCFHW.size(2) - 1)}, 2);
}

at::Tensor with_last_frame(const at::Tensor& noise_BCFHW, const at::Tensor& last_BC1HW) {
  return at::cat({noise_BCFHW.narrow(2, 0, noise_BCFHW.size(2) - 1), last_BC1HW}, 2);
}

at::Tensor raw_video_latents(const VideoVae& vae, const at::Tensor& latents_BCFHW, at::ScalarType dtype) {
  return vae.denormalise(latents_BCFHW.to(dtype));
}

// Sound is de-normalised before it is narrowed, pictures after: so does the reference.
at::Tensor raw_audio_latents(const AudioVae& vae, const at::Tensor& latents_BCLM, at::ScalarType dtype) {
  return vae.denormalise(latents_BCLM.to(at::kFloat)).to(dtype);
}

}  // namespace fantascope::models::ltx2
