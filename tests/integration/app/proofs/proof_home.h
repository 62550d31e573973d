#pragma once
/// What the proofs share: a home in memory where there is one (their subject is order and completeness, not the disk's speed), and work
/// in forked children, since starting a program anew costs more than a job of the fake family.
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "app/jobs/job_state.h"
#include "app/library/take_store.h"
#include "app/media/clip_reader.h"
#include "app/operations/library_operations.h"
#include "app/operations/queue.h"
#include "app/operations/worker.h"
#include "tests/integration/app/scratch.h"

namespace fantascope::testing {

inline std::string proof_folder() { return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path().string(); }

struct ChildResult {
  int status = -1;   ///< exit status, or 1000 + the signal that ended it
  std::string text;  ///< what it said; complete up to the moment it ended
};

/// Runs `body` in a child; what it says arrives here line by line, as from a program that acknowledges.
inline ChildResult in_child(const std::function<int(const std::function<void(const std::string&)>& say)>& body) {
  int channel[2];
  if (::pipe(channel) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(channel[0]);
    const int status = body([&](const std::string& line) {
      const std::string text = line + "\n";
      [[maybe_unused]] const auto written = ::write(channel[1], text.data(), text.size());
    });
    ::_exit(status);
  }
  ::close(channel[1]);
  ChildResult result;
  char buffer[4096];
  while (true) {
    const ssize_t count = ::read(channel[0], buffer, sizeof buffer);
    if (count > 0) result.text.append(buffer, static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR)) break;
  }
  ::close(channel[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  return result;
}

inline std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}
/// Whole lines only: what was cut off was not acknowledged.
inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) lines.push_back(text.substr(at, end - at));
  return lines;
}

/// A tiny clip: one frame would leave out the filmstrip's and the sound's work, nine cost little more.
inline GenerateRequest proof_request(int seed) {
  GenerateRequest request;
  request.prompt = "a red ball";
  request.model = "tiny";
  request.size = "32x32";
  request.seed = seed;
  return request;
}

inline WorkerOptions proof_worker(WorkerListener* listener = nullptr) {
  WorkerOptions options;
  options.listener = listener;
  options.previews_per_second = 0;
  options.poll_s = 0.02;
  options.disk_retry_s = 0.01;
  return options;
}

/// A checkpoint after every step; nothing kept free beyond what a job needs.
inline void write_proof_settings(const std::string& home) {
  std::filesystem::create_directories(home);
  std::ofstream(home + "/settings.json") << R"({"checkpoint_interval_s": 0, "free_space_min_mb": 0})";
}

/// Bytes before signing by seed, of runs that nothing disturbs.
inline std::map<int, std::string> undisturbed_bytes(int num_seeds) {
  Scratch scratch(proof_folder());
  scratch.add_model("tiny");
  std::map<int, std::string> bytes;
  const auto told = in_child([&](const auto& say) {
    auto studio = Studio::create(scratch.options());
    OperationContext context{**studio, {}, {}};
    for (int seed = 0; seed < num_seeds; ++seed) {
      const auto takes = generate(context, proof_request(seed));
      if (takes) say(std::to_string(seed) + " " + takes->front().unsigned_sha256);
    }
    return 0;
  });
  for (const std::string& line : lines_of(told.text)) bytes[std::stoi(words_of(line).at(0))] = words_of(line).at(1);
  return bytes;
}

/// Puts failed, parked and paused jobs back and runs everything to its end; false with the reason if that cannot be.
inline bool run_to_the_end(const StudioOptions& options, const std::function<void(const std::string&)>& say) {
  auto studio = Studio::create(options);
  if (!studio) return say(studio.error().to_string()), false;
  OperationContext context{**studio, {}, {}};
  for (int round = 0; round < 5; ++round) {
    Worker worker(**studio, proof_worker());
    if (const auto summary = worker.run({}, WorkUntil::kIdle); !summary) return say(summary.error().to_string()), false;
    const auto open = queue_list(context);
    if (!open) return say(open.error().to_string()), false;
    if (open->empty()) return true;
    for (const QueueEntry& entry : *open) {
      if (entry.state != JobState::kQueued && entry.state != JobState::kRunning) (void)queue_retry(context, entry.job_id);
    }
  }
  say("jobs are left open");
  return false;
}

/// What is wrong with a home whose jobs were all run to their end: an accepted job without exactly one take of the right bytes, a take
/// nobody asked for, damage. Empty: nothing.
inline std::string find_fault(const StudioOptions& options, const std::map<std::string, int>& accepted,
                              const std::map<int, std::string>& bytes) {
  auto studio = Studio::create(options);
  if (!studio) return studio.error().to_string();
  OperationContext context{**studio, {}, {}};
  const auto database = (*studio)->library();
  if (!database) return database.error().to_string();
  const auto takes = TakeStore(**database).list_all(100'000);
  if (!takes) return takes.error().to_string();
  std::map<std::string, int> made;
  for (const Take& take : *takes) {
    ++made[take.job_id.text()];
    const auto expected = bytes.find(static_cast<int>(take.seed));
    if (expected == bytes.end() || take.unsigned_sha256 != expected->second) return "take " + take.take_id.text() + " has other bytes";
  }
  for (const auto& [job, count] : made) {
    if (count != 1) return "job " + job + " made " + std::to_string(count) + " takes";
  }
  for (const auto& [job, seed] : accepted) {
    const auto found = queue_find(context, job);
    if (!found) return "accepted job " + job + " is lost";
    if (found->state != JobState::kDone || !made.contains(job)) return "accepted job " + job + " is not done";
    if (found->seed != static_cast<std::uint64_t>(seed)) return "job " + job + " is another one";
  }
  const auto check = check_library(context, Repair::kNo);
  if (!check) return check.error().to_string();
  return check->findings.empty() ? "" : check->to_json().dump();
}

/// A visible take is whole, at any moment.
inline std::string find_half_written(const std::string& home) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(home + "/takes", error)) {
    if (entry.path().filename().string().starts_with(".")) continue;
    const auto clip = probe_clip(entry.path().string() + "/clip.mp4");
    if (!clip || clip->num_frames != 9) return entry.path().string() + "/clip.mp4";
    if (!read_recipe(entry.path().string() + "/recipe.json")) return entry.path().string() + "/recipe.json";
    for (const char* name : {"poster.webp", "filmstrip.jpg", "latents.safetensors"}) {
      if (!std::filesystem::is_regular_file(entry.path() / name)) return entry.path().string() + "/" + name;
    }
  }
  return {};
}

}  // namespace fantascope::testing
