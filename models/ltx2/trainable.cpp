#include "models/ltx2/trainable.h"

#include "models/ltx2/audio_vae.h"
#include "models/ltx2/mel.h"
#include "models/ltx2/video_vae.h"
#include "models/ltx2/video_vae_learning.h"
#include "models/ltx2/vocoder.h"

namespace fantascope::models::ltx2 {
namespace {

using nlohmann::json;

Result<std::shared_ptr<VideoVae>> video_vae(const json& configs, const SourceOf& sources) {
  FANTASCOPE_TRY(const VideoVaeConfig config, VideoVaeConfig::from_json(configs.at("vae")));
  return std::make_shared<VideoVae>(config, ParameterScope(sources("vae"), ""));
}

Result<std::shared_ptr<AudioVae>> audio_vae(const json& configs, const SourceOf& sources) {
  FANTASCOPE_TRY(const AudioVaeConfig config, AudioVaeConfig::from_json(configs.at("audio_vae")));
  return std::make_shared<AudioVae>(config, ParameterScope(sources("audio_vae"), ""));
}

at::Tensor mean_of(const at::Tensor& moments) { return moments.chunk(2, 1)[0]; }

Result<TrainableNetwork> make_vocoder(const json& configs, const SourceOf& sources) {
  FANTASCOPE_TRY(auto made, Vocoder::make(configs.at("vocoder"), ParameterScope(sources("vocoder"), "")));
  const std::shared_ptr<Vocoder> vocoder = std::move(made);
  return TrainableNetwork([vocoder](const at::Tensor& mel) { return vocoder->forward(mel); });
}

Result<TrainableNetwork> make_mel(const json& configs) {
  FANTASCOPE_TRY(const AudioVaeConfig config, AudioVaeConfig::from_json(configs.at("audio_vae")));
  const auto mel = std::make_shared<LogMel>(config);
  return TrainableNetwork([mel](const at::Tensor& waveform) { return mel->forward(waveform); });
}

}  // namespace

const TrainableFamily& trainable_family() {
  static const TrainableFamily family = [] {
    TrainableFamily made;
    made.make_denoiser = make_trainable_denoiser;
    made.make_video_decoder = [](const json& configs, const SourceOf& sources) -> Result<TrainableNetwork> {
      FANTASCOPE_TRY(const auto vae, video_vae(configs, sources));
      if (!LearningVideoDecoder::supports(vae->decoder())) {
        return TrainableNetwork([vae](const at::Tensor& latents) { return vae->decode_reference(latents); });
      }
      const auto learning = std::make_shared<LearningVideoDecoder>(vae->decoder());
      return TrainableNetwork([vae, learning](const at::Tensor& latents) { return learning->forward(latents); });
    };
    made.make_video_encoder = [](const json& configs, const SourceOf& sources) -> Result<TrainableNetwork> {
      FANTASCOPE_TRY(const auto vae, video_vae(configs, sources));
      return TrainableNetwork([vae](const at::Tensor& frames) { return mean_of(vae->encode_moments(frames)); });
    };
    made.make_audio_decoder = [](const json& configs, const SourceOf& sources) -> Result<TrainableNetwork> {
      FANTASCOPE_TRY(const auto vae, audio_vae(configs, sources));
      return TrainableNetwork([vae](const at::Tensor& latents) { return vae->decode(latents); });
    };
    made.make_audio_encoder = [](const json& configs, const SourceOf& sources) -> Result<TrainableNetwork> {
      FANTASCOPE_TRY(const auto vae, audio_vae(configs, sources));
      return TrainableNetwork([vae](const at::Tensor& mel) { return mean_of(vae->encode_moments(mel)); });
    };
    made.make_vocoder = make_vocoder;
    made.make_mel = make_mel;
    return made;
  }();
  return family;
}

}  // namespace fantascope::models::ltx2
