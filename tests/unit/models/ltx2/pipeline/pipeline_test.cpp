// The phases of the pipeline on the committed parity models: stopping, resuming, refusing. Numbers are compared in tests/parity.
#include "models/ltx2/pipeline.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/runtime/tensors/tensor_state.h"
#include "tests/unit/models/ltx2/pipeline/small_request.h"

namespace fantascope::models::ltx2 {
namespace {

namespace fs = std::filesystem;
const fs::path kFixtures = fs::path(FANTASCOPE_SOURCE_DIR) / "tests/fixtures/parity";

class PipelineTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("fantascope_pipeline_" + std::to_string(::getpid()));
    fs::create_directories(dir_);
  }
  void TearDown() override { fs::remove_all(dir_); }

  /// A model folder that a test may change.
  fs::path copy_of(const std::string& fixture) const {
    const fs::path model = dir_ / "model";
    fs::copy(kFixtures / fixture / "model", model, fs::copy_options::recursive);
    return model;
  }
  static Result<std::unique_ptr<Pipeline>> open(const fs::path& model, DType dtype = DType::kFloat32) {
    return load_pipeline(model.string(), {dtype, "cpu"});
  }
  static std::unique_ptr<Pipeline> standard(DType dtype = DType::kFloat32) {
    auto pipeline = open(kFixtures / "image-static-prompt/model", dtype);
    EXPECT_TRUE(pipeline) << pipeline.error().to_string();
    return *std::move(pipeline);
  }
  static std::shared_ptr<PhaseState> latents_of(Pipeline& pipeline, const GenerationRequest& request, RunContext& context) {
    auto prompt = pipeline.encode_prompt(request, context);
    auto start = pipeline.start(request, context);
    EXPECT_TRUE(prompt && start);
    auto done = pipeline.denoise(request, **prompt, **start, context);
    EXPECT_TRUE(done) << done.error().to_string();
    return *std::move(done);
  }

  fs::path dir_;
};

TEST_F(PipelineTest, GivesFramesAndSoundOfTheRequestedLength) {
  const auto pipeline = standard();
  RunContext context;
  int steps = 0, states = 0;
  double fraction = 0;
  context.on_step = [&](int step, int num_steps) {
    EXPECT_EQ(step, ++steps);
    EXPECT_EQ(num_steps, 3);
  };
  context.on_state = [&](const PhaseState& state) -> Result<void> {
    EXPECT_EQ(state.step(), ++states);
    return {};
  };
  context.on_fraction = [&](double f) { fraction = f; };
  const auto latents = latents_of(*pipeline, small_request(), context);
  EXPECT_EQ(steps, 3);
  EXPECT_EQ(states, 3);
  const auto frames = pipeline->decode_video(small_request(), *latents, context);
  ASSERT_TRUE(frames) << frames.error().to_string();
  EXPECT_EQ(frames->num_frames, 9);
  EXPECT_EQ(frames->rgb.size(), 9U * 64 * 96 * 3);
  const auto [low, high] = std::minmax_element(frames->rgb.begin(), frames->rgb.end());
  EXPECT_GE(*low, 0.0F);
  EXPECT_LE(*high, 1.0F);
  EXPECT_LT(*low, *high);
  EXPECT_EQ(fraction, 1.0);
  const auto sound = pipeline->decode_audio(small_request(), *latents, context);
  ASSERT_TRUE(sound) << sound.error().to_string();
  EXPECT_EQ(sound->sample_rate, 48000);
  EXPECT_EQ(sound->num_channels, 2);
  EXPECT_EQ(static_cast<std::size_t>(sound->num_samples) * 2, sound->samples.size());
  // 9 frames at 24 fps are 0.375 s; the causal decoder gives 4 L - 3 of 4 L mel frames.
  EXPECT_NEAR(static_cast<double>(sound->num_samples) / 48000, 0.375, 0.06);
}

TEST_F(PipelineTest, IsBitIdenticalHoweverItIsCutUp) {
  const auto pipeline = standard(DType::kBFloat16);
  RunContext context;
  const GenerationRequest request = small_request();
  const auto whole = latents_of(*pipeline, request, context);

  const auto prompt = pipeline->encode_prompt(request, context);
  std::shared_ptr<PhaseState> state = *pipeline->start(request, context);
  const std::string prompt_file = (dir_ / "prompt.safetensors").string(), state_file = (dir_ / "state.safetensors").string();
  ASSERT_TRUE((*prompt)->save(prompt_file));
  for (int until = 1; until <= 3; ++until) {
    ASSERT_TRUE(state->save(state_file));
    // A fresh process would have nothing but the files.
    const auto other = standard(DType::kBFloat16);
    const auto stored_prompt = other->load_state(prompt_file), stored = other->load_state(state_file);
    ASSERT_TRUE(stored_prompt && stored);
    auto next = other->denoise(request, **stored_prompt, **stored, context, until);
    ASSERT_TRUE(next) << next.error().to_string();
    state = *next;
    EXPECT_EQ(state->step(), until);
  }
  EXPECT_EQ(state->sha256(), whole->sha256());
}

TEST_F(PipelineTest, TheSeedDecidesAndNothingElse) {
  const auto pipeline = standard();
  RunContext context;
  GenerationRequest request = small_request();
  const std::string first = (*pipeline->start(request, context))->sha256();
  EXPECT_EQ((*pipeline->start(request, context))->sha256(), first);
  ++request.seed;
  EXPECT_NE((*pipeline->start(request, context))->sha256(), first);
}

TEST_F(PipelineTest, StopsWithinAStep) {
  const auto pipeline = standard();
  std::stop_source source;
  RunContext context;
  context.stop = source.get_token();
  int steps = 0;
  context.on_step = [&](int, int) {
    if (++steps == 2) source.request_stop();
  };
  const auto prompt = pipeline->encode_prompt(small_request(), context);
  const auto start = pipeline->start(small_request(), context);
  const auto done = pipeline->denoise(small_request(), **prompt, **start, context);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(steps, 2);
  EXPECT_FALSE(pipeline->encode_prompt(small_request(), context));
}

TEST_F(PipelineTest, AnErrorOfTheCheckpointStopsTheRun) {
  const auto pipeline = standard();
  RunContext context;
  context.on_state = [](const PhaseState&) -> Result<void> { return Error{ErrorCode::kIo, "disk full"}; };
  const auto prompt = pipeline->encode_prompt(small_request(), context);
  const auto start = pipeline->start(small_request(), context);
  const auto done = pipeline->denoise(small_request(), **prompt, **start, context);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kIo);
}

TEST_F(PipelineTest, NaNIsFoundAtTheStepThatMadeIt) {
  const auto pipeline = standard();
  RunContext context;
  const auto prompt = pipeline->encode_prompt(small_request(), context);
  const auto start = pipeline->start(small_request(), context);
  const auto& clean = dynamic_cast<const TensorState&>(**start);
  at::Tensor video = clean.get("video").clone();
  video.view({-1})[5] = std::numeric_limits<float>::quiet_NaN();
  const TensorState spoiled("latents", 1, {{"video", video}, {"audio", clean.get("audio")}});
  const auto done = pipeline->denoise(small_request(), **prompt, spoiled, context);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kModelNaN);
  EXPECT_NE(done.error().message.find("model produced NaN at step 2"), std::string::npos) << done.error().message;
}

TEST_F(PipelineTest, StatesOfOtherPhasesAndSizesAreRefused) {
  const auto pipeline = standard();
  RunContext context;
  const auto prompt = pipeline->encode_prompt(small_request(), context);
  const auto start = pipeline->start(small_request(), context);
  EXPECT_EQ(pipeline->denoise(small_request(), **start, **prompt, context).error().code, ErrorCode::kMismatch);
  EXPECT_EQ(pipeline->decode_video(small_request(), **prompt, context).error().code, ErrorCode::kMismatch);
  GenerationRequest larger = small_request();
  larger.width = 96;
  EXPECT_EQ(pipeline->denoise(larger, **prompt, **start, context).error().code, ErrorCode::kMismatch);
  GenerationRequest longer = small_request();
  longer.num_frames = 17;
  EXPECT_EQ(pipeline->decode_audio(longer, **start, context).error().code, ErrorCode::kMismatch);
  // Without guidance one prompt is encoded, with it two.
  GenerationRequest unguided = small_request();
  unguided.guidance = unguided.audio_guidance = {};
  EXPECT_EQ(pipeline->denoise(unguided, **prompt, **start, context).error().code, ErrorCode::kMismatch);
}

TEST_F(PipelineTest, AFirstImageStaysInTheFirstLatentFrame) {
  const auto pipeline = standard();
  RunContext context;
  GenerationRequest request = small_request();
  RgbImage image{64, 96, std::vector<std::uint8_t>(64 * 96 * 3)};
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint8_t>(i * 37 % 251);
  request.first_image = image;
  const auto start = pipeline->start(request, context);
  ASSERT_TRUE(start) << start.error().to_string();
  const auto done = latents_of(*pipeline, request, context);
  const at::Tensor before = dynamic_cast<const TensorState&>(**start).get("video"),
                   after = dynamic_cast<const TensorState&>(*done).get("video");
  EXPECT_TRUE(before.select(2, 0).equal(after.select(2, 0)));
  EXPECT_FALSE(before.select(2, 1).equal(after.select(2, 1)));
  request.first_image->width = 32;
  EXPECT_FALSE(pipeline->start(request, context));
}

TEST_F(PipelineTest, AModelTrainedSoIsGivenTheLastImageInPlace) {
  RunContext context;
  GenerationRequest request = small_request();
  request.last_image = RgbImage{64, 96, std::vector<std::uint8_t>(64 * 96 * 3, 90)};
  const fs::path model = copy_of("image-static-prompt");
  std::ofstream(model / "fantascope.json") << R"({"last_image": true})";
  const auto pipeline = open(model);
  ASSERT_TRUE(pipeline) << pipeline.error().to_string();
  const auto start = (*pipeline)->start(request, context);
  ASSERT_TRUE(start) << start.error().to_string();
  const auto done = latents_of(**pipeline, request, context);
  const at::Tensor before = dynamic_cast<const TensorState&>(**start).get("video"),
                   after = dynamic_cast<const TensorState&>(*done).get("video");
  EXPECT_TRUE(before.select(2, 1).equal(after.select(2, 1)));
  EXPECT_FALSE(before.select(2, 0).equal(after.select(2, 0)));
  request.num_frames = 1;
  EXPECT_FALSE((*pipeline)->start(request, context));
}

struct Refused {
  std::function<void(GenerationRequest&)> spoil;
  std::string named, allowed;
};

TEST_F(PipelineTest, RefusesWhatTheModelDoesNotAllowAndNamesTheNearest) {
  const auto pipeline = standard();
  ASSERT_TRUE(pipeline->validate(small_request()));
  const Refused cases[] = {
      {[](auto& r) { r.width = 70; }, "width", "64 or 96"},
      {[](auto& r) { r.height = 0; }, "height", "32"},
      {[](auto& r) { r.height = -64; }, "height", "32"},
      {[](auto& r) { r.width = 100000; }, "width", "4096"},
      {[](auto& r) { r.num_frames = 20; }, "num_frames", "17 or 25"},
      {[](auto& r) { r.num_frames = 0; }, "num_frames", "1"},
      {[](auto& r) { r.num_frames = 100000; }, "num_frames", "1025"},
      {[](auto& r) { r.num_inference_steps = 0; }, "num_inference_steps", "1"},
      {[](auto& r) { r.num_inference_steps = 100000; }, "num_inference_steps", "200"},
      {[](auto& r) {
         r.sigmas = {0.5, 0.7};
       },
       "sigmas", "falling"},
      {[](auto& r) { r.sigmas = {1.5}; }, "sigmas", "falling"},
      {[](auto& r) {
         r.sigmas = {0.5, 0.0};
       },
       "sigmas", "falling"},
      {[](auto& r) { r.guidance.guidance_scale = std::numeric_limits<double>::quiet_NaN(); }, "guidance_scale", "0"},
      {[](auto& r) { r.audio_guidance.rescale = 2; }, "rescale", "1"},
      {[](auto& r) {
         r.fps = Rational{1000, 1};
       },
       "fps", "240"},
  };
  for (const auto& c : cases) {
    GenerationRequest request = small_request();
    c.spoil(request);
    const auto checked = pipeline->validate(request);
    ASSERT_FALSE(checked) << c.named;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(checked.error().to_string().find(c.named), std::string::npos) << checked.error().to_string();
    EXPECT_NE(checked.error().to_string().find(c.allowed), std::string::npos) << checked.error().to_string();
  }
}

TEST_F(PipelineTest, TheModelCardGivesDefaultsAndItsVocabulary) {
  const fs::path model = copy_of("still");
  std::ofstream(model / "fantascope.json") << R"({"name": "tiny", "licence": "Apache-2.0", "width": 64, "height": 64, "num_frames": 1,
    "fps": "24000/1001", "num_inference_steps": 4, "guidance": {"guidance_scale": 2.5}, "image_crf": 18, "vocabulary": "words.txt", "max_sequence_length": 48})";
  std::ofstream(model / "words.txt") << "# known\na\nred\nball\nslow\npan\nleft\n";
  const auto pipeline = open(model);
  ASSERT_TRUE(pipeline) << pipeline.error().to_string();
  const ModelInfo& info = (*pipeline)->info();
  EXPECT_EQ(info.name, "tiny");
  EXPECT_EQ(info.licence, "Apache-2.0");
  EXPECT_EQ(info.defaults.num_inference_steps, 4);
  EXPECT_EQ(info.defaults.fps, (Rational{24000, 1001}));
  EXPECT_EQ(info.defaults.guidance.guidance_scale, 2.5);
  EXPECT_EQ(info.image_crf, 18);
  EXPECT_EQ(standard()->info().image_crf, 33);
  EXPECT_GT(info.weights_bytes, 100000U);
  const auto warnings = (*pipeline)->prompt_warnings("A red Dragon, slow-pan left; dragon 'ball' Жар");
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(warnings[0].word, "dragon");
  EXPECT_EQ(warnings[0].message, "tiny does not know: dragon");
  EXPECT_TRUE(standard()->prompt_warnings("anything goes").empty());
}

TEST_F(PipelineTest, ADamagedModelCardIsNamed) {
  const fs::path model = copy_of("still");
  for (const char* text : {"{", R"({"width": -4})", R"({"image_crf": 52})", R"({"sigmas": [2.0]})", R"({"fps": "soon"})",
                           R"({"vocabulary": "../../etc/passwd"})", R"({"guidance": {"rescale": 7}})"}) {
    std::ofstream(model / "fantascope.json") << text;
    const auto pipeline = open(model);
    ASSERT_FALSE(pipeline) << text;
    EXPECT_NE(pipeline.error().to_string().find("fantascope.json"), std::string::npos) << pipeline.error().to_string();
  }
}

TEST_F(PipelineTest, PartsOfDifferentModelsAreNotPutTogether) {
  const fs::path model = copy_of("image-static-prompt");
  nlohmann::json config;
  std::ifstream(model / "audio_vae/config.json") >> config;
  config["mel_bins"] = 16;
  std::ofstream(model / "audio_vae/config.json") << config;
  const auto pipeline = open(model);
  ASSERT_FALSE(pipeline);
  EXPECT_EQ(pipeline.error().code, ErrorCode::kMismatch);
  EXPECT_NE(pipeline.error().to_string().find("audio_vae"), std::string::npos);
}

TEST_F(PipelineTest, NaNInTheWeightsIsToldAndNotPlayed) {
  const fs::path model = copy_of("still");
  // The last bytes of the file belong to some weight: 0x7fc0 is NaN in bfloat16.
  const fs::path weights = model / "transformer/diffusion_pytorch_model.safetensors";
  std::fstream file(weights, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-64, std::ios::end);
  for (int i = 0; i < 32; ++i) file.write("\xc0\x7f", 2);
  file.close();
  const auto pipeline = open(model);
  ASSERT_TRUE(pipeline) << pipeline.error().to_string();
  GenerationRequest request = small_request();
  request.width = request.height = 64;
  request.num_frames = 1;
  request.guidance = request.audio_guidance = {};
  RunContext context;
  // The registers of this fixture want lengths that 8 divides.
  const auto prompt = (*pipeline)->encode_prompt(request, context);
  ASSERT_TRUE(prompt) << prompt.error().to_string();
  const auto start = (*pipeline)->start(request, context);
  const auto done = (*pipeline)->denoise(request, **prompt, **start, context);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kModelNaN);
  EXPECT_NE(done.error().message.find("model produced NaN at step 1"), std::string::npos);
}

TEST_F(PipelineTest, OtherDevicesAreRefusedByName) {
  const auto pipeline = load_pipeline((kFixtures / "still/model").string(), {DType::kFloat32, "cuda:7"});
  ASSERT_FALSE(pipeline);
  EXPECT_EQ(pipeline.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(pipeline.error().to_string().find("cuda:7"), std::string::npos);
}

}  // namespace
}  // namespace fantascope::models::ltx2
