#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/ltx2/config.h"

namespace fantascope::models::ltx2 {
namespace {

using nlohmann::json;

TEST(TransformerConfig, MissingKeysTakeTheDefaultsOfTheClass) {
  const auto config = TransformerConfig::from_json(json::object());
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->width(), 4096);
  EXPECT_EQ(config->audio_width(), 2048);
  EXPECT_EQ(config->num_layers, 48);
  EXPECT_EQ(config->rope_type, RopeType::kInterleaved);
  EXPECT_TRUE(config->use_prompt_embeddings);
  EXPECT_FALSE(config->gated_attn);
  EXPECT_EQ(config->num_modulations(), 6);
}

TEST(TransformerConfig, NullOutputChannelsAreThoseOfTheInput) {
  const auto config = TransformerConfig::from_json({{"in_channels", 12}, {"out_channels", nullptr}, {"audio_in_channels", 6}});
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->out_channels, 12);
  EXPECT_EQ(config->audio_out_channels, 128);
}

TEST(TransformerConfig, SurvivesWritingAndReading) {
  const json small = {{"num_attention_heads", 2},
                      {"attention_head_dim", 16},
                      {"cross_attention_dim", 32},
                      {"audio_num_attention_heads", 2},
                      {"audio_attention_head_dim", 8},
                      {"audio_cross_attention_dim", 16},
                      {"rope_type", "split"},
                      {"gated_attn", true},
                      {"cross_attn_mod", true},
                      {"use_prompt_embeddings", false},
                      {"perturbed_attn", true},
                      {"ff_bias", false},
                      {"norm_eps", 1e-5},
                      {"num_layers", 3},
                      {"vae_scale_factors", {4, 16, 16}}};
  const auto config = TransformerConfig::from_json(small);
  ASSERT_TRUE(config) << config.error().to_string();
  const auto again = TransformerConfig::from_json(config->to_json());
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(again->to_json(), config->to_json());
  EXPECT_EQ(again->num_modulations(), 9);
  EXPECT_EQ(again->vae_scale_factors[1], 16);
  EXPECT_FALSE(again->ff_bias);
}

struct Refused {
  json config;
  std::string named;
};

TEST(TransformerConfig, RefusesWhatWouldSizeBuffersWrongly) {
  const Refused cases[] = {
      {{{"num_layers", 0}}, "num_layers"},
      {{{"num_layers", -3}}, "num_layers"},
      {{{"num_layers", 1e18}}, "num_layers"},
      {{{"num_layers", "48"}}, "num_layers"},
      {{{"num_attention_heads", 1024}, {"attention_head_dim", 1024}}, "num_attention_heads"},
      {{{"attention_head_dim", 7}, {"num_attention_heads", 1}, {"cross_attention_dim", 7}}, "attention_head_dim"},
      {{{"audio_cross_attention_dim", 64}}, "audio_cross_attention_dim"},
      {{{"cross_attention_dim", 64}}, "cross_attention_dim"},
      {{{"rope_type", "spiral"}}, "rope_type"},
      {{{"activation_fn", "geglu"}}, "activation_fn"},
      {{{"qk_norm", "layer_norm"}}, "qk_norm"},
      {{{"patch_size", 2}}, "patch_size"},
      {{{"norm_eps", "tiny"}}, "norm_eps"},
      {{{"vae_scale_factors", {8, 32}}}, "vae_scale_factors"},
      {{{"timestep_scale_multiplier", 0}}, "timestep_scale_multiplier"},
  };
  for (const auto& c : cases) {
    const auto config = TransformerConfig::from_json(c.config, "some/config.json");
    ASSERT_FALSE(config) << c.config;
    EXPECT_NE(config.error().to_string().find(c.named), std::string::npos) << config.error().to_string();
    EXPECT_NE(config.error().to_string().find("some/config.json"), std::string::npos) << config.error().to_string();
  }
  EXPECT_FALSE(TransformerConfig::from_json(json::array()));
}

}  // namespace
}  // namespace fantascope::models::ltx2
