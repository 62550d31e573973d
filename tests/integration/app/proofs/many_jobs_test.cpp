/// A thousand jobs: all there after a restart, in order, with what was canceled canceled. Prints how long things took; the times are
/// figures for docs/measurements.md, not conditions (a busy machine is no fault).
#include <algorithm>
#include <chrono>

#include "tests/integration/app/proofs/proof_home.h"

namespace fantascope::testing {
namespace {

double milliseconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - then).count();
}

TEST(ManyJobs, AThousandAreAcceptedCanceledAndFoundAgain) {
  Scratch scratch;  // on the real disk
  scratch.add_model("tiny");
  std::vector<std::string> ids;
  std::vector<double> add_ms, cancel_ms;
  {
    auto studio = Studio::create(scratch.options());
    OperationContext context{**studio, {}, {}};
    for (int i = 0; i < 1000; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      const auto added = queue_add(context, proof_request(i));
      add_ms.push_back(milliseconds_since(begin));
      ASSERT_TRUE(added) << added.error().to_string();
      ids.push_back(added->front().job_id);
    }
    for (int i = 0; i < 300; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      ASSERT_TRUE(queue_cancel(context, ids[static_cast<std::size_t>(i * 3)]));
      cancel_ms.push_back(milliseconds_since(begin));
    }
    ASSERT_TRUE(queue_move(context, ids[999], QueuePlace::kTop));
  }
  const auto begin = std::chrono::steady_clock::now();
  auto studio = Studio::create(scratch.options());
  OperationContext context{**studio, {}, {}};
  const auto open = queue_list(context);
  const double list_ms = milliseconds_since(begin);
  ASSERT_TRUE(open);
  ASSERT_EQ(open->size(), 700u);
  EXPECT_EQ(open->front().job_id, ids[999]);
  EXPECT_EQ(queue_list(context, QueueFilter::kAll)->size(), 1000u);
  for (std::size_t i = 2; i < open->size(); ++i) EXPECT_LT((*open)[i - 1].seed, (*open)[i].seed);
  const auto p95 = [](std::vector<double>& times) {
    std::sort(times.begin(), times.end());
    return times[times.size() * 95 / 100];
  };
  std::printf("add p95 %.2f ms, cancel p95 %.2f ms, a fresh program lists 700 of 1000 jobs after %.1f ms\n", p95(add_ms), p95(cancel_ms),
              list_ms);
}

}  // namespace
}  // namespace fantascope::testing
