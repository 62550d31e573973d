/// kill -9 at 200 moments spread over all phases, in one home whose queue goes on all the while. (The page cache survives: what a power
/// cut takes is in power_cut_test.cpp.)
#include <atomic>
#include <csignal>
#include <random>
#include <thread>

#include "tests/integration/app/proofs/proof_home.h"

namespace fantascope::testing {
namespace {

constexpr int kKills = 200, kKillsAPhase = 20, kSeeds = 5;
constexpr int kAccepting = static_cast<int>(kJobPhases.size());  // the time in which jobs are added counts as one more

/// Where a child is; in memory that outlives it.
struct Whereabouts {
  std::atomic<int> phase;
};

/// The phase that a fail point lies in.
std::optional<int> phase_of(const std::string& point) {
  if (point.starts_with("step ")) return static_cast<int>(JobPhase::kDenoise);
  if (point == "staged" || point == "published" || point == "done") return static_cast<int>(JobPhase::kPublish);
  const auto space = point.find(' ');
  if (space == std::string::npos) return std::nullopt;
  const auto phase = parse_job_phase(point.substr(space + 1));
  return phase ? std::optional<int>(static_cast<int>(*phase)) : std::nullopt;
}

/// Ends the process at a random moment of one phase: at one of its points, or some time after it began.
class Killer {
 public:
  Killer(int phase, std::mt19937& random, Whereabouts& where) : phase_(phase), where_(where) {
    at_point_ = std::uniform_int_distribution<int>(0, 3)(random);
    delay_us_ = std::uniform_int_distribution<int>(0, 1)(random) == 0 ? 0 : std::uniform_int_distribution<int>(0, 20'000)(random);
  }
  void pass(const std::string& point) {
    const auto phase = phase_of(point);
    if (!phase) return;
    if (!point.starts_with("after ")) where_.phase = *phase;
    if (*phase == phase_ && at_point_-- == 0) end();
  }
  void end() {
    if (delay_us_ == 0) std::raise(SIGKILL);
    std::thread([delay_us = delay_us_] {
      std::this_thread::sleep_for(std::chrono::microseconds(delay_us));
      std::raise(SIGKILL);
    }).detach();
  }

 private:
  int phase_, at_point_ = 0, delay_us_ = 0;
  Whereabouts& where_;
};

int least_hit(const std::vector<int>& hits) { return static_cast<int>(std::min_element(hits.begin(), hits.end()) - hits.begin()); }

TEST(KillProof, TwoHundredKillsInAllPhasesLoseAndDoubleNothing) {
  const auto bytes = undisturbed_bytes(kSeeds);
  ASSERT_EQ(bytes.size(), static_cast<std::size_t>(kSeeds));
  Scratch scratch(proof_folder());
  scratch.add_model("tiny");
  write_proof_settings(scratch.home());
  auto* where = static_cast<Whereabouts*>(::mmap(nullptr, sizeof(Whereabouts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(where, MAP_FAILED);
  std::mt19937 random(20261121);
  std::vector<int> hits(kJobPhases.size() + 1);
  std::map<std::string, int> accepted;
  int kills = 0, next_seed = 0;
  for (int run = 0; run < 6 * kKills && (kills < kKills || hits[static_cast<std::size_t>(least_hit(hits))] < kKillsAPhase); ++run) {
    const int target = least_hit(hits);
    Killer killer(target, random, *where);
    const int adding_us = std::uniform_int_distribution<int>(0, 15'000)(random);
    const auto child = in_child([&](const auto& say) {
      where->phase = kAccepting;
      if (target == kAccepting) {
        std::thread([&] {
          std::this_thread::sleep_for(std::chrono::microseconds(adding_us));
          std::raise(SIGKILL);
        }).detach();
      }
      StudioOptions options = scratch.options();
      options.fail_point = [&](const std::string& point) { killer.pass(point); };
      auto studio = Studio::create(options);
      OperationContext context{**studio, {}, {}};
      const auto open = queue_list(context);
      if (!open) return 2;
      for (const QueueEntry& entry : *open) {
        if (entry.state == JobState::kParked) (void)queue_retry(context, entry.job_id);
      }
      const int num_added = target == kAccepting ? 2 : std::max(0, 2 - static_cast<int>(open->size()));
      for (int i = 0; i < num_added; ++i) {
        const int seed = (next_seed + i) % kSeeds;
        const auto added = queue_add(context, proof_request(seed));
        if (!added) return 3;
        say("accepted " + added->front().job_id + " " + std::to_string(seed));
      }
      if (target == kAccepting) return 0;
      Worker worker(**studio, proof_worker());
      return worker.run({}, WorkUntil::kIdle) ? 0 : 4;
    });
    ++next_seed;
    for (const std::string& line : lines_of(child.text)) accepted[words_of(line).at(1)] = std::stoi(words_of(line).at(2));
    ASSERT_TRUE(child.status == 0 || child.status == 1000 + SIGKILL) << child.status;
    if (child.status != 0) {
      ++kills;
      ++hits[static_cast<std::size_t>(where->phase.load())];
    }
    ASSERT_EQ(find_half_written(scratch.home()), "") << "after kill " << kills;
  }
  const auto finished = in_child([&](const auto& say) { return run_to_the_end(scratch.options(), say) ? 0 : 1; });
  ASSERT_EQ(finished.status, 0) << finished.text;
  EXPECT_EQ(find_fault(scratch.options(), accepted, bytes), "");
  EXPECT_GE(kills, kKills);
  std::string table;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    EXPECT_GE(hits[i], kKillsAPhase) << i;
    table += " " + std::string(i < kJobPhases.size() ? job_phase_name(kJobPhases[i]) : "accept") + " " + std::to_string(hits[i]);
  }
  std::printf("%d kills over %zu accepted jobs:%s\n", kills, accepted.size(), table.c_str());
  ::munmap(where, sizeof(Whereabouts));
}

}  // namespace
}  // namespace fantascope::testing
