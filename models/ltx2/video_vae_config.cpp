#include "models/ltx2/video_vae_config.h"

#include <nlohmann/json.hpp>

#include "models/ltx2/config_fields.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr std::int64_t kMaxChannels = 16384, kMaxLayers = 64;
constexpr std::size_t kMaxBlocks = 16;

void refuse(ConfigFields& fields, const std::string& key, const std::string& found, const std::string& allowed) {
  fields.refuse(key, "is " + found + "; allowed: " + allowed, found, allowed);
}

void check_list_sizes(const VideoVaeConfig& config, ConfigFields& fields) {
  const auto encoder_blocks = config.block_out_channels.size(), decoder_blocks = config.decoder_block_out_channels.size();
  fields.require_size("layers_per_block", config.layers_per_block.size(), encoder_blocks + 1);
  fields.require_size("spatio_temporal_scaling", config.spatio_temporal_scaling.size(), encoder_blocks);
  fields.require_size("downsample_type", config.downsample_type.size(), encoder_blocks);
  fields.require_size("decoder_layers_per_block", config.decoder_layers_per_block.size(), decoder_blocks + 1);
  fields.require_size("decoder_spatio_temporal_scaling", config.decoder_spatio_temporal_scaling.size(), decoder_blocks);
  fields.require_size("upsample_type", config.upsample_type.size(), decoder_blocks);
  fields.require_size("upsample_residual", config.upsample_residual.size(), decoder_blocks);
  fields.require_size("upsample_factor", config.upsample_factor.size(), decoder_blocks);
}

/// Follows the channels through the down blocks; each downsampler moves them into space or time, so they must divide.
ScaleFactors check_encoder(const VideoVaeConfig& config, ConfigFields& fields) {
  ScaleFactors total{1, config.patch_size, config.patch_size};
  std::int64_t channels = config.latent_channels;
  for (std::size_t i = 0; i < config.block_out_channels.size(); ++i) {
    const std::int64_t out = config.block_out_channels[i];
    const std::string key = "block_out_channels[" + std::to_string(i) + "]";
    const bool scales = config.spatio_temporal_scaling[i];
    if (!scales || config.downsample_type[i] == "conv") {
      if (out != channels) refuse(fields, key, std::to_string(out), std::to_string(channels) + " (this block cannot change the channels)");
    }
    if (scales) {
      const ScaleFactors stride = resample_stride(config.downsample_type[i]);
      const std::int64_t volume = stride.time * stride.height * stride.width;
      if (config.downsample_type[i] != "conv" && (out % volume != 0 || (channels * volume) % out != 0)) {
        refuse(fields, key, std::to_string(out),
               "multiples of " + std::to_string(volume) + " that divide " + std::to_string(channels * volume));
      }
      total = {total.time * stride.time, total.height * stride.height, total.width * stride.width};
    }
    channels = out;
  }
  return total;
}

ScaleFactors check_decoder(const VideoVaeConfig& config, ConfigFields& fields) {
  ScaleFactors total{1, config.patch_size, config.patch_size};
  const std::size_t count = config.decoder_block_out_channels.size();
  std::int64_t channels = config.decoder_block_out_channels.back(), previous = channels;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = count - 1 - i;
    const std::int64_t factor = config.upsample_factor[at];
    const std::string key = "decoder_block_out_channels[" + std::to_string(at) + "]";
    const std::int64_t in = previous / factor, out = config.decoder_block_out_channels[at] / factor;
    if (out < 1)
      refuse(fields, key, std::to_string(config.decoder_block_out_channels[at]), "at least upsample_factor " + std::to_string(factor));
    if (in != out) {
      if (channels != in)
        refuse(fields, key, std::to_string(config.decoder_block_out_channels[at]),
               "what the block before it gives: " + std::to_string(channels));
      channels = out;
    }
    if (config.decoder_spatio_temporal_scaling[at]) {
      const ScaleFactors stride = resample_stride(config.upsample_type[i]);
      const std::int64_t volume = stride.time * stride.height * stride.width;
      if (channels != out * factor)
        refuse(fields, key, std::to_string(config.decoder_block_out_channels[at]),
               "what the block before it gives: " + std::to_string(channels));
      if (config.upsample_residual[at] && (channels % volume != 0 || volume % factor != 0)) {
        refuse(fields, key, std::to_string(config.decoder_block_out_channels[at]),
               "multiples of " + std::to_string(volume) + " where upsample_residual is true");
      }
      total = {total.time * stride.time, total.height * stride.height, total.width * stride.width};
    } else if (channels != out) {
      refuse(fields, key, std::to_string(config.decoder_block_out_channels[at]),
             "what the block before it gives: " + std::to_string(channels));
    }
    channels = out;
    previous = out;
  }
  return total;
}

void check_claimed_ratios(const VideoVaeConfig& config, const ScaleFactors& encoder, ConfigFields& fields) {
  const ScaleFactors& decoder = config.scale_factors;
  if (encoder.time != decoder.time || encoder.height != decoder.height) {
    refuse(fields, "upsample_type", "x" + std::to_string(decoder.height) + " in space, x" + std::to_string(decoder.time) + " in time",
           "what the encoder takes away: x" + std::to_string(encoder.height) + ", x" + std::to_string(encoder.time));
  }
  const auto space = fields.integer("spatial_compression_ratio", decoder.height, 1, 4096);
  const auto time = fields.integer("temporal_compression_ratio", decoder.time, 1, 4096);
  if (space != decoder.height)
    refuse(fields, "spatial_compression_ratio", std::to_string(space), std::to_string(decoder.height) + " (what the blocks do)");
  if (time != decoder.time)
    refuse(fields, "temporal_compression_ratio", std::to_string(time), std::to_string(decoder.time) + " (what the blocks do)");
}

}  // namespace

ScaleFactors resample_stride(const std::string& type) {
  if (type == "spatial") return {1, 2, 2};
  if (type == "temporal") return {2, 1, 1};
  return {2, 2, 2};
}

Result<VideoVaeConfig> VideoVaeConfig::from_json(const nlohmann::json& json, const std::string& file) {
  ConfigFields fields(json, file);
  VideoVaeConfig c;
  c.in_channels = fields.integer("in_channels", c.in_channels, 1, 64);
  c.out_channels = fields.integer("out_channels", c.out_channels, 1, 64);
  c.latent_channels = fields.integer("latent_channels", c.latent_channels, 2, kMaxChannels);
  c.block_out_channels = fields.list("block_out_channels", c.block_out_channels, kMaxBlocks, 1, kMaxChannels);
  c.decoder_block_out_channels = fields.list("decoder_block_out_channels", c.decoder_block_out_channels, kMaxBlocks, 1, kMaxChannels);
  c.layers_per_block = fields.list("layers_per_block", c.layers_per_block, kMaxBlocks + 1, 0, kMaxLayers);
  c.decoder_layers_per_block = fields.list("decoder_layers_per_block", c.decoder_layers_per_block, kMaxBlocks + 1, 0, kMaxLayers);
  const std::size_t encoder_blocks = c.block_out_channels.size(), decoder_blocks = c.decoder_block_out_channels.size();
  c.spatio_temporal_scaling = fields.flag_or_flags("spatio_temporal_scaling", c.spatio_temporal_scaling, encoder_blocks);
  c.decoder_spatio_temporal_scaling =
      fields.flag_or_flags("decoder_spatio_temporal_scaling", c.decoder_spatio_temporal_scaling, decoder_blocks);
  c.downsample_type = fields.words("downsample_type", c.downsample_type, kMaxBlocks, {"conv", "spatial", "temporal", "spatiotemporal"});
  c.upsample_type = fields.words("upsample_type", c.upsample_type, kMaxBlocks, {"spatial", "temporal", "spatiotemporal"});
  c.upsample_residual = fields.flag_or_flags("upsample_residual", c.upsample_residual, decoder_blocks);
  c.upsample_factor = fields.list("upsample_factor", c.upsample_factor, kMaxBlocks, 1, 64);
  fields.words("down_block_types", {"LTX2VideoDownBlock3D"}, kMaxBlocks, {"LTX2VideoDownBlock3D"});
  c.patch_size = fields.integer("patch_size", c.patch_size, 1, 32);
  // The reference class has no channels for patches in time: other values fail there as well.
  fields.integer("patch_size_t", 1, 1, 1);
  c.resnet_norm_eps = fields.number("resnet_norm_eps", c.resnet_norm_eps, 0.0, 1.0);
  c.scaling_factor = fields.number("scaling_factor", c.scaling_factor, 1e-6, 1e6);
  c.encoder_causal = fields.flag("encoder_causal", c.encoder_causal);
  c.decoder_causal = fields.flag("decoder_causal", c.decoder_causal);
  c.encoder_spatial_padding_mode =
      fields.word("encoder_spatial_padding_mode", c.encoder_spatial_padding_mode, {"zeros", "reflect", "replicate", "circular"});
  c.decoder_spatial_padding_mode =
      fields.word("decoder_spatial_padding_mode", c.decoder_spatial_padding_mode, {"zeros", "reflect", "replicate", "circular"});
  if (fields.flag("timestep_conditioning", false)) {
    refuse(fields, "timestep_conditioning", "true", "false (decoders that are told a timestep are not built in)");
  }
  for (const bool noisy : fields.flag_or_flags("decoder_inject_noise", std::vector<bool>(decoder_blocks + 1, false), decoder_blocks + 1)) {
    if (noisy) refuse(fields, "decoder_inject_noise", "true", "false (decoders that add noise are not built in)");
  }
  FANTASCOPE_TRY_VOID(fields.finish());
  check_list_sizes(c, fields);
  FANTASCOPE_TRY_VOID(fields.finish());
  const ScaleFactors encoder = check_encoder(c, fields);
  FANTASCOPE_TRY_VOID(fields.finish());
  c.scale_factors = check_decoder(c, fields);
  check_claimed_ratios(c, encoder, fields);
  FANTASCOPE_TRY_VOID(fields.finish());
  return c;
}

}  // namespace fantascope::models::ltx2
