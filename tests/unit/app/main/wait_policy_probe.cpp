/// Says which process it is and what it was given, then does as its first argument says: exit with that status, or wait for a signal.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

int main(int argc, char** argv) {
  std::string name;
  std::getline(std::ifstream("/proc/self/comm"), name);
  const char* policy = std::getenv("OMP_WAIT_POLICY");
  const char* kept = std::getenv("KEPT");
  struct sigaction hangup {};
  ::sigaction(SIGHUP, nullptr, &hangup);
  std::printf("pid %d\nname %s\npolicy %s\nkept %s\nignores_hangup %d\narguments %d", static_cast<int>(::getpid()), name.c_str(),
              policy != nullptr ? policy : "-", kept != nullptr ? kept : "-", hangup.sa_handler == SIG_IGN ? 1 : 0, argc - 1);
  for (int i = 1; i < argc; ++i) std::printf("|%s", argv[i]);
  std::printf("\n");
  std::fflush(stdout);
  if (argc > 1 && std::strcmp(argv[1], "wait") == 0) ::pause();
  return argc > 1 ? std::atoi(argv[1]) : 0;
}
