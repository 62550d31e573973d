// Two stages through the facade: the same as its parts put together by hand (each of which the parity fixtures hold to the reference).
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/diffusion/patchify.h"
#include "engine/runtime/tensors/tensor_state.h"
#include "engine/weights/fresh_parameters.h"
#include "engine/weights/safetensors_file.h"
#include "models/ltx2/pipeline.h"
#include "models/ltx2/pipeline_parts.h"
#include "models/ltx2/pipeline_refine.h"
#include "models/ltx2/pipeline_two_stages.h"

namespace fantascope::models::ltx2 {
namespace {

namespace fs = std::filesystem;
const fs::path kModel = fs::path(FANTASCOPE_SOURCE_DIR) / "tests/fixtures/parity/keyframes/model";

GenerationRequest a_request() {
  GenerationRequest request;
  request.prompt = "two birds sing in the morning fog";
  request.width = 128;
  request.height = 64;
  request.num_frames = 9;
  request.fps = Rational{24, 1};
  request.num_inference_steps = 2;
  request.seed = 5;
  request.two_stages.on = true;
  return request;
}

class TwoStagesTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("fantascope_two_stages_" + std::to_string(::getpid()));
    fs::remove_all(dir_);
    fs::create_directories(dir_);
    fs::copy(kModel, model(), fs::copy_options::recursive);
    std::ofstream(model() / "fantascope.json") << R"({"max_sequence_length": 48, "refine_sigmas": [0.75, 0.25]})";
  }
  void TearDown() override { fs::remove_all(dir_); }
  fs::path model() const { return dir_ / "model"; }

  /// Puts an upsampler with fresh weights into the model's folder.
  void add_upsampler(nlohmann::json changes = nlohmann::json::object()) const {
    nlohmann::json json = {{"in_channels", 8}, {"mid_channels", 32}, {"num_blocks_per_stage", 1}};
    json.update(changes);
    const auto config = LatentUpsamplerConfig::from_json(json);
    ASSERT_TRUE(config) << config.error().to_string();
    FreshParameters parameters(3);
    const LatentUpsampler upsampler(*config, ParameterScope(parameters, ""));
    fs::create_directories(model() / "latent_upsampler");
    std::ofstream(model() / "latent_upsampler/config.json") << json;
    std::vector<std::pair<std::string, at::Tensor>> tensors;
    for (const auto& [name, tensor] : parameters.parameters()) tensors.emplace_back(name, tensor.detach());
    const auto written = write_safetensors((model() / "latent_upsampler/diffusion_pytorch_model.safetensors").string(), tensors);
    ASSERT_TRUE(written) << written.error().to_string();
  }
  std::unique_ptr<Pipeline> open() const {
    auto pipeline = load_pipeline(model().string(), {DType::kFloat32, "cpu"});
    EXPECT_TRUE(pipeline) << pipeline.error().to_string();
    return *std::move(pipeline);
  }
  std::shared_ptr<PhaseState> run(Pipeline& pipeline, const GenerationRequest& request, int until = -1) {
    auto prompt = pipeline.encode_prompt(request, context_);
    auto start = pipeline.start(request, context_);
    EXPECT_TRUE(start) << start.error().to_string();
    auto done = pipeline.denoise(request, **prompt, **start, context_, until);
    EXPECT_TRUE(done) << done.error().to_string();
    return *std::move(done);
  }
  static at::Tensor get(const PhaseState& state, const char* name) { return dynamic_cast<const TensorState&>(state).get(name); }
  static GenerationRequest half_size(GenerationRequest request) {
    request.two_stages = {};
    request.width /= 2;
    request.height /= 2;
    return request;
  }
  /// That `done` is what the second stage, put together by hand around `transformer`, makes of `half`.
  void expect_second_stage(const PhaseState& done, const PipelineParts& parts, const Transformer& transformer, Pipeline& pipeline,
                           const GenerationRequest& request, const PhaseState& half) {
    const c10::InferenceMode inference;
    const at::Tensor raw = parts.video_vae.denormalise(get(half, "video")), sound = parts.audio_vae.denormalise(get(half, "audio"));
    const ModelSettings settings = refine_settings(parts.settings);
    const DenoiseRecipe recipe = make_recipe(settings, settings.options, second_stage(parts.settings, request));
    LatentTokens latents = noised_latents(parts.video_vae, parts.audio_vae, upsample_latents(*parts.upsampler, raw, {}), sound, 0.75,
                                          draw_token_noise(settings, recipe.shape, request.seed));
    const auto prompt = pipeline.encode_prompt(request, context_);
    const Denoiser denoiser(transformer, recipe, {get(**prompt, "video"), get(**prompt, "audio"), get(**prompt, "mask")});
    ASSERT_EQ(denoiser.num_steps(), 2);
    for (int step = 0; step < 2; ++step) latents = denoiser.advance(step, latents, denoiser.velocities(step, latents));
    const at::Tensor expected = unpatchify_video(latents.video_BTC, 2, 2, 4);
    ASSERT_EQ(get(done, "video").sizes(), expected.sizes());
    EXPECT_LT((get(done, "video") - expected).abs().max().item<double>(), 1e-4 * expected.abs().max().item<double>());
    EXPECT_LT((patchify_audio(get(done, "audio")) - latents.audio_BLC).abs().max().item<double>(), 1e-4);
  }

  fs::path dir_;
  RunContext context_;
};

TEST_F(TwoStagesTest, AreTheirPartsPutTogether) {
  add_upsampler();
  const auto pipeline = open();
  const GenerationRequest request = a_request();
  EXPECT_TRUE(pipeline->info().two_stages);
  const auto plan = pipeline->sampling_plan(request);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->num_steps, 4);
  EXPECT_EQ(plan->sigmas.size(), 6U);  // both lists with their final 0
  EXPECT_FLOAT_EQ(static_cast<float>(plan->sigmas[3]), 0.75F);

  // The first stage is the clip of half the size.
  const auto half = run(*pipeline, half_size(request)), first = run(*pipeline, request, 2);
  EXPECT_TRUE(get(*half, "video").equal(get(*first, "video")));
  EXPECT_TRUE(get(*half, "audio").equal(get(*first, "audio")));

  const auto parts = PipelineParts::load(model().string(), at::kFloat);
  ASSERT_TRUE(parts && parts->upsampler);
  const auto done = run(*pipeline, request);
  expect_second_stage(*done, *parts, parts->transformer, *pipeline, request, *half);
  const auto frames = pipeline->decode_video(request, *done, context_);
  ASSERT_TRUE(frames) << frames.error().to_string();
  EXPECT_EQ(frames->width, 128);
}

TEST_F(TwoStagesTest, TheSecondAddsItsAdapterToTheTransformer) {
  add_upsampler();
  const GenerationRequest request = a_request();
  const auto plain = run(*open(), request);
  // An adapter under Lightricks' names; and the same change written into the weights of another folder.
  const std::string module = "transformer_blocks.0.attn1.to_q";
  const auto weights = SafetensorsFile::open((model() / "transformer/diffusion_pytorch_model.safetensors").string());
  ASSERT_TRUE(weights) << weights.error().to_string();
  std::vector<std::pair<std::string, at::Tensor>> changed;
  at::Tensor down, up;
  for (const TensorEntry& entry : (*weights)->entries()) {
    at::Tensor tensor = (*weights)->read(entry.name)->to(at::kFloat);
    if (entry.name == module + ".weight") {
      down = at::linspace(-1, 1, 2 * tensor.size(1)).reshape({2, tensor.size(1)});
      up = at::linspace(1, -2, 2 * tensor.size(0)).reshape({tensor.size(0), 2});
      tensor = tensor + at::matmul(up, down) * (0.5 * 3.0 / 2);
    }
    changed.emplace_back(entry.name, tensor);
  }
  ASSERT_TRUE(up.defined());
  fs::create_directories(model() / "refine_lora");
  const std::string name = "diffusion_model." + module;
  ASSERT_TRUE(write_safetensors((model() / "refine_lora/ltx-2-distilled-lora.safetensors").string(),
                                {{name + ".lora_A.weight", down}, {name + ".lora_B.weight", up}, {name + ".alpha", at::full({}, 3.0)}}));
  std::ofstream(model() / "fantascope.json")
      << R"({"max_sequence_length": 48, "refine_sigmas": [0.75, 0.25], "refine_lora_strength": 0.5})";
  const auto pipeline = open();
  const auto half = run(*pipeline, half_size(request)), adapted = run(*pipeline, request);
  EXPECT_TRUE(get(*run(*pipeline, request, 2), "video").equal(get(*half, "video")));
  EXPECT_GT((get(*adapted, "video") - get(*plain, "video")).abs().max().item<double>(), 1e-2);

  ASSERT_TRUE(write_safetensors((dir_ / "changed.safetensors").string(), changed));
  const auto parts = PipelineParts::load(model().string(), at::kFloat);
  const auto source = ShardedWeights::open((dir_ / "changed.safetensors").string());
  ASSERT_TRUE(parts && source);
  const auto by_hand = load_transformer({{}, "", *source, {}}, parts->settings.transformer, at::kFloat);
  ASSERT_TRUE(by_hand) << by_hand.error().to_string();
  expect_second_stage(*adapted, *parts, *by_hand, *pipeline, request, *half);
}

TEST_F(TwoStagesTest, AnAdapterThatDoesNotFitIsRefusedWhenTheModelIsOpened) {
  add_upsampler();
  fs::create_directories(model() / "refine_lora");
  const auto refusal = [&](const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
    EXPECT_TRUE(write_safetensors((model() / "refine_lora/lora.safetensors").string(), tensors));
    const auto pipeline = load_pipeline(model().string(), {DType::kFloat32, "cpu"});
    EXPECT_FALSE(pipeline);
    return pipeline ? std::string() : pipeline.error().to_string();
  };
  const std::string module = "diffusion_model.transformer_blocks.0.attn1.to_q";
  const at::Tensor two = at::zeros({2, 3});
  EXPECT_NE(refusal({{module + ".lora_A.weight", two}}).find("no lora_B"), std::string::npos);
  EXPECT_NE(refusal({{module + ".lora_A.weight", two}, {module + ".lora_B.weight", two}}).find("[2, 3] by [2, 3]"), std::string::npos);
  EXPECT_NE(refusal({{module + ".lora_A.weight", two}, {module + ".lora_B.weight", at::zeros({4, 2})}}).find("of shape [4, 3]"),
            std::string::npos);
  EXPECT_NE(
      refusal({{"unet.down.lora_A.weight", two}, {"unet.down.lora_B.weight", at::zeros({4, 2})}}).find("no layer is called unet.down"),
      std::string::npos);
  EXPECT_NE(refusal({{module + ".hada_w1_a", two}}).find("hada_w1_a"), std::string::npos);
  std::ofstream(model() / "refine_lora/second.safetensors") << "";
  EXPECT_NE(refusal({{module + ".lora_A.weight", two}}).find("several adapters"), std::string::npos);
}

TEST_F(TwoStagesTest, GoOnBitForBitFromAnyStep) {
  add_upsampler();
  const auto pipeline = open();
  GenerationRequest request = a_request();
  request.first_image = RgbImage{128, 64, std::vector<std::uint8_t>(std::size_t{128} * 64 * 3, 140)};
  const auto whole = run(*pipeline, request);
  const auto prompt = pipeline->encode_prompt(request, context_);
  std::shared_ptr<PhaseState> state = *pipeline->start(request, context_);
  for (int until = 1; until <= 4; ++until) {
    ASSERT_TRUE(state->save((dir_ / "state").string()));
    const auto read = pipeline->load_state((dir_ / "state").string());
    ASSERT_TRUE(read) << read.error().to_string();
    auto next = pipeline->denoise(request, **prompt, **read, context_, until);
    ASSERT_TRUE(next) << next.error().to_string();
    state = *std::move(next);
    EXPECT_EQ(state->step(), until);
    // A clip on its way can be looked at in either stage, at its own size.
    const auto frames = pipeline->decode_video(request, *state, context_);
    ASSERT_TRUE(frames) << frames.error().to_string();
    EXPECT_EQ(frames->height, 64);
    EXPECT_EQ(frames->rgb.size(), 9U * 64 * 128 * 3);
  }
  EXPECT_EQ(state->sha256(), whole->sha256());
}

TEST_F(TwoStagesTest, ATakeStopsBetweenTheStagesToo) {
  add_upsampler();
  const auto pipeline = open();
  std::stop_source stop;
  context_.stop = stop.get_token();
  context_.on_step = [&](int step, int num_steps) {
    EXPECT_EQ(num_steps, 4);
    if (step == 2) stop.request_stop();
  };
  const GenerationRequest request = a_request();
  auto prompt = pipeline->encode_prompt(request, context_);
  auto start = pipeline->start(request, context_);
  EXPECT_EQ(pipeline->denoise(request, **prompt, **start, context_).error().code, ErrorCode::kCancelled);
}

TEST_F(TwoStagesTest, WhatCannotBeMadeSoIsRefusedByName) {
  const auto refusal = [&](Pipeline& pipeline, const GenerationRequest& request) {
    const auto done = pipeline.validate(request);
    EXPECT_FALSE(done);
    return done ? std::string() : done.error().to_string();
  };
  const auto without = open();
  EXPECT_FALSE(without->info().two_stages);
  EXPECT_NE(refusal(*without, a_request()).find("latent_upsampler"), std::string::npos);
  add_upsampler();
  const auto pipeline = open();
  ASSERT_TRUE(pipeline->validate(a_request()));
  GenerationRequest request = a_request();
  request.width = 96;
  EXPECT_NE(refusal(*pipeline, request).find("64 or 128"), std::string::npos);
  request = a_request();
  request.num_frames = 25;
  request.windows = {17, 1};
  EXPECT_NE(refusal(*pipeline, request).find("windows"), std::string::npos);
  request = a_request();
  request.two_stages.refine_sigmas = {0.5, 0.7};
  EXPECT_NE(refusal(*pipeline, request).find("sigmas must fall"), std::string::npos);
  request = a_request();
  request.first_image = RgbImage{128, 64, std::vector<std::uint8_t>(7)};
  EXPECT_NE(refusal(*pipeline, request).find("size of the clip"), std::string::npos);
}

TEST_F(TwoStagesTest, AnUpsamplerOfAnotherKindIsRefusedWhenTheModelIsOpened) {
  add_upsampler({{"rational_spatial_scale", 1.5}});
  const auto pipeline = load_pipeline(model().string(), {DType::kFloat32, "cpu"});
  ASSERT_FALSE(pipeline);
  EXPECT_NE(pipeline.error().to_string().find("latent_upsampler/config.json"), std::string::npos);
}

}  // namespace
}  // namespace fantascope::models::ltx2
