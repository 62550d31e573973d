#include "models/ltx2/original_configs.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>
#include <vector>

namespace fantascope::models::ltx2 {
namespace {

using nlohmann::json;

Error unsupported(const std::string& subject, const std::string& what, const std::string& found, const std::string& allowed) {
  return {ErrorCode::kUnsupported,
          "this checkpoint describes a network that this build does not know",
          subject + ": " + what,
          found.substr(0, 80),
          allowed,
          "Use a checkpoint of LTX-2.0 or LTX-2.3."};
}

/// The object behind a path of keys; an empty one where there is none.
const json& inner(const json& object, std::initializer_list<const char*> path) {
  static const json kNothing = json::object();
  const json* at = &object;
  for (const char* key : path) {
    const auto it = at->is_object() ? at->find(key) : at->end();
    if (!at->is_object() || it == at->end() || !it->is_object()) return kNothing;
    at = &*it;
  }
  return *at;
}

json value(const json& object, const char* key, json fallback) {
  const auto it = object.find(key);
  return it == object.end() || it->is_null() ? std::move(fallback) : *it;
}

/// Size of a tensor along `axis`; 0 if it is not there, which no config allows.
std::int64_t size_of(const ShardedWeights& weights, const std::string& name, std::size_t axis) {
  const TensorEntry* entry = weights.find(name);
  return entry != nullptr && axis < entry->shape.size() ? entry->shape[axis] : 0;
}

/// What is no list becomes a text, which the reader of the component's config refuses by name.
json place(const json& list, std::size_t index, std::int64_t fallback) {
  if (!list.is_array()) return "not a list";
  return index < list.size() ? list[index] : json(fallback);
}

json transformer_config(const json& t) {
  const json newer = value(t, "cross_attention_adaln", false), gated = value(t, "apply_gated_attention", false);
  const json places = value(t, "positional_embedding_max_pos", {20, 2048, 2048});
  const json projected = value(t, "caption_proj_before_connector", false);
  return {{"in_channels", value(t, "in_channels", 128)},
          {"out_channels", value(t, "out_channels", 128)},
          {"num_attention_heads", value(t, "num_attention_heads", 32)},
          {"attention_head_dim", value(t, "attention_head_dim", 128)},
          {"cross_attention_dim", value(t, "cross_attention_dim", 4096)},
          {"num_layers", value(t, "num_layers", 48)},
          {"caption_channels", value(t, "caption_channels", 3840)},
          {"norm_eps", value(t, "norm_eps", 1e-6)},
          {"audio_in_channels", value(t, "audio_in_channels", 128)},
          {"audio_out_channels", value(t, "audio_out_channels", 128)},
          {"audio_num_attention_heads", value(t, "audio_num_attention_heads", 32)},
          {"audio_attention_head_dim", value(t, "audio_attention_head_dim", 64)},
          {"audio_cross_attention_dim", value(t, "audio_cross_attention_dim", 2048)},
          {"pos_embed_max_pos", place(places, 0, 20)},
          {"base_height", place(places, 1, 2048)},
          {"base_width", place(places, 2, 2048)},
          {"audio_pos_embed_max_pos", place(value(t, "audio_positional_embedding_max_pos", {20}), 0, 20)},
          {"rope_theta", value(t, "positional_embedding_theta", 10000.0)},
          {"rope_type", value(t, "rope_type", "split")},
          {"rope_double_precision", value(t, "frequencies_precision", "float32") == "float64"},
          {"timestep_scale_multiplier", value(t, "timestep_scale_multiplier", 1000)},
          {"cross_attn_timestep_scale_multiplier", value(t, "av_ca_timestep_scale_multiplier", 1)},
          {"use_prompt_embeddings", projected.is_boolean() ? json(!projected.get<bool>()) : projected},
          {"gated_attn", gated},
          {"audio_gated_attn", gated},
          {"cross_attn_mod", newer},
          {"audio_cross_attn_mod", newer},
          {"perturbed_attn", newer},  // as in the published folders: only 2.3 says so
          {"ff_bias", value(t, "ff_bias", true)},
          {"audio_ff_bias", value(t, "audio_ff_bias", true)},
          {"use_prompt_adaln_single", value(t, "use_prompt_adaln_single", true)},
          {"use_keyframes_abs_pos_embedding", value(t, "use_keyframes_abs_pos_embedding", false)}};
}

json connectors_config(const json& t, const ShardedWeights& weights) {
  const json heads = value(t, "connector_num_attention_heads", 30), dim = value(t, "connector_attention_head_dim", 128),
             layers = value(t, "connector_num_layers", 2), gated = value(t, "connector_apply_gated_attention", false);
  const std::string projections = "text_embedding_projection.";
  const bool two = weights.contains(projections + "video_aggregate_embed.weight");
  const std::string first = projections + (two ? "video_aggregate_embed" : "aggregate_embed");
  const json captions = value(t, "caption_channels", 3840);
  const bool whole = captions.is_number_integer() && captions.get<std::int64_t>() > 0;
  json config = {{"caption_channels", captions},
                 {"text_proj_in_factor", whole ? size_of(weights, first + ".weight", 1) / captions.get<std::int64_t>() : 0},
                 {"per_modality_projections", two},
                 {"proj_bias", weights.contains(first + ".bias")},
                 {"connector_rope_base_seq_len", place(value(t, "connector_positional_embedding_max_pos", {1}), 0, 1)},
                 {"rope_theta", 10000.0},  // the reference does not hand the transformer's on
                 {"rope_type", value(t, "rope_type", "split")},
                 {"rope_double_precision", value(t, "frequencies_precision", "float32") == "float64"},
                 {"video_connector_num_attention_heads", heads},
                 {"video_connector_attention_head_dim", dim},
                 {"video_connector_num_layers", layers},
                 {"video_gated_attn", gated},
                 {"audio_connector_num_attention_heads", value(t, "audio_connector_num_attention_heads", heads)},
                 {"audio_connector_attention_head_dim", value(t, "audio_connector_attention_head_dim", dim)},
                 {"audio_connector_num_layers", value(t, "audio_connector_num_layers", layers)},
                 {"audio_gated_attn", gated}};
  for (const std::string stream : {"video", "audio"}) {
    const std::int64_t registers = size_of(weights, "model.diffusion_model." + stream + "_embeddings_connector.learnable_registers", 0);
    config[stream + "_connector_num_learnable_registers"] = registers == 0 ? json() : json(registers);
    if (two) config[stream + "_hidden_dim"] = size_of(weights, projections + stream + "_aggregate_embed.weight", 0);
  }
  return config;
}

/// One entry of encoder_blocks or decoder_blocks: its kind and its settings. A bare number is one of layers.
struct Block {
  std::string kind;
  json settings = json::object();
  static Block of(const json& entry) {
    Block block;
    if (!entry.is_array() || entry.empty() || !entry[0].is_string()) return block;
    block.kind = entry[0].get<std::string>();
    if (entry.size() > 1 && entry[1].is_object()) block.settings = entry[1];
    if (entry.size() > 1 && entry[1].is_number()) block.settings["num_layers"] = entry[1];
    return block;
  }
};

/// Stacks of residual blocks with one resampler between each two, as all published versions have them and the diffusers classes take them.
struct BlockList {
  std::vector<json> layers;
  std::vector<Block> resamplers;
};

Result<BlockList> alternating(const json& blocks, const std::string& subject) {
  BlockList list;
  const std::size_t count = blocks.is_array() ? blocks.size() : 0;
  if (count % 2 == 0 || count > 33) return unsupported(subject, "number of blocks", std::to_string(count), "an odd number of at most 33");
  for (std::size_t i = 0; i < count; ++i) {
    Block block = Block::of(blocks[i]);
    const bool stack = block.kind == "res_x";
    if (stack != (i % 2 == 0)) {
      return unsupported(subject, "block " + std::to_string(i), blocks[i].dump(),
                         i % 2 == 0 ? "res_x" : "a compress block between two of res_x");
    }
    if (value(block.settings, "inject_noise", false) != json(false))
      return unsupported(subject, "block " + std::to_string(i), blocks[i].dump(), "blocks without inject_noise");
    if (stack) {
      list.layers.push_back(value(block.settings, "num_layers", 1));
    } else {
      list.resamplers.push_back(std::move(block));
    }
  }
  return list;
}

/// "compress_space" -> "spatial", and so on; empty if it is none.
std::string resampling(std::string kind) {
  if (kind == "compress_space") return "spatial";
  if (kind == "compress_time") return "temporal";
  return kind == "compress_all" ? "spatiotemporal" : "";
}

Result<void> add_encoder(const json& vae, json& config, const std::string& subject) {
  FANTASCOPE_TRY(const BlockList list, alternating(value(vae, "encoder_blocks", json::array()), subject + ".encoder_blocks"));
  double width = config["latent_channels"].is_number() ? config["latent_channels"].get<double>() : 0;
  std::vector<std::string> types;
  std::vector<std::int64_t> widths;
  for (const Block& block : list.resamplers) {
    const std::string suffix = "_res";
    const bool residual = block.kind.ends_with(suffix);
    std::string type = resampling(residual ? block.kind.substr(0, block.kind.size() - suffix.size()) : "");
    if (block.kind == "compress_all") type = "conv";
    if (type.empty()) return unsupported(subject + ".encoder_blocks", "a block", block.kind, "compress_{space,time,all}_res, compress_all");
    const json multiplier = value(block.settings, "multiplier", 2);
    if (residual && multiplier.is_number()) width *= multiplier.get<double>();
    types.push_back(std::move(type));
    widths.push_back(std::llround(std::clamp(width, 0.0, 1e9)));
  }
  config["downsample_type"] = types;
  config["block_out_channels"] = widths;
  config["layers_per_block"] = list.layers;
  config["spatio_temporal_scaling"] = std::vector<bool>(types.size(), true);
  return {};
}

Result<void> add_decoder(const json& vae, const ShardedWeights& weights, json& config, const std::string& subject) {
  json blocks = value(vae, "decoder_blocks", json::array());
  if (blocks.is_array()) std::reverse(blocks.begin(), blocks.end());  // the file lists them from the picture inwards
  FANTASCOPE_TRY(BlockList list, alternating(blocks, subject + ".decoder_blocks"));
  std::int64_t width = size_of(weights, "vae.decoder.conv_in.conv.weight", 0);
  std::vector<std::string> types;
  std::vector<std::int64_t> widths, factors;
  std::vector<bool> residuals;
  for (const Block& block : list.resamplers) {
    types.push_back(resampling(block.kind));
    if (types.back().empty())
      return unsupported(subject + ".decoder_blocks", "a block", block.kind, "compress_space, compress_time, compress_all");
    const json factor = value(block.settings, "multiplier", 1);
    factors.push_back(factor.is_number() ? std::max<std::int64_t>(1, std::llround(std::clamp(factor.get<double>(), 1.0, 64.0))) : 1);
    // The reference hands this on for the upsampler in all three directions only.
    residuals.push_back(block.kind == "compress_all" && value(block.settings, "residual", false) == json(true));
    widths.push_back(width);
    width /= factors.back();
  }
  // diffusers lists these from the picture inwards, the types alone the other way.
  std::reverse(widths.begin(), widths.end());
  std::reverse(factors.begin(), factors.end());
  std::reverse(residuals.begin(), residuals.end());
  std::reverse(list.layers.begin(), list.layers.end());
  config["upsample_type"] = types;
  config["decoder_block_out_channels"] = widths;
  config["upsample_factor"] = factors;
  config["upsample_residual"] = residuals;
  config["decoder_layers_per_block"] = list.layers;
  config["decoder_spatio_temporal_scaling"] = std::vector<bool>(types.size(), true);
  return {};
}

Result<json> vae_config(const json& vae, const ShardedWeights& weights, const std::string& subject) {
  const auto only = [&](const char* key, const json& wanted) -> Result<void> {
    const json found = value(vae, key, wanted);
    if (found == wanted) return {};
    return unsupported(subject, key, found.dump(), wanted.dump());
  };
  FANTASCOPE_TRY_VOID(only("_class_name", "CausalVideoAutoencoder"));
  FANTASCOPE_TRY_VOID(only("norm_layer", "pixel_norm"));
  FANTASCOPE_TRY_VOID(only("latent_log_var", "uniform"));
  FANTASCOPE_TRY_VOID(only("dims", 3));
  json config = {{"in_channels", value(vae, "in_channels", 3)},
                 {"out_channels", value(vae, "out_channels", 3)},
                 {"latent_channels", value(vae, "latent_channels", 128)},
                 {"patch_size", value(vae, "patch_size", 4)},
                 {"encoder_causal", true},
                 {"decoder_causal", value(vae, "causal_decoder", false)},
                 {"timestep_conditioning", value(vae, "timestep_conditioning", true)},
                 {"encoder_spatial_padding_mode", value(vae, "encoder_spatial_padding_mode", "zeros")},
                 {"decoder_spatial_padding_mode", value(vae, "spatial_padding_mode", "reflect")}};
  FANTASCOPE_TRY_VOID(add_encoder(vae, config, subject));
  FANTASCOPE_TRY_VOID(add_decoder(vae, weights, config, subject));
  return config;
}

json audio_vae_config(const json& audio) {
  const json& params = inner(audio, {"model", "params"});
  const json& d = inner(params, {"ddconfig"});
  const json& stft = inner(audio, {"preprocessing", "stft"});
  const json bins = value(inner(audio, {"preprocessing", "mel"}), "n_mel_channels", value(inner(audio, {"variables"}), "mel_bins", 64));
  return {{"base_channels", value(d, "ch", 128)},
          {"in_channels", value(d, "in_channels", 2)},
          {"output_channels", value(d, "out_ch", 2)},
          {"latent_channels", value(d, "z_channels", 8)},
          {"ch_mult", value(d, "ch_mult", {1, 2, 4})},
          {"num_res_blocks", value(d, "num_res_blocks", 2)},
          {"attn_resolutions", value(d, "attn_resolutions", {8, 16, 32})},
          {"resolution", value(d, "resolution", 256)},
          {"norm_type", value(d, "norm_type", "pixel")},
          {"causality_axis", value(d, "causality_axis", "height")},
          {"mid_block_add_attention", value(d, "mid_block_add_attention", true)},
          {"double_z", value(d, "double_z", true)},
          {"sample_rate", value(params, "sampling_rate", 16000)},
          {"mel_hop_length", value(stft, "hop_length", 160)},
          {"is_causal", value(stft, "causal", true)},
          {"mel_bins", value(d, "mel_bins", bins)}};
}

/// One generator; `tensors` is what its names begin with.
void add_generator(const json& v, const std::string& prefix, const std::string& tensors, const ShardedWeights& weights, json& config) {
  config[prefix + "in_channels"] = size_of(weights, tensors + "conv_pre.weight", 1);
  config[prefix + "out_channels"] = value(v, "stereo", true) == json(false) ? 1 : 2;
  config[prefix + "hidden_channels"] = value(v, "upsample_initial_channel", 1024);
  config[prefix + "upsample_factors"] = value(v, "upsample_rates", {6, 5, 2, 2, 2});
  config[prefix + "upsample_kernel_sizes"] = value(v, "upsample_kernel_sizes", {16, 15, 8, 4, 4});
  config[prefix + "resnet_kernel_sizes"] = value(v, "resblock_kernel_sizes", {3, 7, 11});
  config[prefix + "resnet_dilations"] = value(v, "resblock_dilation_sizes", {{1, 3, 5}, {1, 3, 5}, {1, 3, 5}});
}

Result<json> vocoder_config(const json& v, const ShardedWeights& weights, const std::string& subject) {
  json config = json::object();
  const json& bwe = inner(v, {"bwe"});
  if (bwe.empty()) {
    if (value(v, "resblock", "1") != "1") return unsupported(subject, "resblock", value(v, "resblock", "1").dump(), "\"1\"");
    config["_class_name"] = "LTX2Vocoder";
    add_generator(v, "", "vocoder.", weights, config);
    config["output_sampling_rate"] = value(v, "output_sampling_rate", 24000);
    config["act_fn"] = "leaky_relu";
    config["final_act_fn"] = value(v, "use_tanh_at_final", true) == json(true) ? json("tanh") : json("clamp");
    config["final_bias"] = value(v, "use_bias_at_final", true);
    return config;
  }
  const json& first = inner(v, {"vocoder"});
  for (const json* generator : {&first, &bwe}) {
    if (value(*generator, "resblock", "1") != "AMP1" || value(*generator, "activation", "snake") != "snakebeta")
      return unsupported(subject, "resblock and activation", generator->dump(), "AMP1 with snakebeta");
  }
  config["_class_name"] = "LTX2VocoderWithBWE";
  add_generator(first, "", "vocoder.vocoder.", weights, config);
  add_generator(bwe, "bwe_", "vocoder.bwe_generator.", weights, config);
  for (const std::string prefix : {"", "bwe_"}) {
    const json& generator = prefix.empty() ? first : bwe;
    config[prefix + "act_fn"] = "snakebeta";
    config[prefix + "antialias"] = true;
    config[prefix + "final_bias"] = value(generator, "use_bias_at_final", true);
    config[prefix + "final_act_fn"] = value(generator, "use_tanh_at_final", true) == json(true) ? json("tanh") : json();
  }
  config["bwe_final_act_fn"] = json();  // what it makes is added to the first one's sound, whole
  config["input_sampling_rate"] = value(bwe, "input_sampling_rate", 16000);
  config["output_sampling_rate"] = value(bwe, "output_sampling_rate", 48000);
  config["hop_length"] = value(bwe, "hop_length", 80);
  config["filter_length"] = config["window_length"] = value(bwe, "n_fft", 512);
  config["num_mel_channels"] = value(bwe, "num_mels", 64);
  return config;
}

json scheduler_config(bool distilled) {
  json config = {{"num_train_timesteps", 1000}, {"shift", 1.0}, {"use_dynamic_shifting", !distilled}, {"time_shift_type", "exponential"}};
  if (distilled) return config;
  config.update(
      {{"base_shift", 0.95}, {"max_shift", 2.05}, {"base_image_seq_len", 1024}, {"max_image_seq_len", 4096}, {"shift_terminal", 0.1}});
  return config;
}

}  // namespace

Result<std::map<std::string, json>> configs_of_original(const json& metadata, const ShardedWeights& weights, bool distilled,
                                                        const std::string& subject) {
  std::map<std::string, json> configs;
  const json& t = inner(metadata, {"transformer"});
  configs["transformer"] = transformer_config(t);
  configs["connectors"] = connectors_config(t, weights);
  FANTASCOPE_TRY(configs["vae"], vae_config(inner(metadata, {"vae"}), weights, subject + ": vae"));
  configs["audio_vae"] = audio_vae_config(inner(metadata, {"audio_vae"}));
  FANTASCOPE_TRY(configs["vocoder"], vocoder_config(inner(metadata, {"vocoder"}), weights, subject + ": vocoder"));
  configs["scheduler"] = scheduler_config(distilled);

  // What the transformer's positions need to know of the autoencoders.
  configs["transformer"]["audio_sampling_rate"] = configs["audio_vae"]["sample_rate"];
  configs["transformer"]["audio_hop_length"] = configs["audio_vae"]["mel_hop_length"];
  std::int64_t time = 1, space = configs["vae"]["patch_size"].is_number_integer() ? configs["vae"]["patch_size"].get<std::int64_t>() : 0;
  for (const std::string type : configs["vae"]["upsample_type"]) {
    time *= type == "spatial" ? 1 : 2;
    space *= type == "temporal" ? 1 : 2;
  }
  configs["transformer"]["vae_scale_factors"] = {time, space, space};
  return configs;
}

}  // namespace fantascope::models::ltx2
