#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>

#include "training/world/world.h"

namespace fantascope::world {
namespace {

const ClipShape kSmall{.width = 96, .height = 64, .num_frames = 13, .fps = 12.0, .sample_rate = 16000};

Scene plain_scene(Shape shape, Action action) {
  Scene scene;
  scene.shape = shape, scene.action = action, scene.seed = 17;
  return scene;
}

double share_of(const Clip& clip, int frame, int object) {
  const auto pixels = static_cast<std::size_t>(clip.shape.width * clip.shape.height);
  const auto begin = clip.object_mask.begin() + static_cast<std::ptrdiff_t>(pixels * static_cast<std::size_t>(frame));
  return static_cast<double>(std::count(begin, begin + static_cast<std::ptrdiff_t>(pixels), object)) / static_cast<double>(pixels);
}

TEST(RenderClip, GivesTheSameBytesAgainAndOnOtherThreads) {
  for (const std::uint64_t seed : {3ull, 8ull, 21ull}) {
    const Scene scene = sample_scene(seed);
    const Clip once = render_clip(scene, kSmall);
    Clip again[2];
    std::thread first([&] { again[0] = render_clip(scene, kSmall); }), second([&] { again[1] = render_clip(scene, kSmall); });
    first.join(), second.join();
    for (const Clip& clip : again) {
      EXPECT_EQ(clip.frames, once.frames);
      EXPECT_EQ(clip.object_mask, once.object_mask);
      EXPECT_EQ(clip.audio, once.audio);
      ASSERT_EQ(clip.contacts.size(), once.contacts.size());
    }
  }
}

TEST(RenderClip, FillsEveryShapeOfFrameAndLength) {
  for (const ClipShape shape : {ClipShape{64, 96, 9, 8.0, 16000}, ClipShape{64, 64, 1, 12.0, 16000},
                                ClipShape{128, 48, 5, 24000 / 1001.0, 24000}, ClipShape{40, 24, 240, 12.0, 16000}}) {
    for (std::uint64_t seed = 40; seed < 44; ++seed) {
      const Clip clip = render_clip(sample_scene(seed), shape);
      const auto pixels = static_cast<std::size_t>(shape.width * shape.height * shape.num_frames);
      EXPECT_EQ(clip.frames.size(), pixels * 3);
      EXPECT_EQ(clip.object_mask.size(), pixels);
      EXPECT_EQ(clip.audio.size(), 2 * static_cast<std::size_t>(std::llround(shape.num_frames / shape.fps * shape.sample_rate)));
      const auto [low, high] = std::minmax_element(clip.frames.begin(), clip.frames.end());
      EXPECT_GT(*high - *low, 20);
    }
  }
}

TEST(RenderClip, ShowsTheSubjectOnNearlyAllFrames) {
  for (const ClipShape shape :
       {kSmall, ClipShape{64, 96, 13, 12.0, 16000}, ClipShape{64, 64, 13, 12.0, 16000}, ClipShape{96, 64, 25, 12.0, 16000}}) {
    int frames = 0, seen = 0, clips_that_hide_it = 0;
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
      const Clip clip = render_clip(sample_scene(seed), shape);
      int seen_here = 0;
      for (int f = 0; f < shape.num_frames; ++f) seen_here += share_of(clip, f, 1) > 0.004;
      frames += shape.num_frames, seen += seen_here;
      clips_that_hide_it += seen_here < shape.num_frames / 2;
    }
    EXPECT_GT(static_cast<double>(seen) / frames, 0.96) << shape.width << "x" << shape.height << "x" << shape.num_frames;
    EXPECT_LE(clips_that_hide_it, 1) << shape.width << "x" << shape.height;
  }
}

TEST(RenderClip, SetsTheSecondObjectApartOnItsSide) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Scene scene = sample_scene(seed);
    if (!scene.second.present) continue;
    scene.camera = Camera::kStatic;
    if (scene.action == Action::kFalls) continue;  // it hangs in the air at first
    const Clip clip = render_clip(scene, ClipShape{96, 64, 25, 12.0, 16000});
    double sum[3] = {}, count[3] = {};
    for (int i = 0; i < 96 * 64; ++i) {
      sum[clip.object_mask[static_cast<std::size_t>(i)]] += i % 96;
      ++count[clip.object_mask[static_cast<std::size_t>(i)]];
    }
    ASSERT_GT(count[1], 20) << seed << " " << plain_caption(scene);
    ASSERT_GT(count[2], 20) << seed << " " << plain_caption(scene);
    EXPECT_EQ(sum[2] / count[2] < sum[1] / count[1], scene.second.on_left) << seed << " " << plain_caption(scene);
  }
}

TEST(RenderClip, MovesTheSubjectTheWayTheActionSays) {
  const auto middle = [](const Clip& clip, int frame) {
    double sum = 0, count = 0;
    const int pixels = clip.shape.width * clip.shape.height;
    for (int i = 0; i < pixels; ++i) {
      if (clip.object_mask[static_cast<std::size_t>(frame * pixels + i)] == 1) sum += i % clip.shape.width, ++count;
    }
    return sum / count / clip.shape.width;
  };
  const ClipShape shape{96, 64, 25, 12.0, 16000};
  for (const auto& [body, left, right] : {std::tuple{Shape::kBall, Action::kRollsLeft, Action::kRollsRight},
                                          std::tuple{Shape::kCube, Action::kSlidesLeft, Action::kSlidesRight},
                                          std::tuple{Shape::kPerson, Action::kWalksLeft, Action::kWalksRight}}) {
    const Clip to_left = render_clip(plain_scene(body, left), shape), to_right = render_clip(plain_scene(body, right), shape);
    EXPECT_LT(middle(to_left, 24) - middle(to_left, 0), -0.35) << name(body);
    EXPECT_GT(middle(to_right, 24) - middle(to_right, 0), 0.35) << name(body);
  }
}

TEST(RenderClip, KeepsTheSoundBelowFullScaleAndNeverSilent) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Clip clip = render_clip(sample_scene(seed), kSmall);
    float peak = 0;
    for (const float x : clip.audio) {
      ASSERT_TRUE(std::isfinite(x));
      peak = std::max(peak, std::abs(x));
    }
    EXPECT_LE(peak, 0.9f);
    EXPECT_GT(peak, 0.001f);
  }
}

/// What repeats on the left side after every 10 ms of the clip's clock, as the mean of the hops between two times, and its share of the
/// energy there.
struct Repeating {
  std::vector<double> hop;
  double share = 0;
};
Repeating repeating(const Clip& clip, double from_s = 0, double to_s = 10) {
  const auto length = static_cast<std::size_t>(clip.shape.sample_rate / 100), hops = clip.audio.size() / 2 / length;
  const auto first = static_cast<std::size_t>(from_s * 100), last = std::min(hops, static_cast<std::size_t>(to_s * 100));
  Repeating result;
  double kept = 0, all = 0;
  for (std::size_t k = 0; k < length; ++k) {
    double sum = 0;
    for (std::size_t h = first; h < last; ++h) {
      const double x = clip.audio[h * length + k];
      sum += x, all += x * x;
    }
    result.hop.push_back(sum / static_cast<double>(last - first));
    kept += sum * result.hop.back();
  }
  result.share = kept / all;
  return result;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto dot = [](const auto& x, const auto& y) { return std::inner_product(x.begin(), x.end(), y.begin(), 0.0); };
  return dot(a, b) / std::sqrt(dot(a, a) * dot(b, b));
}

// A vocoder makes the same of every hop of a mel that stands still: it can sing nothing else (training/trainer/vocoder_start.h).
TEST(RenderClip, TonesKeepThePhaseOfOneClock) {
  const ClipShape shape{16, 16, 25, 12.0, 16000};
  std::vector<double> first_ring;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    Scene hum = plain_scene(Shape::kCube, Action::kSpins);
    hum.seed = seed;
    EXPECT_GT(repeating(render_clip(hum, shape)).share, 0.8);
    // Each fall ends anywhere between two hops, yet what it hits rings in the same phase.
    Scene fall = plain_scene(Shape::kPillar, Action::kFalls);
    fall.seed = seed;
    const Clip clip = render_clip(fall, shape);
    ASSERT_FALSE(clip.contacts.empty());
    const double begin = clip.contacts.back().time_s + 0.02;
    const Repeating ring = repeating(clip, begin, begin + 0.15);
    EXPECT_GT(ring.share, 0.7) << seed;
    if (seed == 0) first_ring = ring.hop;
    EXPECT_GT(correlation(ring.hop, first_ring), 0.8) << seed;
  }
}

/// The first 5 ms window, within `reach` of `time`, whose level is at least twice that of the 10 ms before it.
double onset_near(const Clip& clip, double time, double reach) {
  const int rate = clip.shape.sample_rate;
  const auto count = static_cast<int>(clip.audio.size() / 2);
  const auto energy = [&](int from, int length) {
    double sum = 1e-9;
    for (int i = std::max(0, from); i < std::min(count, from + length); ++i) {
      for (const int side : {0, count}) sum += std::pow(clip.audio[static_cast<std::size_t>(side + i)], 2);
    }
    return sum / length;
  };
  const int step = rate / 1000;
  double best = -1, best_rise = 4;
  for (int at = static_cast<int>((time - reach) * rate); at < static_cast<int>((time + reach) * rate); at += step) {
    const double rise = energy(at, 5 * step) / energy(at - 10 * step, 10 * step);
    if (rise > best_rise) best_rise = rise, best = static_cast<double>(at) / rate;
  }
  return best;
}

TEST(RenderClip, StrikesASoundAtEachContactWithinTenMilliseconds) {
  int contacts = 0;
  for (const Scene& scene : {plain_scene(Shape::kBall, Action::kBounces), plain_scene(Shape::kCone, Action::kBounces),
                             plain_scene(Shape::kCube, Action::kFalls), plain_scene(Shape::kPillar, Action::kFalls),
                             plain_scene(Shape::kPerson, Action::kJumps), plain_scene(Shape::kPerson, Action::kWalksRight)}) {
    const Clip clip = render_clip(scene, ClipShape{48, 32, 25, 12.0, 16000});
    ASSERT_FALSE(clip.contacts.empty()) << plain_caption(scene);
    for (const Contact& contact : clip.contacts) {
      if (contact.strength < 0.3 || contact.time_s < 0.03 || contact.time_s > 2.0) continue;
      ++contacts;
      EXPECT_NEAR(onset_near(clip, contact.time_s, 0.06), contact.time_s, 0.010) << plain_caption(scene);
    }
  }
  EXPECT_GE(contacts, 12);
}

TEST(RenderClip, TouchesTheGroundInThePictureAtTheContacts) {
  const ClipShape shape{96, 64, 50, 24.0, 16000};
  const Clip clip = render_clip(plain_scene(Shape::kBall, Action::kBounces), shape);
  std::vector<double> bottom;
  for (int f = 0; f < shape.num_frames; ++f) {
    int lowest = 0;
    for (int i = 0; i < 96 * 64; ++i) {
      if (clip.object_mask[static_cast<std::size_t>(f * 96 * 64 + i)] == 1) lowest = std::max(lowest, i / 96);
    }
    bottom.push_back(lowest);
  }
  const double ground = *std::max_element(bottom.begin(), bottom.end());
  ASSERT_GE(clip.contacts.size(), 2u);
  for (const Contact& contact : clip.contacts) {
    const int frame = std::clamp(static_cast<int>(contact.time_s * shape.fps), 0, shape.num_frames - 1);
    EXPECT_GE(bottom[static_cast<std::size_t>(frame)], ground - 3.0) << contact.time_s;
  }
}

}  // namespace
}  // namespace fantascope::world
