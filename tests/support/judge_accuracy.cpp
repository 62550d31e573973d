/// judge_accuracy CALIBRATION_CLIPS TEST_CLIPS WIDTH HEIGHT FRAMES FPS THREADS [BLUR NOISE] [verbose]: what share of each attribute the
/// detectors read rightly from rendered held-out clips (optionally blurred by a 1-2-1 kernel of strength BLUR and with noise of NOISE
/// levels).
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "training/evaluate/detectors.h"
#include "training/evaluate/internal/grid.h"
#include "training/evaluate/scoring.h"

namespace world = fantascope::world;
namespace evaluate = fantascope::evaluate;

namespace {

struct Tally {
  int right = 0, all = 0;
  std::map<std::string, int> wrong;
  void add(const char* truth, const char* found) {
    ++all;
    if (std::string(truth) == found)
      ++right;
    else
      ++wrong[std::string(truth) + ">" + found];
  }
};

void blur_and_noise(world::Clip& clip, float blur, float noise, std::uint64_t seed) {
  evaluate::GridClip all;
  all.width = clip.shape.width, all.height = clip.shape.height;
  all.frames = evaluate::spread_frames(clip.shape.num_frames, clip.shape.num_frames);
  all.pixels.assign(clip.frames.begin(), clip.frames.end());
  for (float left = blur; left > 0; left -= 1) evaluate::degrade(all, std::min(1.0f, left), left > 1 ? 0 : noise, seed);
  for (std::size_t i = 0; i < clip.frames.size(); ++i) clip.frames[i] = static_cast<std::uint8_t>(all.pixels[i] + 0.5f);
}

void print_sync(std::uint64_t seed, const world::Scene& scene, const evaluate::Attributes& found,
                const std::vector<world::Contact>& contacts) {
  std::printf("sync of %llu %s\n   true:", static_cast<unsigned long long>(seed), world::plain_caption(scene).c_str());
  for (const auto& contact : contacts) std::printf(" %.2f(%.2f)", contact.time_s, contact.strength);
  std::printf("  seen:");
  for (const double time : found.subject.contacts) std::printf(" %.2f", time);
  std::printf("  heard:");
  for (const double time : found.onsets) std::printf(" %.2f", time);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) {
    std::fprintf(stderr, "usage: judge_accuracy CALIBRATION_CLIPS TEST_CLIPS WIDTH HEIGHT FRAMES FPS THREADS [BLUR NOISE] [verbose]\n");
    return 2;
  }
  const world::ClipShape shape{std::atoi(argv[3]), std::atoi(argv[4]), std::atoi(argv[5]), std::atof(argv[6]), 16000};
  const int count = std::atoi(argv[2]), threads = std::atoi(argv[7]);
  const float blur = argc > 9 ? static_cast<float>(std::atof(argv[8])) : 0, noise = argc > 9 ? static_cast<float>(std::atof(argv[9])) : 0;
  const bool verbose = argc > 10;
  const auto clock = [] { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); };
  const double start = clock();
  const evaluate::AttributeJudge judge = evaluate::AttributeJudge::fit(shape, 1, std::atoi(argv[1]), threads);
  const double fitted = clock();
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t seed = 1u << 20; static_cast<int>(seeds.size()) < count; ++seed) {
    if (world::is_held_out(world::sample_scene(seed))) seeds.push_back(seed);
  }
  std::vector<evaluate::Attributes> found(seeds.size());
  std::vector<std::vector<world::Contact>> contacts(seeds.size());
  std::vector<std::thread> workers;
  for (int part = 0; part < threads; ++part) {
    workers.emplace_back([&, part] {
      for (std::size_t i = static_cast<std::size_t>(part); i < seeds.size(); i += static_cast<std::size_t>(threads)) {
        const world::Scene scene = world::sample_scene(seeds[i]);
        world::Clip clip = world::render_clip(scene, shape);
        if (blur > 0 || noise > 0) blur_and_noise(clip, blur, noise, seeds[i]);
        found[i] = judge.judge(evaluate::view_of(clip), scene.second.present ? std::optional<bool>(scene.second.on_left) : std::nullopt);
        contacts[i] = clip.contacts;
      }
    });
  }
  for (auto& worker : workers) worker.join();
  std::map<std::string, Tally> tallies;
  std::vector<double> contact_errors, onset_errors;
  evaluate::Score in_step, out_of_step;
  const evaluate::Attributes* previous = nullptr;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const world::Scene scene = world::sample_scene(seeds[i]);
    const evaluate::Attributes& a = found[i];
    const std::string which = scene.second.present ? " (two)" : " (one)";
    tallies["place"].add(name(scene.place), name(a.place));
    tallies["time"].add(name(scene.time), name(a.time));
    tallies["weather"].add(name(scene.weather), name(a.weather));
    tallies["camera"].add(name(scene.camera), name(a.camera));
    tallies["count"].add(scene.second.present ? "2" : "1", std::to_string(a.count).c_str());
    tallies["colour"].add(name(scene.colour), name(a.subject.colour));
    tallies["shape"].add(name(scene.shape), name(a.subject.shape));
    tallies["motion"].add(name(evaluate::motion_of(scene.action)), name(a.subject.motion));
    tallies["colour" + which].add(name(scene.colour), name(a.subject.colour));
    tallies["shape" + which].add(name(scene.shape), name(a.subject.shape));
    tallies["motion" + which].add(name(evaluate::motion_of(scene.action)), name(a.subject.motion));
    if (verbose) {
      const bool wrong = scene.colour != a.subject.colour || scene.shape != a.subject.shape ||
                         evaluate::motion_of(scene.action) != a.subject.motion || a.count != 1 + scene.second.present ||
                         scene.camera != a.camera || scene.weather != a.weather;
      if (wrong) {
        std::printf("%llu %s | %s %s %s n=%d %s %s\n", static_cast<unsigned long long>(seeds[i]), world::plain_caption(scene).c_str(),
                    name(a.subject.colour), name(a.subject.shape), name(a.subject.motion), a.count, name(a.camera), name(a.weather));
      }
    }
    if (!world::strikes(scene)) continue;
    const double duration = shape.num_frames / shape.fps;
    in_step.add_sync(a, a, scene, duration);
    if (previous) out_of_step.add_sync(a, *previous, scene, duration);
    if (verbose && (a.subject.contacts.empty() || std::ranges::max(evaluate::contact_offsets(a.subject.contacts, a.onsets, 9)) > 0.1))
      print_sync(seeds[i], scene, a, contacts[i]);
    std::vector<double> truth;
    for (const auto& contact : contacts[i]) {
      if (contact.strength > 0.3 && contact.time_s > 0.1 && contact.time_s < duration - 0.15) truth.push_back(contact.time_s);
    }
    for (std::size_t k = 0; k < truth.size(); ++k) {
      const double error = evaluate::contact_offsets({truth[k]}, a.subject.contacts, duration)[0];
      contact_errors.push_back(error);
      if (!verbose || error <= 0.1) continue;
      std::printf("missed landing %.2f of %llu %s, found:", truth[k], static_cast<unsigned long long>(seeds[i]),
                  world::plain_caption(scene).c_str());
      for (const double t : a.subject.contacts) std::printf(" %.2f", t);
      std::printf("\n");
    }
    for (const double x : evaluate::contact_offsets(truth, a.onsets, duration)) onset_errors.push_back(x);
    previous = &a;
  }
  for (const auto& [key, tally] : tallies) {
    std::printf("%-14s %.4f  n=%d ", key.c_str(), static_cast<double>(tally.right) / tally.all, tally.all);
    if (key.find('(') == std::string::npos) {
      for (const auto& [pair, times] : tally.wrong) std::printf(" %s:%d", pair.c_str(), times);
    }
    std::printf("\n");
  }
  const auto report = [](const char* what, std::vector<double> values) {
    if (values.empty()) return;
    std::sort(values.begin(), values.end());
    const auto within = std::count_if(values.begin(), values.end(), [](double v) { return v <= 0.1; });
    std::printf("%-36s median %.1f ms, within 100 ms %.3f, n=%zu\n", what, 1000 * values[values.size() / 2],
                static_cast<double>(within) / static_cast<double>(values.size()), values.size());
  };
  for (const auto& [what, score] : {std::pair{"in the sound of the same clip", &in_step}, {"in another clip's sound", &out_of_step}}) {
    for (const auto& row : score->rows()) {
      if (row.attribute == "landing seen" || row.attribute == "contact within 100 ms") {
        std::printf("%s, %s: %.3f, n=%d\n", row.attribute.c_str(), what, row.proportion.value(), row.proportion.trials);
      }
    }
    std::printf("median offset, %s: %.1f ms\n", what, score->median_offset_ms());
  }
  report("true contacts to those in picture", contact_errors);
  report("true contacts to onsets", onset_errors);
  std::printf("fitted in %.1f s, judged %d clips in %.1f s on %d threads\n", fitted - start, count, clock() - fitted, threads);
}
