#include "models/ltx2/connectors_config.h"

#include <nlohmann/json.hpp>

#include "engine/base/json_fields.h"

namespace fantascope::models::ltx2 {
namespace {

ConnectorConfig read_connector(JsonFields& fields, const nlohmann::json& json, const std::string& stream) {
  ConnectorConfig config;
  const std::string prefix = stream + "_connector_";
  config.num_heads = fields.integer(prefix + "num_attention_heads", config.num_heads, 1, 1024);
  config.head_dim = fields.integer(prefix + "attention_head_dim", config.head_dim, 2, 4096);
  config.num_layers = fields.integer(prefix + "num_layers", config.num_layers, 0, 512);
  const std::string registers = prefix + "num_learnable_registers";
  // null says "none" here, where elsewhere it says "the default".
  const bool none = json.is_object() && json.contains(registers) && json[registers].is_null();
  config.num_registers = none ? 0 : fields.integer(registers, config.num_registers, 1, 65'536);
  config.gated = fields.flag(stream + "_gated_attn", false);
  if (config.head_dim % 2 != 0) fields.refuse(prefix + "attention_head_dim", "must be even", std::to_string(config.head_dim));
  return config;
}

}  // namespace

Result<ConnectorsConfig> ConnectorsConfig::from_json(const nlohmann::json& json, const std::string& subject) {
  JsonFields fields(json, subject);
  fields.word("_class_name", "LTX2TextConnectors", {"LTX2TextConnectors"});
  ConnectorsConfig config;
  config.caption_channels = fields.integer("caption_channels", config.caption_channels, 1, 65'536);
  config.text_proj_in_factor = fields.integer("text_proj_in_factor", config.text_proj_in_factor, 1, 513);
  config.video = read_connector(fields, json, "video");
  config.audio = read_connector(fields, json, "audio");
  config.rope_base_seq_len = fields.integer("connector_rope_base_seq_len", config.rope_base_seq_len, 1, std::int64_t{1} << 24);
  config.rope_theta = fields.number("rope_theta", config.rope_theta, 1.0, 1e12);
  config.rope_double_precision = fields.flag("rope_double_precision", config.rope_double_precision);
  config.rope_type =
      fields.word("rope_type", "interleaved", {"interleaved", "split"}) == "split" ? RopeType::kSplit : RopeType::kInterleaved;
  config.per_modality_projections = fields.flag("per_modality_projections", false);
  config.proj_bias = fields.flag("proj_bias", false);
  config.video_hidden_dim = fields.integer("video_hidden_dim", config.video_hidden_dim, 1, 65'536);
  config.audio_hidden_dim = fields.integer("audio_hidden_dim", config.audio_hidden_dim, 1, 65'536);
  const auto need_width = [&fields](const char* key, std::int64_t width, const char* what, std::int64_t needed) {
    if (width != needed)
      fields.refuse(key, std::string("times the head dim must be ") + what, std::to_string(width), std::to_string(needed));
  };
  if (config.per_modality_projections) {
    need_width("video_connector_num_attention_heads", config.video.dim(), "video_hidden_dim", config.video_hidden_dim);
    need_width("audio_connector_num_attention_heads", config.audio.dim(), "audio_hidden_dim", config.audio_hidden_dim);
  } else {
    need_width("video_connector_num_attention_heads", config.video.dim(), "caption_channels", config.caption_channels);
    need_width("audio_connector_num_attention_heads", config.audio.dim(), "caption_channels", config.caption_channels);
  }
  FANTASCOPE_TRY_VOID(fields.finish());
  return config;
}

}  // namespace fantascope::models::ltx2
