#pragma once
/// Progress on standard error: one line that is rewritten on a terminal, plain lines elsewhere.
#include <chrono>
#include <cstdio>
#include <string>

#include "app/operations/progress.h"

namespace fantascope {

class ProgressPrinter {
 public:
  ProgressPrinter(std::FILE* stream, bool is_terminal) : stream_(stream), is_terminal_(is_terminal) {}
  ~ProgressPrinter() { clear(); }
  void show(const Progress& progress);
  /// Takes the rewritten line away, so that other text can be printed.
  void clear();

 private:
  std::FILE* stream_;
  bool is_terminal_, has_line_ = false;
  std::string last_phase_;
  std::chrono::steady_clock::time_point last_shown_{};
};

/// "denoise 5/12 · 3.2 s · about 4 s left · 812 MiB"
std::string progress_line(const Progress& progress);
/// "0.4 s", "12 s", "3 min 20 s", "2 h 05 min"
std::string duration_text(double seconds);

}  // namespace fantascope
