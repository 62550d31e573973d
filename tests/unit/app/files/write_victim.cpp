/// Writes one file in several pieces and patches its head, as a muxer does; says "saved" or the error. Run under io_fault_shim.
#include <cstdio>
#include <string>
#include <vector>

#include "app/files/atomic_file.h"

using namespace fantascope;

namespace {
Result<void> save(const std::string& path, char letter, Overwrite overwrite) {
  FANTASCOPE_TRY(AtomicFile file, AtomicFile::create(path, {.overwrite = overwrite}));
  for (int i = 0; i < 5; ++i) FANTASCOPE_TRY_VOID(file.write(std::string(1000, letter)));
  const std::byte head[1] = {std::byte(letter)};
  FANTASCOPE_TRY_VOID(file.write_at(0, head));
  return file.commit();
}
}  // namespace

int main(int argc, char** argv) {
  const auto result = save(argv[1], argv[2][0], std::string(argv[3]) == "refuse" ? Overwrite::kRefuse : Overwrite::kAllow);
  std::printf("%s\n", result ? "saved" : result.error().to_string().c_str());
  return result ? 0 : 1;
}
