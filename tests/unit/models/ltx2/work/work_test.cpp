// What estimates reckon with, before anything is loaded, against what the pipeline plans: steps, windows and frames of every kind of clip.
#include "app/operations/internal/sampling_work.h"

#include <gtest/gtest.h>

#include "models/ltx2/pipeline_windows.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr int kMultiple = 8;

class NoState final : public PhaseState {
 public:
  int step() const override { return 0; }
  Result<void> save(const std::string&) const override { return {}; }
  std::string sha256() const override { return ""; }
};

int frames_of(std::int64_t latent_frames) { return static_cast<int>((latent_frames - 1) * kMultiple + 1); }

ModelSettings settings() {
  ModelSettings settings;
  settings.video_vae.scale_factors = {kMultiple, 32, 32};
  return settings;
}

GenerationRequest request_of(int latent_frames, int steps) {
  GenerationRequest request;
  request.width = request.height = 64;
  request.num_frames = frames_of(latent_frames);
  request.fps = {12, 1};
  request.num_inference_steps = steps;
  return request;
}

Recipe recipe_of(const GenerationRequest& request) {
  Recipe recipe;
  recipe.width = request.width;
  recipe.height = request.height;
  recipe.frames = request.num_frames;
  recipe.steps = request.num_inference_steps;
  recipe.window_frames = request.windows.num_frames;
  recipe.window_kept_latent_frames = request.windows.kept_latent_frames;
  return recipe;
}

void expect_same(const SamplingWork& work, const ClipPlan& plan, const std::string& what) {
  EXPECT_EQ(work.num_windows, static_cast<int>(plan.windows.size())) << what;
  EXPECT_EQ(work.all_steps(), plan.num_steps()) << what;
  std::int64_t frames = 0, largest = 0;
  for (const Window& window : plan.windows) {
    frames += frames_of(window.shape.frames);
    largest = std::max<std::int64_t>(largest, frames_of(window.shape.frames));
  }
  EXPECT_EQ(work.sampled_frames, frames) << what;
  EXPECT_EQ(work.window_frames, largest) << what;
}

TEST(SamplingWork, ClipsAndExtensionsHaveTheWindowsThatThePipelinePlans) {
  int several = 0;
  for (int all = 1; all <= 20; ++all) {
    for (int window = 0; window <= 9; ++window) {
      for (int kept = 1; kept <= 3; ++kept) {
        for (int parent = 0; parent < all; ++parent) {
          if (window > 0 && window < kept + 2) continue;  // refused: no room
          if (parent > 0 && parent < kept) continue;      // refused: fewer than are to be kept
          GenerationRequest request = request_of(all, 7);
          request.windows = {window > 0 ? frames_of(window) : 0, kept};
          Recipe recipe = recipe_of(request);
          if (parent > 0) {
            request.parent.latents = std::make_shared<NoState>();
            request.parent.kept_latent_frames = kept;
            recipe.continuation = RecipeContinuation{"extend", frames_of(parent), kept, 1.0};
          }
          ASSERT_TRUE(check_windows(settings(), request));
          const ClipPlan plan = make_clip_plan(settings(), request, parent);
          several += plan.windows.size() > 1 ? 1 : 0;
          expect_same(sampling_work(recipe, kMultiple), plan,
                      std::to_string(all) + " in " + std::to_string(window) + " keeping " + std::to_string(kept) + " after " +
                          std::to_string(parent));
        }
      }
    }
  }
  EXPECT_GT(several, 1000);
}

TEST(SamplingWork, ARemixRunsThePartOfTheScheduleThatThePipelineRuns) {
  for (const int steps : {1, 4, 12, 30}) {
    for (int percent = 1; percent <= 100; ++percent) {
      GenerationRequest request = request_of(3, steps);
      request.parent.latents = std::make_shared<NoState>();
      request.parent.remix_strength = percent / 100.0;
      Recipe recipe = recipe_of(request);
      recipe.continuation = RecipeContinuation{"remix", request.num_frames, 0, percent / 100.0};
      expect_same(sampling_work(recipe, kMultiple), make_clip_plan(settings(), request, 0), std::to_string(percent) + " %");
    }
  }
}

TEST(SamplingWork, ARetakeSeesTheFramesAroundItsRangeThatThePipelineGivesIt) {
  for (int all = 2; all <= 12; ++all) {
    for (int window = 0; window <= 8; ++window) {
      for (int first = 0; first < all; ++first) {
        for (int count = 1; first + count <= all; ++count) {
          GenerationRequest request = request_of(all, 4);
          request.windows.num_frames = window > 0 ? frames_of(window) : 0;
          request.parent.latents = std::make_shared<NoState>();
          request.parent.retake_latent_frame = first;
          request.parent.retake_latent_frames = count;
          if (!check_windows(settings(), request)) continue;
          Recipe recipe = recipe_of(request);
          RecipeContinuation& retake = recipe.continuation.emplace();
          retake.kind = "retake";
          retake.first_latent_frame = first;
          retake.num_latent_frames = count;
          expect_same(sampling_work(recipe, kMultiple), make_clip_plan(settings(), request, 0),
                      std::to_string(first) + "+" + std::to_string(count) + " of " + std::to_string(all) + " in " + std::to_string(window));
        }
      }
    }
  }
}

// The timesteps of a finish are those that its sketch left.
TEST(SamplingWork, ASketchAndItsFinishAreTogetherOneRun) {
  Recipe recipe = recipe_of(request_of(3, 12));
  recipe.sketch_steps = 5;
  const SamplingWork sketch = sampling_work(recipe, kMultiple);
  recipe.sketch_steps = 0;
  const SamplingWork finish = sampling_work(recipe, kMultiple, 5), whole = sampling_work(recipe, kMultiple);
  EXPECT_EQ(sketch.num_steps(), 5);
  EXPECT_EQ(finish.num_steps(), 7);
  EXPECT_DOUBLE_EQ(sketch.frame_steps() + finish.frame_steps(), whole.frame_steps());
  EXPECT_DOUBLE_EQ(whole.frame_steps(), 17.0 * 12);
}

}  // namespace
}  // namespace fantascope::models::ltx2
