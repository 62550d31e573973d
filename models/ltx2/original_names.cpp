#include "models/ltx2/original_names.h"

#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace fantascope::models::ltx2 {
namespace {

struct Rename {
  std::string_view ours, original;
};

constexpr std::string_view kDenoiser = "model.diffusion_model.";

constexpr Rename kTransformerStarts[] = {
    {"audio_proj_in.", "audio_patchify_proj."},
    {"proj_in.", "patchify_proj."},
    {"audio_time_embed.", "audio_adaln_single."},
    {"time_embed.", "adaln_single."},
    {"av_cross_attn_video_scale_shift.", "av_ca_video_scale_shift_adaln_single."},
    {"av_cross_attn_audio_scale_shift.", "av_ca_audio_scale_shift_adaln_single."},
    {"av_cross_attn_video_a2v_gate.", "av_ca_a2v_gate_adaln_single."},
    {"av_cross_attn_audio_v2a_gate.", "av_ca_v2a_gate_adaln_single."},
    {"audio_prompt_adaln.", "audio_prompt_adaln_single."},
    {"prompt_adaln.", "prompt_adaln_single."},
};
constexpr Rename kBlocks[] = {
    {".norm_q.", ".q_norm."},
    {".norm_k.", ".k_norm."},
    {"video_a2v_cross_attn_scale_shift_table", "scale_shift_table_a2v_ca_video"},
    {"audio_a2v_cross_attn_scale_shift_table", "scale_shift_table_a2v_ca_audio"},
};
// The projections of all text layers have a prefix of their own, the connectors the transformer's.
constexpr Rename kProjections[] = {
    {"text_proj_in.", "text_embedding_projection.aggregate_embed."},
    {"video_text_proj_in.", "text_embedding_projection.video_aggregate_embed."},
    {"audio_text_proj_in.", "text_embedding_projection.audio_aggregate_embed."},
};
constexpr Rename kConnectors[] = {
    {".norm_q.", ".q_norm."},
    {".norm_k.", ".k_norm."},
    {"video_connector.", "video_embeddings_connector."},
    {"audio_connector.", "audio_embeddings_connector."},
    {"transformer_blocks.", "transformer_1d_blocks."},
};
constexpr Rename kVocoder[] = {
    {"upsamplers.", "ups."},     {"resnets.", "resblocks."}, {"conv_in.", "conv_pre."},
    {"conv_out.", "conv_post."}, {"act_out.", "act_post."},  {"downsample.filter", "downsample.lowpass.filter"},
};
constexpr Rename kStatistics[] = {
    {"latents_mean", "per_channel_statistics.mean-of-means"},
    {"latents_std", "per_channel_statistics.std-of-means"},
};

std::string replaced(std::string name, std::span<const Rename> renames) {
  for (const Rename& rename : renames) {
    for (std::size_t at = name.find(rename.ours); at != std::string::npos; at = name.find(rename.ours, at + rename.original.size()))
      name.replace(at, rename.ours.size(), rename.original);
  }
  return name;
}

/// With the first of `renames` that the name starts with; empty if it starts with none.
std::string start_replaced(const std::string& name, std::span<const Rename> renames) {
  for (const Rename& rename : renames) {
    if (name.starts_with(rename.ours)) return std::string(rename.original) + name.substr(rename.ours.size());
  }
  return {};
}

std::string transformer_name(const std::string& name) {
  const std::string top = start_replaced(name, kTransformerStarts);
  return std::string(kDenoiser) + (top.empty() ? replaced(name, kBlocks) : top);
}

std::string connectors_name(const std::string& name) {
  const std::string projection = start_replaced(name, kProjections);
  return projection.empty() ? std::string(kDenoiser) + replaced(name, kConnectors) : projection;
}

std::vector<std::string> split_at_dots(const std::string& name) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// Blocks are one flat list there, in which resamplers stand between the residual stacks; the middle one ends the encoder's list and
/// begins the decoder's. "decoder.up_blocks.1.upsamplers.0.conv" -> "decoder.up_blocks.3.conv".
std::string flat_block_name(const std::string& name, std::int64_t num_encoder_blocks) {
  std::vector<std::string> parts = split_at_dots(name);
  const bool encoder = parts.front() == "encoder";
  std::size_t rest = 2;
  if (parts.size() > 3 && parts[1] == "mid_block") {
    parts[1] = encoder ? "down_blocks." + std::to_string(2 * num_encoder_blocks) : "up_blocks.0";
  } else if (parts.size() > 4 && (parts[1] == "down_blocks" || parts[1] == "up_blocks")) {
    const bool resampler = parts[3] == "downsamplers" || parts[3] == "upsamplers";
    const std::int64_t place = 2 * std::stoll(parts[2]) + (resampler ? 1 : encoder ? 0 : 2);
    parts[1] += "." + std::to_string(place);
    rest = resampler ? 5 : 3;
  }
  std::string flat = parts[0] + "." + parts[1];
  for (std::size_t i = rest; i < parts.size(); ++i) flat += "." + (parts[i] == "resnets" ? "res_blocks" : parts[i]);
  return flat;
}

}  // namespace

std::string original_name(const std::string& part, const std::string& name, std::int64_t num_encoder_blocks) {
  if (part == "transformer") return transformer_name(name);
  if (part == "connectors") return connectors_name(name);
  if (part == "vocoder") return "vocoder." + replaced(name, kVocoder);
  const std::string statistics = start_replaced(name, kStatistics);
  if (!statistics.empty()) return part + "." + statistics;
  FANTASCOPE_CHECK(part == "vae" || part == "audio_vae");
  return part + "." + (part == "vae" ? flat_block_name(name, num_encoder_blocks) : name);
}

}  // namespace fantascope::models::ltx2
