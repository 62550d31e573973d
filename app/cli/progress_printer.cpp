#include "app/cli/progress_printer.h"

#include <cmath>

namespace fantascope {

std::string duration_text(double seconds) {
  char text[48];
  if (seconds < 9.95)
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  else if (seconds < 119.5)
    std::snprintf(text, sizeof text, "%.0f s", seconds);
  else if (seconds < 7170)
    std::snprintf(text, sizeof text, "%d min %02d s", static_cast<int>(std::lround(seconds)) / 60,
                  static_cast<int>(std::lround(seconds)) % 60);
  else
    std::snprintf(text, sizeof text, "%d h %02d min", static_cast<int>(std::lround(seconds / 60)) / 60,
                  static_cast<int>(std::lround(seconds / 60)) % 60);
  return text;
}

std::string progress_line(const Progress& progress) {
  std::string line;
  if (progress.num_takes > 1) line += "take " + std::to_string(progress.take) + "/" + std::to_string(progress.num_takes) + " · ";
  line += progress.phase;
  if (progress.num_steps > 0)
    line += " " + std::to_string(progress.step) + "/" + std::to_string(progress.num_steps);
  else if (progress.fraction >= 0)
    line += " " + std::to_string(static_cast<int>(progress.fraction * 100)) + " %";
  line += " · " + duration_text(progress.elapsed_s);
  if (!progress.remaining_s)
    line += " · time left not measured yet on this machine";
  else
    line += std::string(" · ") + (progress.remaining_is_partial ? "at least " : "about ") + duration_text(*progress.remaining_s) + " left";
  if (progress.peak_memory_bytes > 0) line += " · peak " + std::to_string(progress.peak_memory_bytes >> 20) + " MiB";
  return line;
}

void ProgressPrinter::show(const Progress& progress) {
  if (!progress.note.empty()) {
    clear();
    std::fprintf(stream_, "%s\n", progress.note.c_str());
    std::fflush(stream_);
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  const bool new_phase = progress.phase != last_phase_ || (progress.num_steps > 0 && progress.step == progress.num_steps);
  const auto pause = is_terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(2000);
  if (!new_phase && now - last_shown_ < pause) return;
  last_phase_ = progress.phase;
  last_shown_ = now;
  const std::string line = progress_line(progress);
  if (is_terminal_)
    std::fprintf(stream_, "\r\x1b[K%s", line.c_str());
  else
    std::fprintf(stream_, "%s\n", line.c_str());
  has_line_ = is_terminal_;
  std::fflush(stream_);
}

void ProgressPrinter::clear() {
  if (!has_line_) return;
  std::fputs("\r\x1b[K", stream_);
  std::fflush(stream_);
  has_line_ = false;
}

}  // namespace fantascope
