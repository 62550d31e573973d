#include "training/evaluate/internal/backdrop.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "training/evaluate/internal/median.h"

namespace fantascope::evaluate {
namespace {

constexpr float kCap = 40.0f;             // levels: an actor's pixel costs no more than this
constexpr float kClearChange = 8.0f;      // levels from its average over time: a pixel by which a move can be seen
constexpr float kLeastMoveShare = 0.25f;  // of the change that a move makes there: less is no move

/// The picture at each moment less its average over time, [frame][pixel].
template <typename Pixel>
std::vector<float> changes_of(const Pixel* pixels, std::size_t each, std::size_t count) {
  std::vector<float> out(each * count), mean(each, 0.0f);
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t i = 0; i < each; ++i) mean[i] += static_cast<float>(pixels[k * each + i]) / static_cast<float>(count);
  }
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t i = 0; i < each; ++i) out[k * each + i] = static_cast<float>(pixels[k * each + i]) - mean[i];
  }
  return out;
}

}  // namespace

BackdropIndex::BackdropIndex(const world::ClipShape& shape, int num_threads) : shape_(grid_shape_of(shape)) {
  shape_.width = std::max(12, shape_.width / 2), shape_.height = std::max(12, shape_.height / 2);
  frames_ = spread_frames(shape.num_frames, 8);
  // Frames narrower than 1.3:1 are given a wider view when there are two actors (see the world's simulation).
  const bool narrow = static_cast<float>(shape.width) < 1.3f * static_cast<float>(shape.height);
  for (int place = 0; place < 3; ++place) {
    for (int time = 0; time < 3; ++time) {
      for (int weather = 0; weather < 4; ++weather) {
        for (int camera = 0; camera < (shape.num_frames > 1 ? 10 : 1); ++camera) {
          for (int second = 0; second < (narrow ? 2 : 1); ++second) {
            world::Scene scene;
            scene.place = static_cast<world::Place>(place), scene.time = static_cast<world::TimeOfDay>(time);
            scene.weather = static_cast<world::Weather>(weather), scene.camera = static_cast<world::Camera>(camera);
            scene.second.present = second == 1;
            scenes_.push_back(scene);
          }
        }
      }
    }
  }
  const std::size_t each = static_cast<std::size_t>(shape_.width) * static_cast<std::size_t>(shape_.height) * 3 * frames_.size();
  pixels_.resize(each * scenes_.size());
  std::vector<std::thread> threads;
  for (int part = 0; part < num_threads; ++part) {
    threads.emplace_back([&, part] {
      for (std::size_t i = static_cast<std::size_t>(part); i < scenes_.size(); i += static_cast<std::size_t>(num_threads)) {
        const auto frames = world::render_backdrop(scenes_[i], shape_, frames_);
        std::copy(frames.begin(), frames.end(), pixels_.begin() + static_cast<std::ptrdiff_t>(i * each));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

float BackdropIndex::distance(std::size_t entry, const GridClip& clip, float give_up) const {
  const std::size_t each = clip.area() * 3, total = each * frames_.size();
  const std::uint8_t* picture = pixels_.data() + entry * total;
  float sum = 0;
  for (std::size_t k = 0; k < frames_.size(); ++k) {
    const float* a = clip.frame(k);
    const std::uint8_t* b = picture + k * each;
    float part = 0;
    for (std::size_t i = 0; i < each; ++i) {
      const float d = std::abs(a[i] - static_cast<float>(b[i]));
      part += d < kCap ? d : kCap;
    }
    sum += part;
    if (sum > give_up * static_cast<float>(total) * 255.0f) break;
  }
  return sum / static_cast<float>(total) / 255.0f;
}

BackdropIndex::Match BackdropIndex::find(const ClipView& view) const {
  const GridClip clip = to_grid(view.frames, view.shape, shape_.width, shape_.height, frames_);
  Match best;
  best.error = 1e9f;
  std::size_t nearest = 0;
  for (std::size_t i = 0; i < scenes_.size(); ++i) {
    const float error = distance(i, clip, best.error);
    if (error < best.error) best = {scenes_[i], error}, nearest = i;
  }
  if (best.scene.camera != world::Camera::kStatic && !moves_like(nearest, clip)) best.scene.camera = world::Camera::kStatic;
  return best;
}

// A generated picture that stands still but has a pale sky or a tree in a wrong place can be nearest to a move. Medians, because an actor
// may cross some of the pixels.
bool BackdropIndex::moves_like(std::size_t entry, const GridClip& clip) const {
  const std::size_t each = clip.area() * 3, count = frames_.size();
  const std::vector<float> expected = changes_of(pixels_.data() + entry * each * count, each, count);
  const std::vector<float> seen = changes_of(clip.pixels.data(), each, count);
  std::vector<float> must, does;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::abs(expected[i]) > kClearChange) must.push_back(std::abs(expected[i])), does.push_back(std::abs(seen[i]));
  }
  return must.empty() || median(does) >= kLeastMoveShare * median(must);
}

GridClip backdrop_on_grid(const world::Scene& scene, const world::ClipShape& grid_shape, const std::vector<int>& frames) {
  GridClip out;
  out.width = grid_shape.width, out.height = grid_shape.height, out.frames = frames;
  const auto bytes = world::render_backdrop(scene, grid_shape, frames);
  out.pixels.assign(bytes.begin(), bytes.end());
  return out;
}

}  // namespace fantascope::evaluate
