#include <algorithm>
#include <cstring>
#include <fstream>
#include <mutex>
#include <thread>

#include "training/evaluate/detectors.h"
#include "training/evaluate/internal/actors.h"
#include "training/evaluate/internal/backdrop.h"
#include "training/evaluate/internal/forest.h"
#include "training/evaluate/internal/random.h"

namespace fantascope::evaluate {
namespace {

constexpr int kMostFrames = 25, kTrees = 160, kShapes = 5, kMotions = 6;
constexpr float kLeastShare = 0.002f;  // of the picture, on average: what is smaller is no actor
constexpr char kMagic[8] = {'F', 'S', 'J', 'U', 'D', 'G', 'E', '1'};

}  // namespace

ClipView view_of(const world::Clip& clip) {
  return {clip.frames.data(), clip.audio.empty() ? nullptr : clip.audio.data(), static_cast<std::int64_t>(clip.audio.size() / 2),
          clip.shape};
}

Motion motion_of(world::Action action) {
  switch (action) {
    case world::Action::kStandsStill:
      return Motion::kStill;
    case world::Action::kBounces:
    case world::Action::kJumps:
      return Motion::kBounces;
    case world::Action::kFalls:
      return Motion::kFalls;
    case world::Action::kRollsLeft:
    case world::Action::kSlidesLeft:
    case world::Action::kWalksLeft:
      return Motion::kMovesLeft;
    case world::Action::kRollsRight:
    case world::Action::kSlidesRight:
    case world::Action::kWalksRight:
      return Motion::kMovesRight;
    case world::Action::kSpins:
      return Motion::kSpins;
  }
  return Motion::kStill;
}

const char* name(Motion motion) {
  static constexpr const char* names[] = {"still", "bounces", "falls", "moves_left", "moves_right", "spins"};
  return names[static_cast<int>(motion)];
}

struct AttributeJudge::State {
  world::ClipShape shape;  ///< aspect ratio, frames and rate that it was fitted for
  BackdropIndex backdrops;
  ColourModel colours;
  Forest shapes, motions, counts;

  ActorReading read(const world::Scene& surroundings, const GridClip& clip, const world::ClipShape& grid) const {
    return read_actors(surroundings, grid, clip, backdrop_on_grid(surroundings, grid, clip.frames), colours);
  }
  /// Of a clip that shows the surroundings `match`.
  Attributes attributes(const ClipView& clip, const BackdropIndex::Match& match, std::optional<bool> second_on_left) const;
};

AttributeJudge::AttributeJudge(std::unique_ptr<State> state) : state_(std::move(state)) {}
AttributeJudge::AttributeJudge(AttributeJudge&&) noexcept = default;
AttributeJudge& AttributeJudge::operator=(AttributeJudge&&) noexcept = default;
AttributeJudge::~AttributeJudge() = default;

namespace {

/// Training scenes only, in order of their seeds.
std::vector<world::Scene> training_scenes(std::uint64_t seed, int count) {
  std::vector<world::Scene> out;
  for (std::uint64_t k = 0; static_cast<int>(out.size()) < count; ++k) {
    const world::Scene scene = world::sample_scene(seed * 0x10001ull + k);
    if (!world::is_held_out(scene)) out.push_back(scene);
  }
  return out;
}

/// A third of the clips stay clean, a third are blurred and noisy, a third look as if decoded. (Frames apart in time cannot look decoded.)
void degrade_at_random(GridClip& clip, std::uint64_t seed, bool in_sequence) {
  Random random(seed);
  const float kind = random.uniform();
  if (kind < 1.0f / 3) return;
  if (kind > 2.0f / 3 && in_sequence) return degrade_like_codec(clip, seed + 2);
  const float blur = random.uniform() * 1.1f, noise = random.uniform() * 7.0f;
  degrade(clip, blur, noise, seed + 1);
}

GridClip grid_of(const world::Clip& clip, const std::vector<int>& frames) {
  return to_grid(clip.frames.data(), clip.shape, clip.shape.width, clip.shape.height, frames);
}

/// Runs job(i) for i < count; each thread takes every num_threads-th.
template <typename Job>
void in_parallel(int count, int num_threads, Job job) {
  std::vector<std::thread> threads;
  for (int part = 0; part < num_threads; ++part) {
    threads.emplace_back([=, &job] {
      for (int i = part; i < count; i += num_threads) job(i, part);
    });
  }
  for (auto& thread : threads) thread.join();
}

/// Five moments of each clip: the whole duration at a lower rate.
ColourModel fit_colours(const world::ClipShape& grid, const std::vector<world::Scene>& scenes, int num_threads) {
  world::ClipShape sparse = grid;
  sparse.num_frames = std::min(5, grid.num_frames);
  sparse.fps = grid.fps * sparse.num_frames / grid.num_frames;
  sparse.sample_rate = 100;  // the sound is not used
  const auto frames = spread_frames(sparse.num_frames, sparse.num_frames);
  std::vector<ColourModel> parts(static_cast<std::size_t>(num_threads));
  in_parallel(static_cast<int>(scenes.size()), num_threads, [&](int i, int part) {
    const world::Scene& scene = scenes[static_cast<std::size_t>(i)];
    const world::Clip clip = world::render_clip(scene, sparse);
    GridClip picture = grid_of(clip, frames);
    degrade_at_random(picture, scene.seed, false);
    parts[static_cast<std::size_t>(part)].count(scene, picture, backdrop_on_grid(scene, sparse, frames), clip.object_mask);
  });
  for (std::size_t i = 1; i < parts.size(); ++i) parts[0].merge(parts[i]);
  parts[0].finish();
  return std::move(parts[0]);
}

}  // namespace

AttributeJudge AttributeJudge::fit(const world::ClipShape& shape, std::uint64_t seed, int num_clips, int num_threads) {
  num_threads = std::max(1, num_threads);
  auto state = std::make_unique<State>();
  state->shape = shape;
  state->backdrops = BackdropIndex(shape, num_threads);
  world::ClipShape grid = grid_shape_of(shape);
  state->colours = fit_colours(grid, training_scenes(seed + 1, 2 * num_clips), num_threads);

  grid.sample_rate = 100;
  const auto scenes = training_scenes(seed + 2, num_clips);
  const auto frames = spread_frames(shape.num_frames, kMostFrames);
  std::vector<ActorReading> readings(scenes.size());
  in_parallel(static_cast<int>(scenes.size()), num_threads, [&](int i, int) {
    const world::Scene& scene = scenes[static_cast<std::size_t>(i)];
    GridClip picture = grid_of(world::render_clip(scene, grid), frames);
    degrade_at_random(picture, scene.seed + 7, true);
    readings[static_cast<std::size_t>(i)] = state->read(scene, picture, grid);
  });
  std::vector<Forest::Example> shapes, motions, counts;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const world::Scene& scene = scenes[i];
    counts.push_back({readings[i].count_features, scene.second.present ? 1 : 0});
    for (const ActorTrack* track : {&readings[i].first, &readings[i].second}) {
      if (track->colour == scene.colour && track->total_area > 0) {
        shapes.push_back({shape_features(*track), static_cast<int>(scene.shape)});
      } else if (scene.second.present && track->colour == scene.second.colour && track->total_area > 0) {
        shapes.push_back({shape_features(*track), static_cast<int>(scene.second.shape)});
      }
    }
  }
  state->shapes = Forest::fit(shapes, kShapes, kTrees, seed + 3, num_threads);
  state->counts = Forest::fit(counts, 2, kTrees, seed + 4, num_threads);
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    for (const ActorTrack* track : {&readings[i].first, &readings[i].second}) {
      if (track->colour != scenes[i].colour || track->total_area <= 0) continue;
      motions.push_back({motion_features(*track, state->shapes.predict(shape_features(*track)), scenes[i].camera),
                         static_cast<int>(motion_of(scenes[i].action))});
    }
  }
  state->motions = Forest::fit(motions, kMotions, kTrees, seed + 5, num_threads);
  return AttributeJudge(std::move(state));
}

namespace {

std::vector<std::uint8_t> in_a_mirror(const ClipView& clip) {
  const auto width = static_cast<std::size_t>(clip.shape.width);
  const std::size_t rows = static_cast<std::size_t>(clip.shape.num_frames) * static_cast<std::size_t>(clip.shape.height);
  std::vector<std::uint8_t> out(rows * width * 3);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t x = 0; x < width; ++x) std::memcpy(&out[(row * width + x) * 3], clip.frames + (row * width + width - 1 - x) * 3, 3);
  }
  return out;
}

template <typename Value>
Value other_side(Value value, Value left, Value right) {
  return value == left ? right : value == right ? left : value;
}

void mirror(Attributes& seen) {
  using world::Camera;
  seen.camera = other_side(seen.camera, Camera::kPanLeft, Camera::kPanRight);
  seen.camera = other_side(seen.camera, Camera::kOrbitLeft, Camera::kOrbitRight);
  for (Actor* actor : {&seen.subject, &seen.second}) {
    actor->motion = other_side(actor->motion, Motion::kMovesLeft, Motion::kMovesRight);
    actor->start_x = -actor->start_x;
  }
}

}  // namespace

Attributes AttributeJudge::judge(const ClipView& clip, std::optional<bool> second_on_left) const {
  const BackdropIndex::Match plain = state_->backdrops.find(clip);
  const std::vector<std::uint8_t> frames = in_a_mirror(clip);
  ClipView reflected = clip;
  reflected.frames = frames.data();
  const BackdropIndex::Match other = state_->backdrops.find(reflected);
  if (plain.error <= other.error) return state_->attributes(clip, plain, second_on_left);
  Attributes seen = state_->attributes(reflected, other, second_on_left ? std::optional(!*second_on_left) : std::nullopt);
  mirror(seen);
  return seen;
}

Attributes AttributeJudge::State::attributes(const ClipView& clip, const BackdropIndex::Match& match,
                                             std::optional<bool> second_on_left) const {
  Attributes out;
  out.place = match.scene.place, out.time = match.scene.time, out.weather = match.scene.weather, out.camera = match.scene.camera;
  out.backdrop_error = match.error;
  const world::ClipShape grid = grid_shape_of(clip.shape);
  const GridClip picture = to_grid(clip.frames, clip.shape, grid.width, grid.height, spread_frames(clip.shape.num_frames, kMostFrames));
  const ActorReading reading = read(match.scene, picture, grid);
  const auto describe = [&](const ActorTrack& track) {
    Actor actor;
    const auto features = shape_features(track);
    const auto shares = shapes.predict(features);
    actor.colour = track.colour;
    actor.shape = static_cast<world::Shape>(std::max_element(shares.begin(), shares.end()) - shares.begin());
    actor.motion = static_cast<Motion>(motions.best(motion_features(track, shares, out.camera)));
    actor.start_x = start_of(track);
    actor.contacts = landings_of(track, actor.shape != world::Shape::kPerson);
    return actor;
  };
  if (clip.audio) out.onsets = find_onsets(clip.audio, clip.num_samples, clip.shape.sample_rate);
  if (reading.first.total_area < kLeastShare * static_cast<float>(picture.area() * picture.frames.size())) return out;
  out.count = 1 + (reading.second.total_area > 0 && counts.best(reading.count_features) == 1);
  out.subject = describe(reading.first);
  if (out.count == 2) {
    out.second = describe(reading.second);
    const bool swap = second_on_left ? (out.second.start_x < out.subject.start_x) != *second_on_left
                                     : travel_of(reading.second) > travel_of(reading.first) + 0.3f;
    if (swap) std::swap(out.subject, out.second);
  }
  return out;
}

Result<void> AttributeJudge::save(const std::string& path) const {
  std::ofstream out(path, std::ios::binary);
  out.write(kMagic, sizeof kMagic);
  out.write(reinterpret_cast<const char*>(&state_->shape), sizeof state_->shape);
  state_->colours.write(out), state_->shapes.write(out), state_->motions.write(out), state_->counts.write(out);
  out.flush();
  if (!out) return Error{ErrorCode::kIo, "the calibrated judge could not be written", path, "", "", "check the folder and the free space"};
  return {};
}

Result<AttributeJudge> AttributeJudge::load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{ErrorCode::kNotFound, "the calibrated judge is not there", path, "", "", "fit it again"};
  char magic[sizeof kMagic];
  auto state = std::make_unique<State>();
  const auto bad = [&] {
    return Error{ErrorCode::kBadFile, "the calibrated judge is damaged", path, "", "a file written by AttributeJudge::save",
                 "fit it again"};
  };
  if (!in.read(magic, sizeof magic) || std::memcmp(magic, kMagic, sizeof magic) != 0) return bad();
  if (!in.read(reinterpret_cast<char*>(&state->shape), sizeof state->shape)) return bad();
  const world::ClipShape& s = state->shape;
  if (s.width < 8 || s.height < 8 || s.width > 8192 || s.height > 8192 || s.num_frames < 1 || s.num_frames > 100000 || !(s.fps > 0))
    return bad();
  if (!state->colours.read(in) || !state->shapes.read(in) || !state->motions.read(in) || !state->counts.read(in)) return bad();
  state->backdrops = BackdropIndex(s, static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  return AttributeJudge(std::move(state));
}

}  // namespace fantascope::evaluate
