/// Every writing call of one job fails once, or from then on: the process lives, what was accepted is not lost, the message says where and
/// how much. This program is linked with the fault shim, so its own calls (and those of the libraries it uses) are the ones that fail.
#include <cstdlib>

#include "tests/integration/app/proofs/proof_home.h"

namespace fantascope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;

struct Fault {
  const char* kind;
  bool sticky;
  int stride;  ///< every so manyth call, starting from another one in each process: all of them with FANTASCOPE_PROOF_FULL=1
};

void set_fault(const std::string& under, int k, const Fault& fault, const std::string& mark) {
  ::setenv("FANTASCOPE_FAULT_UNDER", under.c_str(), 1);
  ::setenv("FANTASCOPE_FAULT_KIND", fault.kind, 1);
  ::setenv("FANTASCOPE_FAULT_STICKY", fault.sticky ? "1" : "0", 1);
  ::setenv("FANTASCOPE_FAULT_WIDE", "1", 1);
  ::setenv("FANTASCOPE_FAULT_MARK", mark.c_str(), 1);
  ::setenv("FANTASCOPE_FAULT_AT", std::to_string(k).c_str(), 1);
}

class FaultProof : public ::testing::TestWithParam<Fault> {
 protected:
  /// One job with the k-th call failing; says what a front end would show.
  ChildResult run_with_fault(int k, const std::string& mark) {
    return in_child([&](const auto& say) {
      set_fault(scratch_.home(), k, GetParam(), mark);
      auto studio = Studio::create(scratch_.options());
      if (!studio) return say("error " + studio.error().to_string()), 0;
      OperationContext context{**studio, {}, {}};
      const auto added = queue_add(context, proof_request(0));
      if (!added) return say("error " + added.error().to_string()), 0;
      say("accepted " + added->front().job_id);
      Worker worker(**studio, proof_worker());
      const auto summary = worker.run({}, WorkUntil::kIdle);
      if (!summary) return say("error " + summary.error().to_string()), 0;
      for (const QueueEntry& entry : summary->failed) say("failed " + entry.error_message);
      for (const QueueEntry& entry : summary->paused) say("paused " + entry.reason);
      for (const QueueEntry& entry : summary->done) say("done " + entry.job_id);
      return 0;
    });
  }
  void expect_clear_message(const std::string& line) {
    if (line.starts_with("done ") || line.starts_with("accepted ")) return;
    EXPECT_THAT(line, HasSubstr(scratch_.home())) << "the folder is named";
    // SQLite does not say why it could not make its log; only the disk's real room tells, and here that is plenty.
    const bool hidden = line.find("cannot be written or opened") != std::string::npos;
    if (std::string("ENOSPC") == GetParam().kind && !hidden) {
      EXPECT_THAT(line, HasSubstr("full"));
      EXPECT_THAT(line, HasSubstr("needed"));
      EXPECT_THAT(line, HasSubstr("free"));
      EXPECT_FALSE(line.starts_with("failed ")) << "a full disk pauses: " << line;
    }
  }
  Scratch scratch_{proof_folder()};
};

TEST_P(FaultProof, NoCallThatFailsLosesAnAcceptedJob) {
  const auto bytes = undisturbed_bytes(1);
  ASSERT_EQ(bytes.size(), 1u);
  scratch_.add_model("tiny");
  // A home that was used before: keys, library, timings.
  write_proof_settings(scratch_.home());
  ASSERT_EQ(in_child([&](const auto& say) {
              auto studio = Studio::create(scratch_.options());
              OperationContext context{**studio, {}, {}};
              const auto made = generate(context, proof_request(0));
              if (!made) say(made.error().to_string());
              return made ? 0 : 1;
            }).status,
            0);
  const std::string used = scratch_.root() + "/used", mark = scratch_.root() + "/fired";
  fs::rename(scratch_.home(), used);
  const char* full = std::getenv("FANTASCOPE_PROOF_FULL");
  const int stride = full != nullptr ? 1 : GetParam().stride;
  int tried = 0, paused = 0, failed = 0, refused = 0;
  for (int k = 1 + static_cast<int>(::getpid()) % stride;; k += stride) {
    SCOPED_TRACE(std::string(GetParam().kind) + (GetParam().sticky ? " from call " : " at call ") + std::to_string(k));
    fs::remove_all(scratch_.home());
    fs::copy(used, scratch_.home(), fs::copy_options::recursive);
    fs::remove(mark);
    const ChildResult run = run_with_fault(k, mark);
    if (!fs::exists(mark)) break;  // a job makes fewer calls
    ++tried;
    ASSERT_EQ(run.status, 0) << "it crashed\n" << run.text;
    ASSERT_EQ(find_half_written(scratch_.home()), "");
    std::map<std::string, int> accepted;
    const auto lines = lines_of(run.text);
    ASSERT_FALSE(lines.empty() || lines.back().starts_with("accepted ")) << "how it ended is always said";
    for (const std::string& line : lines) {
      expect_clear_message(line);
      if (line.starts_with("accepted ")) accepted[words_of(line).at(1)] = 0;
      paused += line.starts_with("paused ") ? 1 : 0;
      failed += line.starts_with("failed ") ? 1 : 0;
      refused += line.starts_with("error ") ? 1 : 0;
    }
    const auto after = in_child([&](const auto& say) {
      if (!run_to_the_end(scratch_.options(), say)) return 1;
      const std::string fault = find_fault(scratch_.options(), accepted, bytes);
      say(fault);
      return fault.empty() ? 0 : 2;
    });
    ASSERT_EQ(after.status, 0) << run.text << after.text;
    if (HasFailure()) break;
  }
  std::printf("%d calls failed with %s%s: %d times paused, %d failed, %d refused, the rest went on\n", tried, GetParam().kind,
              GetParam().sticky ? " from then on" : "", paused, failed, refused);
  EXPECT_GE(tried * stride, 100) << "a job writes more than that";
}
INSTANTIATE_TEST_SUITE_P(Each, FaultProof,
                         ::testing::Values(Fault{"ENOSPC", false, 3}, Fault{"ENOSPC", true, 6}, Fault{"EIO", false, 3},
                                           Fault{"EIO", true, 6}));

}  // namespace
}  // namespace fantascope::testing
