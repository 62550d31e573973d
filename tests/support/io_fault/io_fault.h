#pragma once
/// Runs a program under io_fault_shim: the k-th writing call below a folder fails.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace fantascope::testing {

struct FaultRun {
  int exit_code = -1;  ///< -1: killed by a signal
  std::string output;  ///< stdout and stderr
  bool fired = false;  ///< false: the program makes fewer than k such calls
};

/// `shim` is $<TARGET_FILE:fantascope_io_fault>; `kind` is ENOSPC, EIO, SHORT or EINTR; `command` is a shell command.
inline FaultRun run_with_fault(const std::string& shim, const std::string& under, int k, const std::string& kind, bool sticky,
                               const std::string& command) {
  const std::string mark = under + ".fault-fired";
  std::filesystem::remove(mark);
  const std::string line = "ASAN_OPTIONS=verify_asan_link_order=0 FANTASCOPE_FAULT_UNDER='" + under +
                           "' FANTASCOPE_FAULT_AT=" + std::to_string(k) + " FANTASCOPE_FAULT_KIND=" + kind +
                           " FANTASCOPE_FAULT_STICKY=" + (sticky ? "1" : "0") + " FANTASCOPE_FAULT_MARK='" + mark + "' LD_PRELOAD='" +
                           shim + "' " + command + " 2>&1";
  FaultRun run;
  FILE* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) return run;
  std::array<char, 4096> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) run.output.append(buffer.data(), n);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status) && WEXITSTATUS(status) < 128) run.exit_code = WEXITSTATUS(status);
  run.fired = std::filesystem::remove(mark);
  return run;
}

}  // namespace fantascope::testing
