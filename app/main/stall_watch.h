#pragma once
/// What keeps the GUI thread from its event loop. A heartbeat on that thread measures every gap and divides it into time on a core, time
/// ready but without a core (another program had it), and time asleep (a lock, a file); beside it, where a backtrace is asked for, another
/// thread looks at the GUI thread's stack while a beat is late. For tests and measurements only: the looking uses a signal.
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace fantascope {

/// Median, percentiles and the longest of some times, as JSON; empties the list.
nlohmann::json spread_of(std::vector<double>& times_ms);

class StallWatch {
 public:
  enum class Backtraces { kNo, kYes };
  /// On the GUI thread. `interval_ms` is that of the heartbeat that calls beat().
  StallWatch(int interval_ms, Backtraces backtraces);
  ~StallWatch();
  StallWatch(const StallWatch&) = delete;
  StallWatch& operator=(const StallWatch&) = delete;

  /// A heartbeat, on the GUI thread.
  void beat();
  /// What was done since the last beat is not counted: it was the measurement's own work.
  void forgive();
  /// Since the last question: gaps as max_ms, p99_ms …; `core` the same of time on a core alone; `late`: every gap beyond 40 ms with when
  /// it ended (seconds since the watch was made), its parts and the stacks seen in it, newest frame first, as "library+offset name".
  nlohmann::json report();

 private:
  struct Clocks {
    std::chrono::steady_clock::time_point wall;
    std::int64_t core_ns = 0, waited_ns = 0;
  };
  struct Late {
    double at_s = 0, wall_ms = 0, core_ms = 0, waited_ms = 0;
    std::vector<std::vector<void*>> stacks;  // named when they are asked for: naming waits for a library that is being loaded
  };
  Clocks read_clocks() const;
  void look(std::stop_token stop);

  int interval_ms_;
  int schedule_fd_ = -1;
  pthread_t gui_thread_;
  std::chrono::steady_clock::time_point made_;
  bool beating_ = false;
  Clocks last_;
  std::vector<double> gaps_ms_, core_ms_;
  std::vector<Late> late_;
  std::atomic<std::int64_t> last_beat_ns_ = 0;  // of the steady clock, for the thread that looks
  std::mutex mutex_;                            // guards stacks_
  std::vector<std::vector<void*>> stacks_;
  std::jthread looker_;  // last: it uses what stands above
};

}  // namespace fantascope
