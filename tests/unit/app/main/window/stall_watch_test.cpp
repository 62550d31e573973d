#include "app/main/stall_watch.h"

#include <gtest/gtest.h>
#include <time.h>

#include <chrono>
#include <thread>

namespace fantascope {
namespace {

constexpr int kInterval_ms = 5;

void sleep_ms(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

double core_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// Works until so much of a core's time is spent; not inlined, so that it is a frame of its own.
[[gnu::noinline]] void work_ms(double ms) {
  for (const double end = core_ms() + ms; core_ms() < end;) {
  }
}

}  // namespace

TEST(StallWatch, TellsSleepFromWork) {
  StallWatch watch(kInterval_ms, StallWatch::Backtraces::kNo);
  watch.beat();
  sleep_ms(80);
  watch.beat();
  work_ms(60);
  watch.beat();
  const auto report = watch.report();
  ASSERT_EQ(report["late"].size(), 2u);
  EXPECT_GE(report["late"][0]["wall_ms"], 75.0);
  EXPECT_LT(report["late"][0]["core_ms"], 20.0);
  EXPECT_GE(report["late"][1]["core_ms"], 59.0);
  EXPECT_GE(report["max_ms"], 75.0);
  EXPECT_GE(report["core"]["max_ms"], 59.0);
}

TEST(StallWatch, AnswersOnceAndForgivesWhatIsNotTheProgramsOwn) {
  StallWatch watch(kInterval_ms, StallWatch::Backtraces::kNo);
  watch.beat();
  sleep_ms(60);
  watch.forgive();
  watch.beat();
  EXPECT_TRUE(watch.report()["late"].empty());
  sleep_ms(60);
  watch.beat();
  EXPECT_EQ(watch.report()["late"].size(), 1u);
  EXPECT_EQ(watch.report()["count"], 0);
}

TEST(StallWatch, ShowsWhatRanWhileABeatWasLate) {
  StallWatch watch(kInterval_ms, StallWatch::Backtraces::kYes);
  watch.beat();
  work_ms(200);
  watch.beat();
  const auto report = watch.report();
  ASSERT_EQ(report["late"].size(), 1u);
  const auto& stacks = report["late"][0]["stacks"];
  ASSERT_FALSE(stacks.empty());
  EXPECT_NE(stacks.back().get<std::string>().find("test_unit_app_main_window+0x"), std::string::npos) << stacks.back();
}

}  // namespace fantascope
