/// Writes a synthetic clip: mp4_victim PATH WIDTH HEIGHT FRAMES. Run under io_fault_shim, and to compare bytes between processes.
#include <cstdio>
#include <cstdlib>

#include "app/media/mp4_writer.h"
#include "tests/unit/app/media/synthetic_clip.h"

int main(int, char** argv) {
  using namespace fantascope;
  const int num_frames = std::atoi(argv[4]);
  const auto frames = testing::ramp_frames(std::atoi(argv[2]), std::atoi(argv[3]), num_frames);
  const auto sound = testing::tones(24000, 2, num_frames / 24.0);
  const auto result = write_mp4(argv[1], frames, &sound);
  std::printf("%s\n", result ? "saved" : result.error().to_string().c_str());
  return result ? 0 : 1;
}
