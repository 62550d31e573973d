#include "models/ltx2/text_encoder_config.h"

#include <nlohmann/json.hpp>

#include "engine/base/json_fields.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr std::int64_t kMaxLayers = 512;
constexpr std::int64_t kMaxWidth = 65'536;

TextEncoderConfig::Rope read_rope(const nlohmann::json& json, const std::string& subject, double theta, JsonFields& parent,
                                  const char* key) {
  JsonFields fields(json, subject + ": " + key);
  TextEncoderConfig::Rope rope;
  const std::string type = fields.word("rope_type", fields.word("type", "default"), {"default", "linear"});
  rope.theta = fields.number("rope_theta", theta, 1.0, 1e12);
  rope.factor = type == "linear" ? fields.number("factor", {}, 1e-6, 1e6) : 1.0;
  if (const auto status = fields.finish(); !status) parent.refuse(key, status.error().message);
  return rope;
}

void read_ropes(const nlohmann::json& json, const std::string& subject, JsonFields& fields, TextEncoderConfig& config) {
  const double full_theta = fields.number("rope_theta", config.full_rope.theta, 1.0, 1e12);
  const double sliding_theta = fields.number("rope_local_base_freq", config.sliding_rope.theta, 1.0, 1e12);
  const nlohmann::json none = nlohmann::json::object();
  const auto part = [&](const nlohmann::json& object, const char* key) {
    return object.is_object() && object.contains(key) && !object[key].is_null() ? object[key] : none;
  };
  const nlohmann::json parameters = part(json, "rope_parameters");
  config.sliding_rope =
      read_rope(part(parameters, "sliding_attention"), subject, sliding_theta, fields, "rope_parameters.sliding_attention");
  if (fields.has("rope_scaling")) {
    config.full_rope = read_rope(part(json, "rope_scaling"), subject, full_theta, fields, "rope_scaling");
  } else {
    config.full_rope = read_rope(part(parameters, "full_attention"), subject, full_theta, fields, "rope_parameters.full_attention");
  }
}

void read_layer_kinds(const nlohmann::json& json, JsonFields& fields, TextEncoderConfig& config) {
  const std::int64_t pattern = fields.integer("sliding_window_pattern", 6, 1, kMaxLayers);
  if (!fields.has("layer_types")) {
    for (std::int64_t i = 0; i < config.num_layers; ++i) config.is_sliding.push_back((i + 1) % pattern != 0);
    return;
  }
  const auto& types = json["layer_types"];
  if (!types.is_array() || types.size() != static_cast<std::size_t>(config.num_layers)) {
    fields.refuse("layer_types", "must name the kind of each of the " + std::to_string(config.num_layers) + " layers");
    return;
  }
  for (const auto& type : types) {
    const std::string kind = type.is_string() ? type.get<std::string>() : "no text";
    const bool sliding = kind == "sliding_attention";
    if (!sliding && kind != "full_attention") {
      fields.refuse("layer_types", "holds a kind that this build does not know", kind.substr(0, 60), "sliding_attention, full_attention");
      return;
    }
    config.is_sliding.push_back(sliding);
  }
}

}  // namespace

Result<TextEncoderConfig> TextEncoderConfig::from_json(const nlohmann::json& json, const std::string& subject) {
  const bool nested = json.is_object() && json.contains("text_config");
  const nlohmann::json& text = nested ? json["text_config"] : json;
  JsonFields whole(json, subject);
  whole.word("model_type", "gemma3_text", {"gemma3", "gemma3_text"});
  FANTASCOPE_TRY_VOID(whole.finish());
  JsonFields fields(text, nested ? subject + ": text_config" : subject);
  FANTASCOPE_TRY_VOID(fields.finish());
  fields.word("model_type", "gemma3_text", {"gemma3_text"});
  TextEncoderConfig config;
  config.vocab_size = fields.integer("vocab_size", config.vocab_size, 1, 2'000'000);
  config.hidden_size = fields.integer("hidden_size", config.hidden_size, 1, kMaxWidth);
  config.intermediate_size = fields.integer("intermediate_size", config.intermediate_size, 1, 4 * kMaxWidth);
  config.num_layers = fields.integer("num_hidden_layers", config.num_layers, 1, kMaxLayers);
  config.num_heads = fields.integer("num_attention_heads", config.num_heads, 1, 1024);
  config.num_key_value_heads = fields.integer("num_key_value_heads", config.num_key_value_heads, 1, 1024);
  config.head_dim = fields.integer("head_dim", config.head_dim, 2, 4096);
  config.rms_norm_eps = fields.number("rms_norm_eps", config.rms_norm_eps, 0.0, 1.0);
  config.query_pre_attn_scalar = fields.number("query_pre_attn_scalar", config.query_pre_attn_scalar, 1e-6, 1e9);
  config.initializer_range = fields.number("initializer_range", config.initializer_range, 0.0, 10.0);
  config.sliding_window = fields.integer("sliding_window", config.sliding_window, 1, std::int64_t{1} << 40);
  config.attention_bias = fields.flag("attention_bias", false);
  fields.word("hidden_activation", "gelu_pytorch_tanh", {"gelu_pytorch_tanh"});
  if (fields.flag("use_bidirectional_attention", false)) fields.refuse("use_bidirectional_attention", "is not supported", "true", "false");
  if (fields.has("attn_logit_softcapping")) fields.refuse("attn_logit_softcapping", "is not supported", "", "null");
  if (config.num_heads % config.num_key_value_heads != 0) fields.refuse("num_key_value_heads", "must divide num_attention_heads");
  if (config.head_dim % 2 != 0) fields.refuse("head_dim", "must be even");
  read_ropes(text, subject, fields, config);
  read_layer_kinds(text, fields, config);
  FANTASCOPE_TRY_VOID(fields.finish());
  return config;
}

}  // namespace fantascope::models::ltx2
