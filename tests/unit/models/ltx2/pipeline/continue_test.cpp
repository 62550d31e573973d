// Clips made of others: extended, remixed, made in windows; and the live picture. On a committed parity model with random weights.
#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <map>

#include "engine/runtime/tensors/tensor_state.h"
#include "models/ltx2/pipeline.h"
#include "models/ltx2/pipeline_windows.h"

namespace fantascope::models::ltx2 {
namespace {

namespace fs = std::filesystem;
const fs::path kModel = fs::path(FANTASCOPE_SOURCE_DIR) / "tests/fixtures/parity/image-static-prompt/model";

GenerationRequest request_of(int num_frames) {
  GenerationRequest request;
  request.prompt = "a red ball rolls down wooden stairs";
  request.width = 64;
  request.height = 64;
  request.num_frames = num_frames;
  request.fps = Rational{12, 1};
  request.num_inference_steps = 3;
  request.seed = 77;
  return request;
}

class ContinueTest : public testing::Test {
 protected:
  void SetUp() override {
    pipeline_ = open();
    ASSERT_TRUE(pipeline_);
  }
  static std::unique_ptr<Pipeline> open() {
    auto pipeline = load_pipeline(kModel.string(), {DType::kBFloat16, "cpu"});
    EXPECT_TRUE(pipeline) << pipeline.error().to_string();
    return pipeline ? *std::move(pipeline) : nullptr;
  }
  std::shared_ptr<PhaseState> run(const GenerationRequest& request) {
    RunContext context;
    const auto prompt = pipeline_->encode_prompt(request, context);
    const auto start = pipeline_->start(request, context);
    EXPECT_TRUE(prompt && start) << (start ? "" : start.error().to_string());
    auto done = pipeline_->denoise(request, **prompt, **start, context);
    EXPECT_TRUE(done) << done.error().to_string();
    return *std::move(done);
  }
  /// The same in single steps, each in a pipeline that has nothing but the files of the one before.
  std::string hash_in_pieces(const GenerationRequest& request, const fs::path& dir) {
    RunContext context;
    const std::string prompt_file = dir / "prompt.safetensors", state_file = dir / "state.safetensors";
    EXPECT_TRUE((*pipeline_->encode_prompt(request, context))->save(prompt_file));
    std::shared_ptr<PhaseState> state = *pipeline_->start(request, context);
    const int steps = pipeline_->sampling_plan(request)->num_steps;
    for (int until = 1; until <= steps; ++until) {
      EXPECT_TRUE(state->save(state_file));
      const auto other = open();
      const auto prompt = other->load_state(prompt_file), stored = other->load_state(state_file);
      auto next = other->denoise(request, **prompt, **stored, context, until);
      EXPECT_TRUE(next) << next.error().to_string();
      state = *next;
      EXPECT_EQ(state->step(), until);
    }
    return state->sha256();
  }
  static at::Tensor video(const PhaseState& state) { return dynamic_cast<const TensorState&>(state).get("video"); }
  static at::Tensor audio(const PhaseState& state) { return dynamic_cast<const TensorState&>(state).get("audio"); }

  std::unique_ptr<Pipeline> pipeline_;
};

struct TempFolder {
  TempFolder() : path(fs::temp_directory_path() / ("fantascope_continue_" + std::to_string(::getpid()))) { fs::create_directories(path); }
  ~TempFolder() { fs::remove_all(path); }
  fs::path path;
};

TEST_F(ContinueTest, AnExtensionKeepsEveryBitOfItsParentAndAddsNewFrames) {
  const auto parent = run(request_of(25));
  GenerationRequest request = request_of(41);
  request.parent = {parent, 1, 1.0};
  const auto extended = run(request);
  ASSERT_EQ(video(*extended).size(2), 6);
  EXPECT_TRUE(video(*extended).narrow(2, 0, 4).equal(video(*parent)));
  const std::int64_t heard = audio(*parent).size(2);
  EXPECT_EQ(heard, 52);                     // 25 frames at 12 fps, 25 latents a second
  EXPECT_EQ(audio(*extended).size(2), 85);  // 41 frames
  EXPECT_TRUE(audio(*extended).narrow(2, 0, heard).equal(audio(*parent)));
  // What is new follows the parent: another parent, another continuation.
  GenerationRequest other = request_of(25);
  other.seed = 78;
  request.parent.latents = run(other);
  EXPECT_FALSE(video(*run(request)).narrow(2, 4, 2).equal(video(*extended).narrow(2, 4, 2)));
  RunContext context;
  const auto frames = pipeline_->decode_video(request, *extended, context);
  ASSERT_TRUE(frames) << frames.error().to_string();
  EXPECT_EQ(frames->num_frames, 41);
}

TEST_F(ContinueTest, AStillIsContinuedFromItsOnlyFrame) {
  GenerationRequest request = request_of(17);
  request.parent = {run(request_of(1)), 1, 1.0};
  const auto extended = run(request);
  EXPECT_EQ(video(*extended).size(2), 3);
  EXPECT_TRUE(video(*extended).narrow(2, 0, 1).equal(video(*request.parent.latents)));
}

TEST_F(ContinueTest, LongClipsAreMadeInWindowsAndAreTheSameHoweverTheyAreCutUp) {
  const TempFolder folder;
  GenerationRequest request = request_of(65);
  request.windows = {33, 2};
  const auto plan = pipeline_->sampling_plan(request);
  ASSERT_TRUE(plan) << plan.error().to_string();
  // 33 frames are 5 latent frames; later windows hold an anchor, 2 kept and 2 new ones: 5 + 2 + 2 = 9.
  EXPECT_EQ(plan->num_steps, 3 * 3);
  EXPECT_EQ(plan->sigmas.size(), 4U);
  const auto whole = run(request);
  ASSERT_EQ(video(*whole).size(2), 9);
  EXPECT_EQ(whole->step(), 9);
  EXPECT_EQ(hash_in_pieces(request, folder.path), whole->sha256());
  // The first window is the short clip itself.
  EXPECT_TRUE(video(*run(request_of(33))).equal(video(*whole).narrow(2, 0, 5)));
}

TEST_F(ContinueTest, AnExtensionInWindowsIsTheSameHoweverItIsCutUp) {
  const TempFolder folder;
  GenerationRequest request = request_of(57);
  request.parent = {run(request_of(9)), 1, 1.0};
  request.windows = {33, 1};
  const auto whole = run(request);
  EXPECT_EQ(video(*whole).size(2), 8);
  EXPECT_EQ(whole->step(), 2 * 3);
  EXPECT_EQ(hash_in_pieces(request, folder.path), whole->sha256());
}

TEST_F(ContinueTest, ARemixRunsTheEndOfTheScheduleFromItsParent) {
  const TempFolder folder;
  const auto parent = run(request_of(25));
  GenerationRequest request = request_of(25);
  request.prompt = "a blue cube in the rain";
  request.seed = 5;
  request.parent = {parent, 0, 1.0 / 3.0};
  const auto plan = pipeline_->sampling_plan(request);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->num_steps, 1);
  EXPECT_EQ(plan->sigmas.size(), 2U);
  RunContext context;
  const double sigma = plan->sigmas[0];
  ASSERT_LT(sigma, 1.0);
  // The start is the parent under noise of the request's seed.
  GenerationRequest fresh = request;
  fresh.parent = {};
  const at::Tensor noise = video(**pipeline_->start(fresh, context)), start = video(**pipeline_->start(request, context));
  EXPECT_LT((start - (noise * sigma + video(*parent) * (1 - sigma))).abs().max().item<double>(), 1e-5);
  const auto slight = run(request);
  EXPECT_EQ(hash_in_pieces(request, folder.path), slight->sha256());
  request.parent.remix_strength = 1.0;
  EXPECT_EQ(pipeline_->sampling_plan(request)->num_steps, 3);
  const auto full = run(request);
  const auto distance = [&](const PhaseState& a) { return (video(a) - video(*parent)).norm().item<double>(); };
  EXPECT_GT(distance(*slight), 0);
  EXPECT_LT(distance(*slight), distance(*full));
}

TEST_F(ContinueTest, ARetakeChangesItsRangeAndNotOneBitBeside) {
  const TempFolder folder;
  const auto parent = run(request_of(41));  // 6 latent frames, 85 of sound
  GenerationRequest request = request_of(41);
  request.seed = 78;
  request.parent.latents = parent;
  request.parent.retake_latent_frame = 2;
  request.parent.retake_latent_frames = 2;
  const auto made = run(request);
  const at::Tensor is = video(*made), was = video(*parent), heard = audio(*made), before = audio(*parent);
  ASSERT_EQ(is.sizes(), was.sizes());
  EXPECT_TRUE(is.narrow(2, 0, 2).equal(was.narrow(2, 0, 2)));
  EXPECT_TRUE(is.narrow(2, 4, 2).equal(was.narrow(2, 4, 2)));
  for (const std::int64_t frame : {2, 3}) EXPECT_FALSE(is.narrow(2, frame, 1).equal(was.narrow(2, frame, 1)));
  // Two latent frames are 9 frames of picture, which end at 0.75 s: 18.75 latents of sound; four are 25 frames and 52.
  EXPECT_TRUE(heard.narrow(2, 0, 19).equal(before.narrow(2, 0, 19)));
  EXPECT_TRUE(heard.narrow(2, 52, 33).equal(before.narrow(2, 52, 33)));
  EXPECT_FALSE(heard.narrow(2, 19, 33).equal(before.narrow(2, 19, 33)));
  EXPECT_EQ(hash_in_pieces(request, folder.path), made->sha256());
  // What is new goes with what is behind it, too.
  GenerationRequest other = request_of(41);
  other.seed = 5;
  const auto& kept = dynamic_cast<const TensorState&>(*parent);
  std::map<std::string, at::Tensor> changed = kept.tensors();
  changed["video"] = was.clone();
  changed["video"].narrow(2, 4, 2).copy_(video(*run(other)).narrow(2, 4, 2));
  request.parent.latents = std::make_shared<TensorState>("latents", kept.step(), changed, kept.space());
  EXPECT_FALSE(video(*run(request)).narrow(2, 2, 2).equal(is.narrow(2, 2, 2)));
}

TEST_F(ContinueTest, ARetakeCanKeepAllOfTheSoundAndBeginOrEndTheClip) {
  const auto parent = run(request_of(25));
  for (const auto& [first, count] : {std::pair{0, 1}, std::pair{0, 3}, std::pair{1, 3}, std::pair{3, 1}}) {
    GenerationRequest request = request_of(25);
    request.seed = 78;
    request.parent.latents = parent;
    request.parent.retake_latent_frame = first;
    request.parent.retake_latent_frames = count;
    request.parent.retake_keeps_sound = true;
    const auto made = run(request);
    EXPECT_TRUE(audio(*made).equal(audio(*parent)));
    for (int frame = 0; frame < 4; ++frame) {
      const bool inside = frame >= first && frame < first + count;
      EXPECT_NE(video(*made).narrow(2, frame, 1).equal(video(*parent).narrow(2, frame, 1)), inside)
          << first << " " << count << " " << frame;
    }
  }
}

TEST_F(ContinueTest, ARetakeOfALongClipIsGivenWhatIsAroundIt) {
  const TempFolder folder;
  GenerationRequest request = request_of(65);  // 9 latent frames, of which 5 are sampled at once
  request.windows = {33, 1};
  const auto parent = run(request);
  request.seed = 78;
  request.parent.latents = parent;
  request.parent.retake_latent_frame = 5;
  request.parent.retake_latent_frames = 2;
  EXPECT_EQ(pipeline_->sampling_plan(request)->num_steps, 3);
  const auto made = run(request);
  for (int frame = 0; frame < 9; ++frame)
    EXPECT_NE(video(*made).narrow(2, frame, 1).equal(video(*parent).narrow(2, frame, 1)), frame == 5 || frame == 6) << frame;
  EXPECT_EQ(hash_in_pieces(request, folder.path), made->sha256());
  request.parent.retake_latent_frames = 4;
  const auto refused = pipeline_->validate(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().allowed, "at most 3");
}

TEST_F(ContinueTest, ARetakeOnItsWayIsShownWithTheClipAroundIt) {
  GenerationRequest request = request_of(33);
  const auto parent = run(request);
  request.seed = 78;
  request.parent.latents = parent;
  request.parent.retake_latent_frame = 1;
  request.parent.retake_latent_frames = 1;
  RunContext context;
  const auto prompt = pipeline_->encode_prompt(request, context);
  const auto sketch = pipeline_->denoise(request, **prompt, **pipeline_->start(request, context), context, 2);
  ASSERT_TRUE(sketch) << sketch.error().to_string();
  const at::Tensor denoised = dynamic_cast<const TensorState&>(**sketch).get("denoised_video");
  ASSERT_EQ(denoised.size(2), 4);
  EXPECT_TRUE(denoised.narrow(2, 1, 3).equal(video(*parent).narrow(2, 2, 3)));
  const auto shown = pipeline_->decode_video(request, **sketch, context), whole = pipeline_->decode_video(request_of(33), *parent, context);
  ASSERT_TRUE(shown && whole) << shown.error().to_string();
  EXPECT_EQ(shown->num_frames, 33);
  EXPECT_NE(shown->rgb, whole->rgb);
}

TEST_F(ContinueTest, RefusesRetakesThatCannotBeAndSaysWhy) {
  const auto parent = run(request_of(25));
  struct Case {
    std::function<void(GenerationRequest&)> spoil;
    std::string told;
  };
  const Case cases[] = {
      {[](auto& r) { r.parent.retake_latent_frames = 4; }, "0 to 3"},
      {[](auto& r) { r.parent.retake_latent_frame = -1; }, "0 to 3"},
      {[](auto& r) { r.parent.retake_latent_frames = -1; }, "0 to 3"},
      {[](auto& r) {
         r.parent.retake_latent_frame = 0;
         r.parent.retake_latent_frames = 4;
       },
       "remix"},
      {[](auto& r) { r.parent.kept_latent_frames = 1; }, "not both"},
      {[](auto& r) { r.parent.latents = nullptr; }, "no clip to retake"},
      {[](auto& r) { r.num_frames = 33; }, "another length"},
      {[](auto& r) {
         r.last_image = RgbImage{64, 64, std::vector<std::uint8_t>(64 * 64 * 3)};
       },
       "frames around it"},
  };
  for (const Case& c : cases) {
    GenerationRequest request = request_of(25);
    request.parent.latents = parent;
    request.parent.retake_latent_frame = 1;
    request.parent.retake_latent_frames = 2;
    ASSERT_TRUE(pipeline_->validate(request));
    c.spoil(request);
    const auto checked = pipeline_->validate(request);
    ASSERT_FALSE(checked) << c.told;
    EXPECT_NE(checked.error().to_string().find(c.told), std::string::npos) << checked.error().to_string();
  }
}

TEST_F(ContinueTest, AStateOnItsWayIsShownAsItsDenoisedEstimate) {
  const GenerationRequest request = request_of(25);
  RunContext context;
  const auto prompt = pipeline_->encode_prompt(request, context);
  const auto start = pipeline_->start(request, context);
  const auto sketch = pipeline_->denoise(request, **prompt, **start, context, 2);
  ASSERT_TRUE(sketch) << sketch.error().to_string();
  const auto& state = dynamic_cast<const TensorState&>(**sketch);
  // x0 = x - sigma v and x' = x + (sigma' - sigma) v, so that x' is a mix of x and x0.
  const auto sigmas = pipeline_->sampling_plan(request)->sigmas;
  const auto one = pipeline_->denoise(request, **prompt, **start, context, 1);
  const at::Tensor before = video(**one),
                   share = (before - state.get("denoised_video")) * (sigmas[2] / sigmas[1]) + state.get("denoised_video");
  EXPECT_LT((share - state.get("video")).abs().max().item<double>(), 1e-4);
  const auto shown = pipeline_->decode_video(request, **sketch, context);
  ASSERT_TRUE(shown) << shown.error().to_string();
  const auto raw =
      pipeline_->decode_video(request, TensorState("latents", 2, {{"video", state.get("video")}, {"audio", state.get("audio")}}), context);
  EXPECT_NE(shown->rgb, raw->rgb);
  // Finishing is not disturbed by what is stored beside.
  EXPECT_EQ((*pipeline_->denoise(request, **prompt, **sketch, context))->sha256(), run(request)->sha256());
}

TEST_F(ContinueTest, RefusesParentsThatDoNotFitAndSaysWhat) {
  const auto parent = run(request_of(25));
  struct Case {
    std::function<void(GenerationRequest&)> spoil;
    std::string told;
  };
  const Case cases[] = {
      {[](auto& r) { r.parent.kept_latent_frames = 5; }, "at most 4"},
      {[](auto& r) { r.parent.kept_latent_frames = -1; }, "0 or more"},
      {[](auto& r) { r.num_frames = 25; }, "not longer"},
      {[](auto& r) { r.width = 96; }, "another size"},
      {[](auto& r) {
         r.fps = Rational{24, 1};
       },
       "another frame rate"},
      {[](auto& r) { r.windows.num_frames = 20; }, "plus 1"},
      {[](auto& r) { r.windows.num_frames = 9; }, "17 or more"},
      {[](auto& r) {
         r.first_image = RgbImage{64, 64, std::vector<std::uint8_t>(64 * 64 * 3)};
       },
       "first image"},
      {[](auto& r) { r.parent.kept_latent_frames = 0; }, "another length"},
      {[](auto& r) { r.parent.remix_strength = 0; }, "above 0"},
      {[](auto& r) { r.parent.latents = nullptr; }, "no clip to keep"},
  };
  RunContext context;
  for (const Case& c : cases) {
    GenerationRequest request = request_of(41);
    request.parent = {parent, 1, 1.0};
    ASSERT_TRUE(pipeline_->validate(request));
    c.spoil(request);
    const auto checked = pipeline_->validate(request);
    ASSERT_FALSE(checked) << c.told;
    EXPECT_NE(checked.error().to_string().find(c.told), std::string::npos) << checked.error().to_string();
    EXPECT_FALSE(pipeline_->start(request, context));
  }
  // A sketch has no end to go on from; another model's latents mean nothing here.
  GenerationRequest request = request_of(41);
  const auto prompt = pipeline_->encode_prompt(request_of(25), context);
  const auto sketch = pipeline_->denoise(request_of(25), **prompt, **pipeline_->start(request_of(25), context), context, 1);
  request.parent = {*sketch, 1, 1.0};
  EXPECT_NE(pipeline_->validate(request).error().message.find("not finished"), std::string::npos);
  request.parent.latents =
      std::make_shared<TensorState>("latents", 3, dynamic_cast<const TensorState&>(*parent).tensors(), "0123456789abcdef");
  EXPECT_NE(pipeline_->validate(request).error().message.find("another model"), std::string::npos);
  request.parent.latents = *prompt;
  EXPECT_EQ(pipeline_->validate(request).error().code, ErrorCode::kMismatch);
}

TEST_F(ContinueTest, TheLivePictureFollowsTheDecoderAndCanBeKept) {
  const TempFolder folder;
  const auto latents = run(request_of(25));
  const auto shown = pipeline_->preview(*latents);
  ASSERT_TRUE(shown) << shown.error().to_string();
  // 64x64 pixels are 2x2 cells of 8x8 pixels of the map; the first latent frame is one moment, the other three are two each.
  EXPECT_EQ(shown->width, 16);
  EXPECT_EQ(shown->height, 16);
  EXPECT_EQ(shown->num_frames, 7);
  const auto map = pipeline_->preview_map();
  ASSERT_TRUE(map);
  const std::string file = folder.path / "map.safetensors";
  ASSERT_TRUE((*map)->save(file));
  const auto other = open();
  auto stored = other->load_state(file);
  ASSERT_TRUE(stored) << stored.error().to_string();
  ASSERT_TRUE(other->set_preview_map(*stored));
  EXPECT_EQ(other->preview(*latents)->rgb, shown->rgb);
  const auto& tensors = dynamic_cast<const TensorState&>(**stored).tensors();
  EXPECT_EQ(other->set_preview_map(std::make_shared<TensorState>("preview_map", 0, tensors, "0123456789abcdef")).error().code,
            ErrorCode::kMismatch);
  EXPECT_EQ(other->set_preview_map(latents).error().code, ErrorCode::kMismatch);
}

TEST_F(ContinueTest, ADecoderForLivePicturesChangesNoClip) {
  const TempFolder folder;
  const fs::path model = folder.path / "model", decoder = fs::path(FANTASCOPE_SOURCE_DIR) / "tests/fixtures/ltx2/tiny_video_decoder";
  fs::copy(kModel, model, fs::copy_options::recursive);
  fs::create_directory(model / "tiny_vae");
  fs::copy_file(decoder / "model.safetensors", model / "tiny_vae/tae.safetensors");
  const std::string plain = run(request_of(25))->sha256();
  auto with_decoder = load_pipeline(model.string(), {DType::kBFloat16, "cpu"});
  ASSERT_TRUE(with_decoder) << with_decoder.error().to_string();
  pipeline_ = *std::move(with_decoder);
  const auto latents = run(request_of(25));
  EXPECT_EQ(latents->sha256(), plain);
  EXPECT_TRUE(pipeline_->preview(*latents));
  fs::copy_file(decoder / "expected.safetensors", model / "tiny_vae/other.safetensors");
  EXPECT_EQ(load_pipeline(model.string(), {DType::kBFloat16, "cpu"}).error().found, "2 files");
  fs::remove(model / "tiny_vae/tae.safetensors");
  EXPECT_EQ(load_pipeline(model.string(), {DType::kBFloat16, "cpu"}).error().code, ErrorCode::kBadFile);
}

TEST(ClipPlan, SoundKeepsUpWithThePictureOverManyWindows) {
  ModelSettings settings;
  settings.video_vae.scale_factors = {8, 32, 32};
  GenerationRequest request = request_of(721);
  request.sigmas = {1.0, 0.5};
  request.windows = {25, 1};
  const ClipPlan plan = make_clip_plan(settings, request, 0);
  std::int64_t frames = 0, audio = 0;
  for (const Window& window : plan.windows) {
    EXPECT_EQ(window.first_frame, frames);
    EXPECT_EQ(window.first_audio, audio);
    frames += window.new_frames;
    audio += window.new_audio;
    EXPECT_EQ(audio, std::lround(((static_cast<double>(frames) - 1) * 8 + 1) / 12 * 25)) << frames;
    EXPECT_LE(window.shape.frames, 4);
    EXPECT_EQ(window.shape.audio_frames, window.kept_audio + window.new_audio);
    if (window.anchor_frames > 0) {
      EXPECT_NEAR(static_cast<double>(window.kept_audio), 9.0 / 12 * 25, 1.0);
    }
  }
  EXPECT_EQ(frames, 91);
  EXPECT_EQ(plan.frames_at(2), 4);  // between the first two windows
  EXPECT_EQ(plan.frames_at(3), 6);
  EXPECT_EQ(plan.frames_at(plan.num_steps()), 91);
}

}  // namespace
}  // namespace fantascope::models::ltx2
