#include "app/main/stall_watch.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace fantascope {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr double kLate_ms = 40;
constexpr auto kLookEvery = std::chrono::milliseconds(20);
constexpr int kFramesMax = 64;

// Written by the signal's handler on the GUI thread, read by the looker once `count` says so.
std::array<void*, kFramesMax> seen_frames;
std::atomic<int> seen_count = -1;

void on_signal(int) { seen_count.store(::backtrace(seen_frames.data(), kFramesMax), std::memory_order_release); }

std::string frame_text(void* address) {
  Dl_info info{};
  if (::dladdr(address, &info) == 0 || info.dli_fname == nullptr) return "?";
  std::string file = info.dli_fname;
  file = file.substr(file.rfind('/') + 1);
  char offset[32];
  std::snprintf(offset, sizeof offset, "+0x%zx",
                static_cast<std::size_t>(static_cast<char*>(address) - static_cast<char*>(info.dli_fbase)));
  std::string text = file + offset;
  if (info.dli_sname != nullptr) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> plain(abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status), std::free);
    text += std::string(" ") + (status == 0 ? plain.get() : info.dli_sname);
  }
  return text;
}

std::string stack_text(const std::vector<void*>& frames) {
  std::string text;
  for (void* frame : frames) text += (text.empty() ? "" : "\n") + frame_text(frame);
  return text;
}

std::int64_t ns_of(Clock::time_point time) { return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count(); }

}  // namespace

json spread_of(std::vector<double>& times_ms) {
  std::ranges::sort(times_ms);
  const auto at = [&times_ms](double share) {
    return times_ms.empty()
               ? 0.0
               : times_ms[std::min(times_ms.size() - 1, static_cast<std::size_t>(share * static_cast<double>(times_ms.size())))];
  };
  json shown = {{"count", times_ms.size()}, {"p50_ms", at(0.5)}, {"p95_ms", at(0.95)}, {"p99_ms", at(0.99)}, {"max_ms", at(1)}};
  times_ms.clear();
  return shown;
}

StallWatch::StallWatch(int interval_ms, Backtraces backtraces)
    : interval_ms_(interval_ms), gui_thread_(::pthread_self()), made_(Clock::now()) {
  const std::string file = "/proc/self/task/" + std::to_string(::syscall(SYS_gettid)) + "/schedstat";
  schedule_fd_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (backtraces == Backtraces::kNo) return;
  std::array<void*, 2> first;
  ::backtrace(first.data(), 2);  // loads the unwinder, which a signal's handler must not
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGURG, &action, nullptr);
  looker_ = std::jthread([this](std::stop_token stop) { look(stop); });
}

StallWatch::~StallWatch() {
  looker_ = {};
  if (schedule_fd_ >= 0) ::close(schedule_fd_);
}

StallWatch::Clocks StallWatch::read_clocks() const {
  Clocks now{.wall = Clock::now()};
  timespec core{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &core);
  now.core_ns = core.tv_sec * 1'000'000'000LL + core.tv_nsec;
  char text[96] = {};
  if (schedule_fd_ >= 0 && ::pread(schedule_fd_, text, sizeof text - 1, 0) > 0) {
    char* waited = nullptr;
    std::strtoll(text, &waited, 10);  // time on a core; the second number is the time spent waiting for one
    now.waited_ns = std::strtoll(waited, nullptr, 10);
  }
  return now;
}

void StallWatch::beat() {
  const Clocks now = read_clocks();
  last_beat_ns_ = ns_of(now.wall);
  if (beating_) {
    const double gap = std::max(0.0, std::chrono::duration<double, std::milli>(now.wall - last_.wall).count() - interval_ms_);
    const double core = static_cast<double>(now.core_ns - last_.core_ns) / 1e6,
                 waited = static_cast<double>(now.waited_ns - last_.waited_ns) / 1e6;
    gaps_ms_.push_back(gap);
    core_ms_.push_back(core);
    Late late{std::chrono::duration<double>(now.wall - made_).count(), gap, core, waited, {}};
    {
      const std::lock_guard lock(mutex_);
      late.stacks.swap(stacks_);
    }
    if (gap > kLate_ms) late_.push_back(std::move(late));
  }
  beating_ = true;
  last_ = now;
}

void StallWatch::forgive() {
  if (!beating_) return;
  last_ = read_clocks();
  last_beat_ns_ = ns_of(last_.wall);
  const std::lock_guard lock(mutex_);
  stacks_.clear();
}

json StallWatch::report() {
  json shown = spread_of(gaps_ms_);
  shown["core"] = spread_of(core_ms_);
  shown["late"] = json::array();
  for (const Late& late : std::exchange(late_, {})) {
    json stacks = json::array();
    for (const auto& frames : late.stacks) stacks.push_back(stack_text(frames));
    shown["late"].push_back(
        {{"at_s", late.at_s}, {"wall_ms", late.wall_ms}, {"core_ms", late.core_ms}, {"waited_ms", late.waited_ms}, {"stacks", stacks}});
  }
  return shown;
}

void StallWatch::look(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::this_thread::sleep_for(kLookEvery);
    const std::int64_t last = last_beat_ns_;
    if (last == 0 || static_cast<double>(ns_of(Clock::now()) - last) / 1e6 < kLate_ms + interval_ms_) continue;
    seen_count.store(-1, std::memory_order_relaxed);
    if (::pthread_kill(gui_thread_, SIGURG) != 0) return;
    for (int tries = 0; tries < 100 && seen_count.load(std::memory_order_acquire) < 0; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const int count = seen_count.load(std::memory_order_acquire);
    if (count < 3 || last_beat_ns_ != last) continue;
    const std::lock_guard lock(mutex_);
    // The first two are the handler and the signal's own.
    if (stacks_.size() < 12) stacks_.emplace_back(seen_frames.begin() + 2, seen_frames.begin() + count);
  }
}

}  // namespace fantascope
