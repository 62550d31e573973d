// What the transformer must do whatever its weights are; its numbers are compared in tests/parity.
#include "models/ltx2/transformer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "engine/weights/fresh_parameters.h"

namespace fantascope::models::ltx2 {
namespace {

using nlohmann::json;

json config_json(bool newer) {
  return {{"in_channels", 6},
          {"out_channels", 6},
          {"audio_in_channels", 4},
          {"audio_out_channels", 4},
          {"num_attention_heads", 2},
          {"attention_head_dim", 8},
          {"cross_attention_dim", 16},
          {"audio_num_attention_heads", 2},
          {"audio_attention_head_dim", 4},
          {"audio_cross_attention_dim", 8},
          {"caption_channels", 10},
          {"num_layers", 2},
          {"rope_type", "split"},
          {"gated_attn", newer},
          {"audio_gated_attn", newer},
          {"cross_attn_mod", newer},
          {"audio_cross_attn_mod", newer},
          {"perturbed_attn", newer},
          {"use_prompt_embeddings", !newer}};
}

/// A transformer with fresh weights, none of them left at zero, and inputs for a grid.
struct Bench {
  explicit Bench(json config, ClipShape clip = {2, 2, 3, 5, 24}, std::int64_t batch = 1, at::ScalarType dtype = at::kFloat)
      : source(9, dtype), shape(clip) {
    const auto parsed = TransformerConfig::from_json(config);
    EXPECT_TRUE(parsed) << parsed.error().to_string();
    transformer.emplace(*parsed, ParameterScope(source, ""));
    for (const auto& [name, parameter] : source.parameters()) {
      if (name.find("to_gate_logits") != std::string::npos) parameter.detach().normal_(0, 0.5);
    }
    rope = make_rope_tables(*parsed, shape);
    const std::int64_t text = 7;
    const auto random = [dtype](at::IntArrayRef size) { return at::randn(size).to(dtype); };
    in.video_BTC = random({batch, shape.num_video_tokens(), parsed->in_channels});
    in.audio_BLC = random({batch, shape.audio_frames, parsed->audio_in_channels});
    in.video_prompt_embeds_BSD =
        random({batch, text, parsed->use_prompt_embeddings ? parsed->caption_channels : parsed->cross_attention_dim});
    in.audio_prompt_embeds_BSD =
        random({batch, text, parsed->use_prompt_embeddings ? parsed->caption_channels : parsed->audio_cross_attention_dim});
    in.video_timesteps = in.audio_timesteps = in.video_sigma_B = in.audio_sigma_B =
        at::full({batch}, 700.0, at::TensorOptions().dtype(at::kFloat));
    in.rope = &rope;
  }
  TransformerOutput run() const { return transformer->forward(in); }

  FreshParameters source;
  ClipShape shape;
  std::optional<Transformer> transformer;
  RopeTables rope;
  TransformerInput in;
};

bool near(const at::Tensor& a, const at::Tensor& b, double tolerance = 1e-5) { return at::allclose(a, b, tolerance, tolerance); }

TEST(Transformer, TensorNamesAreThePublishedOnes) {
  std::set<std::string> names;
  const Bench newer(config_json(true)), older(config_json(false));
  for (const Bench* bench : {&newer, &older}) {
    for (const auto& [name, parameter] : bench->source.parameters()) names.insert(name);
  }
  for (const char* name : {"proj_in.weight",
                           "audio_proj_out.bias",
                           "caption_projection.linear_1.weight",
                           "audio_caption_projection.linear_2.bias",
                           "time_embed.emb.timestep_embedder.linear_1.weight",
                           "audio_time_embed.linear.bias",
                           "prompt_adaln.linear.weight",
                           "audio_prompt_adaln.emb.timestep_embedder.linear_2.weight",
                           "av_cross_attn_video_scale_shift.linear.weight",
                           "av_cross_attn_audio_v2a_gate.linear.weight",
                           "scale_shift_table",
                           "audio_scale_shift_table",
                           "transformer_blocks.1.attn1.norm_q.weight",
                           "transformer_blocks.0.audio_to_video_attn.to_out.0.weight",
                           "transformer_blocks.0.video_to_audio_attn.to_gate_logits.weight",
                           "transformer_blocks.1.ff.net.0.proj.weight",
                           "transformer_blocks.1.audio_ff.net.2.bias",
                           "transformer_blocks.0.scale_shift_table",
                           "transformer_blocks.0.audio_prompt_scale_shift_table",
                           "transformer_blocks.0.video_a2v_cross_attn_scale_shift_table"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Transformer, EveryParameterHasAnEffect) {
  for (const bool newer : {false, true}) {
    const Bench bench(config_json(newer));
    const TransformerOutput out = bench.run();
    (out.video_velocity_BTC.pow(2).sum() + out.audio_velocity_BLC.pow(2).sum()).backward();
    for (const auto& [name, parameter] : bench.source.parameters()) {
      ASSERT_TRUE(parameter.grad().defined()) << name;
      EXPECT_TRUE(at::isfinite(parameter.grad()).all().item<bool>()) << name;
      // A bias of all keys shifts every logit of a query alike where no rotation follows, which softmax cancels; norms before it keep a
      // trace.
      EXPECT_GT(parameter.grad().abs().max().item<double>(), 0.0) << name;
    }
  }
}

TEST(Transformer, StillsAndOddGridsAndBatchesWork) {
  for (const ClipShape& shape : {ClipShape{1, 1, 1, 1, 24}, ClipShape{1, 3, 5, 1, 24}, ClipShape{5, 3, 2, 13, 29.97}}) {
    const Bench bench(config_json(true), shape, 3);
    const TransformerOutput out = bench.run();
    EXPECT_EQ(out.video_velocity_BTC.sizes(), at::IntArrayRef({3, shape.num_video_tokens(), 6}));
    EXPECT_EQ(out.audio_velocity_BLC.sizes(), at::IntArrayRef({3, shape.audio_frames, 4}));
    EXPECT_TRUE(at::isfinite(out.video_velocity_BTC).all().item<bool>());
  }
}

TEST(Transformer, ElementsOfABatchDoNotMix) {
  Bench pair(config_json(true), {2, 2, 3, 5, 24}, 2), one(config_json(true));
  const auto row = [](const at::Tensor& x) { return x.narrow(0, 1, 1); };
  one.in.video_BTC = row(pair.in.video_BTC);
  one.in.audio_BLC = row(pair.in.audio_BLC);
  one.in.video_prompt_embeds_BSD = row(pair.in.video_prompt_embeds_BSD);
  one.in.audio_prompt_embeds_BSD = row(pair.in.audio_prompt_embeds_BSD);
  const TransformerOutput both = pair.run(), alone = pair.transformer->forward(one.in);
  EXPECT_TRUE(near(row(both.video_velocity_BTC), alone.video_velocity_BTC));
  EXPECT_TRUE(near(row(both.audio_velocity_BLC), alone.audio_velocity_BLC));
}

TEST(Transformer, EqualTimestepsOfAllTokensAreOneTimestep) {
  Bench bench(config_json(true));
  const TransformerOutput once = bench.run();
  bench.in.video_timesteps = at::full({1, bench.shape.num_video_tokens()}, 700.0, at::TensorOptions().dtype(at::kFloat));
  bench.in.audio_timesteps = at::full({1, bench.shape.audio_frames}, 700.0, at::TensorOptions().dtype(at::kFloat));
  EXPECT_TRUE(near(bench.run().video_velocity_BTC, once.video_velocity_BTC));
  EXPECT_TRUE(near(bench.run().audio_velocity_BLC, once.audio_velocity_BLC));
  bench.in.video_timesteps = bench.in.video_timesteps.clone();
  bench.in.video_timesteps.narrow(1, 0, 6).fill_(0);
  EXPECT_FALSE(near(bench.run().video_velocity_BTC, once.video_velocity_BTC, 1e-3));
}

TEST(Transformer, IsolatedModalitiesDoNotHearEachOther) {
  Bench bench(config_json(true));
  bench.in.isolate_modalities = true;
  const TransformerOutput before = bench.run();
  bench.in.audio_BLC = bench.in.audio_BLC + 1;
  EXPECT_TRUE(at::equal(bench.run().video_velocity_BTC, before.video_velocity_BTC));
  bench.in.isolate_modalities = false;
  const at::Tensor heard = bench.run().video_velocity_BTC;
  bench.in.audio_BLC = bench.in.audio_BLC + 1;
  EXPECT_FALSE(near(bench.run().video_velocity_BTC, heard, 1e-4));
}

TEST(Transformer, PerturbedBlocksNeedTheSwitch) {
  Bench newer(config_json(true)), older(config_json(false));
  for (Bench* bench : {&newer, &older}) {
    const at::Tensor plain = bench->run().video_velocity_BTC;
    bench->in.stg_blocks = {1};
    EXPECT_EQ(near(bench->run().video_velocity_BTC, plain, 1e-4), bench == &older);
  }
  // An element of a mixed batch that keeps its attention is the plain one.
  Bench pair(config_json(true), {2, 2, 3, 5, 24}, 2);
  const at::Tensor plain = pair.run().video_velocity_BTC;
  pair.in.stg_blocks = {0, 1};
  const at::Tensor all = pair.run().video_velocity_BTC;
  pair.in.stg_keep_B = at::tensor(at::ArrayRef<float>({0.0F, 1.0F}));
  const at::Tensor mixed = pair.run().video_velocity_BTC;
  EXPECT_TRUE(near(mixed[0], all[0]));
  EXPECT_TRUE(near(mixed[1], plain[1]));
}

TEST(Transformer, MaskedTextDoesNotCount) {
  Bench bench(config_json(false));
  bench.in.video_prompt_mask_BS = at::ones({1, 7});
  const at::Tensor open = bench.run().video_velocity_BTC;
  bench.in.video_prompt_mask_BS = at::Tensor();
  EXPECT_TRUE(near(bench.run().video_velocity_BTC, open));
  bench.in.video_prompt_mask_BS = at::ones({1, 7});
  bench.in.video_prompt_mask_BS.narrow(1, 5, 2).fill_(0);
  const at::Tensor masked = bench.run().video_velocity_BTC;
  EXPECT_FALSE(near(masked, open, 1e-4));
  bench.in.video_prompt_embeds_BSD = bench.in.video_prompt_embeds_BSD.clone();
  bench.in.video_prompt_embeds_BSD.narrow(1, 5, 2).add_(3);
  EXPECT_TRUE(near(bench.run().video_velocity_BTC, masked));
}

// 2.0 takes the own timesteps for the cross-modal tables; later versions the sigma of the other modality.
TEST(Transformer, CrossTimestepsSwapTheModalities) {
  Bench bench(config_json(true));
  bench.in.audio_sigma_B = at::full({1}, 200.0, at::TensorOptions().dtype(at::kFloat));
  bench.in.use_cross_timestep = false;
  const at::Tensor own = bench.run().video_velocity_BTC;
  bench.in.use_cross_timestep = true;
  EXPECT_FALSE(near(bench.run().video_velocity_BTC, own, 1e-5));
}

TEST(Transformer, BFloat16StaysNearFloat32) {
  const Bench wide(config_json(true));
  Bench narrow(config_json(true), {2, 2, 3, 5, 24}, 1, at::kBFloat16);
  for (std::size_t i = 0; i < narrow.source.parameters().size(); ++i)
    narrow.source.parameters()[i].second.detach().copy_(wide.source.parameters()[i].second);
  narrow.in.video_BTC = wide.in.video_BTC.to(at::kBFloat16);
  narrow.in.audio_BLC = wide.in.audio_BLC.to(at::kBFloat16);
  narrow.in.video_prompt_embeds_BSD = wide.in.video_prompt_embeds_BSD.to(at::kBFloat16);
  narrow.in.audio_prompt_embeds_BSD = wide.in.audio_prompt_embeds_BSD.to(at::kBFloat16);
  const at::Tensor a = narrow.run().video_velocity_BTC.to(at::kFloat), b = wide.run().video_velocity_BTC;
  EXPECT_EQ(narrow.transformer->dtype(), at::kBFloat16);
  EXPECT_LT((a - b).norm().item<double>() / b.norm().item<double>(), 0.05);
}

TEST(Positions, TheFirstLatentFrameCoversOneVideoFrame) {
  const auto config = TransformerConfig::from_json(config_json(true));
  const at::Tensor video = video_coords(*config, {3, 1, 2, 1, 25.0});
  ASSERT_EQ(video.sizes(), at::IntArrayRef({1, 3, 6, 2}));
  const float starts[] = {0.0F, 1 / 25.0F, 9 / 25.0F}, ends[] = {1 / 25.0F, 9 / 25.0F, 17 / 25.0F};
  for (int f = 0; f < 3; ++f) {
    EXPECT_FLOAT_EQ(video[0][0][f * 2][0].item<float>(), starts[f]);
    EXPECT_FLOAT_EQ(video[0][0][f * 2][1].item<float>(), ends[f]);
  }
  EXPECT_EQ(video[0][2][1][0].item<float>(), 32.0F);
  const at::Tensor audio = audio_coords(*config, 3);
  EXPECT_FLOAT_EQ(audio[0][0][0][0].item<float>(), 0.0F);
  EXPECT_FLOAT_EQ(audio[0][0][0][1].item<float>(), 0.01F);
  EXPECT_FLOAT_EQ(audio[0][0][2][1].item<float>(), 0.09F);
}

}  // namespace
}  // namespace fantascope::models::ltx2
