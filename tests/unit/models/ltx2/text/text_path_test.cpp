#include "models/ltx2/text_path.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/text/tokenizer.h"
#include "engine/weights/fresh_parameters.h"
#include "engine/weights/safetensors_file.h"

namespace fantascope::models::ltx2 {
namespace {

namespace fs = std::filesystem;

fs::path fixtures() { return fs::path(FANTASCOPE_SOURCE_DIR) / "../shared/parity/fixtures"; }

Result<TextPath> load_text_path(const std::string& dir, at::ScalarType dtype) {
  FANTASCOPE_TRY(const ModelFolder folder, ModelFolder::open(dir));
  return TextPath::load(folder, dtype);
}

nlohmann::json read_json(const fs::path& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

double error_ratio(const at::Tensor& ours, const at::Tensor& expected) {
  if (ours.sizes() != expected.sizes()) return std::numeric_limits<double>::infinity();
  return ((ours.to(at::kDouble) - expected.to(at::kDouble)).abs().max() / expected.to(at::kDouble).abs().max()).item<double>();
}

/// Text stages of one fixture: ids and masks exact, hidden states of real tokens and embeddings within the tolerance.
class TextFixture : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = fixtures() / GetParam();
    if (!fs::exists(folder_)) GTEST_SKIP() << "no parity fixture " << GetParam() << " beside this checkout";
    auto expected = SafetensorsFile::open((folder_ / "expected.safetensors").string());
    ASSERT_TRUE(expected) << expected.error().to_string();
    expected_ = *expected;
    request_ = read_json(folder_ / "request.json");
  }
  at::Tensor expected(const std::string& name) const {
    auto tensor = expected_->view(name);
    EXPECT_TRUE(tensor) << name;
    return tensor ? *tensor : at::zeros({0});
  }
  fs::path folder_;
  std::shared_ptr<const SafetensorsFile> expected_;
  nlohmann::json request_;
};

constexpr double kTolerance = 5e-5;

TEST_P(TextFixture, MatchesTheReference) {
  const at::NoGradGuard no_grad;
  const auto path = load_text_path((folder_ / "model").string(), at::kFloat);
  ASSERT_TRUE(path) << path.error().to_string();
  int num_compared = 0;
  for (const auto& [kind, field] : {std::pair<std::string, const char*>{"prompt", "prompt"}, {"negative", "negative_prompt"}}) {
    const std::string stage = "text." + kind + ".";
    if (expected_->find(stage + "input_ids") == nullptr) continue;
    TextTrace trace;
    const auto embeds = path->encode({request_[field].get<std::string>()}, request_["max_sequence_length"].get<std::int64_t>(), &trace);
    ASSERT_TRUE(embeds) << embeds.error().to_string();
    EXPECT_TRUE(at::equal(trace.input_ids_BS, expected(stage + "input_ids")));
    EXPECT_TRUE(at::equal(trace.attention_mask_BS, expected(stage + "attention_mask")));
    // A refine fixture has the ids of a negative prompt that its guidance never uses.
    if (expected_->find(stage + "connector.video") == nullptr) continue;
    EXPECT_LE(error_ratio(embeds->video_BSD, expected(stage + "connector.video")), kTolerance);
    EXPECT_LE(error_ratio(embeds->audio_BSD, expected(stage + "connector.audio")), kTolerance);
    EXPECT_TRUE(at::equal(embeds->mask_BS, expected(stage + "connector.mask")));
    ++num_compared;
    if (expected_->find(stage + "hidden0") == nullptr) continue;  // some fixtures leave the hidden states out
    std::vector<at::Tensor> given;
    for (std::size_t i = 0; i < trace.hidden_BSD.size(); ++i) {
      const at::Tensor hidden = expected(stage + "hidden" + std::to_string(i));
      const std::int64_t real = trace.hidden_BSD[i].size(1);
      const double error = error_ratio(trace.hidden_BSD[i], hidden.narrow(1, hidden.size(1) - real, real));
      EXPECT_LE(error, kTolerance) << stage << "hidden" << i;
      RecordProperty(stage + "hidden" + std::to_string(i), std::to_string(error));
      given.push_back(hidden);
    }
    // The stage alone, fed with the fixture's own input, padding and all.
    const auto alone = path->connectors().forward(given, expected(stage + "attention_mask"));
    EXPECT_LE(error_ratio(alone.video_BSD, expected(stage + "connector.video")), 2e-5);
    EXPECT_LE(error_ratio(alone.audio_BSD, expected(stage + "connector.audio")), 2e-5);
  }
  EXPECT_GE(num_compared, 1);
}

TEST_P(TextFixture, ABatchGivesWhatEachPromptGivesAlone) {
  const at::NoGradGuard no_grad;
  const auto path = load_text_path((folder_ / "model").string(), at::kFloat);
  ASSERT_TRUE(path) << path.error().to_string();
  const std::vector<std::string> prompts = {"A small red fox walks across fresh snow at night", "", "two  spaces"};
  const auto together = path->encode(prompts, 32);
  ASSERT_TRUE(together) << together.error().to_string();
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const auto alone = path->encode({prompts[i]}, 32);
    ASSERT_TRUE(alone);
    EXPECT_LE(error_ratio(together->video_BSD.narrow(0, static_cast<std::int64_t>(i), 1), alone->video_BSD), 2e-5) << i;
    EXPECT_LE(error_ratio(together->audio_BSD.narrow(0, static_cast<std::int64_t>(i), 1), alone->audio_BSD), 2e-5) << i;
  }
}

TEST_P(TextFixture, BFloat16IsFiniteAndNear) {
  const at::NoGradGuard no_grad;
  const auto path = load_text_path((folder_ / "model").string(), at::kBFloat16);
  ASSERT_TRUE(path) << path.error().to_string();
  const auto embeds = path->encode({request_["prompt"].get<std::string>()}, request_["max_sequence_length"].get<std::int64_t>());
  ASSERT_TRUE(embeds) << embeds.error().to_string();
  ASSERT_EQ(embeds->video_BSD.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::isfinite(embeds->video_BSD).all().item<bool>());
  EXPECT_LE(error_ratio(embeds->video_BSD, expected("text.prompt.connector.video")), 0.08);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, TextFixture, ::testing::Values("ltx2", "ltx2.3", "ltx2-i2v", "ltx2-refine"), [](const auto& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
});

TextEncoderConfig small_encoder() {
  const auto config = TextEncoderConfig::from_json(
      nlohmann::json::parse(R"({"model_type":"gemma3_text","vocab_size":40,"hidden_size":16,"intermediate_size":32,
    "num_hidden_layers":3,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":8,"query_pre_attn_scalar":8,"sliding_window":4,"sliding_window_pattern":2})"),
      "config.json");
  EXPECT_TRUE(config) << config.error().to_string();
  return *config;
}

ConnectorsConfig small_connectors(bool per_modality, const char* registers) {
  auto json = nlohmann::json::parse(
      R"({"caption_channels":16,"text_proj_in_factor":4,"video_connector_num_attention_heads":2,"video_connector_attention_head_dim":8,
    "audio_connector_num_attention_heads":2,"audio_connector_attention_head_dim":8,"video_hidden_dim":16,"audio_hidden_dim":16,"proj_bias":true,"video_gated_attn":true})");
  json["per_modality_projections"] = per_modality;
  json["video_connector_num_learnable_registers"] = json["audio_connector_num_learnable_registers"] = nlohmann::json::parse(registers);
  const auto config = ConnectorsConfig::from_json(json, "config.json");
  EXPECT_TRUE(config) << config.error().to_string();
  return *config;
}

TEST(TextEncoder, LooksBackOnlyAndOnlyAsFarAsItsWindow) {
  const at::NoGradGuard no_grad;
  FreshParameters source(3);
  const TextEncoder encoder(ParameterScope(source, ""), small_encoder());
  const at::Tensor ids = at::arange(10, at::kLong).unsqueeze(0);
  at::Tensor changed = ids.clone();
  changed[0][9] = 33;
  const auto a = encoder.forward(ids);
  const auto b = encoder.forward(changed);
  EXPECT_TRUE(at::equal(a.back().narrow(1, 0, 9), b.back().narrow(1, 0, 9))) << "a later token moved an earlier one";
  changed = ids.clone();
  changed[0][0] = 33;
  const auto first_layer = encoder.forward(changed)[1];  // layer 0 slides over 4 tokens, layer 1 sees all
  EXPECT_TRUE(at::equal(a[1].narrow(1, 4, 6), first_layer.narrow(1, 4, 6)));
  EXPECT_FALSE(at::equal(a[1].narrow(1, 0, 4), first_layer.narrow(1, 0, 4)));
  EXPECT_FALSE(at::equal(a[2].narrow(1, 9, 1), encoder.forward(changed)[2].narrow(1, 9, 1)));
}

TEST(TextEncoder, PaddingOnEitherSideLeavesRealTokensAlone) {
  const at::NoGradGuard no_grad;
  FreshParameters source(3);
  const TextEncoder encoder(ParameterScope(source, ""), small_encoder());
  const at::Tensor ids = (at::arange(7, at::kLong) + 5).unsqueeze(0);
  const at::Tensor pad = at::zeros({1, 3}, at::kLong);
  const at::Tensor real = pad.new_ones({1, 7});
  const auto plain = encoder.forward(ids);
  const auto left = encoder.forward(at::cat({pad, ids}, 1), at::cat({pad, real}, 1));
  const auto right = encoder.forward(at::cat({ids, pad}, 1), at::cat({real, pad}, 1));
  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_LE(error_ratio(left[i].narrow(1, 3, 7), plain[i]), 2e-5);
    EXPECT_LE(error_ratio(right[i].narrow(1, 0, 7), plain[i]), 2e-5);
    EXPECT_TRUE(at::isfinite(left[i]).all().item<bool>());
  }
}

TEST(TextTraining, GradientsReachEveryParameter) {
  for (const bool per_modality : {false, true}) {
    for (const char* registers : {"4", "null"}) {
      FreshParameters encoder_source(3);
      FreshParameters connector_source(4);
      const TextEncoder encoder(ParameterScope(encoder_source, "language_model.model."), small_encoder());
      const TextConnectors connectors(ParameterScope(connector_source, ""), small_connectors(per_modality, registers));
      const at::Tensor ids = at::arange(12, at::kLong).view({2, 6});
      at::Tensor mask = ids.new_ones({2, 6});
      mask[1].narrow(0, 0, 4).fill_(0);
      const auto embeds = connectors.forward(encoder.forward(ids, mask), mask, 8);
      EXPECT_EQ(embeds.video_BSD.sizes(), (std::vector<std::int64_t>{2, 8, 16}));
      // Of the outputs' squares the norm at the end makes a constant: weigh them.
      const at::Tensor weights = at::arange(16, at::kFloat) / 16.0;
      ((embeds.video_BSD * weights).sum() + (embeds.audio_BSD * weights).sum()).backward();
      for (const auto* source : {&encoder_source, &connector_source}) {
        for (const auto& [name, tensor] : source->parameters()) {
          // Attention without gate: a key's bias cancels in the softmax. Everything else must be reached.
          ASSERT_TRUE(tensor.grad().defined()) << name;
          EXPECT_TRUE(at::isfinite(tensor.grad()).all().item<bool>()) << name;
          if (name.find("to_k.bias") != std::string::npos) continue;
          EXPECT_GT(tensor.grad().abs().max().item<double>(), 0.0)
              << name << " per_modality " << per_modality << " registers " << registers;
        }
      }
    }
  }
}

/// A copy of a committed fixture's folder, to break.
class BrokenFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path model = fs::path(FANTASCOPE_SOURCE_DIR) / "tests/fixtures/parity/mixed-heads/model";
    dir_ = fs::path(::testing::TempDir()) / ("text_path_" + std::to_string(::getpid()));
    fs::remove_all(dir_);
    fs::create_directories(dir_);
    for (const char* part : {"tokenizer", "text_encoder", "connectors"})
      fs::copy(model / part, dir_ / part, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }
  void TearDown() override { fs::remove_all(dir_); }
  void edit(const char* file, const char* pointer, const nlohmann::json& value) {
    auto json = read_json(dir_ / file);
    json[nlohmann::json::json_pointer(pointer)] = value;
    std::ofstream(dir_ / file) << json;
  }
  Error refusal() {
    const auto path = load_text_path(dir_.string(), at::kFloat);
    EXPECT_FALSE(path);
    return path ? Error{} : path.error();
  }
  fs::path dir_;
};

TEST_F(BrokenFolder, TokenizerWithMoreTokensThanTheEncoder) {  // case 32
  edit("text_encoder/config.json", "/text_config/vocab_size", 100);
  const Error error = refusal();
  EXPECT_EQ(error.code, ErrorCode::kMismatch);
  EXPECT_NE(error.message.find("token id 439 ≥ vocabulary 100"), std::string::npos) << error.message;
}

TEST_F(BrokenFolder, ConfigThatDoesNotFitTheWeights) {
  edit("text_encoder/config.json", "/text_config/intermediate_size", 96);
  const Error error = refusal();
  EXPECT_EQ(error.code, ErrorCode::kMismatch);
  EXPECT_NE(error.message.find("mlp.gate_proj.weight has shape [40, 24] where the config says [96, 24]"), std::string::npos)
      << error.message;
}

TEST_F(BrokenFolder, ConnectorsForAnotherEncoder) {
  edit("connectors/config.json", "/text_proj_in_factor", 5);
  EXPECT_NE(refusal().message.find("text_proj_in_factor does not fit"), std::string::npos);
}

TEST_F(BrokenFolder, MissingParts) {
  fs::remove(dir_ / "connectors/diffusion_pytorch_model.safetensors");
  EXPECT_EQ(refusal().code, ErrorCode::kNotFound);
  fs::remove(dir_ / "tokenizer/tokenizer.json");
  EXPECT_NE(refusal().message.find("tokenizer.json"), std::string::npos);
}

TEST_F(BrokenFolder, BadRequestsAreRefusedAndLongPromptsCut) {
  const auto path = load_text_path(dir_.string(), at::kFloat);
  ASSERT_TRUE(path);
  EXPECT_EQ(path->encode({"x"}, 30).error().subject, "max_sequence_length");  // 8 registers
  EXPECT_EQ(path->encode({"x"}, 0).error().subject, "max_sequence_length");
  EXPECT_EQ(path->encode({std::string(40'000, 'x')}, 32).error().subject, "prompt");
  EXPECT_FALSE(path->encode({"\xFF"}, 32));
  EXPECT_FALSE(path->encode({}, 32));
  std::string words;
  for (int i = 0; i < 2000; ++i) words += "red fox ";
  const auto ids = path->token_ids(words, 32);
  ASSERT_TRUE(ids);
  EXPECT_EQ(ids->size(), 32u);
  EXPECT_EQ(ids->front(), 2);
  EXPECT_EQ(*path->token_ids("  red fox\n ", 32), *path->token_ids("red fox", 32));
}

}  // namespace
}  // namespace fantascope::models::ltx2
