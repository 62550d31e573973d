#pragma once
/// Ctrl-C and SIGTERM as a stop token. The signal handler only writes one byte to a pipe; a thread turns it into the request. A second
/// signal ends the program at once: nothing half-written is visible at any moment anyway, and the job is taken up again.
#include <stop_token>
#include <thread>

namespace fantascope {

class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  int pipe_[2] = {-1, -1};
  std::thread thread_;
};

}  // namespace fantascope
