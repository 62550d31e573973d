// Threads of the engine that wait by spinning hold up every other program, and are held up by it: beside one that uses all cores, sampling
// takes many times as long. libgomp reads OMP_WAIT_POLICY once, when it is loaded, which is long before main. So a program that links this
// file starts itself once more with the variable set, at the earliest moment there is: before the constructors of any library have run,
// when only loading has been paid for (25 ms). The process stays the same one: its number, its signals, its terminal, its arguments. A
// value that the user set is left alone, GOMP_SPINCOUNT too.
//
// .preinit_array is for executables only and its functions get main's arguments from glibc; neither the environment nor any static object
// of this program exists yet, so nothing here may use them.
#include <unistd.h>

#include <cstddef>
#include <string_view>

namespace {

constexpr std::size_t kVariablesMax = 4096;  // a longer environment is left alone, and the threads spin

void wait_without_spinning(int /*argc*/, char** argv, char** environment) noexcept {
  static char policy[] = "OMP_WAIT_POLICY=passive";
  static char* widened[kVariablesMax + 2];
  std::size_t count = 0;
  for (; environment[count] != nullptr; ++count) {
    const std::string_view variable = environment[count];
    if (count == kVariablesMax || variable.starts_with("OMP_WAIT_POLICY=") || variable.starts_with("GOMP_SPINCOUNT=")) return;
    widened[count] = environment[count];
  }
  widened[count] = policy;
  // By its own path, so that the process keeps its name; by the open file where that path is gone.
  static char path[4096];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path - 1);
  if (length > 0) ::execve(path, argv, widened);
  ::execve("/proc/self/exe", argv, widened);
  // Comes here only if neither could be done; then the threads spin.
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const before_everything)(int, char**, char**) = wait_without_spinning;

}  // namespace
