#include "app/cli/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace fantascope {
namespace {

volatile std::sig_atomic_t signal_fd = -1;

extern "C" void note_signal(int) {
  const int saved = errno;
  const char byte = 1;
  const int fd = signal_fd;
  if (fd >= 0) [[maybe_unused]]
    const auto written = ::write(fd, &byte, 1);
  errno = saved;
}

void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

InterruptWatch::InterruptWatch() {
  if (::pipe2(pipe_, O_CLOEXEC) != 0) return;
  signal_fd = pipe_[1];
  thread_ = std::thread([this] {
    char byte = 0;
    while (::read(pipe_[0], &byte, 1) < 0 && errno == EINTR) {
    }
    if (byte == 1) source_.request_stop();
  });
  const int once = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  handle(SIGINT, note_signal, once);
  handle(SIGTERM, note_signal, once);
}

InterruptWatch::~InterruptWatch() {
  handle(SIGINT, SIG_DFL, 0);
  handle(SIGTERM, SIG_DFL, 0);
  signal_fd = -1;
  if (pipe_[1] >= 0) ::close(pipe_[1]);
  if (thread_.joinable()) thread_.join();
  if (pipe_[0] >= 0) ::close(pipe_[0]);
}

}  // namespace fantascope
