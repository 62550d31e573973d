#include "training/trainer/latent_store.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/unit/training/trainer/small_world.h"

namespace fantascope::training {
namespace {

struct Draw {
  at::Tensor video, audio;
  std::vector<world::Scene> scenes;
};

Draw draw(LatentStore& store, std::int64_t step, int bucket, int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Draw result;
  double waited = 0;
  store.draw(step, bucket, count, random, result.video, result.audio, result.scenes, waited);
  return result;
}

// Up to bfloat16's rounding: what a renderer thread encodes with one thread has other last bits on some processors.
bool same(const at::Tensor& encoded, const at::Tensor& stored) { return ((encoded - stored).norm() / stored.norm()).item<double>() < 0.01; }

TEST(LatentStore, NeverGivesAHeldOutSceneOrItsMirrorImage) {
  const TemporaryFolder folder("latents");
  LatentStore store(tiny_config(), tiny_codecs(), folder.file("latents"));
  for (int bucket = 0; bucket < static_cast<int>(tiny_config().buckets.size()); ++bucket) {
    for (const auto& scene : draw(store, 4, bucket, 200, 1).scenes) {
      EXPECT_FALSE(world::is_held_out(scene));
      EXPECT_FALSE(world::is_held_out(mirrored(scene)));
    }
  }
}

TEST(LatentStore, HardScenesComeAsOftenAsAsked) {
  const TemporaryFolder folder("hard");
  const auto share_of_strikes = [&](double weight) {
    TrainConfig config = tiny_config();
    config.latents.hard_scene_weight = weight;
    LatentStore store(config, tiny_codecs(), folder.file("latents"));
    const auto scenes = draw(store, 4, 0, 600, 1).scenes;
    EXPECT_EQ(scenes.size(), 600u);
    return static_cast<double>(std::ranges::count_if(scenes, world::strikes)) / 600;
  };
  EXPECT_GT(share_of_strikes(4), 1.15 * share_of_strikes(1));
}

// Scenes know no left and right of the world, so the clips themselves are looked at: the even ones of a shard are as rendered.
TEST(LatentStore, MirrorImagesComeAsOftenAsAsked) {
  const TemporaryFolder folder("share");
  const auto share_as_rendered = [&](double mirror_share) {
    TrainConfig config = tiny_config();
    config.latents.mirror_share = mirror_share;
    LatentStore store(config, tiny_codecs(), folder.file("latents"));
    const Draw drawn = draw(store, 0, 0, 40, 1);
    int as_rendered = 0;
    for (std::int64_t i = 0; i < 40; ++i) {
      const ClipLatents latents =
          encode_clip(tiny_codecs(), world::render_clip(drawn.scenes[static_cast<std::size_t>(i)], config.buckets[0].shape));
      as_rendered += same(latents.video_TC, drawn.video[i]);
    }
    return as_rendered / 40.0;
  };
  EXPECT_EQ(share_as_rendered(0), 1);
  EXPECT_GT(share_as_rendered(0.2), share_as_rendered(0.5));
  EXPECT_LT(share_as_rendered(0.5), 0.8);
}

// The clip seen in a mirror: columns and ears change places.
world::Clip flipped(world::Clip clip) {
  const auto& shape = clip.shape;
  for (int row = 0; row < shape.num_frames * shape.height; ++row) {
    auto* pixels = clip.frames.data() + static_cast<std::ptrdiff_t>(row) * shape.width * 3;
    for (int x = 0; x < shape.width / 2; ++x) std::swap_ranges(pixels + 3 * x, pixels + 3 * x + 3, pixels + 3 * (shape.width - 1 - x));
  }
  std::rotate(clip.audio.begin(), clip.audio.begin() + static_cast<std::ptrdiff_t>(clip.audio.size() / 2), clip.audio.end());
  return clip;
}

// Each clip is what its scene renders to, or the mirror image of what the mirrored scene renders to.
TEST(LatentStore, ClipsAndTheirMirrorImagesMatchTheirScenes) {
  const TemporaryFolder folder("mirror");
  LatentStore store(tiny_config(), tiny_codecs(), folder.file("latents"));
  const Draw drawn = draw(store, 0, 0, 16, 1);
  int straight = 0, mirror = 0;
  for (std::int64_t i = 0; i < 16; ++i) {
    const world::Scene& scene = drawn.scenes[static_cast<std::size_t>(i)];
    const auto matches = [&](const world::Clip& clip) {
      const ClipLatents latents = encode_clip(tiny_codecs(), clip);
      return same(latents.video_TC, drawn.video[i]) && same(latents.audio_LD, drawn.audio[i]);
    };
    const bool as_it_is = matches(world::render_clip(scene, tiny_config().buckets[0].shape));
    const bool as_image = matches(flipped(world::render_clip(mirrored(scene), tiny_config().buckets[0].shape)));
    EXPECT_NE(as_it_is, as_image) << world::plain_caption(scene);
    straight += as_it_is, mirror += as_image;
  }
  EXPECT_GT(straight, 2);
  EXPECT_GT(mirror, 2);
}

TEST(LatentStore, DrawsAreTheSameFromTheCacheAndWithoutIt) {
  const TemporaryFolder folder("cache");
  const auto all_of = [&](const std::string& name) {
    LatentStore store(tiny_config(), tiny_codecs(), folder.file(name));
    return draw(store, 3, 0, 32, 5);
  };
  const Draw first = all_of("one"), cached = all_of("one"), anew = all_of("two");
  std::ofstream(folder.file("one") + "/bucket0-0.safetensors") << "damaged";
  const Draw repaired = all_of("one");
  for (const Draw* other : {&cached, &anew, &repaired}) {
    EXPECT_TRUE(at::equal(first.video, other->video));
    EXPECT_TRUE(at::equal(first.audio, other->audio));
    for (std::size_t i = 0; i < first.scenes.size(); ++i)
      EXPECT_EQ(world::plain_caption(first.scenes[i]), world::plain_caption(other->scenes[i]));
  }
}

TEST(LatentStore, ShardsJoinAtTheirPaceUpToTheMostAndNeverFewerThanOne) {
  TrainConfig config = tiny_config();
  config.latents = {.shard_clips = 6, .initial_shards = -2, .max_shards = 3, .steps_per_shard = 10};
  FlowPhase early{20, config.flow, config.latents};
  early.latents.initial_shards = 2;
  config.phases = {early};
  const TemporaryFolder folder("pace");
  const LatentStore store(config, tiny_codecs(), folder.file("latents"));
  EXPECT_EQ(store.shards_at(0), 2);
  EXPECT_EQ(store.shards_at(19), 3);
  EXPECT_EQ(store.shards_at(20), 1);
  EXPECT_EQ(store.shards_at(45), 2);
  EXPECT_EQ(store.shards_at(1000), 3);
}

TEST(LatentStore, BucketsComeInTheirShares) {
  const TemporaryFolder folder("shares");
  const LatentStore store(tiny_config(), tiny_codecs(), folder.file("latents"));
  std::mt19937_64 random(4);
  int stills = 0;
  for (int i = 0; i < 4000; ++i) stills += store.draw_bucket(random) == 1;
  EXPECT_NEAR(stills / 4000.0, tiny_config().buckets[1].share, 0.02);
}

TEST(LatentStore, SeveralRenderersMakeTheSameShardsInTheSameOrder) {
  const TemporaryFolder folder("renderers");
  LatentStore one(tiny_config(), tiny_codecs(), folder.file("one")), three(tiny_config(), tiny_codecs(), folder.file("three"), 3);
  for (int bucket = 0; bucket < static_cast<int>(tiny_config().buckets.size()); ++bucket) {
    const Draw a = draw(one, 100, bucket, 30, 7), b = draw(three, 100, bucket, 30, 7);
    EXPECT_TRUE(at::equal(a.video, b.video)) << bucket;
    EXPECT_TRUE(at::equal(a.audio, b.audio)) << bucket;
  }
}

}  // namespace
}  // namespace fantascope::training
