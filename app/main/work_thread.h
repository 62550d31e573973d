#pragma once
/// One thread that does what it is given, in order. For the backends of the window.
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace fantascope {

/// What is left when it ends is dropped.
class WorkThread {
 public:
  WorkThread() : thread_([this](std::stop_token stop) { run(stop); }) {}
  ~WorkThread() {
    thread_.request_stop();
    wake_.notify_all();
  }
  void post(std::function<void()> work) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(work));
    }
    wake_.notify_one();
  }

 private:
  void run(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [&] { return stop.stop_requested() || !waiting_.empty(); });
      if (stop.stop_requested()) return;
      auto work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  std::jthread thread_;  // last: it uses what stands above
};

}  // namespace fantascope
