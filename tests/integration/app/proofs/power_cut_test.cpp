/// Power cuts: the program works on an ext4 image; at 100 moments the image is copied as it is and the copy mounted, which replays its
/// journal as a machine does that comes up again. What was acknowledged before the moment must be there. Needs the right to mount.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/integration/app/proofs/proof_home.h"

namespace fantascope::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kCuts = 100;
constexpr std::size_t kImageBytes = std::size_t{64} << 20;

int shell(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()); }

std::string read_image(const std::string& path) {
  std::string bytes(kImageBytes, '\0');
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::size_t have = 0;
  while (fd >= 0 && have < bytes.size()) {
    const ssize_t count = ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (count <= 0) break;
    have += static_cast<std::size_t>(count);
  }
  if (fd >= 0) ::close(fd);
  return have == bytes.size() ? bytes : std::string();
}

/// Two equal readings: nothing was written in between, so this is how the disk was at one moment.
std::string quiet_image(const std::string& path) {
  std::string image = read_image(path);
  for (int i = 0; i < 200; ++i) {
    std::string again = read_image(path);
    if (!again.empty() && again == image) return image;
    image = std::move(again);
  }
  return {};
}

void write_sparse(const std::string& path, const std::string& bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  constexpr std::size_t kBlock = 1 << 16;
  static const std::string kZeros(kBlock, '\0');
  for (std::size_t at = 0; at < bytes.size(); at += kBlock) {
    if (bytes.compare(at, kBlock, kZeros) != 0 && ::pwrite(fd, bytes.data() + at, kBlock, static_cast<off_t>(at)) < 0) break;
  }
  if (::ftruncate(fd, static_cast<off_t>(bytes.size())) != 0) std::perror("ftruncate");
  ::close(fd);
}

StudioOptions options_at(const Scratch& scratch, const std::string& home) {
  StudioOptions options = scratch.options();
  options.environment = [home, assets = scratch.assets()](const char* name) {
    return std::string(name) == "FANTASCOPE_HOME" ? home : std::string(name) == "FANTASCOPE_ASSETS" ? assets : std::string();
  };
  return options;
}

/// Adds jobs, runs them and says so when it is durable, without end.
int work_for_ever(const StudioOptions& options, const std::function<void(const std::string&)>& say) {
  auto studio = Studio::create(options);
  if (!studio) return 1;
  OperationContext context{**studio, {}, {}};
  Worker worker(**studio, proof_worker());
  for (int i = 0;; ++i) {
    for (int j = 0; j < 3; ++j) {
      const auto added = queue_add(context, proof_request(0));
      if (!added) return say("error " + added.error().to_string()), 2;
      say("accepted " + added->front().job_id);
    }
    const auto canceled = queue_add(context, proof_request(0));
    if (!canceled || !queue_cancel(context, canceled->front().job_id)) return 3;
    say("canceled " + canceled->front().job_id);
    const auto summary = worker.run({}, WorkUntil::kIdle);
    if (!summary || !summary->failed.empty()) return 4;
    for (const QueueEntry& entry : summary->done) say("done " + entry.job_id + " " + entry.take_id);
  }
}

/// What is missing in the home after a cut; empty: nothing.
std::string find_missing(const StudioOptions& options, const std::vector<std::string>& acknowledged) {
  auto studio = Studio::create(options);
  if (!studio) return studio.error().to_string();
  OperationContext context{**studio, {}, {}};
  const auto library = (*studio)->library();
  if (!library) return library.error().to_string();
  for (const std::string& line : acknowledged) {
    const auto words = words_of(line);
    const auto job = queue_find(context, words.at(1));
    if (!job) return "missing: " + line;
    if (words[0] == "canceled" && job->state != JobState::kCanceled) return "not canceled any more: " + line;
    if (words[0] == "done" && (job->state != JobState::kDone || job->take_id != words.at(2))) return "not done any more: " + line;
  }
  const auto check = check_library(context, Repair::kNo);  // reads every byte of every take
  if (!check) return check.error().to_string();
  return check->ok ? "" : check->to_json().dump();
}

/// In a child with mounts of its own; "skip: why", "fault: what", or the counts.
int cut_the_power(const Scratch& scratch, const std::function<void(const std::string&)>& say) {
  const std::string disk = scratch.root() + "/disk", mounted = scratch.root() + "/mounted", cut = scratch.root() + "/cut",
                    restored = scratch.root() + "/restored";
  fs::create_directories(mounted);
  fs::create_directories(restored);
  if ((::geteuid() == 0 ? ::unshare(CLONE_NEWNS) : -1) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return say("skip: mounting is not allowed here"), 0;
  write_sparse(disk, std::string(kImageBytes, '\0'));
  if (shell("mkfs.ext4 -q -F " + disk) != 0) return say("skip: there is no mkfs.ext4"), 0;
  if (shell("mount -o loop,noatime " + disk + " " + mounted) != 0) return say("skip: loop devices are not allowed here"), 0;
  write_proof_settings(mounted + "/home");
  shell("sync -f " + mounted);
  int channel[2];
  if (::pipe(channel) != 0) return 1;
  ::fcntl(channel[0], F_SETFL, O_NONBLOCK);
  const pid_t writer = ::fork();
  if (writer == 0) {
    ::_exit(work_for_ever(options_at(scratch, mounted + "/home"), [&](const std::string& line) {
      const std::string text = line + "\n";
      [[maybe_unused]] const auto written = ::write(channel[1], text.data(), text.size());
    }));
  }
  std::mt19937 random(20261121);
  std::string said;
  std::string fault;
  int cuts = 0;
  std::size_t num_acknowledged = 0;
  while (cuts < kCuts && fault.empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution<int>(1, 120)(random)));
    ::kill(writer, SIGSTOP);
    int status = 0;
    ::waitpid(writer, &status, WUNTRACED);
    if (!WIFSTOPPED(status)) {
      fault = "the writer ended";
      break;
    }
    char buffer[65536];
    for (ssize_t count; (count = ::read(channel[0], buffer, sizeof buffer)) > 0;) said.append(buffer, static_cast<std::size_t>(count));
    const std::string image = quiet_image(disk);
    if (image.empty()) {
      fault = "the disk is never quiet";
      break;
    }
    write_sparse(cut, image);
    if (shell("mount -o loop " + cut + " " + restored) != 0) {
      fault = "the disk cannot be mounted after the cut";
      break;
    }
    const auto acknowledged = lines_of(said);
    num_acknowledged = acknowledged.size();
    const auto looked = in_child([&](const auto& tell) {
      tell(find_missing(options_at(scratch, restored + "/home"), acknowledged));
      return 0;
    });
    if (looked.status != 0 || looked.text != "\n") fault = "after cut " + std::to_string(cuts + 1) + ": " + looked.text;
    shell("umount " + restored);
    ++cuts;
    ::kill(writer, SIGCONT);
  }
  ::kill(writer, SIGKILL);
  ::waitpid(writer, nullptr, 0);
  shell("umount " + mounted);
  say(!fault.empty() ? "fault: " + fault : std::to_string(cuts) + " " + std::to_string(num_acknowledged));
  return 0;
}

TEST(PowerCutProof, AHundredCutsTakeNothingThatWasAcknowledged) {
  Scratch scratch(proof_folder());
  scratch.add_model("tiny");
  const auto told = in_child([&](const auto& say) { return cut_the_power(scratch, say); });
  const std::string text = lines_of(told.text).empty() ? "it ended with " + std::to_string(told.status) : lines_of(told.text).back();
  if (text.starts_with("skip: ")) GTEST_SKIP() << text.substr(6);
  ASSERT_TRUE(std::isdigit(static_cast<unsigned char>(text[0]))) << text;
  const int cuts = std::stoi(words_of(text).at(0)), acknowledged = std::stoi(words_of(text).at(1));
  std::printf("%d cuts, %d acknowledged changes looked for\n", cuts, acknowledged);
  EXPECT_EQ(cuts, kCuts);
  EXPECT_GE(acknowledged, 50);
}

}  // namespace
}  // namespace fantascope::testing
