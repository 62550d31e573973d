/// What the pieces see, and that they run at once.
#include "engine/runtime/tensors/side_by_side.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <stdexcept>

namespace fantascope {
namespace {

using namespace std::chrono_literals;

/// Sets the number of LibTorch's threads for the length of a test.
struct Threads {
  explicit Threads(int count) { at::set_num_threads(count); }
  ~Threads() { at::set_num_threads(before); }
  int before = at::get_num_threads();
};

TEST(SideBySide, PiecesRunAtOnceWhereEachGetsOneThread) {
  const Threads threads(2);
  std::promise<void> first, second;
  bool first_met = false, second_met = false;
  run_side_by_side({[&] {
                      first.set_value();
                      first_met = second.get_future().wait_for(20s) == std::future_status::ready;
                    },
                    [&] {
                      second.set_value();
                      second_met = first.get_future().wait_for(20s) == std::future_status::ready;
                    }});
  EXPECT_TRUE(first_met);
  EXPECT_TRUE(second_met);
}

TEST(SideBySide, PiecesSeeTheModeOfTheCaller) {
  for (const int count : {1, 2, 4}) {
    const Threads threads(count);
    const c10::InferenceMode guard;
    std::vector<at::Tensor> made(3);
    std::vector<std::function<void()>> pieces;
    for (std::size_t i = 0; i < made.size(); ++i) pieces.emplace_back([&, i] { made[i] = at::ones({3}) * static_cast<double>(i); });
    run_side_by_side(pieces);
    for (std::size_t i = 0; i < made.size(); ++i) {
      EXPECT_TRUE(made[i].is_inference()) << count << " threads, piece " << i;
      EXPECT_EQ(made[i].sum().item<double>(), 3.0 * static_cast<double>(i));
    }
  }
}

TEST(SideBySide, IsForFewThreads) {
  const Threads threads(4);
  EXPECT_TRUE(better_side_by_side(3));
  EXPECT_FALSE(better_side_by_side(2));
  EXPECT_FALSE(better_side_by_side(0));
}

TEST(SideBySide, APieceKeepsToItsThread) {
  const Threads threads(2);
  std::vector<int> nested(2, -1);
  run_side_by_side({[&] { nested[0] = at::in_parallel_region(); }, [&] { nested[1] = at::in_parallel_region(); }});
  EXPECT_EQ(nested, (std::vector<int>{1, 1}));
}

TEST(SideBySide, ThrowsWhatAPieceThrew) {
  for (const int count : {1, 2, 4}) {
    const Threads threads(count);
    EXPECT_THROW(run_side_by_side({[] {}, [] { throw std::runtime_error("no"); }}), std::runtime_error) << count << " threads";
  }
  run_side_by_side({});
}

}  // namespace
}  // namespace fantascope
