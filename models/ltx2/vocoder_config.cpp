#include "models/ltx2/vocoder_config.h"

#include <nlohmann/json.hpp>

#include "models/ltx2/config_fields.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr std::size_t kMaxStages = 16;
constexpr std::int64_t kMaxRate = 384000;

/// null means "no final activation" here, so that absent and null differ.
std::string final_activation(const nlohmann::json& json, const std::string& key, const std::string& fallback, ConfigFields& fields) {
  if (json.is_object() && json.contains(key) && json[key].is_null()) return "none";
  return fields.word(key, fallback, {"tanh", "clamp", "none"});
}

/// Fields of one generator; those of the second one carry a prefix.
void read_generator(const nlohmann::json& json, const std::string& prefix, VocoderConfig& c, ConfigFields& fields) {
  const auto key = [&](const char* name) { return prefix + name; };
  c.in_channels = fields.integer(key("in_channels"), c.in_channels, 1, 65536);
  c.hidden_channels = fields.integer(key("hidden_channels"), c.hidden_channels, 2, 16384);
  c.out_channels = fields.integer(key("out_channels"), c.out_channels, 1, 16);
  c.upsample_kernel_sizes = fields.list(key("upsample_kernel_sizes").c_str(), c.upsample_kernel_sizes, kMaxStages, 1, 256);
  c.upsample_factors = fields.list(key("upsample_factors").c_str(), c.upsample_factors, kMaxStages, 1, 128);
  c.resnet_kernel_sizes = fields.list(key("resnet_kernel_sizes").c_str(), c.resnet_kernel_sizes, kMaxStages, 1, 63);
  c.resnet_dilations = fields.lists(key("resnet_dilations").c_str(), c.resnet_dilations, kMaxStages, 1, 64);
  c.act_fn = fields.word(key("act_fn"), c.act_fn, {"leaky_relu", "snake", "snakebeta"});
  c.leaky_relu_negative_slope = fields.number(key("leaky_relu_negative_slope"), c.leaky_relu_negative_slope, 0.0, 1.0);
  c.antialias = fields.flag(key("antialias"), c.antialias);
  c.antialias_ratio = fields.integer(key("antialias_ratio"), c.antialias_ratio, 2, 16);
  c.antialias_kernel_size = fields.integer(key("antialias_kernel_size"), c.antialias_kernel_size, 2, 256);
  c.final_act_fn = final_activation(json, key("final_act_fn"), c.final_act_fn, fields);
  c.final_bias = fields.flag(key("final_bias"), c.final_bias);
}

void check_generator(const std::string& prefix, const VocoderConfig& c, ConfigFields& fields) {
  fields.require_size((prefix + "upsample_factors").c_str(), c.upsample_factors.size(), c.upsample_kernel_sizes.size());
  fields.require_size((prefix + "resnet_dilations").c_str(), c.resnet_dilations.size(), c.resnet_kernel_sizes.size());
  if (c.hidden_channels >> c.upsample_kernel_sizes.size() < 1) {
    fields.refuse(prefix + "hidden_channels", "is halved to nothing by the upsamplers", std::to_string(c.hidden_channels));
  }
  for (std::size_t i = 0; i < c.upsample_factors.size() && i < c.upsample_kernel_sizes.size(); ++i) {
    if (c.upsample_kernel_sizes[i] < c.upsample_factors[i]) {
      fields.refuse(prefix + "upsample_kernel_sizes", "must not be below upsample_factors", std::to_string(c.upsample_kernel_sizes[i]));
    }
  }
  if (c.antialias_kernel_size < c.antialias_ratio) fields.refuse(prefix + "antialias_kernel_size", "must not be below antialias_ratio");
  if (c.antialias && c.act_fn == "leaky_relu")
    fields.refuse(prefix + "antialias", "true is built in for snake activations only", "true", "false");
}

}  // namespace

std::int64_t VocoderConfig::samples_per_frame() const {
  std::int64_t product = 1;
  for (const auto factor : upsample_factors) product *= factor;
  return product;
}

Result<VocoderConfig> VocoderConfig::from_json(const nlohmann::json& json, const std::string& file) {
  ConfigFields fields(json, file);
  VocoderConfig c;
  read_generator(json, "", c, fields);
  c.output_sampling_rate = fields.integer("output_sampling_rate", c.output_sampling_rate, 1000, kMaxRate);
  FANTASCOPE_TRY_VOID(fields.finish());
  check_generator("", c, fields);
  FANTASCOPE_TRY_VOID(fields.finish());
  return c;
}

Result<BandwidthExtensionConfig> BandwidthExtensionConfig::from_json(const nlohmann::json& json, const std::string& file) {
  ConfigFields fields(json, file);
  BandwidthExtensionConfig c;
  VocoderConfig common;
  common.act_fn = "snakebeta";
  common.antialias = true;
  common.final_act_fn = "none";
  common.final_bias = false;
  c.vocoder = c.bwe_generator = common;
  c.vocoder.hidden_channels = 1536;
  c.vocoder.upsample_kernel_sizes = {11, 4, 4, 4, 4, 4};
  c.vocoder.upsample_factors = {5, 2, 2, 2, 2, 2};
  c.bwe_generator.hidden_channels = 512;
  c.bwe_generator.upsample_kernel_sizes = {12, 11, 4, 4, 4};
  read_generator(json, "", c.vocoder, fields);
  read_generator(json, "bwe_", c.bwe_generator, fields);
  c.filter_length = fields.integer("filter_length", c.filter_length, 2, 65536);
  c.hop_length = fields.integer("hop_length", c.hop_length, 1, 65536);
  c.window_length = fields.integer("window_length", c.window_length, 1, 65536);
  c.num_mel_channels = fields.integer("num_mel_channels", c.num_mel_channels, 1, 1024);
  c.input_sampling_rate = fields.integer("input_sampling_rate", c.input_sampling_rate, 1000, kMaxRate);
  c.output_sampling_rate = fields.integer("output_sampling_rate", c.output_sampling_rate, 1000, kMaxRate);
  FANTASCOPE_TRY_VOID(fields.finish());
  check_generator("", c.vocoder, fields);
  check_generator("bwe_", c.bwe_generator, fields);
  if (c.output_sampling_rate % c.input_sampling_rate != 0 || c.output_sampling_rate == c.input_sampling_rate) {
    fields.refuse("output_sampling_rate", "must be a whole multiple (2 or more) of input_sampling_rate",
                  std::to_string(c.output_sampling_rate));
  } else if (c.bwe_generator.samples_per_frame() != c.hop_length * (c.output_sampling_rate / c.input_sampling_rate)) {
    fields.refuse("bwe_upsample_factors", "must multiply to hop_length * output_sampling_rate / input_sampling_rate",
                  std::to_string(c.bwe_generator.samples_per_frame()),
                  std::to_string(c.hop_length * (c.output_sampling_rate / c.input_sampling_rate)));
  }
  for (std::size_t i = 0; i < c.bwe_generator.upsample_factors.size(); ++i) {
    // Otherwise a stage gives more samples than the first waveform, raised, has.
    if ((c.bwe_generator.upsample_kernel_sizes[i] - c.bwe_generator.upsample_factors[i]) % 2 != 0) {
      fields.refuse("bwe_upsample_kernel_sizes", "must differ from bwe_upsample_factors by an even number",
                    std::to_string(c.bwe_generator.upsample_kernel_sizes[i]));
    }
  }
  if (c.filter_length % 2 != 0) fields.refuse("filter_length", "must be even", std::to_string(c.filter_length));
  if (c.vocoder.out_channels * c.num_mel_channels != c.bwe_generator.in_channels) {
    fields.refuse("bwe_in_channels", "must be out_channels * num_mel_channels", std::to_string(c.bwe_generator.in_channels),
                  std::to_string(c.vocoder.out_channels * c.num_mel_channels));
  }
  if (c.vocoder.out_channels != c.bwe_generator.out_channels) fields.refuse("bwe_out_channels", "must be out_channels");
  FANTASCOPE_TRY_VOID(fields.finish());
  c.vocoder.output_sampling_rate = c.input_sampling_rate;
  c.bwe_generator.output_sampling_rate = c.output_sampling_rate;
  return c;
}

}  // namespace fantascope::models::ltx2
