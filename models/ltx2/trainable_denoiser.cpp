#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>

#include <map>
#include <tuple>

#include "models/ltx2/connectors.h"
#include "models/ltx2/text_encoder.h"
#include "models/ltx2/trainable.h"
#include "models/ltx2/transformer.h"

namespace fantascope::models::ltx2 {
namespace {

class Denoiser final : public TrainableDenoiser {
 public:
  Denoiser(const TransformerConfig& transformer, const TextEncoderConfig& text, const ConnectorsConfig& connectors, const SourceOf& sources)
      : transformer_(transformer, ParameterScope(sources("transformer"), "")),
        text_encoder_(ParameterScope(sources("text_encoder"), "language_model.model."), text),
        connectors_(ParameterScope(sources("connectors"), ""), connectors) {}

  DenoiserVelocity forward(const DenoiserBatch& batch) override {
    const auto& config = transformer_.config();
    const TextEmbeds text = connectors_.forward(text_encoder_.forward(batch.input_ids_BS, batch.prompt_mask_BS), batch.prompt_mask_BS);
    // One column means that all tokens of a clip share their noise level: one timestep a clip is then enough.
    const auto timesteps = [&](const at::Tensor& sigmas) {
      const at::Tensor scaled = sigmas * config.timestep_scale_multiplier;
      return sigmas.size(1) == 1 ? scaled.squeeze(1) : scaled;
    };
    TransformerInput input;
    input.video_BTC = batch.video_BTC;
    input.audio_BLC = batch.audio_BLC;
    input.video_prompt_embeds_BSD = text.video_BSD;
    input.audio_prompt_embeds_BSD = text.audio_BSD;
    input.video_timesteps = timesteps(batch.video_sigmas_BT);
    input.audio_timesteps = timesteps(batch.audio_sigmas_BL);
    input.video_sigma_B = at::amax(batch.video_sigmas_BT, {1}) * config.timestep_scale_multiplier;
    input.audio_sigma_B = at::amax(batch.audio_sigmas_BL, {1}) * config.timestep_scale_multiplier;
    input.rope = &rope_of({batch.frames, batch.height, batch.width, batch.audio_BLC.size(1), batch.fps}, batch.video_BTC.device());
    input.use_cross_timestep = true;
    const TransformerOutput output = transformer_.forward(input);
    return {output.video_velocity_BTC, output.audio_velocity_BLC, text.video_BSD, text.audio_BSD};
  }

  std::int64_t video_channels() const override { return transformer_.config().in_channels; }
  std::int64_t audio_channels() const override { return transformer_.config().audio_in_channels; }
  std::int64_t video_text_width() const override { return connectors_.config().video.dim(); }
  std::int64_t audio_text_width() const override { return connectors_.config().audio.dim(); }

 private:
  const RopeTables& rope_of(const ClipShape& shape, at::Device device) {
    const auto key = std::tuple(shape.frames, shape.height, shape.width, shape.audio_frames, shape.fps);
    auto found = ropes_.find(key);
    if (found == ropes_.end()) found = ropes_.emplace(key, make_rope_tables(transformer_.config(), shape).to(device)).first;
    return found->second;
  }

  Transformer transformer_;
  TextEncoder text_encoder_;
  TextConnectors connectors_;
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, double>, RopeTables> ropes_;
};

}  // namespace

Result<std::unique_ptr<TrainableDenoiser>> make_trainable_denoiser(const nlohmann::json& configs, const SourceOf& sources) {
  FANTASCOPE_TRY(const TransformerConfig transformer, TransformerConfig::from_json(configs.at("transformer")));
  FANTASCOPE_TRY(const TextEncoderConfig text, TextEncoderConfig::from_json(configs.at("text_encoder"), "text_encoder/config.json"));
  FANTASCOPE_TRY(const ConnectorsConfig connectors, ConnectorsConfig::from_json(configs.at("connectors"), "connectors/config.json"));
  return std::unique_ptr<TrainableDenoiser>(std::make_unique<Denoiser>(transformer, text, connectors, sources));
}

}  // namespace fantascope::models::ltx2
