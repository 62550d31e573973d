// A config.json for every component's reader; the first byte chooses which. Numbers accepted are inside their ranges.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/base/bounded_json.h"
#include "models/ltx2/audio_vae_config.h"
#include "models/ltx2/config.h"
#include "models/ltx2/connectors_config.h"
#include "models/ltx2/text_encoder_config.h"
#include "models/ltx2/video_vae_config.h"
#include "models/ltx2/vocoder_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fantascope;
  using namespace fantascope::models::ltx2;
  if (size == 0) return 0;
  const auto json = parse_bounded_json({reinterpret_cast<const char*>(data) + 1, size - 1}, "input");
  if (!json) return 0;
  switch (data[0] % 7) {
    case 0: {
      const auto config = TextEncoderConfig::from_json(*json, "input");
      FANTASCOPE_CHECK(!config || (config->num_layers >= 1 && config->is_sliding.size() == static_cast<std::size_t>(config->num_layers)));
      break;
    }
    case 1: {
      const auto config = ConnectorsConfig::from_json(*json, "input");
      FANTASCOPE_CHECK(!config || (config->video.dim() > 0 && config->audio.dim() > 0));
      break;
    }
    case 2:
      (void)TransformerConfig::from_json(*json, "input");
      break;
    case 3:
      (void)VideoVaeConfig::from_json(*json, "input");
      break;
    case 4:
      (void)AudioVaeConfig::from_json(*json, "input");
      break;
    case 5:
      (void)VocoderConfig::from_json(*json, "input");
      break;
    default:
      (void)BandwidthExtensionConfig::from_json(*json, "input");
      break;
  }
  return 0;
}
