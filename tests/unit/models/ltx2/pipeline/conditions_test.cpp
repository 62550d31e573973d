// Given frames through the facade: the reference's numbers, states that go on bit for bit, refusals.
#include <ATen/TensorOperators.h>
#include <ATen/ops/round.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/runtime/tensors/tensor_state.h"
#include "engine/weights/safetensors_file.h"
#include "models/ltx2/pipeline.h"
#include "models/ltx2/pipeline_conditions.h"

namespace fantascope::models::ltx2 {
namespace {

namespace fs = std::filesystem;
const fs::path kFixture = fs::path(FANTASCOPE_SOURCE_DIR) / "tests/fixtures/parity/keyframes";

at::Tensor tensor_of(const std::string& file, const std::string& name) {
  auto opened = SafetensorsFile::open((kFixture / file).string());
  EXPECT_TRUE(opened) << opened.error().to_string();
  auto tensor = (*opened)->read(name);
  EXPECT_TRUE(tensor) << name;
  return *std::move(tensor);
}

/// The pictures that the reference was given, [1,3,F,H,W] in [-1,1].
std::vector<RgbImage> pictures_of(const std::string& name) {
  const at::Tensor values = tensor_of("inputs.safetensors", name + ".preprocessed");
  const at::Tensor bytes = at::round((values[0] + 1) * 127.5).to(at::kByte).permute({1, 2, 3, 0}).contiguous();
  std::vector<RgbImage> pictures;
  for (std::int64_t i = 0; i < bytes.size(0); ++i) {
    const at::Tensor picture = bytes[i];
    const auto* data = picture.const_data_ptr<std::uint8_t>();
    pictures.push_back({static_cast<int>(picture.size(1)), static_cast<int>(picture.size(0)), {data, data + picture.numel()}});
  }
  return pictures;
}

/// The fixture's request in the facade's words.
GenerationRequest fixture_request() {
  std::ifstream file(kFixture / "request.json");
  const auto json = nlohmann::json::parse(file);
  GenerationRequest request;
  request.prompt = json["prompt"].get<std::string>();
  request.negative_prompt = json["negative_prompt"].get<std::string>();
  request.width = json["width"];
  request.height = json["height"];
  request.num_frames = json["num_frames"];
  request.fps = Rational{24, 1};
  request.num_inference_steps = json["num_inference_steps"];
  request.guidance = {json["guidance_scale"], 0.0, 1.0, json["guidance_rescale"]};
  request.seed = json["noise_seed"];
  for (std::size_t i = 0; i < json["conditions"].size(); ++i) {
    const auto& item = json["conditions"][i];
    request.conditions.push_back({pictures_of("condition" + std::to_string(i)), nullptr, item["index"], item["strength"]});
  }
  return request;
}

RgbImage grey(int width = 64, int height = 64, std::uint8_t level = 90) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, level)};
}

class Conditions : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("fantascope_conditions_" + std::to_string(::getpid()));
    fs::create_directories(dir_);
  }
  void TearDown() override { fs::remove_all(dir_); }

  /// The fixture's model; `card` becomes its fantascope.json.
  std::unique_ptr<Pipeline> open(const std::string& card = "", DType dtype = DType::kFloat32) const {
    fs::remove_all(dir_ / "model");
    fs::copy(kFixture / "model", dir_ / "model", fs::copy_options::recursive);
    nlohmann::json defaults = card.empty() ? nlohmann::json::object() : nlohmann::json::parse(card);
    defaults["max_sequence_length"] = 48;
    defaults["use_cross_timestep"] = true;
    std::ofstream(dir_ / "model/fantascope.json") << defaults;
    auto pipeline = load_pipeline((dir_ / "model").string(), {dtype, "cpu"});
    EXPECT_TRUE(pipeline) << pipeline.error().to_string();
    return *std::move(pipeline);
  }
  std::shared_ptr<PhaseState> run(Pipeline& pipeline, const GenerationRequest& request) {
    auto prompt = pipeline.encode_prompt(request, context_);
    auto start = pipeline.start(request, context_);
    EXPECT_TRUE(start) << start.error().to_string();
    auto done = pipeline.denoise(request, **prompt, **start, context_);
    EXPECT_TRUE(done) << done.error().to_string();
    return *std::move(done);
  }
  static at::Tensor video(const PhaseState& state) { return dynamic_cast<const TensorState&>(state).get("video"); }

  fs::path dir_;
  RunContext context_;
};

TEST_F(Conditions, AreTheReferencesFromPicturesToLatents) {
  const auto pipeline = open();
  const at::Tensor ours = video(*run(*pipeline, fixture_request()));
  const at::Tensor expected = tensor_of("expected.safetensors", "step1.video.latents");
  ASSERT_EQ(ours.sizes(), expected.sizes());
  EXPECT_LT(((ours - expected).abs().max() / expected.abs().max()).item<double>(), 5e-5);
}

TEST_F(Conditions, GoOnBitForBitFromAnyState) {
  const auto pipeline = open("", DType::kBFloat16);
  const GenerationRequest request = fixture_request();
  const auto prompt = pipeline->encode_prompt(request, context_);
  const auto whole = run(*pipeline, request);
  std::shared_ptr<PhaseState> state = *pipeline->start(request, context_);
  for (int step = 1; step <= 2; ++step) {
    const std::string file = (dir_ / "state.safetensors").string();
    ASSERT_TRUE(state->save(file));
    const auto read = pipeline->load_state(file);
    ASSERT_TRUE(read) << read.error().to_string();
    auto next = pipeline->denoise(request, **prompt, **read, context_, step);
    ASSERT_TRUE(next) << next.error().to_string();
    state = *std::move(next);
  }
  EXPECT_EQ(state->sha256(), whole->sha256());
  // The tokens behind the clip's own fall away at its end.
  EXPECT_FALSE(dynamic_cast<const TensorState&>(*whole).get("appended").defined());
  // A state without them is another request's.
  GenerationRequest without = request;
  without.conditions.clear();
  const auto bare = pipeline->start(without, context_);
  EXPECT_EQ(pipeline->denoise(request, **prompt, **bare, context_).error().code, ErrorCode::kMismatch);
}

TEST_F(Conditions, APublishedModelIsGivenTheLastImageBehindTheClip) {
  const auto pipeline = open();
  GenerationRequest request = fixture_request();
  request.conditions.clear();
  request.first_image = grey();
  request.last_image = grey(64, 64, 200);
  GenerationRequest same = request;
  same.first_image.reset();
  same.last_image.reset();
  same.conditions = {{{*request.first_image}, nullptr, 0, 1.0}, {{*request.last_image}, nullptr, 2, 1.0}};
  const auto start = pipeline->start(request, context_);
  ASSERT_TRUE(start) << start.error().to_string();
  EXPECT_EQ(dynamic_cast<const TensorState&>(**start).get("appended").sizes(), (std::vector<std::int64_t>{1, 4, 8}));
  const auto done = run(*pipeline, request);
  EXPECT_TRUE(video(**start).select(2, 0).equal(video(*done).select(2, 0)));
  EXPECT_FALSE(video(**start).select(2, 2).equal(video(*done).select(2, 2)));
  EXPECT_EQ(done->sha256(), run(*pipeline, same)->sha256());
  request.last_image = grey(64, 64, 10);
  EXPECT_NE(done->sha256(), run(*pipeline, request)->sha256());
}

TEST_F(Conditions, AModelTrainedSoIsGivenItInPlace) {
  const auto pipeline = open(R"({"last_image": true})");
  GenerationRequest request = fixture_request();
  request.conditions = {{{grey()}, nullptr, -1, 1.0}};
  const auto start = pipeline->start(request, context_);
  ASSERT_TRUE(start) << start.error().to_string();
  EXPECT_FALSE(dynamic_cast<const TensorState&>(**start).get("appended").defined());
  const auto done = run(*pipeline, request);
  EXPECT_TRUE(video(**start).select(2, 2).equal(video(*done).select(2, 2)));
  EXPECT_FALSE(video(**start).select(2, 0).equal(video(*done).select(2, 0)));
  request.conditions[0].latent_frame = 1;
  EXPECT_EQ(pipeline->start(request, context_).error().code, ErrorCode::kUnsupported);
}

TEST_F(Conditions, LatentsCanBeGivenInsteadOfPictures) {
  const auto pipeline = open();
  GenerationRequest request = fixture_request();
  request.conditions.clear();
  const std::shared_ptr<const PhaseState> other = run(*pipeline, request);
  request.conditions = {{{}, other, 0, 1.0}};
  EXPECT_TRUE(video(*run(*pipeline, request)).equal(video(*other)));  // all of the clip is given
  request.conditions = {{{}, other, 2, 1.0}};
  EXPECT_FALSE(video(*run(*pipeline, request)).equal(video(*other)));
  const std::shared_ptr<const PhaseState> prompt = *pipeline->encode_prompt(request, context_);
  request.conditions = {{{}, prompt, 0, 1.0}};
  EXPECT_FALSE(pipeline->start(request, context_));
}

TEST_F(Conditions, WhatDoesNotFitIsRefusedByName) {
  const auto pipeline = open();
  const auto refused = [&](FrameCondition item, const std::string& named) {
    GenerationRequest request = fixture_request();
    request.conditions = {std::move(item)};
    const auto start = pipeline->start(request, context_);
    ASSERT_FALSE(start) << named;
    EXPECT_NE(start.error().to_string().find(named), std::string::npos) << start.error().to_string();
  };
  refused({{grey()}, nullptr, 3, 1.0}, "-3…2");
  refused({{grey()}, nullptr, -4, 1.0}, "-3…2");
  refused({{grey()}, nullptr, 0, 0.0}, "above 0, at most 1");
  refused({{grey()}, nullptr, 0, 1.5}, "above 0, at most 1");
  refused({{}, nullptr, 0, 1.0}, "neither");
  refused({{grey(32, 64)}, nullptr, 0, 1.0}, "64x64");
  GenerationRequest still = fixture_request();
  still.num_frames = 1;
  still.conditions.clear();
  still.last_image = grey();
  EXPECT_NE(pipeline->start(still, context_).error().to_string().find("A still has no last image"), std::string::npos);
}

// A clip in two windows: the picture belongs to the second one, at its own place in that one.
TEST_F(Conditions, LieInTheWindowWhereTheyBegin) {
  const auto pipeline = open();
  GenerationRequest request = fixture_request();
  request.num_frames = 33;
  request.windows = {17, 1};
  request.conditions = {{{grey()}, nullptr, -1, 1.0}};
  ModelSettings settings = *ModelSettings::read((dir_ / "model").string());
  const ClipPlan plan = make_clip_plan(settings, request, 0);
  ASSERT_GT(plan.windows.size(), 1U);
  EXPECT_TRUE(place_frames(settings, request, plan, 0).empty());
  const std::size_t last = plan.windows.size() - 1;
  const auto placed = place_frames(settings, request, plan, last);
  ASSERT_EQ(placed.size(), 1U);
  EXPECT_EQ(placed[0].latent_frame, plan.windows[last].shape.frames - 1);
  const at::Tensor with = video(*run(*pipeline, request));
  request.conditions[0].pictures[0] = grey(64, 64, 230);
  const at::Tensor other = video(*run(*pipeline, request));
  EXPECT_TRUE(with.narrow(2, 0, 3).equal(other.narrow(2, 0, 3)));
  EXPECT_FALSE(with.narrow(2, 4, 1).equal(other.narrow(2, 4, 1)));
}

}  // namespace
}  // namespace fantascope::models::ltx2
